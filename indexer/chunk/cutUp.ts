import type { DocumentText, FileKind } from "../../protocol/data.ts";
import { spanning } from "../../protocol/places.ts";
import type { Chunk } from "./chunk.ts";
import { outlineCode } from "./code.ts";
import { cut, type PlaceOf } from "./cut.ts";
import { grammarOf } from "./grammars.ts";
import { Lines } from "./lines.ts";
import { type Heading, outlineMarkdown } from "./markdownOutline.ts";
import { outlineMarkup } from "./markupOutline.ts";
import { markups } from "./markups.ts";
import type { Outline } from "./outline.ts";
import { outlineDocument } from "./pages.ts";
import { dataSections, definitionsByWords, outlineByIndent, outlineProse } from "./plain.ts";
import { sizesOf } from "./sizes.ts";

/** A whole file's text and what is known of it. */
export interface SourceText extends DocumentText {
  readonly kind: FileKind;
  readonly language: string;
  /** Headings that only the format knew; those that the text shows by itself are found here. */
  readonly headings: readonly Heading[];
}

/** Lines longer than this on average are made by a program for a program. */
const minifiedLine = 500;

/** A text's chunks, at least one; or, as a sentence for people, why it has none. */
export async function cutUp(source: SourceText): Promise<readonly Chunk[] | string> {
  const lines = new Lines(source.text);
  if (isMinified(source, lines)) {
    return "Its lines are so long that it looks minified or generated: it is made for programs, not for people.";
  }
  const sizes = sizesOf(source.kind, source.language);
  const chunks = cut(lines, await outlineOf(source, lines), sizes, placeFinder(source));
  return chunks.length === 0 ? "The file holds nothing but white space." : chunks;
}

/** What of a text its chunks leave out, in a sentence for people: the rest of lines so long that they are data. */
export function leftOutOf({
  text,
  kind,
  language,
}: Pick<SourceText, "text" | "kind" | "language">): string | undefined {
  const { line: most } = sizesOf(kind, language);
  let long = 0;
  for (let start = 0; text.length - start > most; ) {
    const lineBreak = text.indexOf("\n", start);
    const end = lineBreak < 0 ? text.length : lineBreak;
    if (end - start > most) long += 1;
    start = end + 1;
  }
  if (long === 0) return undefined;
  const lines = long === 1 ? "1 line that is longer" : `${long.toLocaleString("en")} lines that are longer`;
  return `Read in part: the first ${most.toLocaleString("en")} characters of ${lines}.`;
}

function isMinified({ text, kind, language }: SourceText, lines: Lines): boolean {
  if (kind === "prose" || kind === "document" || text.length < 5_000) return false;
  if (["sql", "csv", "tsv", "jsonl"].includes(language)) return false;
  return text.length / lines.count > minifiedLine;
}

async function outlineOf(source: SourceText, lines: Lines): Promise<Outline> {
  const { kind, language } = source;
  if (language === "markdown") return outlineMarkdown(lines);
  if (kind === "document") return outlineDocument(lines, source, source.headings);
  const markup = markups[language];
  if (markup) return outlineMarkup(lines, markup);
  if (kind === "prose") return outlineProse(lines);
  if (kind === "data") return outlineByIndent(lines, dataSections(lines, language));
  const grammar = await grammarOf(language);
  return (grammar && outlineCode(lines, grammar)) ?? outlineByIndent(lines, definitionsByWords(lines));
}

/** Finds where rows stand, which must be asked for in order. */
function placeFinder({ pages, places = [] }: SourceText): PlaceOf {
  const pageAt = inOrder(pages);
  const placeAt = inOrder(places);
  return (first, last) => {
    const { page, isScan } = pageAt(first) ?? {};
    const from = placeAt(first)?.place;
    const to = placeAt(last)?.place;
    return {
      ...(page === undefined ? {} : { page }),
      ...(isScan && { place: { in: "scan" as const } }),
      ...(from && { place: to ? spanning(from, to) : from }),
    };
  };
}

/** The entry that holds for a row; rows must be asked for in order. */
function inOrder<T extends { readonly startLine: number }>(
  entries: readonly T[],
): (row: number) => T | undefined {
  let at = 0;
  return (row) => {
    for (let next = entries[at + 1]; next && next.startLine <= row + 1; next = entries[at + 1]) at += 1;
    return entries[at];
  };
}
