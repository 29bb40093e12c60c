import { mkdir } from "node:fs/promises";
import { type Connection, connect, Index, Session, type Table } from "@lancedb/lancedb";
import { Field, FixedSizeList, Float32, Float64, Int32, Schema, Utf8 } from "apache-arrow";
import type { FileKind } from "../../protocol/data.ts";

/** One row of `chunks`: a chunk with the file that it is from, its search terms and its vector. */
export interface ChunkRow {
  /** Path and ordinal: the same chunk of the same file keeps its id. */
  readonly id: string;
  readonly path: string;
  readonly kind: FileKind;
  readonly language: string;
  readonly heading: string | null;
  readonly page: number | null;
  readonly startLine: number;
  readonly endLine: number;
  readonly text: string;
  /** What lexical search looks at: terms joined by spaces. */
  readonly terms: string;
  /** Of what was embedded: refined vectors are filed under it. */
  readonly textHash: string;
  readonly vector: Float32Array;
}

/** One row of `files`: a file as it was when it was last looked at. */
export interface FileRow {
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
  /** Hash of the content, "" when it could not be read. */
  readonly hash: string;
  /** Why the file is not in the index, "" when it is. */
  readonly reason: string;
  readonly chunks: number;
}

/** A chunk that one of the two searches found. Higher is better; cosine similarity for vectors, BM25 for terms. */
export interface Candidate {
  readonly id: string;
  readonly path: string;
  readonly kind: FileKind;
  readonly textHash: string;
  readonly score: number;
  readonly vector: Float32Array;
}

const chunkColumns = [
  "id",
  "path",
  "kind",
  "language",
  "heading",
  "page",
  "startLine",
  "endLine",
  "text",
] as const;

const candidateColumns = ["id", "path", "kind", "textHash", "vector"] as const;
type CandidateRow = Omit<Candidate, "score" | "vector"> & { readonly vector: Iterable<number> };

/** A chunk as a person sees it: without what only the search looks at. */
export type ReadableChunk = Omit<ChunkRow, "terms" | "textHash" | "vector">;

/**
 * Rows that lexical search reads one by one, since its index does not hold them yet, are kept below this, or
 * below the number of those that it holds: optimizing rewrites all, so that doing it at each doubling costs
 * little in sum.
 */
const maxUnindexedRows = 6_000;
const maxWritesBeforeOptimize = 40;
/** LanceDB's caches take up to 7 GB when they are not told otherwise. */
const indexCacheBytes = 48n * 1024n * 1024n;
const metadataCacheBytes = 16n * 1024n * 1024n;
/** Other processes read a version for a moment only; older ones may go. */
const defaultKeepVersionsMs = 30_000;
/** A search of another process is done with a version after this, in milliseconds, at the latest. */
const readMs = 5_000;
/** More versions than this were left by a process that had no time to drop them. */
const manyVersions = 4;

function chunkSchema(dimension: number): Schema {
  const text = (name: string): Field => new Field(name, new Utf8(), false);
  return new Schema([
    text("id"),
    text("path"),
    text("kind"),
    text("language"),
    new Field("heading", new Utf8(), true),
    new Field("page", new Int32(), true),
    new Field("startLine", new Int32(), false),
    new Field("endLine", new Int32(), false),
    text("text"),
    text("terms"),
    text("textHash"),
    new Field("vector", new FixedSizeList(dimension, new Field("item", new Float32(), true)), false),
  ]);
}

const fileSchema = new Schema([
  new Field("path", new Utf8(), false),
  new Field("size", new Float64(), false),
  new Field("mtimeMs", new Float64(), false),
  new Field("hash", new Utf8(), false),
  new Field("reason", new Utf8(), false),
  new Field("chunks", new Int32(), false),
]);

/** The chunks and files of one folder in LanceDB. The only code that opens LanceDB. */
export class Store {
  private readonly connection: Connection;
  private readonly chunks: Table;
  private readonly files: Table;
  /** Rows in `chunks` for each file that has any; a replacement that holds none of them is a plain append. */
  private readonly chunksOf: Map<string, number>;
  private readonly keepVersionsMs: number;
  /** When versions were last left behind, in milliseconds since the epoch. */
  private oldVersionsSince: number | undefined;
  private writes = 0;
  private unindexedRows = 0;
  private textIndexed: boolean;

  private constructor(
    connection: Connection,
    chunks: Table,
    files: Table,
    chunksOf: Map<string, number>,
    textIndexed: boolean,
    keepVersionsMs: number,
  ) {
    this.keepVersionsMs = keepVersionsMs;
    this.connection = connection;
    this.chunks = chunks;
    this.files = files;
    this.chunksOf = chunksOf;
    this.textIndexed = textIndexed;
  }

