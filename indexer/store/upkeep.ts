import { Index, type Table } from "@lancedb/lancedb";
import { DamagedStoreError, storeProblem } from "./problems.ts";
import type { Tables } from "./tables.ts";

/**
 * Rows that lexical search reads one by one, since its index does not hold them yet, are kept below this, or
 * below the number of those that it holds: optimizing rewrites all, so that doing it at each doubling costs
 * little in sum.
 */
const maxUnindexedRows = 6_000;
const maxWritesBeforeOptimize = 40;
/** Other processes read a version for a moment only; older ones may go. */
const defaultKeepVersionsMs = 30_000;
/** A search of another process is done with a version after this, in milliseconds, at the latest. */
const readMs = 5_000;
/** More versions than this were left by a process that had no time to drop them. */
const manyVersions = 4;
/** With fewer rows than this, comparing with every vector in the table takes a few milliseconds. */
const defaultIndexVectorsFrom = 10_000;

export interface UpkeepOptions {
  /** How long versions are kept for other processes that may read them. */
  readonly keepVersionsMs?: number;
  /** From how many rows on vectors have an index, of parts with about as many rows each. */
  readonly indexVectorsFrom?: number;
}

/** Keeps the indexes up to date, and the disk free of old versions: LanceDB keeps each write as a version. */
export class Upkeep {
  private readonly tables: () => Tables;
  private readonly keepVersionsMs: number;
  private readonly indexVectorsFrom: number;
  private textIndexed = false;
  private textIndexDamaged = false;
  private writes = 0;
  private unindexedRows = 0;
  /** When versions were last left behind, in milliseconds since the epoch. */
  private oldVersionsSince: number | undefined;

  /** @param tables Those to look after; others after they have been opened anew. */
  constructor(tables: () => Tables, options: UpkeepOptions) {
    this.tables = tables;
    this.keepVersionsMs = options.keepVersionsMs ?? defaultKeepVersionsMs;
    this.indexVectorsFrom = options.indexVectorsFrom ?? defaultIndexVectorsFrom;
  }

  private get chunks(): Table {
    return this.tables().chunks;
  }

  private get files(): Table {
    return this.tables().files;
  }

  /** To be called once, before the others. */
  async look(): Promise<void> {
    await this.hasTextIndex();
    if ((await this.chunks.listVersions()).length > manyVersions) this.oldVersionsSince = 0;
  }

  /** Another process may have built the text index since this one looked. */
  async hasTextIndex(): Promise<boolean> {
    this.textIndexed ||= (await this.chunks.listIndices()).some((index) => index.columns.includes("terms"));
    return this.textIndexed;
  }

  /** Whether all indexes can be opened: one of which files are gone can't. */
  async canSearch(): Promise<boolean> {
    try {
      if (!(await this.hasTextIndex())) return true;
      const vector = new Float32Array(this.tables().dimension).fill(1);
      const nearest = this.chunks.query().nearestTo(vector).distanceType("cosine");
      await nearest.select(["_distance"]).limit(1).toArray();
      await this.chunks
        .query()
        .fullTextSearch("carrel", { columns: ["terms"] })
        .limit(1)
        .toArray();
      await this.chunks.query().where("id = 'carrel'").limit(1).toArray();
      return true;
    } catch (error) {
      if (storeProblem(error, "") instanceof DamagedStoreError) return false;
      throw error;
    }
  }

  /** The indexes are built anew by the next `maintain`. */
  rebuildIndexes(): void {
    this.textIndexDamaged = true;
  }

  /** Notes a commit. @param rows Rows that it added. */
  wrote(rows: number): void {
    this.writes += 1;
    this.unindexedRows += rows;
  }

  /** @param rows Rows in `chunks`. */
  async maintain(rows: number, force: boolean): Promise<void> {
    await this.ensureIndexes();
    const limit = Math.max(maxUnindexedRows, rows - this.unindexedRows);
    const due = this.writes >= maxWritesBeforeOptimize || this.unindexedRows >= limit;
    if (!due && !(force && this.writes > 0)) {
      if (force) await this.ensureVectorIndex();
      return;
    }
    // It is built anew in less time than it takes to merge; until then all vectors in the table are compared.
    const wasIndexed = await this.dropVectorIndex();
    const cleanupOlderThan = new Date(Date.now() - this.keepVersionsMs);
    try {
      await this.chunks.optimize({ cleanupOlderThan });
    } catch (error) {
      if (!(storeProblem(error, "") instanceof DamagedStoreError)) throw error;
      // An index that can't be merged is built anew; nothing but time is lost.
      await this.buildIndexes();
    }
    if (force || wasIndexed) await this.ensureVectorIndex();
    await this.files.optimize({ cleanupOlderThan });
    this.writes = 0;
    this.unindexedRows = 0;
    this.oldVersionsSince = Date.now();
  }

  /** Drops the versions that `maintain` had to leave for other readers. Returns whether anything was done. */
  async dropOldVersions(): Promise<boolean> {
    const keepMs = Math.min(this.keepVersionsMs, readMs);
    if (this.oldVersionsSince === undefined || Date.now() < this.oldVersionsSince + keepMs) return false;
    this.oldVersionsSince = undefined;
    const cleanupOlderThan = new Date(Date.now() - keepMs);
    await this.chunks.optimize({ cleanupOlderThan });
    await this.files.optimize({ cleanupOlderThan });
    return true;
  }

  private async ensureIndexes(): Promise<void> {
    if (!this.textIndexDamaged && (await this.hasTextIndex())) return;
    const hadVectors = await this.dropVectorIndex();
    await this.buildIndexes();
    if (hadVectors) await this.ensureVectorIndex();
  }

  /**
   * The vectors once more, in few large parts that are compared far faster than the table's rows. All parts are
   * looked at: nothing is approximate.
   */
  private async ensureVectorIndex(): Promise<void> {
    const rows = await this.chunks.countRows();
    if (rows < this.indexVectorsFrom || (await this.vectorIndex())) return;
    const numPartitions = Math.ceil(rows / this.indexVectorsFrom);
    const config = Index.ivfFlat({ distanceType: "cosine", numPartitions });
    // Nothing is lost without it: LanceDB refuses when hardly any vector has a direction, as in a language that the
    // model does not know.
    await this.chunks.createIndex("vector", { config }).catch(() => undefined);
  }

  private async dropVectorIndex(): Promise<boolean> {
    const name = await this.vectorIndex();
    if (name !== undefined) await this.chunks.dropIndex(name);
    return name !== undefined;
  }

  private async vectorIndex(): Promise<string | undefined> {
    return (await this.chunks.listIndices()).find((index) => index.columns.includes("vector"))?.name;
  }

  /** A text index that is built on an empty table finds nothing later: it waits for the first rows. */
  private async buildIndexes(): Promise<void> {
    if ((await this.chunks.countRows()) === 0) return;
    await this.chunks.createIndex("terms", {
      config: Index.fts({
        baseTokenizer: "whitespace",
        lowercase: false,
        stem: false,
        removeStopWords: false,
        asciiFolding: false,
        withPosition: false,
        maxTokenLength: 64,
      }),
      replace: true,
    });
    await this.chunks.createIndex("id", { config: Index.btree(), replace: true });
    this.textIndexed = true;
    this.textIndexDamaged = false;
    this.unindexedRows = 0;
  }
}
