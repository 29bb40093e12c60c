import type { Extracted } from "../../indexer/read/extracted.ts";
import type { Place } from "../../protocol/places.ts";

/** Where a line of a document's text stands; undefined when there is no such line, or it stands nowhere. */
export function placeOfLine({ text, places = [] }: Extracted, line: string): Place | undefined {
  const number = text.split("\n").indexOf(line) + 1;
  return number === 0 ? undefined : places.findLast(({ startLine }) => startLine <= number)?.place;
}
