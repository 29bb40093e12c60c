import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";

/** What a directory holds under one name. */
export interface Entry {
  /** As people are shown it; the true name unless there is `replaced`. */
  readonly name: string;
  readonly isDirectory: boolean;
  /** For a name that is no UTF-8, and so can't be opened: how it reads with its odd bytes replaced. */
  readonly replaced?: string;
}

/** What stands in a text for bytes that are no UTF-8. */
const replacement = "\ufffd";

/**
 * The entries of a directory. Names that are no UTF-8 (from old disks and archives) are shown with their odd
 * bytes as "\xE9", so that two of them stay two. Throws what the system throws.
 */
export async function readEntries(directory: string): Promise<Entry[]> {
  const found = await readdir(directory, { withFileTypes: true });
  if (!found.some(({ name }) => name.includes(replacement))) {
    return found.map((entry) => ({ name: entry.name, isDirectory: entry.isDirectory() }));
  }
  const raw = await readdir(directory, { withFileTypes: true, encoding: "buffer" });
  return raw.map(entryOf);
}

function entryOf(entry: Dirent<Buffer>): Entry {
  const name = entry.name.toString("utf8");
  const isDirectory = entry.isDirectory();
  if (Buffer.from(name, "utf8").equals(entry.name)) return { name, isDirectory };
  return { name: readable(entry.name), isDirectory, replaced: name };
}

/** The bytes as text, those that are no UTF-8 as "\xE9". */
function readable(bytes: Buffer): string {
  const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const length = [1, 2, 3, 4].find((count) => isText(strict, bytes.subarray(at, at + count)));
    text +=
      length === undefined
        ? `\\x${bytes.toString("hex", at, at + 1).toUpperCase()}`
        : bytes.toString("utf8", at, at + length);
    at += length ?? 1;
  }
  return text;
}

function isText(decoder: TextDecoder, bytes: Buffer): boolean {
  try {
    decoder.decode(bytes);
    return true;
  } catch {
    return false;
  }
}
