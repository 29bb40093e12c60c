import { compoundFile } from "./wordFile.ts";

/** A record of PowerPoint's; one that holds others where these are given. */
export function record(type: number, content: Buffer | readonly Buffer[], instance = 0): Buffer {
  const inside = Buffer.isBuffer(content) ? content : Buffer.concat(content);
  const head = Buffer.alloc(8);
  head.writeUInt16LE((instance << 4) | (Buffer.isBuffer(content) ? 0 : 0xf), 0);
  head.writeUInt16LE(type, 2);
  head.writeUInt32LE(inside.length, 4);
  return Buffer.concat([head, inside]);
}

export function numbers(...all: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * all.length);
  for (const [i, one] of all.entries()) bytes.writeUInt32LE(one >>> 0, 4 * i);
  return bytes;
}

/** A text as it stands in a shape or in the outline; of one byte a character where it has no others. */
export function text(kind: number, content: string): Buffer {
  const isNarrow = [...content].every((sign) => sign.charCodeAt(0) < 256);
  const own = isNarrow
    ? record(0x0fa8, Buffer.from(content, "latin1"))
    : record(0x0fa0, Buffer.from(content, "utf16le"));
  return Buffer.concat([record(0x0f9f, numbers(kind)), own]);
}

export function shape(inside: Buffer, ...more: readonly Buffer[]): Buffer {
  return record(0xf004, [record(0xf00a, numbers(1, 0), 1), ...more, record(0xf00d, [inside])]);
}

/** A shape that shows a text of the outline. */
export function shapeOfOutline(index: number): Buffer {
  return shape(record(0x0f9e, numbers(index)));
}

export function group(shapes: readonly Buffer[], ...own: readonly Buffer[]): Buffer {
  return record(0xf003, [record(0xf004, [record(0xf00a, numbers(0, 1)), ...own]), ...shapes]);
}

function drawing(shapes: readonly Buffer[]): Buffer {
  return record(0x040c, [record(0xf002, [group(shapes)])]);
}

interface PptSlide {
  readonly shapes: readonly Buffer[];
  readonly outline?: readonly Buffer[];
  readonly isHidden?: boolean;
  readonly notes?: string;
}

export interface PptFile {
  readonly slides: readonly PptSlide[];
  /** The first slide as it was saved later, by another edit. */
  readonly later?: PptSlide;
  readonly isEncrypted?: boolean;
  /** Its first edit names itself as the one before it. */
  readonly isLooping?: boolean;
}

/** The streams of a presentation, with what their description asks for alone: what no program here writes. */
export function pptStreams({ slides, later, isEncrypted, isLooping }: PptFile): Record<string, Buffer> {
  const noted = slides.flatMap(({ notes }, i) => (notes === undefined ? [] : [{ notes, i }]));
  const firstSlide = 2;
  const firstNotes = firstSlide + slides.length;
  const idOf = (index: number): number => 256 + index;
  const list = slides.flatMap(({ outline = [] }, i) => [
    record(0x03f3, numbers(firstSlide + i, 0, outline.length, idOf(i), 0)),
    ...outline,
  ]);
  const notesList = noted.map((_, i) => record(0x03f3, numbers(firstNotes + i, 0, 0, idOf(i), 0)));
  const objects = [
    record(0x03e8, [record(0x0ff0, list, 0), record(0x0ff0, notesList, 2)]),
    ...slides.map(slideRecord),
    ...noted.map(({ notes, i }) =>
      record(0x03f0, [record(0x03f1, numbers(idOf(i), 0)), drawing([shape(text(2, notes))])]),
    ),
  ];
  const parts: Buffer[] = [];
  let length = 0;
  const put = (part: Buffer): number => {
    parts.push(part);
    length += part.length;
    return length - part.length;
  };
  const offsets = objects.map(put);
  const directory = put(record(0x1772, directoryOf(offsets)));
  const putEdit = (last: number, at: number): number =>
    put(record(0x0ff5, numbers(0, 0, last, at, 1, 99, 0)));
  let edit = putEdit(isLooping ? length : 0, directory);
  if (later) {
    const offset = put(slideRecord(later));
    edit = putEdit(edit, put(record(0x1772, numbers((1 << 20) | firstSlide, offset))));
  }
  const user = numbers(0x14, isEncrypted ? 0xf3d1c4df : 0xe391c05f, edit, 0, 0);
  return { "Current User": record(0x0ff6, user), "PowerPoint Document": Buffer.concat(parts) };
}

/** Where what is numbered from 1 on lies; an entry has room for 4,095 places. */
function directoryOf(offsets: readonly number[]): Buffer {
  const most = 4_095;
  const entries: Buffer[] = [];
  for (let at = 0; at < offsets.length; at += most) {
    const some = offsets.slice(at, at + most);
    entries.push(numbers((some.length << 20) | (at + 1), ...some));
  }
  return Buffer.concat(entries);
}

function slideRecord({ shapes, isHidden }: PptSlide): Buffer {
  const info = numbers(0, 0, isHidden ? 0x0004_0000 : 0, 0);
  return record(0x03ee, [record(0x03f9, info), drawing(shapes)]);
}

export function pptFile(file: PptFile): Buffer {
  return compoundFile(pptStreams(file));
}
