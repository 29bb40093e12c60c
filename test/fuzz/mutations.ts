import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { crc32, deflateRawSync } from "node:zlib";
import { Zip } from "../../indexer/read/zip.ts";
import { formatOf } from "../../protocol/formats.ts";
import type { Random } from "../soak/random.ts";

export interface Original {
  readonly name: string;
  readonly bytes: Buffer;
}

/** The sound documents of a folder that a reader of their own reads, and some that the text reader does. */
export function originalsIn(folder: string): Original[] {
  return readdirSync(folder)
    .filter(
      (name) => formatOf(name).reader !== "text" || /^(?:utf16le|headings|inventory|report)\./.test(name),
    )
    .map((name) => ({ name, bytes: readFileSync(join(folder, name)) }))
    .filter(({ bytes }) => bytes.length > 0);
}

/** One file made of another: broken as disks, senders and attackers break them. */
export function mutated(random: Random, originals: readonly Original[]): Original {
  const original = random.pick(originals);
  const other = random.pick(originals);
  const parts = partsOf(original.bytes);
  const inside = parts ? ["parts", "parts", "parts"] : isMarkup(original.bytes) ? ["markup", "markup"] : [];
  const way = random.pick(["flips", "cut", "splice", "type", ...inside]);
  switch (way) {
    case "cut":
      return { name: original.name, bytes: original.bytes.subarray(0, random.int(original.bytes.length)) };
    case "splice": {
      const from = random.int(other.bytes.length);
      const piece = other.bytes.subarray(from, from + random.int(4_000));
      const at = random.int(original.bytes.length);
      const { bytes } = original;
      return {
        name: original.name,
        bytes: Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(at)]),
      };
    }
    case "type":
      return { name: other.name, bytes: original.bytes };
    case "parts":
      return { name: original.name, bytes: withBrokenParts(random, parts ?? []) };
    case "markup":
      return {
        name: original.name,
        bytes: Buffer.from(brokenMarkup(random, original.bytes.toString("utf8"))),
      };
    default:
      return { name: original.name, bytes: flipped(random, original.bytes) };
  }
}

function isMarkup(bytes: Buffer): boolean {
  return bytes.toString("latin1", 0, 100).trimStart().startsWith("<");
}

function flipped(random: Random, bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  for (let i = random.int(20); i >= 0; i--) copy[random.int(copy.length)] = random.int(256);
  return copy;
}

interface Part {
  readonly name: string;
  readonly data: Buffer;
}

/** What an archive holds; undefined for a file that is none. */
function partsOf(bytes: Buffer): Part[] | undefined {
  try {
    const zip = new Zip(bytes);
    return zip.names.map((name) => ({ name, data: zip.part(name) ?? Buffer.alloc(0) }));
  } catch {
    return undefined;
  }
}

/** An archive that is sound, with parts that are not: a flip in a packed part seldom comes further than unpacking. */
function withBrokenParts(random: Random, parts: readonly Part[]): Buffer {
  const broken = parts.flatMap((part) => {
    if (random.chance(0.05)) return [];
    if (!/\.(?:xml|rels|x?html|opf|ncx)$/.test(part.name) || !random.chance(0.3)) return [part];
    return [{ ...part, data: Buffer.from(brokenMarkup(random, part.data.toString("utf8"))) }];
  });
  return zipped(broken);
}

function brokenMarkup(random: Random, text: string): string {
  const tags = [...text.matchAll(/<[^>]+>/g)];
  const tag = tags[random.int(Math.max(1, tags.length))];
  const at = tag?.index ?? 0;
  const length = tag?.[0].length ?? 0;
  const insert = (what: string): string => text.slice(0, at) + what + text.slice(at);
  switch (random.int(8)) {
    case 0:
      return text.slice(0, at) + text.slice(at + length);
    case 1:
      return insert(tag?.[0] ?? "");
    case 2:
      return insert("&unknown;");
    case 3:
      return text.replaceAll(
        /"(\d+)"/g,
        () => `"${random.pick(["-1", "0", "99999999999", "1e9", "NaN", ""])}"`,
      );
    case 4:
      return insert("<x>".repeat(5_000));
    case 5:
      return text.slice(0, random.int(text.length));
    case 6:
      return text.replaceAll(/ (?:r:)?[iI]d="[^"]*"/g, "");
    default:
      return insert('<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c SYSTEM "file:///etc/passwd">]>');
  }
}

/** An archive of parts, as they are or packed. */
export function zipped(parts: readonly Part[], isPacked = false): Buffer {
  const files: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, data: plain } of parts) {
    const data = isPacked ? deflateRawSync(plain) : plain;
    const nameBytes = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(isPacked ? 8 : 0, 4);
    common.writeUInt32LE(crc32(plain), 10);
    common.writeUInt32LE(data.length, 14);
    common.writeUInt32LE(plain.length, 18);
    common.writeUInt16LE(nameBytes.length, 22);
    const local = Buffer.concat([Buffer.from("PK\u0003\u0004"), common, nameBytes, data]);
    const entry = Buffer.alloc(46);
    entry.write("PK\u0001\u0002", "latin1");
    entry.writeUInt16LE(20, 4);
    common.copy(entry, 6);
    entry.writeUInt32LE(offset, 42);
    directory.push(Buffer.concat([entry, nameBytes]));
    files.push(local);
    offset += local.length;
  }
  const listed = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\u0005\u0006", "latin1");
  end.writeUInt16LE(parts.length, 8);
  end.writeUInt16LE(parts.length, 10);
  end.writeUInt32LE(listed.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, listed, end]);
}
