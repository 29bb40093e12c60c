import { type FileHandle, open } from "node:fs/promises";
import { CarrelError } from "../protocol/channel.ts";
import type { FileEnds } from "../protocol/reader.ts";

/** What the reader gets of a document's file before it asks for more: enough for a PDF to find a page among a thousand. */
const endBytes = { start: 128 << 10, end: 512 << 10 } as const;

/** A file of this size and less comes whole. */
const smallFile = 1 << 20;

/** The page holds the parts of a PDF that it has read in memory, and of a damaged one all of it. */
const maxShownBytes = 300_000_000;

/** The page asks for a large part of a file in several messages. */
const maxRangeBytes = 4 << 20;

/** The two ends of a file. */
export async function readEnds(file: string): Promise<FileEnds> {
  return await withFile(file, async (handle) => {
    const version = await versionOf(handle);
    const { size } = await handle.stat();
    if (size > maxShownBytes) {
      throw new CarrelError(
        `This file is too large to be shown here: ${megabytes(size)} MB, of at most ${megabytes(maxShownBytes)} MB.`,
        "Open it in a program of its own.",
      );
    }
    const isSmall = size <= smallFile;
    const start = await bytesOf(handle, 0, isSmall ? size : endBytes.start);
    const end = isSmall ? new Uint8Array() : await bytesOf(handle, size - endBytes.end, size);
    if ((await versionOf(handle)) !== version) throw changed();
    return { size, version, start, end };
  });
}

/** Some bytes of a version of a file, which the page names. Throws when the file is another one now. */
export async function readRange(
  file: string,
  { version, begin, end }: { readonly version: string; readonly begin: number; readonly end: number },
): Promise<Uint8Array<ArrayBuffer>> {
  const isRange = Number.isInteger(begin) && Number.isInteger(end) && begin >= 0 && end >= begin;
  if (!isRange || end - begin > maxRangeBytes) {
    throw new CarrelError("These are no bytes of a file.", "", "invalid");
  }
  return await withFile(file, async (handle) => {
    const bytes = await bytesOf(handle, begin, end);
    if ((await versionOf(handle)) !== version) throw changed();
    return bytes;
  });
}

async function withFile<T>(file: string, read: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await open(file).catch((error: NodeJS.ErrnoException) => {
    throw new CarrelError(
      `The file can't be read (${error.code ?? error.message}).`,
      "Look whether it is still there, and whether you may read it.",
    );
  });
  try {
    return await read(handle);
  } finally {
    await handle.close();
  }
}

async function bytesOf(handle: FileHandle, begin: number, end: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(end - begin);
  let filled = 0;
  while (filled < bytes.length) {
    const { bytesRead } = await handle.read(bytes, filled, bytes.length - filled, begin + filled);
    if (bytesRead === 0) throw changed();
    filled += bytesRead;
  }
  return bytes;
}

async function versionOf(handle: FileHandle): Promise<string> {
  const { size, mtimeNs, ino } = await handle.stat({ bigint: true });
  return `${size} ${mtimeNs} ${ino}`;
}

function changed(): CarrelError {
  return new CarrelError("The file was changed while it was shown.", "Try again: it is opened anew.");
}

function megabytes(bytes: number): string {
  return Math.round(bytes / 1e6).toLocaleString("en");
}
