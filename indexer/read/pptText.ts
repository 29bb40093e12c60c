import { type PptRecord, type PptRecords, recordType } from "./pptRecords.ts";
import type { SlideParagraph } from "./slideWriter.ts";

/** A text of a shape or of the outline. */
export interface PptText {
  /** Whether it is a title, of which there are two kinds. */
  readonly isTitle: boolean;
  readonly paragraphs: readonly SlideParagraph[];
}

const titles: readonly number[] = [0, 6];
/** In the place of each of these a sign stands in the text, which shows no text of the slide's own. */
const fields: ReadonlySet<number> = new Set([
  recordType.slideNumber,
  recordType.dateTime,
  recordType.genericDate,
  recordType.header,
  recordType.footer,
  recordType.formattedDate,
]);

/** The texts of which these records tell: each begins with a header, and what belongs to it follows. */
export function textsIn(records: PptRecords, of: readonly PptRecord[]): PptText[] {
  const parts: { header: PptRecord; rest: PptRecord[] }[] = [];
  for (const record of of) {
    if (record.type === recordType.textHeader) parts.push({ header: record, rest: [] });
    else parts.at(-1)?.rest.push(record);
  }
  return parts.map(({ header, rest }) => {
    const own = rest.find(({ type }) => type === recordType.textChars || type === recordType.textBytes);
    const text = own ? records.text(own) : "";
    const gaps = rest.filter(({ type }) => fields.has(type)).map((field) => records.u32(field, 0));
    const style = rest.find(({ type }) => type === recordType.textStyle);
    return {
      isTitle: titles.includes(records.u32(header, 0)),
      paragraphs: paragraphsOf(text, new Set(gaps), levelsIn(records, style, text.length)),
    };
  });
}

function paragraphsOf(
  text: string,
  gaps: ReadonlySet<number>,
  levels: readonly { readonly end: number; readonly level: number }[],
): SlideParagraph[] {
  const found: SlideParagraph[] = [];
  let start = 0;
  let run = 0;
  for (const line of text.split("\r")) {
    while ((levels[run]?.end ?? Number.POSITIVE_INFINITY) <= start) run++;
    const own = gaps.size === 0 ? line : withoutSigns(line, start, gaps);
    found.push({ text: own.replaceAll("\v", " "), level: levels[run]?.level ?? 0 });
    start += line.length + 1;
  }
  return found.filter(({ text: own }) => own.trim() !== "");
}

function withoutSigns(line: string, start: number, gaps: ReadonlySet<number>): string {
  return Array.from({ length: line.length }, (_, i) => (gaps.has(start + i) ? "" : line.charAt(i))).join("");
}

/** How many bytes each property of a paragraph takes, in the order in which those that the mask names stand. */
const properties: readonly (readonly [mask: number, bytes: number])[] = [
  [0x00000f, 2],
  [0x000080, 2],
  [0x000010, 2],
  [0x000040, 2],
  [0x000020, 4],
  [0x000800, 2],
  [0x001000, 2],
  [0x002000, 2],
  [0x004000, 2],
  [0x000100, 2],
  [0x000400, 2],
  [0x008000, 2],
];
const tabStops = 0x100000;
const afterTabs: readonly (readonly [mask: number, bytes: number])[] = [
  [0x010000, 2],
  [0x0e0000, 2],
  [0x200000, 2],
];

/** How deep in a list the paragraphs stand: stretches of the text, one after the other, by their ends. */
function levelsIn(
  records: PptRecords,
  style: PptRecord | undefined,
  length: number,
): { end: number; level: number }[] {
  const found: { end: number; level: number }[] = [];
  if (!style) return found;
  let end = 0;
  // The stretches cover one character more than the text has; what follows are those of the characters.
  for (let at = 0; end <= length && style.start + at + 10 <= style.end; ) {
    const count = records.u32(style, at);
    const mask = records.u32(style, at + 6);
    end += count;
    found.push({ end, level: records.u16(style, at + 4) });
    at += 10 + bytesOf(mask, properties);
    if (mask & tabStops) at += 2 + 4 * records.u16(style, at);
    at += bytesOf(mask, afterTabs);
    records.spend(1);
  }
  return found;
}

function bytesOf(mask: number, of: readonly (readonly [mask: number, bytes: number])[]): number {
  return of.reduce((sum, [bits, bytes]) => sum + (mask & bits ? bytes : 0), 0);
}
