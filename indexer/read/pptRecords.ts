import { maxDocumentCharacters } from "../files/limits.ts";
import { u16, u32 } from "./compoundFile.ts";
import { UnreadableFile } from "./extracted.ts";

/** Types of records, by the numbers of [MS-PPT] and, from 0xf000 on, of [MS-ODRAW]. */
export const recordType = {
  document: 0x03e8,
  slide: 0x03ee,
  notes: 0x03f0,
  notesAtom: 0x03f1,
  slidePersist: 0x03f3,
  slideShowInfo: 0x03f9,
  drawing: 0x040c,
  placeholder: 0x0bc3,
  outlineTextRef: 0x0f9e,
  textHeader: 0x0f9f,
  textChars: 0x0fa0,
  textStyle: 0x0fa1,
  textBytes: 0x0fa8,
  slideNumber: 0x0fd8,
  slideListWithText: 0x0ff0,
  userEdit: 0x0ff5,
  dateTime: 0x0ff7,
  genericDate: 0x0ff8,
  header: 0x0ff9,
  footer: 0x0ffa,
  formattedDate: 0x1015,
  persistDirectory: 0x1772,
  drawingContainer: 0xf002,
  group: 0xf003,
  shape: 0xf004,
  shapeKind: 0xf00a,
  textBox: 0xf00d,
  childAnchor: 0xf00f,
  clientData: 0xf011,
  moreProperties: 0xf122,
} as const;

/** More than the largest presentations have by far. */
const mostRecords = 5_000_000;
const headerSize = 8;

export interface PptRecord {
  readonly type: number;
  readonly instance: number;
  /** Where what it holds begins and ends. */
  readonly start: number;
  readonly end: number;
}

/**
 * The records of a stream. A damaged file can lead to the same ones again and again: how many are read in all, and
 * how many characters, has a limit.
 */
export class PptRecords {
  readonly bytes: Buffer;
  private records = 0;
  private characters = 0;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  /** The record at a place; undefined where none can be. What a truncated file lacks of it is left out. */
  at(offset: number, end = this.bytes.length): PptRecord | undefined {
    const start = offset + headerSize;
    if (offset < 0 || start > end) return undefined;
    this.spend(1);
    return {
      type: u16(this.bytes, offset + 2),
      instance: u16(this.bytes, offset) >> 4,
      start,
      end: Math.min(end, start + u32(this.bytes, offset + 4)),
    };
  }

  /** The records in a container, in their order; none where it is missing. */
  in(container: PptRecord | undefined): PptRecord[] {
    const found: PptRecord[] = [];
    if (!container) return found;
    for (let at = container.start; at < container.end; ) {
      const record = this.at(at, container.end);
      if (!record) break;
      found.push(record);
      at = record.end;
    }
    return found;
  }

  first(container: PptRecord | undefined, type: number): PptRecord | undefined {
    return this.in(container).find((record) => record.type === type);
  }

  /** A number of two bytes in a record; 0 beyond its end. */
  u16(record: PptRecord | undefined, at: number): number {
    return record && record.start + at + 2 <= record.end ? u16(this.bytes, record.start + at) : 0;
  }

  u32(record: PptRecord | undefined, at: number): number {
    return record && record.start + at + 4 <= record.end ? u32(this.bytes, record.start + at) : 0;
  }

  /** The text of a record that holds nothing else, by two bytes a character or by one, which is its lower byte. */
  text({ type, start, end }: PptRecord): string {
    const isNarrow = type === recordType.textBytes;
    this.characters += isNarrow ? end - start : (end - start) >> 1;
    if (this.characters > maxDocumentCharacters) {
      throw new UnreadableFile("The presentation holds more text than any book has.");
    }
    return this.bytes.toString(isNarrow ? "latin1" : "utf16le", start, end);
  }

  /** Counts what was looked at. Throws UnreadableFile. */
  spend(count: number): void {
    this.records += count;
    if (this.records > mostRecords) {
      throw new UnreadableFile(
        "The presentation is damaged: it holds more records than any program writes. Save it as PPTX.",
      );
    }
  }
}
