import { formatOf } from "../../protocol/formats.ts";
import { type Exceptions, type MaskedText, maskSecrets } from "../files/secretsMask.ts";
import type { Extracted, Reader } from "./extracted.ts";

const readers = new Map<string, Reader>();

/**
 * The text of a file's bytes, with every key masked but the exceptions, by the reader that the table of formats names. Throws
 * UnreadableFile when it holds nothing to index.
 */
export async function extract(
  bytes: Buffer,
  path: string,
  exceptions?: Exceptions,
): Promise<Extracted & MaskedText> {
  const { read } = await readerOf(formatOf(path).reader);
  const extracted = await read(bytes);
  return { ...extracted, ...maskSecrets(extracted.text, exceptions) };
}

/** Readers come with large libraries: a process that meets no such file does not load them. */
async function readerOf(name: string): Promise<Reader> {
  // The name is from the table, never from a file.
  const reader = readers.get(name) ?? ((await import(`./${name}Reader.ts`)) as Reader);
  readers.set(name, reader);
  return reader;
}
