import type { Place, PlaceFrom } from "../../protocol/places.ts";
import type { Heading } from "../chunk/markdownOutline.ts";
import { type Exceptions, type MaskedText, maskSecrets } from "../files/secretsMask.ts";
import type { Extracted, ReadScans } from "./extracted.ts";
import { readAs } from "./readers.ts";

/** No chapter, sheet or attachment is called by more: a place goes with each chunk that stands there. */
const longestName = 200;

/**
 * The text of a file's bytes, with every key masked but the exceptions, also in what its headings and places are
 * called. Throws UnreadableFile when it holds nothing to index.
 */
export async function extract(
  bytes: Buffer,
  path: string,
  exceptions?: Exceptions,
  scans?: ReadScans,
): Promise<Extracted & MaskedText> {
  const extracted = await readAs(path, bytes, scans);
  const { headings, places, partly } = extracted;
  const masked = maskSecrets(extracted.text, exceptions);
  const nameOf = maskedName(exceptions);
  return {
    ...extracted,
    ...masked,
    headings: maskedHeadings(headings, extracted.text, masked.text, nameOf),
    ...(places && { places: places.map((one) => maskedPlace(one, nameOf)) }),
    ...(partly !== undefined && { partly: nameOf(partly) }),
  };
}

/** Names are mostly lines of the text: where a line was masked, it is the name, since there it has its surroundings. */
function maskedHeadings(
  headings: readonly Heading[],
  plain: string,
  masked: string,
  nameOf: (name: string) => string,
): readonly Heading[] {
  if (headings.length === 0) return headings;
  const [before, after] = [plain, masked].map((text) => text.split("\n")) as [string[], string[]];
  return headings.map((heading) => {
    const line = after[heading.row];
    const isMasked = line !== undefined && line !== before[heading.row];
    return { ...heading, name: isMasked ? line.trim() : nameOf(heading.name) };
  });
}

function maskedPlace({ startLine, place }: PlaceFrom, nameOf: (name: string) => string): PlaceFrom {
  const entries = Object.entries(place).map(([key, value]) => [
    key,
    typeof value === "string" ? shortened(nameOf(value)) : value,
  ]);
  return { startLine, place: Object.fromEntries(entries) as Place };
}

/** Masks a name; the same one, such as a sheet's, comes again with each row. */
function maskedName(exceptions: Exceptions | undefined): (name: string) => string {
  const known = new Map<string, string>();
  return (name) => {
    const masked = known.get(name) ?? maskSecrets(name, exceptions).text;
    known.set(name, masked);
    return masked;
  };
}

function shortened(name: string): string {
  return name.length > longestName ? `${name.slice(0, longestName)}…` : name;
}
