import { CFB } from "@e965/xlsx";
import iconv from "iconv-lite";

interface Compound {
  utils: {
    cfb_new(): object;
    cfb_add(file: object, name: string, content: Buffer): void;
  };
  write(file: object, options: object): Buffer;
  read(
    bytes: Buffer,
    options: object,
  ): {
    readonly FullPaths: readonly string[];
    readonly FileIndex: readonly { readonly content?: Uint8Array }[];
  };
}

interface WordPiece {
  readonly text: string;
  /** In bytes of Windows-1252, as Word stores what has no other letters. */
  readonly isNarrow?: boolean;
}

export interface WordFile {
  readonly pieces: readonly WordPiece[];
  /** Of the main text; the rest is that of the footnotes. All of it where nothing is said. */
  readonly mainLength?: number;
  /** Where the marks of footnotes stand, and where the texts of these end among the rest. */
  readonly notes?: readonly (readonly [mark: number, end: number])[];
  /** Stretches of the text, by their positions, with the changes that hold for them. */
  readonly runs?: readonly (readonly [start: number, end: number, changes: readonly number[]])[];
  /** Where paragraphs of the first piece end, with their style, if the file says it, and their changes. */
  readonly paragraphs?: readonly (readonly [end: number, style?: number, changes?: readonly number[]])[];
  /** How long each of the document's texts is, in their order, instead of what is said by `mainLength`. */
  readonly lengths?: readonly number[];
  /** What else the block points to, by the numbers of its pairs. */
  readonly parts?: Readonly<Record<number, Buffer>>;
  readonly flags?: number;
  readonly version?: number;
}

/** Streams under their names as a compound file. */
export function compoundFile(streams: Readonly<Record<string, Buffer>>): Buffer {
  const { utils, write } = CFB as Compound;
  const file = utils.cfb_new();
  for (const [name, content] of Object.entries(streams)) utils.cfb_add(file, `/${name}`, content);
  return Buffer.from(write(file, { type: "buffer" }));
}

