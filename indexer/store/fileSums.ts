import { readdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import { DamagedStoreError } from "./problems.ts";

const sumsFile = "checksums.json";
/**
 * LanceDB's files that are written once, never changed, and hold no rows: the rows, under data/, have checksums of
 * their own.
 */
const watched = { manifests: "_versions", deletions: "_deletions", indices: "_indices" } as const;

/**
 * Checksums of the files of a store in which a turned bit would change what is found, and in which order, without
 * an error. They stand in a file beside the tables. A file without a checksum is one that was not reached before
 * the process was killed, never damage; it gets one when the store is next opened for writing.
 */
export class FileSums {
  private readonly dir: string;
  private sums: Map<string, number>;

  private constructor(dir: string, sums: Map<string, number>) {
    this.dir = dir;
    this.sums = sums;
  }

  /** @param dir The folder of the tables. */
  static async read(dir: string): Promise<FileSums> {
    const text = await readFile(join(dir, sumsFile), "utf8").catch(() => "");
    return new FileSums(dir, parse(text));
  }

  /**
   * Adds the files that are new and forgets those that are gone. It is no failure of a write when this fails, for
   * want of space for instance: those files have no checksum then.
   */
  async update(): Promise<void> {
    const present = new Map<string, number>();
    for (const file of await this.files(["manifests", "deletions", "indices"])) {
      const sum = this.sums.get(file) ?? (await this.sumOf(file));
      if (sum !== undefined) present.set(file, sum);
    }
    if (present.size === this.sums.size && [...present.keys()].every((file) => this.sums.has(file))) return;
    this.sums = present;
    const file = join(this.dir, sumsFile);
    await writeFile(`${file}.tmp`, format(present))
      .then(() => rename(`${file}.tmp`, file))
      .catch(() => undefined);
  }

  /** Throws when a file was changed without which the tables can't be read rightly. */
  async assertWhole(): Promise<void> {
    const changed = await this.changed(await this.files(["manifests", "deletions"]));
    if (changed.length > 0) throw new DamagedStoreError(`Changed: ${changed.join(", ")}`);
  }

  /** Whether a file of an index was changed: what is found by it, and in which order, may be wrong. */
  async hasDamagedIndex(signal?: AbortSignal): Promise<boolean> {
    const present = await this.files(["indices"]);
    return this.missingParts(present).length > 0 || (await this.changed(present, signal)).length > 0;
  }

  private async changed(files: readonly string[], signal?: AbortSignal): Promise<string[]> {
    const found: string[] = [];
    for (const file of files) {
      if (signal?.aborted) break;
      const wanted = this.sums.get(file);
      if (wanted === undefined) continue;
      const sum = await this.sumOf(file);
      // A file that has gone meanwhile was dropped by the process that writes.
      if (sum !== undefined && sum !== wanted) found.push(file);
    }
    return found;
  }

  /** Files that are gone while others of the same index are there: a whole index goes when a new one is built. */
  private missingParts(present: readonly string[]): string[] {
    const files = new Set(present);
    const folders = new Set(present.map((file) => dirname(file)));
    return [...this.sums.keys()].filter(
      (file) => file.includes(`/${watched.indices}/`) && !files.has(file) && folders.has(dirname(file)),
    );
  }

  private async files(kinds: readonly (keyof typeof watched)[]): Promise<string[]> {
    const found: string[] = [];
    for (const table of await readdir(this.dir).catch(() => [])) {
      if (!table.endsWith(".lance")) continue;
      for (const kind of kinds) {
        const folder = `${table}/${watched[kind]}`;
        const entries = await readdir(join(this.dir, folder), { recursive: true, withFileTypes: true }).catch(
          () => [],
        );
        for (const entry of entries) {
          // The hint of the latest version is the one file that is written again.
          if (!entry.isFile() || entry.name.endsWith(".json") || entry.name.includes(".tmp")) continue;
          found.push(
            join(entry.parentPath, entry.name)
              .slice(this.dir.length + 1)
              .replaceAll("\\", "/"),
          );
        }
      }
    }
    return found;
  }

  private async sumOf(file: string): Promise<number | undefined> {
    return readFile(join(this.dir, file)).then(
      (bytes) => crc32(bytes),
      () => undefined,
    );
  }
}

/** The last line is the checksum of all others, so that a damaged list accuses no file. */
function format(sums: ReadonlyMap<string, number>): string {
  const body = JSON.stringify([...sums]);
  return `${body}\n${crc32(body)}\n`;
}

function parse(text: string): Map<string, number> {
  const [body = "", sum] = text.split("\n");
  if (sum === undefined || Number(sum) !== crc32(body)) return new Map();
  return new Map(JSON.parse(body) as [string, number][]);
}
