import { mkdir, stat } from "node:fs/promises";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import { type Connection, Index, type Table } from "@lancedb/lancedb";
import { refinedSum } from "./checksums.ts";
import { FileSums } from "./fileSums.ts";
import { HeldVectors } from "./heldVectors.ts";
import { batches, connectTo, hasColumns, isIn, toLance } from "./lance.ts";
import { DamagedStoreError, withProblems } from "./problems.ts";
import { namesOf, refinedSchema } from "./schema.ts";

const tableName = "refined";
const caches = { indexBytes: 16n * 1024n * 1024n, metadataBytes: 8n * 1024n * 1024n };
const maxWritesBeforeOptimize = 20;
/** Vectors of texts that are gone are dropped when they are more than this share. */
const maxStaleShare = 0.3;
const hashesInOneDelete = 1_000;
/** Who has searched will search again: a passage that is being read meanwhile would be waited for. */
const quietMs = 1_000;

/** A vector of unit length, by the hash of its text. */
export interface RefinedRow {
  readonly hash: string;
  readonly vector: Float32Array;
}

type Row = { readonly hash: string; readonly sum: number; readonly vector: { toArray(): Int8Array } };
const columns = ["hash", "vector", "sum"] as const;

/**
 * Vectors of a slower, better model for the texts of chunks, as bytes, in a table of their own. Each is filed under
 * the hash of its text: it can be missing, for a time or for ever, but never wrong, since one that fails its
 * checksum counts as missing. Candidates are looked up here; nothing is searched. Throws as the store does.
 */
export class RefinedVectors {
  private readonly dir: string;
  private readonly dimension: number;
  private connection: Connection | undefined;
  private table: Table | undefined;
  private writes = 0;
  /** Hashes of rows that failed their checksum when all were last read. */
  private failed: string[] = [];
  private indexDamaged = false;
  /** What was read and checked. A vector is never wrong, so one that has left the table may stay here. */
  private readonly read: HeldVectors;
  private hasReadAhead = false;
  /** The table's version of which all vectors are held, so that what is not held is not there. */
  private heldVersion: number | undefined;
  /** When a search last looked here, by `performance.now()`. */
  private askedAt = Number.NEGATIVE_INFINITY;
  /** The end of the last write: the second pass and a question may want to write at once. */
  private writing: Promise<unknown> = Promise.resolve();

  private constructor(dir: string, dimension: number, mostHeld?: number) {
    this.dir = dir;
    this.dimension = dimension;
    this.read = new HeldVectors(dimension, mostHeld);
  }

  /**
   * Opens what is under `dir` (absolute, local); there may be nothing yet, and nothing is made before `add`.
   * @param mostHeld Vectors that are kept in memory at most.
   */
  static async open(dir: string, dimension: number, mostHeld?: number): Promise<RefinedVectors> {
    const refined = new RefinedVectors(dir, dimension, mostHeld);
    await refined.run(async () => {
      await refined.checkFiles();
      const table = await refined.existing();
      if (!table) return;
      if (!(await hasColumns(table, namesOf(refinedSchema(dimension))))) {
        throw new DamagedStoreError("Columns are missing.");
      }
      for await (const batch of batches<Pick<Row, "hash">>(table.query(), ["hash"])) void batch;
    });
    return refined;
  }

  /**
   * Vectors are scaled to bytes: only their directions count. One commit. Rows for texts that have a vector by
   * now, because a question wanted it meanwhile, are left out.
   */
  async add(rows: readonly RefinedRow[]): Promise<void> {
    if (rows.length === 0) return;
    await this.write(async () => {
      const table = (await this.existing()) ?? (await this.create());
      await this.dropFailed(table);
      const present = new Set<string>();
      const same = table.query().where(
        isIn(
          "hash",
          rows.map(({ hash }) => hash),
        ),
      );
      for await (const batch of batches<Row>(same, columns)) {
        for (const row of batch) if (isWhole(row)) present.add(row.hash);
      }
      const fresh = rows.filter(({ hash }) => !present.has(hash));
      if (fresh.length === 0) return;
      const bytes = fresh.map(({ hash, vector: numbers }) => {
        const vector = toBytes(numbers);
        return { hash, vector, sum: refinedSum(hash, vector) };
      });
      await table.add(toLance(bytes));
      for (const { hash, vector } of bytes) this.read.add(hash, vector);
      this.writes += 1;
      if (this.writes >= maxWritesBeforeOptimize) await this.tidy();
    });
  }

