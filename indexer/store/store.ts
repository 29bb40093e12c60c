import type { Query, Table, VectorQuery } from "@lancedb/lancedb";
import type { Filter } from "../../protocol/data.ts";
import { Candidates } from "./candidates.ts";
import { damagedPaths, fileSum, termsSum, textSum, vectorSum } from "./checksums.ts";
import { FileSums } from "./fileSums.ts";
import { FileVersions } from "./fileVersions.ts";
import { batches, isIn, toLance } from "./lance.ts";
import { letGoOfFiles } from "./letGo.ts";
import { withProblems } from "./problems.ts";
import { type Candidate, type ChunkRow, type FileRow, ordinalOf, type StoredChunk } from "./rows.ts";
import { fileColumns, storedChunkColumns } from "./schema.ts";
import { closeTables, openExisting, openOrMake, reopened, type Tables } from "./tables.ts";
import { Upkeep, type UpkeepOptions } from "./upkeep.ts";
import { verifyRows } from "./verify.ts";
import { whereOf } from "./where.ts";

export { DamagedStoreError, storeProblem } from "./problems.ts";
export { type Candidate, type ChunkRow, chunkId, type FileRow, type StoredChunk } from "./rows.ts";

const pathsInOneDelete = 500;
/** More parts than any index of vectors has: none is left out. */
const allParts = 65_536;

export interface StoreOptions extends UpkeepOptions {
  /**
   * Called when a read met rows that fail their checksum, which it leaves out: with the paths of their files, or
   * undefined when these can't be told, so that the whole index must be built again. May be called often.
   */
  readonly onDamage?: (paths: readonly string[] | undefined) => void;
  /** Called when an index over the rows is damaged, which the next `maintain` builds anew from them. */
  readonly onIndexDamage?: () => void;
}

/**
 * The chunks and files of one folder. What is kept, and how, is this folder's business alone: nothing outside of
 * it knows LanceDB. All that is read is checked; every method throws a `CarrelError`, and a `DamagedStoreError`
 * when what is stored can't be read.
 */
export class Store {
  private readonly dir: string;
  private tables: Tables;
  private readonly upkeep: Upkeep;
  private readonly rows: Candidates;
  private readonly versions = new FileVersions();
  private readonly onDamage: StoreOptions["onDamage"];
  private readonly onIndexDamage: StoreOptions["onIndexDamage"];
  private writesUnderWay = 0;
  /** Reads and writes that have begun and not ended. */
  private readonly underWay = new Set<Promise<unknown>>();
  private isClosed = false;

  private constructor(dir: string, tables: Tables, options: StoreOptions) {
    this.dir = dir;
    this.tables = tables;
    this.upkeep = new Upkeep(() => this.tables, options);
    this.rows = new Candidates(
      () => this.chunks,
      tables.dimension,
      () => this.writesUnderWay > 0,
    );
    this.onDamage = options.onDamage;
    this.onIndexDamage = options.onIndexDamage;
  }

  /**
   * Opens the store under `dir` (absolute, local), and makes what is missing. The caller holds the write lock.
   * A store that is damaged throws a `DamagedStoreError`: the caller deletes it and builds it again.
   */
  static async openForWriting(dir: string, dimension: number, options: StoreOptions = {}): Promise<Store> {
    return withProblems(dir, async () => {
      const store = await Store.of(dir, await openOrMake(dir, dimension), options);
      await store.tables.sums.update();
      return store;
    });
  }

  /**
   * Opens the store for reading: makes nothing and writes nothing, so that a read-only disk will do. Undefined
   * while there is none. Each read sees the latest commit of the process that writes.
   */
  static async openForReading(
    dir: string,
    dimension: number,
    options: StoreOptions = {},
  ): Promise<Store | undefined> {
    return withProblems(dir, async () => {
      const tables = await openExisting(dir, dimension);
      return tables && Store.of(dir, tables, options);
    });
  }

