import type { Lines } from "./lines.ts";
import { type Heading, keepWithNext, sectionsOf } from "./markdownOutline.ts";
import { type Outline, stay } from "./outline.ts";

/** What a cut costs: a heading's costs 1 more than its level, and what hangs together in a block more than the text. */
const cost = { block: 12, sentence: 18, line: 20, inBlock: 24, table: 26 } as const;

/** A line that heads a section; with a line above it (an overline) or below it (an underline) that belongs to it. */
export interface MarkupHeading extends Heading {
  /** The last row of the heading. */
  readonly last: number;
}

/** What a language of markup says about a text's rows. */
export interface MarkupRows {
  readonly headings: readonly MarkupHeading[];
  /** From which row to which one a block goes whose inside is no markup, or a table; both included. */
  readonly blocks: readonly { readonly first: number; readonly last: number; readonly isTable: boolean }[];
}

/** A language of markup: reads a text's rows, from the first to the last. */
export type Markup = (lines: Lines) => MarkupRows;

/** The outline of a text in a language of markup: its sections, and blocks that are kept whole where they fit. */
export function outlineMarkup(lines: Lines, markup: Markup): Outline {
  const costs = new Uint16Array(lines.count);
  const named = new Uint8Array(lines.count);
  const { headings, blocks } = markup(lines);
  for (let row = 1; row < lines.count; row++) {
    if (lines.isBlank(row - 1)) costs[row] = cost.block + Math.min(4, lines.indent(row) >> 1);
    else costs[row] = /[.!?:;。！？]["')\]]?\s*$/.test(lines.line(row - 1)) ? cost.sentence : cost.line;
  }
  for (const { first, last, isTable } of blocks) {
    costs.fill(isTable ? cost.table : cost.inBlock, first + 1, last + 1);
    // The names of a table's columns stay with its first row.
    if (isTable) costs.fill(stay - 2, first + 1, Math.min(first + 3, last + 1));
  }
  costs[0] = 1;
  for (const { row, last, level } of headings) {
    costs[row] = 1 + level;
    named[row] = 1;
    costs.fill(stay, row + 1, last + 1);
  }
  keepWithNext(lines, costs, named);
  return { cost: costs, named, wholeFrom: cost.block, sections: sectionsOf(headings, lines.count) };
}