  /** The hashes of all texts that have a vector, each of which is read and checked. */
  async hashes(): Promise<Set<string>> {
    return this.run(async () => {
      const found = new Set<string>();
      const failed: string[] = [];
      const table = await this.existing();
      if (!table) return found;
      for await (const batch of batches<Row>(table.query(), columns)) {
        await nextTurn();
        for (const row of batch) {
          if (isWhole(row)) found.add(row.hash);
          else failed.push(row.hash);
        }
      }
      this.failed = failed;
      return found;
    });
  }

  count(): Promise<number> {
    return this.run(async () => (await (await this.existing())?.countRows()) ?? 0);
  }

  /**
   * Reads and checks all vectors, and returns how many fail: they count as missing, so that the second pass makes
   * them again. An index that was changed is built anew by the next `finish`. Throws a `DamagedStoreError` when
   * the whole must be deleted. Ends early when `signal` is aborted.
   */
  verify(signal: AbortSignal): Promise<number> {
    return this.run(async () => {
      await this.checkFiles(signal);
      let failing = 0;
      const table = await this.existing();
      if (!table) return failing;
      for await (const batch of batches<Row>(table.query(), columns)) {
        await nextTurn();
        if (signal.aborted) break;
        for (const row of batch) if (!isWhole(row)) failing += 1;
      }
      return failing;
    });
  }

  /** Deletes all vectors. */
  async clear(): Promise<void> {
    await this.write(async () => {
      if (!(await this.existing())) return;
      this.table?.close();
      this.table = undefined;
      await this.connection?.dropTable(tableName);
      this.hasReadAhead = false;
    });
  }

  /** Waits a moment where somebody searches, but no longer: the second pass goes on slowly, however many do. */
  async quiet(signal: AbortSignal): Promise<void> {
    const left = this.askedAt + quietMs - performance.now();
    if (left > 0) await sleep(left, undefined, { signal }).catch(() => undefined);
  }

  /** Cosine similarity of `query` (unit length) to each of these texts that has a vector, by hash. */
  async similarities(query: Float32Array, hashes: readonly string[]): Promise<Map<string, number>> {
    this.askedAt = performance.now();
    return this.run(async () => {
      const found = new Map<string, number>();
      const table = await this.existing();
      if (!table || hashes.length === 0) return found;
      await this.readAhead(table);
      const unread: string[] = [];
      for (const hash of new Set(hashes)) {
        const vector = this.read.get(hash);
        if (vector) found.set(hash, cosine(query, vector));
        else unread.push(hash);
      }
      if (unread.length === 0 || (await this.holdsAll(table))) return found;
      for await (const batch of batches<Row>(table.query().where(isIn("hash", unread)), columns)) {
        for (const row of batch) if (this.keep(row)) found.set(row.hash, cosine(query, row.vector.toArray()));
      }
      return found;
    });
  }

  /** Looking vectors up in the table takes longer than all else in a search, so they are read once. */
  private async readAhead(table: Table): Promise<void> {
    if (this.hasReadAhead) return;
    this.hasReadAhead = true;
    if ((await table.countRows()) > this.read.limit) return;
    const version = await table.version();
    for await (const batch of batches<Row>(table.query(), columns)) for (const row of batch) this.keep(row);
    if ((await table.version()) === version) this.heldVersion = version;
  }

  private async holdsAll(table: Table | undefined): Promise<boolean> {
    return table !== undefined && !this.read.isFull && this.heldVersion === (await table.version());
  }

  /** Whether the row is whole; it is held in memory as long as there is room. */
  private keep(row: Row): boolean {
    if (!isWhole(row)) return false;
    this.read.add(row.hash, row.vector.toArray());
    return true;
  }

