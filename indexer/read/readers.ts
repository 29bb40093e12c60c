import { type Format, formatOf, notReadReason } from "../../protocol/formats.ts";
import { secretFileReason } from "../files/secrets.ts";
import type { Extracted, Reader, ReadScans } from "./extracted.ts";
import { formatInside } from "./formatInside.ts";

const readers = new Map<string, Reader>();

/**
 * The text of a file's bytes, as the reader gives it that the table of formats names for its path, or for a document
 * that is of another format than its name says, for that. Nothing is masked yet. Throws UnreadableFile when it holds
 * nothing to index.
 */
export async function readAs(path: string, bytes: Buffer, scans?: ReadScans): Promise<Extracted> {
  const named = formatOf(path);
  return readBy(named.kind === "document" ? formatInside(bytes, named) : named, bytes, path, scans);
}

/** The text of bytes that are known to be of a format. Throws UnreadableFile. */
export async function readBy(
  format: Format,
  bytes: Buffer,
  path: string,
  scans?: ReadScans,
): Promise<Extracted> {
  const { read } = await readerOf(format.reader);
  return read(bytes, path, scans);
}

/** Whether a file of this name would be read, in a document as in a folder. */
export function isRead(path: string): boolean {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const isRefused = notReadReason(name) !== undefined || secretFileReason(name) !== undefined;
  return !isRefused && /\.[^./]+$/.test(name);
}

/** Readers come with large libraries: a process that meets no such file does not load them. */
async function readerOf(name: string): Promise<Reader> {
  // The name is from the table, never from a file.
  const reader = readers.get(name) ?? ((await import(`./${name}Reader.ts`)) as Reader);
  readers.set(name, reader);
  return reader;
}
