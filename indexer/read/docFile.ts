import iconv from "iconv-lite";
import { maxDocumentCharacters } from "../files/limits.ts";
import { type CompoundFile, u16, u32 } from "./compoundFile.ts";
import { UnreadableFile } from "./extracted.ts";

/** Where the file information block keeps what is used here, by the names of [MS-DOC]. */
const offsets = { nFib: 2, flags: 0x0a, lengths: 0x4c, fcLcb: 0x9a } as const;
/** Numbers of the pairs of place and length in that block. */
const pairs = {
  styles: 1,
  footnoteMarks: 2,
  footnotes: 3,
  commentMarks: 4,
  comments: 5,
  characters: 12,
  paragraphs: 13,
  clx: 33,
  authors: 36,
  endnoteMarks: 46,
  endnotes: 47,
  lists: 73,
  listOverrides: 74,
} as const;
const flag = { encrypted: 0x0100, secondTable: 0x0200 } as const;
/** The first version whose text stands in pieces, Word 97. */
const word97 = 0xc1;

/** A stretch of the text as it lies in the stream. */
export interface Piece {
  /** Its characters' positions in the text. */
  readonly start: number;
  readonly end: number;
  /** Of its first byte. */
  readonly offset: number;
  /** Bytes of a character. */
  readonly width: 1 | 2;
}

/** The texts of a document, one after the other, by their lengths. */
const texts = [
  "main",
  "footnotes",
  "headers",
  "macros",
  "comments",
  "endnotes",
  "boxes",
  "headerBoxes",
] as const;
export type DocText = (typeof texts)[number];

/** A document of Word 97 to 2003: its text, which lies in pieces, and where it keeps the rest. */
export class DocFile {
  /** The stream of the text and of the properties' pages. */
  readonly main: Buffer;
  readonly pieces: readonly Piece[];
  /** All texts, one after the other, with Word's own control characters. */
  readonly text: string;
  private readonly table: Buffer;

  /** Throws UnreadableFile. */
  constructor(file: CompoundFile) {
    const main = file.stream("WordDocument");
    if (!main || u16(main, 0) !== 0xa5ec) {
      throw new UnreadableFile("The document is damaged: it holds no text part.");
    }
    const flags = u16(main, offsets.flags);
    if (flags & flag.encrypted) throw new UnreadableFile("The document is protected by a password.");
    if (u16(main, offsets.nFib) < word97) {
      throw new UnreadableFile(
        "A document of Word 95 or older, which Carrel does not read: save it as DOCX.",
      );
    }
    this.main = main;
    this.table = file.stream(flags & flag.secondTable ? "1Table" : "0Table") ?? Buffer.alloc(0);
    this.pieces = piecesIn(this.part("clx"), main.length);
    this.text = this.pieces.map((piece) => textOf(main, piece)).join("");
  }

  /** What the block says to lie in the table stream. */
  part(name: keyof typeof pairs): Buffer {
    const at = offsets.fcLcb + 8 * pairs[name];
    const start = u32(this.main, at);
    return this.table.subarray(start, start + u32(this.main, at + 4));
  }

  /** The same and all that follows: the table of lists goes on behind what the block says. */
  partAndMore(name: keyof typeof pairs): Buffer {
    const part = this.part(name);
    return part.length === 0 ? part : this.table.subarray(u32(this.main, offsets.fcLcb + 8 * pairs[name]));
  }

  /** From which character to which one a text goes. */
  rangeOf(text: DocText): readonly [start: number, end: number] {
    let start = 0;
    for (const name of texts) {
      const end = start + u32(this.main, offsets.lengths + 4 * texts.indexOf(name));
      if (name === text) return [Math.min(start, this.text.length), Math.min(end, this.text.length)];
      start = end;
    }
    return [0, 0];
  }

  /** Where the character at a position lies in the stream. */
  offsetOf(position: number): number {
    let low = 0;
    let high = this.pieces.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.pieces[middle]?.start ?? 0) <= position) low = middle;
      else high = middle - 1;
    }
    const piece = this.pieces[low];
    return piece ? piece.offset + (position - piece.start) * piece.width : -1;
  }
}

/** The table of pieces, behind properties that only changes since the last full save have. */
function piecesIn(clx: Buffer, size: number): Piece[] {
  let at = 0;
  while (clx[at] === 1) at += 3 + u16(clx, at + 1);
  if (clx[at] !== 2) throw new UnreadableFile("The document is damaged: it does not say where its text is.");
  const table = clx.subarray(at + 5, at + 5 + u32(clx, at + 1));
  const count = Math.floor((table.length - 4) / 12);
  const pieces: Piece[] = [];
  let start = 0;
  for (let i = 0; i < count; i++) {
    const where = u32(table, 4 * (count + 1) + 8 * i + 2);
    const width = where & 0x40000000 ? 1 : 2;
    const offset = width === 1 ? (where & 0x3fffffff) >> 1 : where & 0x3fffffff;
    const length = u32(table, 4 * (i + 1)) - u32(table, 4 * i);
    const held = Math.floor((size - offset) / width);
    if (length <= 0 || held <= 0) continue;
    const end = start + Math.min(length, held);
    if (end > maxDocumentCharacters)
      throw new UnreadableFile("The document holds more text than any book has.");
    pieces.push({ start, end, offset, width });
    start = end;
  }
  return pieces;
}

function textOf(main: Buffer, { start, end, offset, width }: Piece): string {
  const bytes = main.subarray(offset, offset + (end - start) * width);
  // In bytes that no text uses Windows-1252 has control characters, one for each: positions stay as they are.
  return width === 1 ? iconv.decode(bytes, "win1252") : bytes.toString("utf16le");
}
