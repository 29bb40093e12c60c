import { inflateRawSync } from "node:zlib";
import { maxArchiveBytes, maxArchiveEntries, maxArchiveTextBytes } from "../files/limits.ts";
import { UnreadableFile } from "./extracted.ts";

const damaged = "The document is damaged: its archive can't be read.";
const bomb = "The document unpacks to far more than a document holds (a ZIP bomb), so it is not opened.";

interface Entry {
  readonly name: string;
  readonly isStored: boolean;
  readonly packed: number;
  readonly offset: number;
  /** Its line in the archive's directory. */
  readonly record: Buffer;
}

/** The parts of a document that is made of several texts. */
export interface Parts {
  readonly names: readonly string[];
  /** Undefined when there is none of this name. */
  text(name: string): string | undefined;
}

/** The parts of a ZIP archive, by their names; each is unpacked when it is asked for. */
export class Zip implements Parts {
  /** In the order of the archive. */
  readonly names: readonly string[];
  private readonly bytes: Buffer;
  private readonly entries = new Map<string, Entry>();
  private left = maxArchiveTextBytes;

  /** Looks at the directory alone. Throws UnreadableFile for one that is damaged, locked or too large. */
  constructor(bytes: Buffer) {
    this.bytes = bytes;
    for (const entry of entriesOf(bytes)) this.entries.set(entry.name, entry);
    this.names = [...this.entries.keys()];
  }

  /** The text of a part, in UTF-8 or with a mark in UTF-16, as XML is; undefined when there is none of this name. */
  text(name: string): string | undefined {
    const part = this.part(name);
    const mark = part?.toString("hex", 0, 2);
    if (mark === "fffe") return part?.toString("utf16le", 2);
    if (mark === "feff") return new TextDecoder("utf-16be").decode(part);
    return part?.toString("utf8");
  }

  /** Throws UnreadableFile when all that was asked for unpacks to more than a document holds. */
  part(name: string): Buffer | undefined {
    const entry = this.entries.get(name);
    if (!entry) return undefined;
    const data = unpack(this.bytes, entry, this.left);
    this.left -= data.length;
    return data;
  }
}

/** Pictures and inserted files, which hold no text of the document itself. */
const besideText =
  /(?:^|\/)(?:media|embeddings|pictures|thumbnails|printersettings)\/|\.(?:png|jpe?g|gif|bmp|tiff?|[ew]mf|svg)$/i;

/**
 * A ZIP archive for a library that unpacks all of it at once: without pictures and inserted files. Of what is left the
 * true sizes have been looked at, about which an archive may lie. Throws UnreadableFile.
 */
export function guardedZip(bytes: Buffer): Buffer {
  const kept = entriesOf(bytes).filter(({ name }) => !besideText.test(name));
  let left = maxArchiveTextBytes;
  for (const entry of kept) left -= unpack(bytes, entry, left).length;
  const directory = Buffer.concat(kept.map(({ record }) => record));
  const end = Buffer.alloc(22);
  end.write("PK\u0005\u0006", "latin1");
  end.writeUInt16LE(kept.length, 8);
  end.writeUInt16LE(kept.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(bytes.length, 16);
  return Buffer.concat([bytes, directory, end]);
}

function entriesOf(bytes: Buffer): Entry[] {
  const end = bytes.lastIndexOf(Buffer.from("PK\u0005\u0006", "latin1"));
  if (end < 0 || end + 22 > bytes.length) throw new UnreadableFile(damaged);
  const count = bytes.readUInt16LE(end + 10);
  if (count > maxArchiveEntries) throw new UnreadableFile(bomb);
  const entries: Entry[] = [];
  let at = bytes.readUInt32LE(end + 16);
  let total = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== 0x02014b50) throw new UnreadableFile(damaged);
    const flags = bytes.readUInt16LE(at + 8);
    if (flags & 1) throw new UnreadableFile("The document is protected by a password.");
    total += bytes.readUInt32LE(at + 24);
    if (total > maxArchiveBytes) throw new UnreadableFile(bomb);
    const nameLength = bytes.readUInt16LE(at + 28);
    const next = at + 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
    entries.push({
      name: bytes.toString("utf8", at + 46, at + 46 + nameLength),
      isStored: bytes.readUInt16LE(at + 10) !== 8,
      packed: bytes.readUInt32LE(at + 20),
      offset: bytes.readUInt32LE(at + 42),
      record: bytes.subarray(at, next),
    });
    at = next;
  }
  return entries;
}

function unpack(bytes: Buffer, { offset, packed, isStored }: Entry, most: number): Buffer {
  if (offset + 30 > bytes.length || bytes.readUInt32LE(offset) !== 0x04034b50) {
    throw new UnreadableFile(damaged);
  }
  // A library may go by what stands here and not by the directory.
  if ((bytes.readUInt16LE(offset + 8) !== 8) !== isStored) throw new UnreadableFile(damaged);
  const start = offset + 30 + bytes.readUInt16LE(offset + 26) + bytes.readUInt16LE(offset + 28);
  const data = bytes.subarray(start, start + packed);
  if (isStored && data.length > most) throw new UnreadableFile(bomb);
  if (isStored) return data;
  try {
    return inflateRawSync(data, { maxOutputLength: Math.max(1, most) });
  } catch (error) {
    const isTooLong = error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
    throw new UnreadableFile(isTooLong ? bomb : damaged);
  }
}
