import { mkdir } from "node:fs/promises";
import { type Connection, connect, Index, Session, type Table } from "@lancedb/lancedb";
import { Field, FixedSizeList, Int8, Schema, Utf8 } from "apache-arrow";

const tableName = "refined";
const indexCacheBytes = 16n * 1024n * 1024n;
const metadataCacheBytes = 8n * 1024n * 1024n;
const maxWritesBeforeOptimize = 20;
/** Vectors of texts that are gone are dropped when they are more than this share. */
const maxStaleShare = 0.3;

/**
 * Vectors of a slower, better model for the texts of chunks, as bytes, in a LanceDB table of their own. Each is
 * filed under the hash of its text: it can be missing, for a time or for ever, but never wrong. Candidates are
 * looked up here; nothing is searched.
 */
export class RefinedVectors {
  private readonly dimension: number;
  private readonly connection: Connection;
  private table: Table | undefined;
  private writes = 0;

  private constructor(dimension: number, connection: Connection) {
    this.dimension = dimension;
    this.connection = connection;
  }

  /** Opens what is under `dir` (absolute, local); there may be nothing yet. Throws when it is damaged. */
  static async open(dir: string, dimension: number): Promise<RefinedVectors> {
    await mkdir(dir, { recursive: true });
    const session = new Session(indexCacheBytes, metadataCacheBytes);
    const connection = await connect(dir, { readConsistencyInterval: 0 }, session);
    const refined = new RefinedVectors(dimension, connection);
    await refined.hashes();
    return refined;
  }

  /** Vectors are scaled to bytes: only their directions count. One commit. */
  async add(rows: readonly { readonly hash: string; readonly vector: Float32Array }[]): Promise<void> {
    if (rows.length === 0) return;
    const table = (await this.existing()) ?? (await this.create());
    const bytes = rows.map(({ hash, vector }) => ({ hash, vector: toBytes(vector) }));
    await table.add(bytes as unknown as Record<string, unknown>[]);
    this.writes += 1;
    if (this.writes >= maxWritesBeforeOptimize) await this.tidy();
  }

  /** The hashes of all texts that have a vector. */
  async hashes(): Promise<Set<string>> {
    const found = new Set<string>();
    const table = await this.existing();
    if (!table) return found;
    for await (const batch of table.query().select(["hash"])) {
      for (const hash of batch.getChild("hash") ?? []) found.add(String(hash));
    }
    return found;
  }

  async count(): Promise<number> {
    return (await (await this.existing())?.countRows()) ?? 0;
  }

  /** Deletes all vectors. */
  async clear(): Promise<void> {
    if (!(await this.existing())) return;
    this.table?.close();
    this.table = undefined;
    await this.connection.dropTable(tableName);
  }

  /** Cosine similarity of `query` (unit length) to each of these texts that has a vector, by hash. */
  async similarities(query: Float32Array, hashes: readonly string[]): Promise<Map<string, number>> {
    const table = await this.existing();
    if (!table || hashes.length === 0) return new Map();
    const wanted = [...new Set(hashes)].map((hash) => `'${hash}'`).join(",");
    const rows = (await table.query().where(`hash IN (${wanted})`).select(["hash", "vector"]).toArray()) as {
      hash: string;
      vector: Iterable<number>;
    }[];
    return new Map(rows.map(({ hash, vector }) => [hash, cosine(query, Int8Array.from(vector))]));
  }

  /** Makes one fragment of many and drops vectors that no text has any more, when they are many. */
  async finish(present: ReadonlySet<string>): Promise<void> {
    const table = await this.existing();
    if (!table) return;
    const all = await this.hashes();
    const stale = [...all].filter((hash) => !present.has(hash));
    if (stale.length > all.size * maxStaleShare) {
      for (let from = 0; from < stale.length; from += 1_000) {
        const part = stale.slice(from, from + 1_000).map((hash) => `'${hash}'`);
        await table.delete(`hash IN (${part.join(",")})`);
        this.writes += 1;
      }
    }
    if (this.writes > 0) await this.tidy();
  }

  close(): void {
    this.table?.close();
    this.connection.close();
  }

  private async tidy(): Promise<void> {
    if (!this.table) return;
    if ((await this.table.listIndices()).length === 0) {
      await this.table.createIndex("hash", { config: Index.btree() });
    }
    // The look-up of a search is over within a second; only those that are under way need older versions.
    await this.table.optimize({ cleanupOlderThan: new Date(Date.now() - 5_000) });
    this.writes = 0;
  }

  private async create(): Promise<Table> {
    const list = new FixedSizeList(this.dimension, new Field("item", new Int8(), true));
    const schema = new Schema([new Field("hash", new Utf8(), false), new Field("vector", list, false)]);
    this.table = await this.connection.createEmptyTable(tableName, schema, { existOk: true });
    return this.table;
  }

  /** Another process may have made the table since this one looked. */
  private async existing(): Promise<Table | undefined> {
    if (!this.table && (await this.connection.tableNames()).includes(tableName)) {
      this.table = await this.connection.openTable(tableName);
    }
    return this.table;
  }
}

function toBytes(vector: Float32Array): Int8Array {
  let largest = 0;
  for (const value of vector) largest = Math.max(largest, Math.abs(value));
  return Int8Array.from(vector, (value) => (largest === 0 ? 0 : Math.round((value / largest) * 127)));
}

function cosine(query: Float32Array, bytes: Int8Array): number {
  let product = 0;
  let squares = 0;
  for (const [i, value] of bytes.entries()) {
    product += (query[i] ?? 0) * value;
    squares += value * value;
  }
  return squares === 0 ? 0 : product / Math.sqrt(squares);
}
