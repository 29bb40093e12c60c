import { crc32, deflateRawSync, deflateSync, inflateSync } from "node:zlib";
import { Zip } from "../../indexer/read/zip.ts";
import type { Random } from "../soak/random.ts";
import { compoundFile, streamsOf } from "../support/wordFile.ts";

export interface Original {
  readonly name: string;
  readonly bytes: Buffer;
}

/** One file made of another: broken as disks, senders and attackers break them. */
export function mutated(random: Random, originals: readonly Original[]): Original {
  const original = random.pick(originals);
  const other = random.pick(originals);
  const parts = partsOf(original.bytes);
  const compound = streamsOf(original.bytes);
  const inside = compound ? ["compound", "compound", "compound"] : insideOf(original, parts !== undefined);
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
    case "compound":
      return { name: original.name, bytes: compoundFile(withBrokenCompound(random, compound ?? {})) };
    case "markup":
      return {
        name: original.name,
        bytes: Buffer.from(brokenMarkup(random, original.bytes.toString("utf8"))),
      };
    case "streams":
      return { name: original.name, bytes: withBrokenStreams(random, original.bytes) };
    case "attachments":
      return { name: original.name, bytes: withBrokenAttachments(random, original.bytes) };
    default:
      return { name: original.name, bytes: flipped(random, original.bytes) };
  }
}

function isMarkup(bytes: Buffer): boolean {
  return bytes.toString("latin1", 0, 100).trimStart().startsWith("<");
}

/** The ways to break what is packed in a document, or marked up in it. */
function insideOf({ name, bytes }: Original, isArchive: boolean): string[] {
  if (isArchive) return ["parts", "parts", "parts"];
  if (isPdf(bytes)) return ["streams", "streams"];
  if (/\.(?:eml|mbox)$/.test(name)) return ["attachments"];
  return isMarkup(bytes) ? ["markup", "markup"] : [];
}

function isPdf(bytes: Buffer): boolean {
  return bytes.toString("latin1", 0, 5) === "%PDF-";
}

/** A PDF whose packed streams unpack, to pages, fonts and tables of objects that are not as they should be. */
function withBrokenStreams(random: Random, bytes: Buffer): Buffer {
  const text = bytes.toString("latin1");
  const out: string[] = [];
  let last = 0;
  for (const found of text.matchAll(/\/FlateDecode[\s\S]{0,200}?stream\r?\n/g)) {
    const start = found.index + found[0].length;
    const end = text.indexOf("endstream", start);
    if (found.index < last || end < 0 || !random.chance(0.4)) continue;
    try {
      const plain = inflateSync(bytes.subarray(start, end)).toString("latin1");
      const broken = deflateSync(Buffer.from(brokenContent(random, plain), "latin1"));
      out.push(text.slice(last, start), broken.toString("latin1"), "\n");
      last = end;
    } catch {
      // What does not unpack stays as it is.
    }
  }
  return Buffer.from(out.join("") + text.slice(last), "latin1");
}

function brokenContent(random: Random, text: string): string {
  const at = random.int(text.length + 1);
  switch (random.int(6)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.replaceAll(/\b\d+\b/g, (number) =>
        random.chance(0.2) ? random.pick(["-1", "0", "99999999999", "1e99", "", "65536"]) : number,
      );
    case 2:
      return (
        text.slice(0, at) +
        random.pick(["q ", "[", "<<", "(", "BT ", "BI ", "]TJ "]).repeat(3_000) +
        text.slice(at)
      );
    case 3:
      return text.slice(at) + text.slice(0, at);
    case 4:
      return text.slice(0, at) + text.slice(at + random.int(200));
    default:
      return flipped(random, Buffer.from(text.length > 0 ? text : " ", "latin1")).toString("latin1");
  }
}

/** A sound mail around attachments that are not. */
function withBrokenAttachments(random: Random, bytes: Buffer): Buffer {
  const text = bytes.toString("latin1").replace(/(?:[A-Za-z0-9+/]{60,}={0,2}\r?\n)+/g, (packed) => {
    const plain = Buffer.from(packed, "base64");
    if (plain.length === 0 || !random.chance(0.6)) return packed;
    const broken = random.chance(0.3) ? plain.subarray(0, random.int(plain.length)) : flipped(random, plain);
    return `${broken.toString("base64").replace(/.{76}/g, "$&\r\n")}\r\n`;
  });
  return Buffer.from(text, "latin1");
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

/** A sound compound file, with streams that are not. */
function withBrokenCompound(
  random: Random,
  streams: Readonly<Record<string, Buffer>>,
): Record<string, Buffer> {
  const broken = Object.entries(streams).flatMap(([name, content]): [string, Buffer][] => {
    if (random.chance(0.05)) return [];
    if (random.chance(0.1)) return [[name, content.subarray(0, random.int(content.length))]];
    return [[name, random.chance(0.7) ? flipped(random, content) : content]];
  });
  return Object.fromEntries(broken.filter(([, content]) => content.length > 0));
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
