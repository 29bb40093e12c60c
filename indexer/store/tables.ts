import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Connection, Table } from "@lancedb/lancedb";
import { FileSums } from "./fileSums.ts";
import { connectTo, hasColumns } from "./lance.ts";
import { DamagedStoreError } from "./problems.ts";
import { chunkSchema, fileSchema, namesOf } from "./schema.ts";

const caches = { indexBytes: 48n * 1024n * 1024n, metadataBytes: 16n * 1024n * 1024n };

/** The tables of a store, the checksums of their files, and how many numbers a vector has. */
export interface Tables {
  readonly dimension: number;
  readonly connection: Connection;
  readonly chunks: Table;
  readonly files: Table;
  readonly sums: FileSums;
}

/** Opens both tables, and makes those that are missing. */
export async function openOrMake(dir: string, dimension: number): Promise<Tables> {
  await mkdir(dir, { recursive: true });
  const sums = await wholeSums(dir);
  const connection = await connectTo(dir, caches);
  const names = await connection.tableNames();
  const open = (name: string, schema: typeof fileSchema): Promise<Table> =>
    names.includes(name) ? connection.openTable(name) : connection.createEmptyTable(name, schema);
  const chunks = await open("chunks", chunkSchema(dimension));
  const files = await open("files", fileSchema);
  return checked({ dimension, connection, chunks, files, sums });
}

/** Opens both tables and makes nothing; undefined when one is missing. */
export async function openExisting(dir: string, dimension: number): Promise<Tables | undefined> {
  if (!(await hasManifest(dir, "chunks")) || !(await hasManifest(dir, "files"))) return undefined;
  const sums = await wholeSums(dir);
  // LanceDB makes a folder that is missing when it connects: only now is it known to be there.
  const connection = await connectTo(dir, caches);
  const [chunks, files] = [await connection.openTable("chunks"), await connection.openTable("files")];
  return checked({ dimension, connection, chunks, files, sums });
}

/**
 * The same tables, opened anew: LanceDB keeps the files of indexes that it has read open, also those that were
 * replaced and deleted since, for as long as the connection lives.
 */
export async function reopened(dir: string, tables: Tables): Promise<Tables> {
  const connection = await connectTo(dir, caches);
  const [chunks, files] = [await connection.openTable("chunks"), await connection.openTable("files")];
  return { ...tables, connection, chunks, files };
}

export function closeTables({ connection, chunks, files }: Tables): void {
  chunks.close();
  files.close();
  connection.close();
}

/** Before LanceDB opens anything: some damage to these files aborts the whole process in native code. */
async function wholeSums(dir: string): Promise<FileSums> {
  const sums = await FileSums.read(dir);
  await sums.assertWhole();
  return sums;
}

async function checked(tables: Tables): Promise<Tables> {
  const complete =
    (await hasColumns(tables.chunks, namesOf(chunkSchema(tables.dimension)))) &&
    (await hasColumns(tables.files, namesOf(fileSchema)));
  if (!complete) throw new DamagedStoreError("The tables have other columns.");
  return tables;
}

/** Whether the table is there; its folder may be, for a moment, before it. */
async function hasManifest(dir: string, table: string): Promise<boolean> {
  try {
    const names = await readdir(join(dir, `${table}.lance`, "_versions"));
    return names.some((name) => name.endsWith(".manifest"));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw error;
  }
}
