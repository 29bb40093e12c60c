import { formatOf, notReadReason } from "../../protocol/formats.ts";
import type { Extracted, Reader } from "./extracted.ts";

const readers = new Map<string, Reader>();

/**
 * The text of a file's bytes, as the reader gives it that the table of formats names for its path. Nothing is masked
 * yet. Throws UnreadableFile when it holds nothing to index.
 */
export async function readAs(path: string, bytes: Buffer): Promise<Extracted> {
  const { read } = await readerOf(formatOf(path).reader);
  return read(bytes);
}

/** Whether a file of this name would be read. */
export function isRead(path: string): boolean {
  return notReadReason(path) === undefined && /\.[^./]+$/.test(path);
}

/** Readers come with large libraries: a process that meets no such file does not load them. */
async function readerOf(name: string): Promise<Reader> {
  // The name is from the table, never from a file.
  const reader = readers.get(name) ?? ((await import(`./${name}Reader.ts`)) as Reader);
  readers.set(name, reader);
  return reader;
}
