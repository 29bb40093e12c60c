import type { DocumentText } from "../../protocol/data.ts";
import { areApart } from "../../protocol/places.ts";
import type { Lines } from "./lines.ts";
import { type Heading, sectionsOf } from "./markdownOutline.ts";
import { type Outline, stay } from "./outline.ts";

const cost = { heading: 2, paragraph: 30, item: 36, sentence: 40, line: 42 } as const;

/**
 * The outline of a document's text. A chunk never holds two pages, sheets or the like, so that its place is right; headings
 * stay with what follows; then come paragraphs, list items and table rows, and lines.
 */
export function outlineDocument(
  lines: Lines,
  { pages, places = [] }: Pick<DocumentText, "pages" | "places">,
  headings: readonly Heading[],
): Outline {
  const costs = new Uint16Array(lines.count);
  const named = new Uint8Array(lines.count);
  for (let row = 1; row < lines.count; row++) {
    const above = lines.line(row - 1);
    const isItem = /^\s*(?:[•*–-]|\d{1,3}[.)]|\([a-z\d]{1,3}\)|[^|]*\|)\s/.test(lines.line(row));
    if (lines.isBlank(row - 1)) costs[row] = cost.paragraph;
    else if (isItem) costs[row] = cost.item;
    else costs[row] = /[.!?:;。！？]["')\]”»]?\s*$/.test(above) ? cost.sentence : cost.line;
  }
  for (const { row, level } of headings) {
    named[row] = 1;
    costs[row] = cost.heading + level;
  }
  for (const { row } of headings) {
    for (let next = row + 1; next < lines.count && named[next] !== 1; next++) {
      costs[next] = stay;
      if (!lines.isBlank(next)) break;
    }
  }
  for (const { startLine } of pages) costs[startLine - 1] = 0;
  places.forEach(({ startLine, place }, i) => {
    const before = places[i - 1];
    if (before && areApart(before.place, place)) costs[startLine - 1] = 0;
  });
  return { cost: costs, named, wholeFrom: cost.paragraph, sections: sectionsOf(headings, lines.count) };
}
