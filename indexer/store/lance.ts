import {
  type Connection,
  connect,
  type Query,
  Session,
  type Table,
  type VectorQuery,
} from "@lancedb/lancedb";
import type { RecordBatch } from "apache-arrow";

import { CarrelError } from "../../protocol/channel.ts";

/** How this folder uses LanceDB, in one place. */

/** LanceDB's caches take up to 7 GB when they are not told otherwise. */
export interface Caches {
  readonly indexBytes: bigint;
  readonly metadataBytes: bigint;
}

/**
 * Opens a database: `dir` is absolute and local, and is made when it is missing. Each read sees the latest commit.
 * LanceDB's native code connects to object stores and servers by itself, past the gate, when it is given an
 * address (s3:, az:, gs:, db:, https:): a CarrelError comes instead, before LanceDB sees it.
 */
export async function connectTo(dir: string, { indexBytes, metadataBytes }: Caches): Promise<Connection> {
  if (!isLocalPath(dir)) {
    throw new CarrelError(
      `An index lies in a folder of this machine, and "${dir}" is none.`,
      "Choose an absolute path of this machine for indexes.",
    );
  }
  return connect(dir, { readConsistencyInterval: 0 }, new Session(indexBytes, metadataBytes));
}

/**
 * Whether it is a path and nothing that LanceDB could take for an address: on Windows "C:\\index" is a path, and
 * "\\\\server\\share" is on another machine. Exported for its test.
 */
export function isLocalPath(
  dir: string,
  platform: "posix" | "win32" = process.platform === "win32" ? "win32" : "posix",
): boolean {
  if (platform === "posix") return /^\/(?!\/)/.test(dir);
  return /^[A-Za-z]:[\\/]/.test(dir);
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
  query: Query | VectorQuery,
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
  return `${column} IN (${values.map(quoted).join(",")})`;
}

/** Whether the column's text fits a pattern, which must be one of Rust's. */
export function fitsPattern(column: string, pattern: string): string {
  return `regexp_like(${column}, ${quoted(pattern)})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Whether the table has just these columns. */
export async function hasColumns(table: Table, columns: readonly string[]): Promise<boolean> {
  const names = (await table.schema()).fields.map((field) => field.name);
  return names.length === columns.length && columns.every((column) => names.includes(column));
}
