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
  main.writeUInt32LE(mainLength ?? length, 0x4c);
  main.writeUInt32LE(length - (mainLength ?? length), 0x50);
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
  const bins = Buffer.alloc(12);
  bins.writeUInt32LE(at, 4);
  bins.writeUInt32LE(runsPage, 8);
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
  return compoundFile({ WordDocument: main, "1Table": Buffer.concat([clx, bins, marks, ends]) });
}

function numbers(values: readonly number[]): Buffer {
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
