import type { DocumentText } from "../../protocol/data.ts";
import type { Place } from "../../protocol/places.ts";

/** A line of the text; numbers count from 1. */
export interface Line {
  readonly number: number;
  readonly text: string;
}

interface Cell {
  readonly column: number;
  readonly text: string;
}

/** What a document's text is made of, as a person would set it. */
export type Block =
  | { readonly kind: "heading"; readonly level: number; readonly line: Line }
  | { readonly kind: "paragraph"; readonly lines: readonly Line[] }
  | {
      readonly kind: "list";
      readonly items: readonly (Line & { readonly mark: string; readonly depth: number })[];
    }
  | {
      readonly kind: "table";
      readonly rows: readonly { readonly line: Line; readonly cells: readonly string[] }[];
    }
  | { readonly kind: "code"; readonly lines: readonly Line[] };

/** A row of a sheet with its own number; `line` is that of the text. */
export interface SheetRow {
  readonly number: number;
  readonly line: number;
  readonly isHeader: boolean;
  readonly cells: readonly Cell[];
}

/** What stands together at one place: a slide, a chapter, a message, a sheet. */
export type Section = { readonly place?: Place; readonly startLine: number } & (
  | { readonly kind: "text"; readonly blocks: readonly Block[] }
  | {
      readonly kind: "sheet";
      readonly name: string;
      readonly isHidden: boolean;
      readonly rows: readonly SheetRow[];
    }
);

type Heading = NonNullable<DocumentText["headings"]>[number];

/**
 * Sets a document's text in sections and blocks. Every line that is not empty stands in one of them, but for those
 * outside of `shown`, the numbers of a first and a last line.
 */
export function sectionsOf(
  { text, places = [], headings = [] }: DocumentText,
  shown: readonly [number, number] = [1, Number.POSITIVE_INFINITY],
): Section[] {
  const lines = text.split("\n").map((line, row) => ({
    number: row + 1,
    text: row + 1 < shown[0] || row + 1 > shown[1] ? "" : line,
  }));
  const byRow = new Map(headings.map((heading) => [heading.row, heading]));
  const starts = places.filter(({ startLine }) => startLine >= 1 && startLine <= lines.length);
  const parts = [
    { startLine: 1, place: undefined },
    ...starts.map(({ startLine, place }) => ({ startLine, place })),
  ].map((part, index) => ({ ...part, endLine: (starts[index]?.startLine ?? lines.length + 1) - 1 }));
  const sections: Section[] = [];
  const sheets = new Map<string, SheetRow[]>();
  for (const { startLine, endLine, place } of parts) {
    const own = lines.slice(startLine - 1, endLine);
    const [first, ...rest] = own;
    if (!first || own.every((line) => line.text.trim() === "")) continue;
    const row = place?.in === "sheet" ? sheetRow(first, place.cells, byRow.get(first.number - 1)) : undefined;
    const above = place?.in === "sheet" ? sheets.get(place.sheet)?.at(-1) : undefined;
    // What names a range of a sheet stands at a place of it too, after its rows.
    if (place?.in === "sheet" && row && row.number > (above?.number ?? 0)) {
      addRow(sections, sheets, place, row);
      const after = blocksOf(rest, byRow, false);
      if (after.length > 0) sections.push({ kind: "text", startLine: startLine + 1, blocks: after });
    } else if (place?.in !== "sheet" || !isSheetName(first, place)) {
      const blocks = blocksOf(own, byRow, place?.in === "notebook");
      sections.push({ kind: "text", startLine, blocks, ...(place && { place }) });
    }
  }
  return sections;
}

/** The line over a sheet's rows, which its head says already. */
function isSheetName({ text }: Line, place: Extract<Place, { in: "sheet" }>): boolean {
  return text === place.sheet;
}

function addRow(
  sections: Section[],
  sheets: Map<string, SheetRow[]>,
  place: Extract<Place, { in: "sheet" }>,
  row: SheetRow,
): void {
  const rows = sheets.get(place.sheet);
  if (rows) rows.push(row);
  else {
    const own = [row];
    sheets.set(place.sheet, own);
    const isHidden = place.hidden === true;
    sections.push({ kind: "sheet", name: place.sheet, isHidden, rows: own, startLine: row.line, place });
  }
}

/** A row of cells, if the line has as many as the range says. */
function sheetRow(line: Line, range: string, heading: Heading | undefined): SheetRow | undefined {
  const cells = parseRange(range);
  if (!cells || cells.fromRow !== cells.toRow) return undefined;
  if (heading?.level === 1) return undefined;
  const width = cells.toColumn - cells.fromColumn + 1;
  const texts = width === 1 ? [line.text] : line.text.split(" | ");
  if (texts.length !== width) return undefined;
  return {
    number: cells.fromRow,
    line: line.number,
    // A heading of one cell is the table's title.
    isHeader: heading !== undefined && width > 1,
    cells: texts.map((text, index) => ({ column: cells.fromColumn + index, text })),
  };
}

