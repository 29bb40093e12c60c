import { crc32 } from "node:zlib";
import type { Candidate, ChunkRow, FileRow, StoredChunk } from "./rows.ts";

/**
 * Checksums of rows (CRC-32), which are stored with them: a disk that turns a bit must not change what a person
 * reads. A chunk has three, one for each way in which it is read, so that no reader must fetch a column more.
 */

export function textSum(chunk: StoredChunk): number {
  const { id, path, fileHash, kind, language, heading, page, place, startLine, endLine, text } = chunk;
  return sumOf([id, path, fileHash, kind, language, heading, page, place, startLine, endLine, text]);
}

export function vectorSum(chunk: Omit<Candidate, "score">): number {
  const { id, path, fileHash, kind, textHash, vector } = chunk;
  return crc32(bytesOf(vector), sumOf([id, path, fileHash, kind, textHash]));
}

export function termsSum({ id, terms }: Pick<ChunkRow, "id" | "terms">): number {
  return sumOf([id, terms]);
}

export function fileSum(file: FileRow): number {
  const { path, size, mtimeMs, changedMs, hash, reason, chunks, retryAtMs, tries, withheld, scans } = file;
  return sumOf([path, size, mtimeMs, changedMs, hash, reason, chunks, retryAtMs, tries, withheld, scans]);
}

/** @param vector As it is stored, in bytes. */
export function refinedSum(hash: string, vector: Int8Array): number {
  return crc32(bytesOf(vector), sumOf([hash]));
}

/** JSON keeps the fields apart. Half a surrogate pair would come back from the store as another character. */
function sumOf(fields: readonly (string | number | null)[]): number {
  return crc32(
    JSON.stringify(fields.map((field) => (typeof field === "string" ? field.toWellFormed() : field))),
  );
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Int8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/**
 * The paths of rows that fail their checksum; undefined when that of one can't be trusted. A path stands in the
 * row twice: it is right when the id, of which it is a part, says the same.
 */
export function damagedPaths(
  rows: readonly { readonly id: string; readonly path: string }[],
): string[] | undefined {
  if (rows.some(({ id, path }) => !id.startsWith(`${path}#`))) return undefined;
  return [...new Set(rows.map(({ path }) => path))];
}
