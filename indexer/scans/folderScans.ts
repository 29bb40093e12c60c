import { stat } from "node:fs/promises";
import { join } from "node:path";
import { CarrelError } from "../../protocol/channel.ts";
import type { Skipped } from "../../protocol/data.ts";
import { formatOf } from "../../protocol/formats.ts";
import type { ScannedPage } from "../../protocol/scans.ts";
import type { ParseResult, Parser } from "../read/pool.ts";
import type { FileRow } from "../store/store.ts";
import { knownScans, withFailures } from "./knownScans.ts";
import type { Recogniser } from "./recogniser.ts";
import { ScanRecords } from "./scanRecords.ts";
import { type Scans, scansColumn, scansIn, waitingScans } from "./scansColumn.ts";

/** Pages of one file that are read before they are put into the index: an hour's work must not be lost to search. */
const pagesAtOnce = 20;
/** With waits that double from half a minute, a quarter of an hour. */
const triesWaitedFor = 5;

/** In which languages scans are to be read. */
export interface ScanWish {
  readonly languages: readonly string[];
  /** Where the data of those is that do not come with Carrel; "" for nowhere. */
  readonly languageFolder: string;
}

export interface FolderScansOptions {
  /** The folder's real path. */
  readonly folder: string;
  /** Where what was read is kept. */
  readonly dir: string;
  readonly parser: Pick<Parser, "parse" | "exceptionsKey">;
}

/** How many scanned pages there are, and how many of them were read. */
export interface ScanCounts {
  readonly read: number;
  readonly pages: number;
}

/** What tells pages that were read in some languages from those that were read in others. */
function keyOfWish({ languages }: ScanWish): string {
  return languages.join("+");
}

/** A file as its row tells of it. */
type ScannedFile = Scans & Pick<FileRow, "hash" | "size" | "mtimeMs">;

/** The scanned pages of a folder's PDFs: which there are, which wait, and what was read in them. */
export class FolderScans {
  private readonly options: FolderScansOptions;
  private readonly records: ScanRecords;
  private readonly byPath = new Map<string, ScannedFile>();
  /** How many pages of a file are read by now, which its row does not count yet. */
  private fresh: { readonly path: string; readonly read: number } | undefined;
  /** Versions of files that were not there when a page of them was to be read. */
  private readonly missed = new Set<string>();

  constructor(options: FolderScansOptions) {
    this.options = options;
    this.records = new ScanRecords(options.dir);
  }

  /** A file's row has been read or written. */
  put({ path, hash, scans, size, mtimeMs }: FileRow): void {
    const known = scansIn(scans);
    if (this.fresh?.path === path) this.fresh = undefined;
    if (known) this.byPath.set(path, { ...known, hash, size, mtimeMs });
    else this.byPath.delete(path);
  }

  drop(path: string): void {
    this.byPath.delete(path);
  }

  counts(nested: readonly string[]): ScanCounts {
    let [read, pages] = [0, 0];
    for (const [path, scans] of this.byPath) {
      if (nested.some((prefix) => path.startsWith(prefix))) continue;
      pages += scans.pages.length;
      read += this.fresh?.path === path ? this.fresh.read : scans.read;
    }
    return { read: Math.min(read, pages), pages };
  }

  hasWaiting(wish: ScanWish): boolean {
    return this.next(keyOfWish(wish)) !== undefined;
  }

  /** Files with pages that are not read, with what a person can do about it. */
  skipped(isOn: boolean, inIndex: ReadonlyMap<string, FileRow>): Skipped[] {
    return [...this.byPath].flatMap(([path, scans]) => {
      const waiting = waitingScans(scans, undefined);
      const row = inIndex.get(path);
      if (waiting === 0 || !row) return [];
      const what =
        waiting === 1
          ? "One page is a picture of text (a scan)."
          : `${waiting} pages are pictures of text (scans).`;
      const outlook = isOn
        ? "Waits to be read in the background."
        : "Switch on carrel.ocr.enabled to have it read, or use index --ocr in the terminal.";
      const others = row.chunks > 0 && row.reason !== "" ? `${row.reason} ` : "";
      const reason = `${others}${what} ${outlook}`;
      return [{ path, reason, ...(row.chunks > 0 && { partly: true as const }) }];
    });
  }

