import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { search } from "../../indexer/search/search.ts";
import { hashOfText } from "../../indexer/store/searchedText.ts";
import { type ChunkRow, chunkId, type FileRow, Store, type StoreOptions } from "../../indexer/store/store.ts";
import { terms } from "../../text/terms.ts";
import { fileRow } from "./storeRows.ts";

/*
 * Stores with rows that a test writes by itself, in a folder that goes with the tests of the file.
 */

const base = await mkdtemp(join(tmpdir(), "carrel-store-"));
after(() => rm(base, { recursive: true, force: true }));
let stores = 0;

export const dimension = 8;

/** A unit vector that points along one axis, with a little of another. */
export function vector(axis: number, other = axis, share = 0): Float32Array {
  const result = new Float32Array(dimension);
  result[axis] = Math.sqrt(1 - share * share);
  result[other] = (result[other] ?? 0) + share;
  return result;
}

export function chunk(
  path: string,
  ordinal: number,
  text: string,
  at = vector(0),
  fileHash = "h1",
): ChunkRow {
  const [startLine, endLine] = [ordinal * 10 + 1, ordinal * 10 + 9];
  return {
    id: chunkId(path, fileHash, ordinal),
    path,
    fileHash,
    kind: "prose",
    language: "markdown",
    heading: ordinal === 0 ? null : `Part ${ordinal}`,
    page: null,
    place: null,
    startLine,
    endLine,
    text,
    terms: terms(text).join(" "),
    textHash: hashOfText(text),
    vector: at,
  };
}

export function file(path: string, chunks: number, hash = "h1"): FileRow {
  return fileRow(path, hash, chunks);
}

export function newDir(): string {
  stores += 1;
  return join(base, String(stores));
}

export async function newStore(options: StoreOptions = {}): Promise<{ dir: string; store: Store }> {
  const dir = newDir();
  return { dir, store: await Store.openForWriting(dir, dimension, options) };
}

export async function find(
  store: Store,
  query: string,
  mode: "lexical" | "vector" | "hybrid" = "lexical",
  at = vector(0),
) {
  const found = await search([{ folder: "/ws", store }], query, { plain: at }, 10, mode);
  return found.map(({ path, startLine }) => `${path}:${startLine}`);
}