  /** Makes one fragment of many and drops vectors that no text has any more, when they are many. */
  async finish(present: ReadonlySet<string>): Promise<void> {
    const all = await this.hashes();
    await this.write(async () => {
      const table = await this.existing();
      if (!table) return;
      const stale = [...all].filter((hash) => !present.has(hash));
      if (stale.length > all.size * maxStaleShare) await this.drop(table, stale);
      if (this.writes > 0 || this.indexDamaged) await this.tidy();
    });
  }

  close(): void {
    this.read.clear();
    this.table?.close();
    this.connection?.close();
  }

  /** Damaged rows must go before the same texts get a vector again: a row is dropped by its hash. */
  private async dropFailed(table: Table): Promise<void> {
    const failed = this.failed;
    this.failed = [];
    await this.drop(table, failed);
  }

  private async drop(table: Table, hashes: readonly string[]): Promise<void> {
    for (let from = 0; from < hashes.length; from += hashesInOneDelete) {
      await table.delete(isIn("hash", hashes.slice(from, from + hashesInOneDelete)));
      this.writes += 1;
    }
  }

  private async checkFiles(signal?: AbortSignal): Promise<void> {
    const sums = await FileSums.read(this.dir);
    await sums.assertWhole();
    this.indexDamaged = await sums.hasDamagedIndex(signal);
  }

  private async tidy(): Promise<void> {
    if (!this.table) return;
    if (this.indexDamaged || (await this.table.listIndices()).length === 0) {
      await this.table.createIndex("hash", { config: Index.btree(), replace: true });
      this.indexDamaged = false;
    }
    // The look-up of a search is over within a second; only those that are under way need older versions.
    await this.table.optimize({ cleanupOlderThan: new Date(Date.now() - 5_000) });
    await (await FileSums.read(this.dir)).update();
    this.writes = 0;
  }

  private async create(): Promise<Table> {
    await mkdir(this.dir, { recursive: true });
    this.connection ??= await connectTo(this.dir, caches);
    this.table = await this.connection.createEmptyTable(tableName, refinedSchema(this.dimension), {
      existOk: true,
    });
    return this.table;
  }

  /** Another process may have made the table since this one looked. */
  private async existing(): Promise<Table | undefined> {
    if (this.table) return this.table;
    if (!(await isFolder(this.dir))) return undefined;
    this.connection ??= await connectTo(this.dir, caches);
    if ((await this.connection.tableNames()).includes(tableName)) {
      this.table = await this.connection.openTable(tableName);
    }
    return this.table;
  }

  /** One write after the other. */
  private write(task: () => Promise<void>): Promise<void> {
    const turn = this.writing.then(() =>
      this.run(async () => {
        const heldAll = await this.holdsAll(this.table);
        this.heldVersion = undefined;
        await task();
        if (heldAll) this.heldVersion = await this.table?.version();
      }),
    );
    this.writing = turn.catch(() => undefined);
    return turn;
  }

  private run<T>(task: () => Promise<T>): Promise<T> {
    return withProblems(this.dir, task);
  }
}

function isWhole({ hash, vector, sum }: Row): boolean {
  return sum === refinedSum(hash, vector.toArray());
}

async function isFolder(dir: string): Promise<boolean> {
  return stat(dir).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}

function toBytes(vector: Float32Array): Int8Array {
  let largest = 0;
  for (const value of vector) largest = Math.max(largest, Math.abs(value));
  // In a vector of zeros these are no numbers, which are 0 among integers.
  return Int8Array.from(vector, (value) => Math.round((value / largest) * 127));
}

function cosine(query: Float32Array, bytes: Int8Array): number {
  let product = 0;
  let squares = 0;
  for (let i = 0; i < bytes.length; i++) {
    const value = bytes[i] ?? 0;
    product += (query[i] ?? 0) * value;
    squares += value * value;
  }
  return squares === 0 ? 0 : product / Math.sqrt(squares);
}