  /**
   * Reads a file with what was read in its scans before, and says what its row tells of them. Pages that were read in
   * other languages than the wanted ones count until they have been read again.
   */
  async parsed(
    result: ParseResult,
    parse: (known: ReturnType<typeof knownScans>) => Promise<ParseResult>,
  ): Promise<{ readonly result: ParseResult; readonly scans: string }> {
    const { scans: pages = [], hash } = result;
    if (pages.length === 0 || hash === undefined) return { result, scans: "" };
    const { exceptionsKey } = this.options.parser;
    const known = await this.records.pages(hash, exceptionsKey);
    const read = pages.flatMap((page) => known.get(page) ?? []);
    if (read.length === 0) return { result, scans: scansColumn({ pages, read: 0, key: "" }) };
    const again = await parse(
      knownScans(
        hash,
        read.map(({ scan }) => scan),
      ),
    );
    // It was written meanwhile: what was read before is of another version.
    if (again.hash !== hash)
      return { result: again, scans: scansColumn({ pages: again.scans ?? [], read: 0, key: "" }) };
    const keys = new Set(read.map(({ key }) => key));
    const [key = ""] = keys;
    return {
      result: withFailures(
        again,
        read.map(({ scan }) => scan),
      ),
      scans: scansColumn({ pages, read: keys.size > 1 ? 0 : read.length, key: keys.size > 1 ? "" : key }),
    };
  }

  /**
   * Reads pages of the file that has the fewest left. Returns the file once it is to be read anew with them; undefined
   * when nothing was read. Ends early, with what was done, when `signal` is aborted.
   */
  async read(
    wish: ScanWish,
    recogniser: Recogniser,
    signal: AbortSignal,
    onProgress: () => void,
  ): Promise<string | undefined> {
    const key = keyOfWish(wish);
    const next = this.next(key);
    if (!next) return undefined;
    const { path, hash, pages } = next;
    const { folder, parser } = this.options;
    const masking = parser.exceptionsKey;
    const known = await this.records.pages(hash, masking);
    const left = pages.filter((page) => known.get(page)?.key !== key);
    let count = 0;
    for (const page of left.slice(0, pagesAtOnce)) {
      const scan = await recogniser
        .read({ folder, path, hash, page, ...wish }, signal)
        .catch((error: unknown) => {
          if (signal.aborted && error instanceof CarrelError) return undefined;
          throw error;
        });
      if (signal.aborted) return undefined;
      // Its file is looked at again, which must not go on for ever if it is not what two processes say that it is.
      if (!scan && !this.missed.has(hash)) {
        this.missed.add(hash);
        break;
      }
      const result = scan ?? { page, failed: "The file was not the same whenever it was looked at." };
      await this.records.add(hash, { key, masking, scan: result });
      count += 1;
      this.fresh = { path, read: pages.length - left.length + count };
      onProgress();
    }
    return path;
  }

  /** What was read on a page of a file, where that lies on the disk as the index has it. */
  async page(path: string, number: number): Promise<ScannedPage | undefined> {
    const file = this.byPath.get(path);
    // A window shows the newer version before it is in the index, and must not lay the older one's words over it.
    if (!file || !(await this.isOnDisk(path, file))) return undefined;
    const scan = await this.records.page(file.hash, this.options.parser.exceptionsKey, number);
    return scan && !("failed" in scan) ? { page: scan.page, lines: scan.lines } : undefined;
  }

  private async isOnDisk(path: string, { size, mtimeMs }: ScannedFile): Promise<boolean> {
    const stats = await stat(join(this.options.folder, path)).catch(() => undefined);
    return stats?.size === size && stats.mtimeMs === mtimeMs;
  }

  /** What is known of a file, for its text as a whole. */
  async known(path: string): Promise<ReturnType<typeof knownScans> | undefined> {
    const hash = this.byPath.get(path)?.hash;
    if (hash === undefined) return undefined;
    const known = await this.records.pages(hash, this.options.parser.exceptionsKey);
    return knownScans(
      hash,
      [...known.values()].map(({ scan }) => scan),
    );
  }

  /** Deletes what was read of files that have gone or changed. `files` is all that the index knows. */
  async prune(files: Iterable<FileRow>): Promise<void> {
    if ([...files].some(mayBeTheSame)) return;
    await this.records.keepOnly(new Set([...this.byPath.values()].map(({ hash }) => hash)));
  }

  private next(key: string): (ScannedFile & { readonly path: string }) | undefined {
    let best: { readonly path: string; readonly waiting: number } | undefined;
    for (const [path, scans] of this.byPath) {
      const waiting = waitingScans(scans, key);
      if (waiting > 0 && (!best || waiting < best.waiting)) best = { path, waiting };
    }
    const found = best && this.byPath.get(best.path);
    return found && best ? { ...found, path: best.path } : undefined;
  }
}

/**
 * Whether it is a document that could not be read just now, so that nobody knows which version it is: what took hours
 * to recognise in its scans must not go with it. One that stays so is given up.
 */
function mayBeTheSame({ path, hash, retryAtMs, tries }: FileRow): boolean {
  return hash === "" && retryAtMs > 0 && tries <= triesWaitedFor && formatOf(path).kind === "document";
}
