import type { FileKind } from "../../protocol/data.ts";

/** How large chunks are, in characters; a wide character (Chinese, Japanese, Korean) counts three times. */
export interface Sizes {
  /** Neighbours are put together up to this. */
  readonly target: number;
  /** What hangs together (a function, a section) is cut only when it is larger than this. */
  readonly most: number;
  /** A smaller piece joins a neighbour where there is room. */
  readonly least: number;
  /** Neighbours that have names of their own (sections, definitions) are put together up to this only. */
  readonly named: number;
  /** A named piece smaller than this (a heading without text, a constant) never stands alone if it can join. */
  readonly alone: number;
  /** Of a longer line only this much is taken: what follows is data. */
  readonly line: number;
  /** A heading is context, not content: of a longer path the outer names give way. */
  readonly heading: number;
}

const ofText: Sizes = {
  ...{ target: 1400, most: 1900, least: 200, named: 700, alone: 100 },
  ...{ line: Number.MAX_SAFE_INTEGER, heading: 160 },
};

/**
 * The one place where sizes are set; 1,500 characters are some 400 tokens. Chosen by measuring (`npm run eval`):
 * chunks of twice the size are found a little better, hit for hit, because each holds more, but in the same
 * 6,000 characters a tenth fewer of the answers stand; half the size loses places and doubles the index.
 */
const sizes: Readonly<Record<FileKind, Sizes>> = {
  code: { target: 1400, most: 1900, least: 250, named: 1200, alone: 200, line: 10_000, heading: 160 },
  prose: ofText,
  document: ofText,
  data: { target: 1400, most: 1900, least: 250, named: 1200, alone: 200, line: 10_000, heading: 160 },
};

/**
 * Rows and cues are many facts in few words: a vector of forty rows is near to none of them, and the transformer reads
 * only the first half of so many figures. The columns' names are what a row means, so there is room for them.
 */
const ofRows: Partial<Sizes> = { target: 900, most: 1200, named: 900, heading: 400 };
const rowLanguages: ReadonlySet<string> = new Set(["spreadsheet", "csv", "tsv", "subtitle"]);

/** The sizes for a text of this kind and language. */
export function sizesOf(kind: FileKind, language: string): Sizes {
  return rowLanguages.has(language) ? { ...sizes[kind], ...ofRows } : sizes[kind];
}

export const maxNamesInHeading = 6;
