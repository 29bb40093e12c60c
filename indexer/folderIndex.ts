import { join } from "node:path";
import type { EmbeddingModel } from "../models/embedding/embeddingModel.ts";
import type { Skipped, Withheld } from "../protocol/data.ts";
import type { SampledPassage } from "../text/foreignLanguages.ts";
import { isAtOrBelow } from "./files/below.ts";
import type { Refused, WalkedFile } from "./files/walkedFile.ts";
import { type OnCommit, type Stop, writeFiles } from "./fileWriter.ts";
import { readStamp, writeStamp } from "./indexStamp.ts";
import { sampleLanguages } from "./languageSample.ts";
import {
  type FolderIndexOptions,
  type OpenedStore,
  openForReading,
  openForWriting,
  openRefined,
  scansName,
} from "./openIndex.ts";
import { refine } from "./refine.ts";
import { isRetryDue, Retries, retryOf } from "./retries.ts";
import { FolderScans, type ScanCounts, type ScanWish } from "./scans/folderScans.ts";
import type { Recogniser } from "./scans/recogniser.ts";
import type { RefinedRow, RefinedVectors } from "./store/refinedVectors.ts";
import { isLeftOut } from "./store/rows.ts";
import type { FileRow, Store } from "./store/store.ts";
import { markUsed } from "./store/unusedIndexes.ts";
import { isMaskedOtherwise, withheldIn } from "./withheldColumn.ts";

export interface IndexCounts {
  readonly files: number;
  readonly chunks: number;
  readonly skipped: number;
  /** Chunks that have a vector of the better model. */
  readonly refined: number;
  readonly scans: ScanCounts;
}

/**
 * The index of one workspace folder for one embedding model. The unit of truth is the file; the index is a
 * cache that is checked when it is opened and built again when it is damaged. It does what it is told, one call
 * at a time; when to do it is decided by the engine's loop.
 */
export class FolderIndex {
  readonly writes: boolean;
  readonly dir: string;
  readonly files = new Map<string, FileRow>();
  private readonly retries = new Retries();
  private readonly options: FolderIndexOptions;
  private readonly openStore: Store | undefined;
  readonly scans: FolderScans;
  /** Vectors of the better model, as far as they have been made. */
  readonly refined: RefinedVectors | undefined;
  private chunkCount = 0;
  /** Files that are listed with a reason and not indexed. */
  private refused = 0;
  private refinedChunks = 0;
  private seenVersion = -1;
  private complete: boolean;
  private readonly made: string;

  private constructor(
    options: FolderIndexOptions,
    { store, complete, made }: OpenedStore,
    refined: RefinedVectors | undefined,
  ) {
    this.options = options;
    this.writes = options.writes;
    this.dir = options.dir;
    this.openStore = store;
    this.refined = refined;
    const { folder, parser, dir } = options;
    this.scans = new FolderScans({ folder, parser, dir: join(dir, scansName) });
    this.complete = complete;
    this.made = made;
  }

  /**
   * Opens the index. A writer gets an empty one when there is none, when it is of another version, or when it is
   * damaged; `log` says which. A reader gets one that finds nothing. Throws a CarrelError when the disk is in
   * the way.
   */
  static async open(options: FolderIndexOptions): Promise<FolderIndex> {
    const opened = options.writes ? await openForWriting(options) : await openForReading(options);
    const { store } = opened;
    try {
      const refined = await openRefined(options, store !== undefined);
      const index = new FolderIndex(options, opened, refined);
      await index.load();
      await markUsed(options.dir);
      return index;
    } catch (error) {
      await store?.close();
      throw error;
    }
  }

  /** What is searched; undefined for a reader as long as nobody has written. */
  get store(): Store | undefined {
    return this.openStore;
  }

  /** Whether the whole folder has been in the index once. */
  get isComplete(): boolean {
    return this.complete;
  }

  /** @param nested Paths below the folder, each ending in "/", whose files are counted elsewhere. */
  counts(nested: readonly string[] = []): IndexCounts {
    const refined = Math.min(this.refinedChunks, this.chunkCount);
    const whole = {
      files: this.files.size - this.refused,
      chunks: this.chunkCount,
      skipped: this.refused,
      refined,
      scans: this.scans.counts(nested),
    };
    return nested.length === 0 ? whole : this.countsWithout(nested, whole);
  }