function blocksOf(lines: readonly Line[], headings: ReadonlyMap<number, Heading>, isCode: boolean): Block[] {
  const blocks: Block[] = [];
  for (const paragraph of paragraphsOf(lines, headings)) {
    const [first] = paragraph;
    if (!first) continue;
    const heading = headings.get(first.number - 1);
    if (heading && isTitle(heading)) blocks.push({ kind: "heading", level: heading.level, line: first });
    else if (isCode) blocks.push({ kind: "code", lines: paragraph });
    else blocks.push(...blocksIn(paragraph));
  }
  return blocks;
}

/** The row that names a table's columns heads what stands under it too, but is set as a row. */
export function isTitle(heading: Heading | undefined): boolean {
  return heading !== undefined && !heading.name.includes(" | ");
}

/** Lines between empty ones; a heading stands alone. */
function paragraphsOf(lines: readonly Line[], headings: ReadonlyMap<number, Heading>): Line[][] {
  const paragraphs: Line[][] = [];
  let open: Line[] | undefined;
  for (const line of lines) {
    if (line.text.trim() === "") open = undefined;
    else if (isTitle(headings.get(line.number - 1))) {
      paragraphs.push([line]);
      open = undefined;
    } else if (open) open.push(line);
    else {
      open = [line];
      paragraphs.push(open);
    }
  }
  return paragraphs;
}

const item = /^( *)(•|[-*◦▪]|\d{1,4}[.)]|[a-z][.)]) (.*)$/;

/** Rows of a table and items of a list that stand together make a table or a list; what is left are paragraphs. */
function blocksIn(lines: readonly Line[]): Block[] {
  const groups: { kind: "table" | "list" | "paragraph"; lines: Line[] }[] = [];
  for (const line of lines) {
    const kind = item.test(line.text) ? "list" : line.text.includes(" | ") ? "table" : "paragraph";
    const last = groups.at(-1);
    if (last?.kind === kind) last.lines.push(line);
    else groups.push({ kind, lines: [line] });
  }
  return groups.map(({ kind, lines: own }): Block => {
    if (kind === "table" && own.length > 1) {
      return { kind, rows: own.map((line) => ({ line, cells: line.text.split(" | ") })) };
    }
    if (kind === "list") return { kind, items: own.map(itemOf) };
    return { kind: "paragraph", lines: own };
  });
}

function itemOf(line: Line): Line & { mark: string; depth: number } {
  const [, indent = "", mark = "", text = ""] = item.exec(line.text) ?? [];
  return { number: line.number, text, mark, depth: Math.floor(indent.length / 2) };
}

/** More cells than these take a browser too long. */
const maxGridCells = 300_000;

/**
 * The columns in which rows of a sheet are set, from 1: all from the first to the last that hold something. Where that
 * would be too many, since one cell stands far from the others, those that hold something alone; and where these are
 * too many, the first of them. `note` says what is missing.
 */
export function columnsOf(rows: readonly SheetRow[]): {
  readonly columns: readonly number[];
  readonly note?: string;
} {
  const held = new Set<number>();
  for (const { cells } of rows) for (const { column, text } of cells) if (text !== "") held.add(column);
  const used = [...held].sort((one, other) => one - other);
  const [first = 1] = used;
  const all = (used.at(-1) ?? first) - first + 1;
  const most = Math.max(1, Math.floor(maxGridCells / Math.max(1, rows.length)));
  if (all <= most) return { columns: Array.from({ length: all }, (_, index) => first + index) };
  const columns = used.slice(0, most);
  const cut = `Only ${most.toLocaleString("en")} of the ${used.length.toLocaleString("en")} columns that hold something are shown here.`;
  return { columns, note: used.length > most ? cut : "Columns that hold nothing are left out here." };
}

interface CellRange {
  readonly fromColumn: number;
  readonly toColumn: number;
  readonly fromRow: number;
  readonly toRow: number;
}

/** "B4:F19" as numbers; columns and rows count from 1. Undefined for what is no range. */
export function parseRange(range: string): CellRange | undefined {
  const [, left = "", top, right = left, bottom = top] =
    /^([A-Z]{1,3})(\d+)(?::([A-Z]{1,3})(\d+))?$/.exec(range) ?? [];
  if (left === "") return undefined;
  return {
    fromColumn: columnNumber(left),
    toColumn: columnNumber(right),
    fromRow: Number(top),
    toRow: Number(bottom),
  };
}

function columnNumber(name: string): number {
  return [...name].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0);
}

/** 1 is "A", 27 is "AA". */
export function columnName(column: number): string {
  const letters: string[] = [];
  for (let rest = column; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    letters.unshift(String.fromCharCode(65 + ((rest - 1) % 26)));
  }
  return letters.join("");
}