  /**
   * Opens the tables under `dir` (absolute, local), or makes them. Reading them here shows whether they are
   * whole; a damaged store throws, and the caller deletes and rebuilds it.
   */
  static async open(dir: string, dimension: number, keepVersionsMs = defaultKeepVersionsMs): Promise<Store> {
    await mkdir(dir, { recursive: true });
    const session = new Session(indexCacheBytes, metadataCacheBytes);
    const connection = await connect(dir, { readConsistencyInterval: 0 }, session);
    const names = await connection.tableNames();
    const chunks = names.includes("chunks")
      ? await connection.openTable("chunks")
      : await connection.createEmptyTable("chunks", chunkSchema(dimension));
    const files = names.includes("files")
      ? await connection.openTable("files")
      : await connection.createEmptyTable("files", fileSchema);
    const textIndexed = (await chunks.listIndices()).some((index) => index.columns.includes("terms"));
    const store = new Store(
      connection,
      chunks,
      files,
      await countByPath(chunks),
      textIndexed,
      keepVersionsMs,
    );
    if ((await chunks.listVersions()).length > manyVersions) store.oldVersionsSince = 0;
    return store;
  }

  /** Puts these files' chunks in place of all that they had before, in one commit. */
  async replaceFiles(files: readonly FileRow[], chunks: readonly ChunkRow[]): Promise<void> {
    const paths = files.map((file) => file.path);
    const known = paths.filter((path) => this.chunksOf.has(path));
    const rows = chunks as unknown as Record<string, unknown>[];
    if (known.length === 0) {
      if (rows.length > 0) await this.chunks.add(rows);
    } else if (rows.length === 0) {
      await this.chunks.delete(inPaths(known));
    } else {
      await this.chunks
        .mergeInsert("id")
        .whenMatchedUpdateAll()
        .whenNotMatchedInsertAll()
        .whenNotMatchedBySourceDelete({ where: inPaths(known) })
        .execute(rows);
    }
    for (const path of known) this.chunksOf.delete(path);
    for (const { path } of chunks) this.chunksOf.set(path, (this.chunksOf.get(path) ?? 0) + 1);
    // The files follow their chunks: killed in between, the engine looks at these files again.
    await this.touchFiles(files);
    this.writes += 1;
    this.unindexedRows += rows.length;
    await this.maintain();
  }

  /** Writes what is known of these files, and leaves their chunks as they are. */
  async touchFiles(files: readonly FileRow[]): Promise<void> {
    if (files.length === 0) return;
    await this.files
      .mergeInsert("path")
      .whenMatchedUpdateAll()
      .whenNotMatchedInsertAll()
      .execute(files as unknown as Record<string, unknown>[]);
  }

  /** Takes these files and their chunks out. */
  async removeFiles(paths: readonly string[]): Promise<void> {
    for (let from = 0; from < paths.length; from += 500) {
      const part = paths.slice(from, from + 500);
      const known = part.filter((path) => this.chunksOf.has(path));
      if (known.length > 0) await this.chunks.delete(inPaths(known));
      await this.files.delete(inPaths(part));
      for (const path of known) this.chunksOf.delete(path);
      this.writes += 1;
    }
    await this.maintain();
  }

  /** All files, as they were when they were last looked at. */
  async allFiles(): Promise<FileRow[]> {
    const rows: unknown[] = await this.files.query().toArray();
    return (rows as FileRow[]).map(({ path, size, mtimeMs, hash, reason, chunks }) => ({
      path,
      size,
      mtimeMs,
      hash,
      reason,
      chunks,
    }));
  }

  /** Rows in `chunks` for each path: where it differs from `files`, the engine was killed in between. */
  chunkCounts(): ReadonlyMap<string, number> {
    return this.chunksOf;
  }

  /** Rows in `chunks`, as far as this process has written or read them. */
  writtenRows(): number {
    let rows = 0;
    for (const count of this.chunksOf.values()) rows += count;
    return rows;
  }

  /** Grows with each commit, of any process. */
  version(): Promise<number> {
    return this.files.version();
  }

  countChunks(): Promise<number> {
    return this.chunks.countRows();
  }

  /** The `limit` best chunks by BM25 over `terms`. */
  async lexical(terms: readonly string[], limit: number): Promise<Candidate[]> {
    if (terms.length === 0 || !(await this.hasTextIndex())) return [];
    const rows: unknown[] = await this.chunks
      .query()
      .fullTextSearch(terms.join(" "), { columns: ["terms"] })
      .select([...candidateColumns, "_score"])
      .limit(limit)
      .toArray();
    return (rows as (CandidateRow & { _score: number })[]).map((row) => toCandidate(row, row._score));
  }