/** The streams at the top of a compound file; undefined for a file that is none. */
export function streamsOf(bytes: Buffer): Record<string, Buffer> | undefined {
  if (!bytes.subarray(0, 4).equals(Buffer.from("d0cf11e0", "hex"))) return undefined;
  const { FullPaths: paths, FileIndex: entries } = (CFB as Compound).read(bytes, { type: "buffer" });
  const named = paths.map((path, i) => [path.replace(/^[^/]*\//, ""), entries[i]?.content] as const);
  return Object.fromEntries(
    named.flatMap(([name, content]) =>
      name !== "" && content && content.length > 0 ? [[name, Buffer.from(content)]] : [],
    ),
  );
}

/** A document as Word 97 writes it, with what its description asks for alone: what no program here writes. */
export function wordFile({
  pieces,
  mainLength,
  notes = [],
  runs = [],
  paragraphs = [],
  lengths,
  parts = {},
  flags = 0x0200,
  version = 0xc1,
}: WordFile): Buffer {
  const main = Buffer.alloc(20_000);
  const textStart = 4_096;
  const runsPage = 4;
  main.writeUInt16LE(0xa5ec, 0);
  main.writeUInt16LE(version, 2);
  main.writeUInt16LE(flags, 0x0a);
  // The last piece lies first, as after changes that were saved fast.
  const offsets: number[] = [];
  let at = textStart;
  for (const [index, { text, isNarrow }] of [...pieces.entries()].reverse()) {
    const bytes = isNarrow ? iconv.encode(text, "win1252") : Buffer.from(text, "utf16le");
    bytes.copy(main, at);
    offsets[index] = at;
    at += bytes.length + (bytes.length % 2);
  }
  const length = pieces.reduce((sum, { text }) => sum + text.length, 0);
  const own = lengths ?? [mainLength ?? length, length - (mainLength ?? length)];
  own.forEach((one, i) => {
    main.writeUInt32LE(one, 0x4c + 4 * i);
  });
  const plc = Buffer.alloc(4 + 12 * pieces.length);
  let position = 0;
  pieces.forEach(({ text, isNarrow }, i) => {
    position += text.length;
    plc.writeUInt32LE(position, 4 * (i + 1));
    const offset = offsets[i] ?? 0;
    plc.writeUInt32LE(isNarrow ? (offset * 2) | 0x40000000 : offset, 4 * (pieces.length + 1) + 8 * i + 2);
  });
  const size = Buffer.alloc(5, 2);
  size.writeUInt32LE(plc.length, 1);
  const clx = Buffer.concat([Buffer.from([1, 2, 0, 9, 9]), size, plc]);
  writeRuns(main.subarray(runsPage * 512), runs, offsets[0] ?? 0, pieces[0]?.isNarrow ? 1 : 2);
  writeParagraphs(
    main.subarray((runsPage + 1) * 512),
    paragraphs,
    offsets[0] ?? 0,
    pieces[0]?.isNarrow ? 1 : 2,
  );
  const bins = numbers([0, at, runsPage]);
  const put = (pair: number, start: number, bytes: number): void => {
    main.writeUInt32LE(start, 0x9a + 8 * pair);
    main.writeUInt32LE(bytes, 0x9a + 8 * pair + 4);
  };
  put(33, 0, clx.length);
  put(12, clx.length, bins.length);
  // Two bytes say of each mark what it looks like.
  const marks = Buffer.concat([
    numbers([...notes.map(([mark]) => mark), length]),
    Buffer.alloc(2 * notes.length),
  ]);
  const ends = numbers([0, ...notes.map(([, end]) => end)]);
  put(2, clx.length + bins.length, marks.length);
  put(3, clx.length + bins.length + marks.length, ends.length);
  const tables = [clx, bins, marks, ends];
  const more = { ...(paragraphs.length > 0 && { 13: numbers([0, at, runsPage + 1]) }), ...parts };
  for (const [pair, content] of Object.entries(more)) {
    put(Number(pair), Buffer.concat(tables).length, content.length);
    tables.push(content);
  }
  return compoundFile({ WordDocument: main, "1Table": Buffer.concat(tables) });
}

/** Numbers of four bytes each. */
export function numbers(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, i) => {
    bytes.writeUInt32LE(value, 4 * i);
  });
  return bytes;
}

/** A page with the changes of runs in the first piece. */
function writeRuns(page: Buffer, runs: NonNullable<WordFile["runs"]>, offset: number, width: number): void {
  // Each stretch begins where the one before ends: between the runs are stretches without changes.
  const stretches = runs.flatMap(([start, end, changes], i) => [
    { start: runs[i - 1]?.[1] ?? 0, changes: [] },
    { start, changes },
    ...(i + 1 === runs.length ? [{ start: end, changes: [] }] : []),
  ]);
  const count = Math.max(0, stretches.length - 1);
  page[511] = count;
  stretches.forEach(({ start, changes }, i) => {
    page.writeUInt32LE(offset + start * width, 4 * i);
    if (changes.length === 0 || i === count) return;
    const at = 300 + 20 * i;
    page[4 * (count + 1) + i] = at / 2;
    page[at] = changes.length;
    Buffer.from(changes).copy(page, at + 1);
  });
}

/** A page with the styles and changes of paragraphs. */
function writeParagraphs(
  page: Buffer,
  paragraphs: NonNullable<WordFile["paragraphs"]>,
  offset: number,
  width: number,
): void {
  page[511] = paragraphs.length;
  page.writeUInt32LE(offset, 0);
  let at = 510;
  paragraphs.forEach(([end, style, changes = []], i) => {
    page.writeUInt32LE(offset + end * width, 4 * (i + 1));
    if (style === undefined) return;
    // Their size is in words: an odd number of bytes has the place of its size before it, an even one another byte.
    const isEven = changes.length % 2 === 0;
    const size = isEven ? [0, (changes.length + 2) / 2] : [(changes.length + 3) / 2];
    const entry = Buffer.from([...size, style & 255, style >> 8, ...changes]);
    at -= entry.length + (entry.length % 2);
    entry.copy(page, at);
    page[4 * (paragraphs.length + 1) + 13 * i] = at / 2;
  });
}

export interface WordStyle {
  /** What built-in style it is. */
  readonly builtIn?: number;
  /** The number of the style that it is based on. */
  readonly base?: number;
  /** 1 for one of paragraphs. */
  readonly kind?: number;
  readonly changes?: readonly number[];
}

/** The part in which a document keeps its styles; undefined for a number that no style has. */
export function styleSheet(styles: readonly (WordStyle | undefined)[]): Buffer {
  const baseSize = 10;
  const head = Buffer.alloc(20);
  head.writeUInt16LE(18, 0);
  head.writeUInt16LE(styles.length, 2);
  head.writeUInt16LE(baseSize, 4);
  const entries = styles.map((style) => {
    if (!style) return Buffer.alloc(2);
    const { builtIn = 0xffe, base = 0xfff, kind = 1, changes = [] } = style;
    const fields = Buffer.alloc(baseSize + 2);
    fields.writeUInt16LE(builtIn, 0);
    fields.writeUInt16LE((base << 4) | kind, 2);
    fields.writeUInt16LE(4, baseSize);
    const own = Buffer.alloc(4);
    own.writeUInt16LE(2 + changes.length, 0);
    const entry = Buffer.concat([fields, Buffer.from("Name\0", "utf16le"), own, Buffer.from(changes)]);
    const size = Buffer.alloc(2);
    size.writeUInt16LE(entry.length, 0);
    return Buffer.concat([size, entry]);
  });
  return Buffer.concat([head, ...entries]);
}

export interface WordLevel {
  readonly start: number;
  readonly format: number;
  /** A character below 9 stands for the number of that level. */
  readonly text: string;
  /** How many bytes say how its paragraphs and numbers look. */
  readonly looks?: readonly [paragraphs: number, numbers: number];
}

/** The table of lists, each with the number by which it is referred to, and their levels behind it. */
export function listTable(lists: readonly (readonly [id: number, levels: readonly WordLevel[]])[]): Buffer {
  const count = Buffer.alloc(2);
  count.writeUInt16LE(lists.length, 0);
  const heads = lists.map(([id, levels]) => {
    const head = Buffer.alloc(28);
    head.writeUInt32LE(id, 0);
    // One of a single level has no others.
    head[26] = levels.length === 1 ? 1 : 0;
    return head;
  });
  const levels = lists.flatMap(([, all]) =>
    all.map(({ start, format, text, looks = [0, 0] }) => {
      const level = Buffer.alloc(28 + looks[0] + looks[1] + 2);
      level.writeUInt32LE(start, 0);
      level[4] = format;
      level.set(looks, 24);
      level.writeUInt16LE(text.length, level.length - 2);
      return Buffer.concat([level, Buffer.from(text, "utf16le")]);
    }),
  );
  return Buffer.concat([count, ...heads, ...levels]);
}

/** The table by which paragraphs refer to lists: from 1, in the order of these. */
export function listOverrides(ids: readonly number[]): Buffer {
  return Buffer.concat([
    numbers([ids.length]),
    ...ids.map((id) => Buffer.concat([numbers([id]), Buffer.alloc(12)])),
  ]);
}

/** Names one after the other, each behind its length. */
export function names(all: readonly string[]): Buffer {
  return Buffer.concat(
    all.map((name) => Buffer.concat([numbers([name.length]).subarray(0, 2), Buffer.from(name, "utf16le")])),
  );
}
