import { u16, u32 } from "./compoundFile.ts";
import type { DocFile } from "./docFile.ts";

const pageSize = 512;

/** What is changed of a paragraph's or a run's style, by the numbers of [MS-DOC]; the operand's first bytes as one. */
export type Changes = ReadonlyMap<number, number>;

export interface ParagraphProperties {
  readonly style: number;
  readonly changes: Changes;
}

interface Stretch<T> {
  /** Offsets in the stream. */
  readonly start: number;
  readonly end: number;
  readonly properties: T;
}

/** Changes of runs that are used here. */
const run = { deleted: 0x0800, hidden: 0x083c } as const;
const none: ParagraphProperties = { style: 0, changes: new Map() };

/** The properties of paragraphs and runs. Pages of 512 bytes hold them by the offsets of the text in the stream. */
export class DocProperties {
  private readonly file: DocFile;
  private readonly paragraphs: readonly Stretch<ParagraphProperties>[];
  /** For each character of the text: 1 for what is deleted, 2 for what is hidden. */
  private readonly signs: Uint8Array;

  constructor(file: DocFile) {
    this.file = file;
    this.paragraphs = stretchesOf(file, file.part("paragraphs"), 13, (page, at) => {
      const size = page[at] ?? 0;
      const from = size === 0 ? at + 2 : at + 1;
      const length = size === 0 ? 2 * (page[at + 1] ?? 0) : 2 * size - 1;
      return { style: u16(page, from), changes: changesIn(page.subarray(from + 2, from + length)) };
    });
    this.signs = new Uint8Array(file.text.length);
    const runs = stretchesOf(file, file.part("characters"), 1, (page, at) =>
      changesIn(page.subarray(at + 1, at + 1 + (page[at] ?? 0))),
    );
    for (const { start, end, properties } of runs) {
      const sign = (properties.get(run.hidden) === 1 ? 2 : 0) | (properties.get(run.deleted) === 1 ? 1 : 0);
      if (sign !== 0) this.mark(start, end, sign);
    }
  }

  /** Of the paragraph that ends with the character at a position. */
  ofParagraph(position: number): ParagraphProperties {
    return at(this.paragraphs, this.file.offsetOf(position)) ?? none;
  }

  isHidden(position: number): boolean {
    return ((this.signs[position] ?? 0) & 2) !== 0;
  }

  isDeleted(position: number): boolean {
    return ((this.signs[position] ?? 0) & 1) !== 0;
  }

  private mark(start: number, end: number, sign: number): void {
    for (const piece of this.file.pieces) {
      const first = Math.max(0, Math.ceil((start - piece.offset) / piece.width));
      const last = Math.min(piece.end - piece.start, Math.ceil((end - piece.offset) / piece.width));
      if (first < last) this.signs.fill(sign, piece.start + first, piece.start + last);
    }
  }
}

/**
 * The stretches in the order of the stream, in which the pages are.
 * @param read Gives the properties at a place of a page.
 */
function stretchesOf<T>(
  { main }: DocFile,
  bins: Buffer,
  entrySize: number,
  read: (page: Buffer, at: number) => T,
): Stretch<T>[] {
  const stretches: Stretch<T>[] = [];
  const count = Math.floor((bins.length - 4) / 8);
  for (let bin = 0; bin < count; bin++) {
    const number = u32(bins, 4 * (count + 1) + 4 * bin) & 0x3fffff;
    const page = main.subarray(number * pageSize, (number + 1) * pageSize);
    const runs = page[pageSize - 1] ?? 0;
    for (let i = 0; i < runs; i++) {
      const at = 2 * (page[4 * (runs + 1) + entrySize * i] ?? 0);
      // Without a place it has the properties of its style alone.
      if (at === 0) continue;
      stretches.push({ start: u32(page, 4 * i), end: u32(page, 4 * (i + 1)), properties: read(page, at) });
    }
  }
  return stretches;
}

function at<T>(stretches: readonly Stretch<T>[], offset: number): T | undefined {
  let low = 0;
  let high = stretches.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((stretches[middle]?.start ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  const found = stretches[low];
  return found && found.start <= offset && offset < found.end ? found.properties : undefined;
}

/** Sizes of operands, by the three highest bits; 0 for those that begin with their size. */
const operands = [1, 1, 2, 4, 2, 2, 0, 3] as const;
/** The definition of a table has its size in two bytes. */
const tableDefinition = 0xd608;

/** A list of changes, each a number that says what is changed, and an operand. */
export function changesIn(list: Buffer): Changes {
  const changes = new Map<number, number>();
  for (let at = 0; at + 2 < list.length; ) {
    const what = u16(list, at);
    const size = operands[(what >> 13) as 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7];
    if (what === tableDefinition) at += 3 + u16(list, at + 2);
    else if (size === 0) at += 3 + (list[at + 2] ?? 0);
    else {
      changes.set(what, size === 1 ? (list[at + 2] ?? 0) : u16(list, at + 2));
      at += 2 + size;
    }
  }
  return changes;
}