  private static async of(dir: string, tables: Tables, options: StoreOptions): Promise<Store> {
    const store = new Store(dir, tables, options);
    await store.countVersions();
    await store.upkeep.look();
    return store;
  }

  /** Puts these files' chunks in place of all that they had before, in one commit. */
  async replaceFiles(files: readonly FileRow[], chunks: readonly ChunkRow[]): Promise<void> {
    await this.write(async () => {
      await this.replaceChunks(
        files.map((file) => file.path),
        chunks,
      );
      // The files follow their chunks: killed in between, the engine looks at these files again.
      await this.putFiles(files);
      this.upkeep.wrote(chunks.length);
      await this.upkeep.maintain(this.versions.rows, false);
    });
  }

  /** Writes what is known of these files, and leaves their chunks as they are. */
  async touchFiles(files: readonly FileRow[]): Promise<void> {
    if (files.length > 0) await this.write(() => this.putFiles(files));
  }

  /** Takes these files and their chunks out. */
  async removeFiles(paths: readonly string[]): Promise<void> {
    await this.write(async () => {
      for (let from = 0; from < paths.length; from += pathsInOneDelete) {
        const part = paths.slice(from, from + pathsInOneDelete);
        await this.replaceChunks(part, []);
        await this.files.delete(isIn("path", part));
        this.upkeep.wrote(0);
      }
      await this.upkeep.maintain(this.versions.rows, false);
    });
  }

  /** All files, as they were when they were last looked at. One whose row is damaged is left out. */
  async allFiles(): Promise<FileRow[]> {
    return this.read(async () => {
      const found: FileRow[] = [];
      for await (const batch of batches<FileRow & { sum: number }>(this.files.query(), fileColumns)) {
        for (const { sum, ...file } of batch) {
          if (sum === fileSum(file)) found.push(file);
          else this.onDamage?.(this.versions.has(file.path) ? [file.path] : undefined);
        }
      }
      return found;
    });
  }

  /** Whether exactly the chunks of this version of the file are in the store, and none is known to be damaged. */
  holds(file: Pick<FileRow, "path" | "hash" | "chunks">): boolean {
    return this.versions.holds(file);
  }

  /** The paths of all files that have chunks. */
  paths(): Iterable<string> {
    return this.versions.paths();
  }

  /** Chunks in the store, as far as this process has written or read them. */
  writtenRows(): number {
    return this.versions.rows;
  }

  /** Grows when files are written, by any process. */
  version(): Promise<number> {
    return this.read(() => this.files.version());
  }

  /** The `limit` best chunks by BM25 over `terms`, of those that the filter lets through. */
  async lexical(terms: readonly string[], limit: number, filter: Filter = {}): Promise<Candidate[]> {
    if (terms.length === 0) return [];
    return this.read(async () => {
      if (!(await this.upkeep.hasTextIndex())) return [];
      const query = (): Query =>
        this.filtered(filter)
          .fullTextSearch(terms.join(" "), { columns: ["terms"] })
          .limit(limit);
      return this.candidates(query, "_score", (score) => score);
    });
  }

  /** The same by cosine similarity; `vector` has unit length. */
  async nearest(vector: Float32Array, limit: number, filter: Filter = {}): Promise<Candidate[]> {
    if (vector.every((value) => value === 0)) return [];
    return this.read(async () => {
      const query = (): VectorQuery =>
        this.filtered(filter).nearestTo(vector).distanceType("cosine").nprobes(allParts).limit(limit);
      return this.candidates(query, "_distance", (distance) => 1 - distance);
    });
  }

  /** Id and hash of the text of every chunk, in the order of writing. */
  async textHashes(): Promise<{ id: string; hash: string }[]> {
    return this.read(async () => {
      const found: { id: string; hash: string }[] = [];
      const query = this.chunks.query();
      for await (const batch of batches<Pick<ChunkRow, "id" | "textHash">>(query, ["id", "textHash"])) {
        for (const { id, textHash } of batch) found.push({ id, hash: textHash });
      }
      return found;
    });
  }

