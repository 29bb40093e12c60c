import { type Connection, connect, type Query, Session, type Table } from "@lancedb/lancedb";
import type { RecordBatch } from "apache-arrow";

/** How this folder uses LanceDB, in one place. */

/** LanceDB's caches take up to 7 GB when they are not told otherwise. */
export interface Caches {
  readonly indexBytes: bigint;
  readonly metadataBytes: bigint;
}

/** Opens a database: `dir` is absolute and local, and is made when it is missing. Each read sees the latest commit. */
export function connectTo(dir: string, { indexBytes, metadataBytes }: Caches): Promise<Connection> {
  return connect(dir, { readConsistencyInterval: 0 }, new Session(indexBytes, metadataBytes));
}

/** LanceDB's type for rows to write is wider than it says. */
export function toLance(rows: readonly object[]): Record<string, unknown>[] {
  return rows as unknown as Record<string, unknown>[];
}

/**
 * The rows of a query as plain objects, a batch at a time, each made when its turn comes: a batch may hold
 * thousands. A vector is an Arrow vector, whose `toArray` gives its numbers.
 */
export async function* batches<Row>(
  query: Query,
  columns: readonly (keyof Row & string)[],
): AsyncGenerator<Iterable<Row>> {
  for await (const batch of query.select([...columns])) yield rowsOf<Row>(batch, columns);
}

function* rowsOf<Row>(batch: RecordBatch, columns: readonly string[]): Generator<Row> {
  const vectors = columns.map((column) => ({ column, vector: batch.getChild(column) }));
  for (let i = 0; i < batch.numRows; i++) {
    const row: Record<string, unknown> = {};
    for (const { column, vector } of vectors) row[column] = vector?.get(i);
    yield row as Row;
  }
}

/** LanceDB's filters are SQL text without parameters. */
export function isIn(column: string, values: readonly string[]): string {
  return `${column} IN (${values.map((value) => `'${value.replaceAll("'", "''")}'`).join(",")})`;
}

/** Whether the table has just these columns. */
export async function hasColumns(table: Table, columns: readonly string[]): Promise<boolean> {
  const names = (await table.schema()).fields.map((field) => field.name);
  return names.length === columns.length && columns.every((column) => names.includes(column));
}