  /** The `limit` nearest chunks by cosine similarity; `vector` has unit length. */
  async nearest(vector: Float32Array, limit: number): Promise<Candidate[]> {
    if (vector.every((value) => value === 0)) return [];
    const rows: unknown[] = await this.chunks
      .query()
      .nearestTo(vector)
      .distanceType("cosine")
      .select([...candidateColumns, "_distance"])
      .limit(limit)
      .toArray();
    return (rows as (CandidateRow & { _distance: number })[]).map((row) =>
      toCandidate(row, 1 - row._distance),
    );
  }

  /** Id and hash of the text of every chunk, in the order of writing. */
  async textHashes(): Promise<{ id: string; hash: string }[]> {
    const found: { id: string; hash: string }[] = [];
    for await (const batch of this.chunks.query().select(["id", "textHash"])) {
      const hashes = batch.getChild("textHash");
      for (const [i, id] of [...(batch.getChild("id") ?? [])].entries()) {
        found.push({ id: String(id), hash: String(hashes?.get(i)) });
      }
    }
    return found;
  }

  /** The chunks with these ids; one that has gone meanwhile is missing. */
  async chunksById(ids: readonly string[]): Promise<Map<string, ReadableChunk>> {
    if (ids.length === 0) return new Map();
    const rows: unknown[] = await this.chunks
      .query()
      .where(`id IN (${ids.map(quoted).join(",")})`)
      .select([...chunkColumns])
      .toArray();
    return new Map((rows as ReadableChunk[]).map((row) => [row.id, row]));
  }

  /**
   * Brings the text index up to date and drops old versions, when enough was written or `force` is set.
   * LanceDB keeps each write as a version, and reads unindexed rows one by one.
   */
  async maintain(force = false): Promise<void> {
    if (!this.textIndexed) await this.buildTextIndex();
    const indexedRows = this.writtenRows() - this.unindexedRows;
    const due =
      this.writes >= maxWritesBeforeOptimize || this.unindexedRows >= Math.max(maxUnindexedRows, indexedRows);
    if (!due && !(force && this.writes > 0)) return;
    const cleanupOlderThan = new Date(Date.now() - this.keepVersionsMs);
    try {
      await this.chunks.optimize({ cleanupOlderThan });
    } catch {
      // A text index that can't be merged is built anew; nothing but time is lost.
      this.textIndexed = false;
      await this.buildTextIndex();
    }
    await this.files.optimize({ cleanupOlderThan });
    this.writes = 0;
    this.unindexedRows = 0;
    this.oldVersionsSince = Date.now();
  }

  /** Drops the versions that `maintain` had to leave for other readers; to be called some time later. */
  async dropOldVersions(): Promise<void> {
    if (this.oldVersionsSince === undefined || Date.now() < this.oldVersionsSince + readMs) return;
    this.oldVersionsSince = undefined;
    const cleanupOlderThan = new Date(Date.now() - Math.min(this.keepVersionsMs, readMs));
    await this.chunks.optimize({ cleanupOlderThan });
    await this.files.optimize({ cleanupOlderThan });
  }

  close(): void {
    this.chunks.close();
    this.files.close();
    this.connection.close();
  }

  /** Another process may have built the text index since this one opened the store. */
  private async hasTextIndex(): Promise<boolean> {
    if (!this.textIndexed) {
      this.textIndexed = (await this.chunks.listIndices()).some((index) => index.columns.includes("terms"));
    }
    return this.textIndexed;
  }

  /** A text index that is built on an empty table finds nothing later: it waits for the first rows. */
  private async buildTextIndex(): Promise<void> {
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
    this.unindexedRows = 0;
  }
}

function toCandidate(row: CandidateRow, score: number): Candidate {
  const { id, path, kind, textHash, vector } = row;
  return { id, path, kind, textHash, score, vector: Float32Array.from(vector) };
}

async function countByPath(chunks: Table): Promise<Map<string, number>> {
  const counts = new Map<string, number>();
  for await (const batch of chunks.query().select(["path"])) {
    for (const path of batch.getChild("path") ?? []) {
      counts.set(String(path), (counts.get(String(path)) ?? 0) + 1);
    }
  }
  return counts;
}

/** LanceDB's filters are SQL text without parameters. */
function quoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

function inPaths(paths: readonly string[]): string {
  return `path IN (${paths.map(quoted).join(",")})`;
}
