import type { DocumentText } from "../../protocol/data.ts";
import { areApart, documentPlace, spanning } from "../../protocol/places.ts";
import { isTitle } from "./documentBlocks.ts";

/**
 * Where lines of a document's text stand, as a source of an answer says it: "sheet Costs, B4:F19", "slide 7", or the
 * title that they stand under; "" where the document has neither.
 */
export function placeOfLines(
  { places = [], headings = [] }: Pick<DocumentText, "places" | "headings">,
  startLine: number,
  endLine: number,
): string {
  const placeAt = (line: number) => places.findLast((one) => one.startLine <= line)?.place;
  const [first, last] = [placeAt(startLine), placeAt(endLine)];
  const place = first && last && !areApart(first, last) ? spanning(first, last) : first;
  const title = headings.findLast((heading) => heading.row < startLine && isTitle(heading));
  return (place && documentPlace({ place })) || (title?.name ?? "");
}
