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
}

/**
 * The one place where sizes are set; 1,500 characters are some 400 tokens. Chosen by measuring (`npm run eval`):
 * chunks of twice the size are found a little better, hit for hit, because each holds more, but in the same
 * 6,000 characters a tenth fewer of the answers stand; half the size loses places and doubles the index.
 */
export const sizes: Readonly<Record<FileKind, Sizes>> = {
  code: { target: 1400, most: 1900, least: 250, named: 1200, alone: 200, line: 10_000 },
  prose: { target: 1400, most: 1900, least: 200, named: 700, alone: 100, line: Number.MAX_SAFE_INTEGER },
  document: { target: 1400, most: 1900, least: 200, named: 700, alone: 100, line: Number.MAX_SAFE_INTEGER },
  data: { target: 1400, most: 1900, least: 250, named: 1200, alone: 200, line: 10_000 },
};

/** A heading is context, not content. */
export const maxHeadingCharacters = 160;
export const maxNamesInHeading = 6;