  /** The chunks with these ids; one that has gone meanwhile, or is damaged, is missing. */
  async chunksById(ids: readonly string[]): Promise<Map<string, StoredChunk>> {
    const wanted = new Set(ids);
    const found = await this.chunksIn("id", ids);
    return new Map(found.flatMap((chunk) => (wanted.has(chunk.id) ? [[chunk.id, chunk]] : [])));
  }

  /** All chunks of these files, each file's in their order; those that are damaged are missing. */
  async chunksOfFiles(paths: readonly string[]): Promise<StoredChunk[]> {
    const found = await this.chunksIn("path", paths);
    return found.sort((a, b) => ordinalOf(a.id) - ordinalOf(b.id));
  }

  private async chunksIn(column: "id" | "path", values: readonly string[]): Promise<StoredChunk[]> {
    if (values.length === 0) return [];
    return this.read(async () => {
      const found: StoredChunk[] = [];
      const damaged: StoredChunk[] = [];
      const query = this.chunks.query().where(isIn(column, values));
      for await (const batch of batches<StoredChunk & { textSum: number }>(query, storedChunkColumns)) {
        for (const { textSum: sum, ...chunk } of batch) {
          if (sum !== textSum(chunk)) damaged.push(chunk);
          else if (!this.versions.isInDoubt(chunk)) found.push(chunk);
        }
      }
      this.report(damaged);
      return found;
    });
  }

  /** Brings the text index up to date and drops old versions, when enough was written or `force` is set. */
  async maintain(force = false): Promise<void> {
    await this.write(() => this.upkeep.maintain(this.versions.rows, force));
  }

  /**
   * Drops the versions that `maintain` had to leave for other readers, and lets go of their files; to be called some
   * time later.
   */
  async dropOldVersions(): Promise<void> {
    let dropped = false;
    await this.write(async () => {
      dropped = await this.upkeep.dropOldVersions();
    });
    if (dropped) await this.letGoOfOld();
  }

  /**
   * Reads every row, in slices, and returns the paths of the files whose rows fail their checksum or are not all
   * there: writing these files again mends them. A text index that was changed is built anew by the next
   * `maintain`. Throws a `DamagedStoreError` when the whole must be built again. Ends early, with what was found
   * so far, when `signal` is aborted.
   */
  async verify(signal: AbortSignal): Promise<string[]> {
    return this.read(async () => {
      // Another process may have written since this one opened the store.
      const sums = await FileSums.read(this.dir);
      await sums.assertWhole();
      if ((await sums.hasDamagedIndex(signal)) || !(await this.upkeep.canSearch())) {
        this.upkeep.rebuildIndexes();
        this.onIndexDamage?.();
      }
      const paths = await verifyRows(this.chunks, this.files, signal, () => this.writesUnderWay > 0);
      this.versions.distrust(paths);
      return paths;
    });
  }

  /** Searches read all candidates into memory by themselves, where there is room; this waits until that is done. */
  async readAhead(): Promise<void> {
    await this.read(() => this.rows.readAhead());
  }

  /** To be called when no search or write is under way, or will be. */
  async close(): Promise<void> {
    this.isClosed = true;
    await this.rows.close();
    closeTables(this.tables);
  }

  private get chunks(): Table {
    return this.tables.chunks;
  }

  private get files(): Table {
    return this.tables.files;
  }

  /** What has begun with the old tables ends with them. */
  private async letGoOfOld(): Promise<void> {
    const old = this.tables;
    const fresh = await reopened(this.dir, old).catch(() => undefined);
    if (!fresh) return;
    if (this.isClosed) {
      closeTables(fresh);
      return;
    }
    this.tables = fresh;
    // LanceDB refuses to close a table that is being read.
    await Promise.allSettled([...this.underWay, this.rows.settled()]);
    closeTables(old);
    await letGoOfFiles();
  }

