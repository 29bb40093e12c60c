import { inflateRawSync } from "node:zlib";
import { maxArchiveBytes, maxArchiveEntries, maxArchiveTextBytes } from "../files/limits.ts";
import { UnreadableFile } from "./extracted.ts";

const damaged = "The document is damaged: its archive can't be read.";
const bomb = "The document unpacks to far more than a document holds (a ZIP bomb), so it is not opened.";

/**
 * Looks at a ZIP archive before a library unpacks it: the number and sizes of its entries, and for XML, which
 * is what will be read, the true size, which the archive may lie about. Throws UnreadableFile.
 */
export function guardZip(bytes: Buffer): void {
  const end = bytes.lastIndexOf(Buffer.from("PK\u0005\u0006", "latin1"));
  if (end < 0 || end + 22 > bytes.length) throw new UnreadableFile(damaged);
  const count = bytes.readUInt16LE(end + 10);
  if (count > maxArchiveEntries) throw new UnreadableFile(bomb);
  let at = bytes.readUInt32LE(end + 16);
  let total = 0;
  let text = 0;
  for (let i = 0; i < count; i++) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== 0x02014b50) throw new UnreadableFile(damaged);
    const flags = bytes.readUInt16LE(at + 8);
    if (flags & 1) throw new UnreadableFile("The document is protected by a password.");
    const method = bytes.readUInt16LE(at + 10);
    const packed = bytes.readUInt32LE(at + 20);
    const unpacked = bytes.readUInt32LE(at + 24);
    const nameLength = bytes.readUInt16LE(at + 28);
    const name = bytes.toString("utf8", at + 46, at + 46 + nameLength);
    total += unpacked;
    if (total > maxArchiveBytes) throw new UnreadableFile(bomb);
    if (/\.(xml|rels)$/i.test(name)) {
      const offset = bytes.readUInt32LE(at + 42);
      text += method === 8 ? trueSize(bytes, offset, packed) : packed;
      if (text > maxArchiveTextBytes) throw new UnreadableFile(bomb);
    }
    at += 46 + nameLength + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32);
  }
}

function trueSize(bytes: Buffer, offset: number, packed: number): number {
  if (offset + 30 > bytes.length || bytes.readUInt32LE(offset) !== 0x04034b50) {
    throw new UnreadableFile(damaged);
  }
  const start = offset + 30 + bytes.readUInt16LE(offset + 26) + bytes.readUInt16LE(offset + 28);
  try {
    const data = inflateRawSync(bytes.subarray(start, start + packed), {
      maxOutputLength: maxArchiveTextBytes,
    });
    return data.length;
  } catch (error) {
    const isTooLong = error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
    throw new UnreadableFile(isTooLong ? bomb : damaged);
  }
}