  private countsWithout(nested: readonly string[], whole: IndexCounts): IndexCounts {
    let [files, chunks, skipped] = [whole.files, whole.chunks, whole.skipped];
    for (const file of this.files.values()) {
      if (!nested.some((prefix) => file.path.startsWith(prefix))) continue;
      if (isLeftOut(file)) skipped -= 1;
      else files -= 1;
      chunks -= file.chunks;
    }
    return {
      ...whole,
      files,
      chunks: Math.max(0, chunks),
      skipped,
      refined: Math.min(whole.refined, chunks),
    };
  }

  /** @param readsScans Whether scanned pages are read in the background. */
  skipped(readsScans = true): Skipped[] {
    const scans = this.scans.skipped(readsScans, this.files);
    const told = new Set(scans.map(({ path }) => path));
    return [...this.files.values()]
      .filter((file) => file.reason !== "" && !told.has(file.path))
      .map((file) => ({
        path: file.path,
        reason: file.reason,
        ...(isLeftOut(file) ? {} : { partly: true as const }),
      }))
      .concat(scans)
      .sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** What was held back of the files as secret, in the order of their paths. */
  withheld(): Withheld[] {
    return [...this.files.values()]
      .filter((file) => file.withheld !== "")
      .sort((a, b) => (a.path < b.path ? -1 : 1))
      .flatMap(({ path, withheld }) => withheldIn(withheld).map((one) => ({ path, ...one })));
  }

  /** Whether the file is not what the index has, as far as that can be told without reading it. */
  hasChanged(file: WalkedFile): boolean {
    const known = this.files.get(file.path);
    return (
      !known ||
      known.size !== file.size ||
      known.mtimeMs !== file.mtimeMs ||
      known.changedMs !== file.changedMs ||
      isMaskedOtherwise(known.withheld, this.options.parser.exceptionsKey) ||
      !this.writable().holds(known)
    );
  }

  /** All paths that the index knows anything of. */
  knownPaths(): Set<string> {
    return new Set([...this.files.keys(), ...this.writable().paths()]);
  }

  /** The files at or below a path; "" is the whole folder. */
  filesUnder(place: string): string[] {
    return [...this.files.keys()].filter((path) => isAtOrBelow(path, place));
  }

  /** Takes these files and their chunks out. */
  async remove(paths: readonly string[]): Promise<void> {
    if (paths.length === 0) return;
    await this.writable().removeFiles(paths);
    for (const path of paths) {
      this.uncount(path);
      this.files.delete(path);
      this.scans.drop(path);
      this.retries.drop(path);
    }
    this.counted();
  }

  /** Lists files that may not be indexed, with the reason, and takes their chunks out. */
  async skip(skipped: readonly Refused[]): Promise<void> {
    const now = Date.now();
    const rows: FileRow[] = [];
    for (const { path, reason, mayPass } of skipped) {
      const known = this.files.get(path);
      const isSame = known?.reason === reason;
      if (isSame && (!mayPass || !isRetryDue(known.retryAtMs, now))) continue;
      rows.push({ ...emptyRow, path, reason, ...(mayPass ? retryOf(isSame ? known.tries : 0) : {}) });
    }
    if (rows.length === 0) return;
    await this.writable().replaceFiles(rows, []);
    for (const row of rows) this.put(row);
    this.counted();
  }

  hasDueRetry(now: number): boolean {
    return this.retries.hasDue(now);
  }

  /** Files whose reason may have passed and whose next try is due; each is named once for each due time. */
  takeDueRetries(now: number): string[] {
    return this.retries.takeDue(now);
  }

  /** When the next of those tries is due, in milliseconds since the epoch; infinite when there is none. */
  nextRetryAt(): number {
    return this.retries.nextAt();
  }

  /** Reads these files and puts what they hold in the place of what the index had of them. */
  async write(
    files: Iterable<WalkedFile>,
    embedding: EmbeddingModel,
    maxFileBytes: number,
    stop: Stop,
    onCommit: OnCommit,
  ): Promise<void> {
    const { folder, parser } = this.options;
    const store = this.writable();
    await writeFiles(
      files,
      {
        folder,
        store,
        files: this.files,
        embedding,
        parser,
        scans: this.scans,
        maxFileBytes,
        onCommit: (written, touched) => {
          for (const row of [...written, ...touched]) this.put(row);
          onCommit(written, touched);
          this.counted();
        },
      },
      stop,
    );
  }

  /** Brings the text index up to date after many writes. */
  async finish(): Promise<void> {
    await this.writable().maintain(true);
  }

  /** The languages of some of its texts. */
  async sampleLanguages(): Promise<SampledPassage[]> {
    return this.openStore ? sampleLanguages(this.openStore, this.files.values()) : [];
  }

  /** Notes on disk that the whole folder is in the index. */
  async setComplete(): Promise<void> {
    if (this.complete) return;
    const { folder, embedding, dir } = this.options;
    await writeStamp(dir, { folder, embedding: embedding.id, complete: true, made: this.made });
    this.complete = true;
  }

  /** Gives back disk space that older versions take. */
  async tidy(): Promise<void> {
    await this.scans.prune(this.files.values());
    await this.openStore?.dropOldVersions();
  }

  /**
   * Holds all that is stored against its checksums. The paths of damaged rows are told to `onDamage`, a damaged
   * text index is built anew, and damaged refined vectors count as missing. Throws a `DamagedStoreError` when
   * nothing but building the whole index anew will do.
   */
  async verify(signal: AbortSignal): Promise<void> {
    const store = this.writable();
    const damaged = await store.verify(signal);
    if (damaged.length > 0) this.options.onDamage(damaged);
    if (signal.aborted) return;
    await store.maintain();
    const failing = (await this.refined?.verify(signal)) ?? 0;
    const { folder, log } = this.options;
    if (failing > 0) log(`${failing} refined vectors of ${folder} are damaged and are made anew.`);
    this.refinedChunks = (await this.refined?.count()) ?? 0;
  }

  /**
   * Gives the chunks vectors of the better model. Ends when all have one, or early when `signal` is aborted;
   * searches go on meanwhile.
   */
  async refine(model: EmbeddingModel, signal: AbortSignal): Promise<void> {
    const { onProgress } = this.options;
    const { openStore: store, refined } = this;
    if (!store || !refined) return;
    const report = (done: number): void => {
      this.refinedChunks = done;
      onProgress();
    };
    await refine({ store, refined, model, onProgress: report }, signal);
  }

  /** Reads some pages that are pictures of text. Returns the file that is to be read anew with them, if any. */
  readScans(wish: ScanWish, recogniser: Recogniser, signal: AbortSignal): Promise<string | undefined> {
    return this.scans.read(wish, recogniser, signal, this.options.onProgress);
  }

  /**
   * Keeps vectors of the better model that a question needed before the second pass came to them. A reader, whose
   * index another process writes, keeps none.
   */
  async keepRefined(rows: readonly RefinedRow[]): Promise<void> {
    if (!this.writes || !this.refined) return;
    await this.refined.add(rows);
    this.refinedChunks = await this.refined.count();
    this.options.onProgress();
  }

  /** For a reader: whether the writer has written since this was opened or last asked. */
  async hasNews(): Promise<boolean> {
    const { folder, embedding, dir } = this.options;
    const stamp = await readStamp(dir, { folder, embedding: embedding.id });
    const isThere = stamp.state === "ok";
    if (!this.openStore) return isThere;
    // An index that was built anew may have been written as often as the one before.
    if (!isThere || stamp.complete !== this.complete || stamp.made !== this.made) return true;
    return (await this.openStore.version()) !== this.seenVersion;
  }

  /** For a reader: counts what the second pass of the writer has done. Search does without what can't be read. */
  async countRefined(): Promise<void> {
    const count = await this.refined?.count().catch(() => undefined);
    if (count === undefined || count === this.refinedChunks) return;
    this.refinedChunks = count;
    this.options.onProgress();
  }

  async close(): Promise<void> {
    this.refined?.close();
    if (this.writes) await this.openStore?.dropOldVersions().catch(() => undefined);
    await this.openStore?.close();
  }

  private put(row: FileRow): void {
    this.uncount(row.path);
    if (isLeftOut(row)) this.refused += 1;
    this.files.set(row.path, row);
    this.scans.put(row);
    this.retries.put(row.path, row.retryAtMs);
  }

  private uncount(path: string): void {
    const known = this.files.get(path);
    if (known && isLeftOut(known)) this.refused -= 1;
  }

  private counted(): void {
    this.chunkCount = this.openStore?.writtenRows() ?? 0;
    this.options.onProgress();
  }

  private writable(): Store {
    if (!this.writes || !this.openStore) throw new Error("This index is only read here.");
    return this.openStore;
  }

  private async load(): Promise<void> {
    if (!this.openStore) return;
    this.seenVersion = await this.openStore.version();
    for (const file of await this.openStore.allFiles()) this.put(file);
    this.chunkCount = this.openStore.writtenRows();
    this.refinedChunks = (await this.refined?.count()) ?? 0;
  }
}

const emptyRow = {
  size: -1,
  mtimeMs: -1,
  changedMs: -1,
  hash: "",
  chunks: 0,
  retryAtMs: 0,
  tries: 0,
  withheld: "",
  scans: "",
};