  /** LanceDB filters before it searches: as many are found as asked for, however few are let through. */
  private filtered(filter: Filter): Query {
    const query = this.chunks.query();
    const where = whereOf(filter);
    return where === undefined ? query : query.where(where);
  }

  private async replaceChunks(paths: readonly string[], chunks: readonly ChunkRow[]): Promise<void> {
    const known = paths.filter((path) => this.versions.has(path));
    const rows = toLance(chunks.map(withSums));
    try {
      if (known.length === 0) {
        if (rows.length > 0) await this.chunks.add(rows);
      } else if (rows.length === 0) {
        await this.chunks.delete(isIn("path", known));
      } else {
        await this.chunks
          .mergeInsert("id")
          .whenMatchedUpdateAll()
          .whenNotMatchedInsertAll()
          .whenNotMatchedBySourceDelete({ where: isIn("path", known) })
          .execute(rows);
      }
    } catch (error) {
      // It may have failed before the commit or after it.
      await this.recount(paths).catch(() => undefined);
      throw error;
    }
    this.versions.drop(known);
    this.versions.trust(paths);
    for (const { path, fileHash } of chunks) this.versions.add(path, fileHash);
  }

  private async putFiles(files: readonly FileRow[]): Promise<void> {
    await this.files
      .mergeInsert("path")
      .whenMatchedUpdateAll()
      .whenNotMatchedInsertAll()
      .execute(toLance(files.map((file) => ({ ...file, sum: fileSum(file) }))));
    for (const file of files) this.versions.confirm(file);
  }

  /** Reads what is there of all files, and what of it is in doubt. */
  private async countVersions(): Promise<void> {
    for await (const batch of batches<VersionRow>(this.chunks.query(), ["path", "fileHash"])) {
      for (const { path, fileHash } of batch) this.versions.add(path, fileHash);
    }
    const hashes = new Map<string, string>();
    for await (const batch of batches<Pick<FileRow, "path" | "hash">>(this.files.query(), ["path", "hash"])) {
      for (const { path, hash } of batch) hashes.set(path, hash);
    }
    this.versions.doubt(hashes);
  }

  private async recount(paths: readonly string[]): Promise<void> {
    const found: VersionRow[] = [];
    const query = this.chunks.query().where(isIn("path", paths));
    for await (const batch of batches<VersionRow>(query, ["path", "fileHash"])) found.push(...batch);
    this.versions.drop(paths);
    for (const { path, fileHash } of found) this.versions.add(path, fileHash);
  }

  private async candidates(...search: Parameters<Candidates["read"]>): Promise<Candidate[]> {
    const { found, damaged } = await this.rows.read(...search);
    this.report(damaged);
    return found.filter((candidate) => !this.versions.isInDoubt(candidate));
  }

  private report(damaged: readonly { readonly id: string; readonly path: string }[]): void {
    if (damaged.length === 0) return;
    const paths = damagedPaths(damaged);
    this.versions.distrust(paths ?? []);
    this.onDamage?.(paths);
  }

  private async read<T>(task: () => Promise<T>): Promise<T> {
    const reading = withProblems(this.dir, task);
    this.underWay.add(reading);
    try {
      return await reading;
    } finally {
      this.underWay.delete(reading);
    }
  }

  private async write(task: () => Promise<unknown>): Promise<void> {
    this.writesUnderWay += 1;
    try {
      await this.read(task);
    } finally {
      this.writesUnderWay -= 1;
      await this.tables.sums.update();
    }
  }
}

type VersionRow = Pick<ChunkRow, "path" | "fileHash">;

function withSums(chunk: ChunkRow): ChunkRow & { textSum: number; vectorSum: number; termsSum: number } {
  return { ...chunk, textSum: textSum(chunk), vectorSum: vectorSum(chunk), termsSum: termsSum(chunk) };
}
