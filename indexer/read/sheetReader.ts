import type { CellObject, WorkBook, WorkSheet } from "@e965/xlsx";
import { counted } from "../../protocol/counted.ts";
import type { PlaceFrom } from "../../protocol/places.ts";
import type { Heading } from "../chunk/markdownOutline.ts";
import { maxCells, maxDocumentCharacters, maxSheetRows } from "../files/limits.ts";
import { type Extracted, UnreadableFile } from "./extracted.ts";
import { namedLeft } from "./leftOut.ts";
import { type OpenSheet, openSheets } from "./openSheets.ts";
import { guardedZip } from "./zip.ts";

type SheetJs = typeof import("@e965/xlsx");

let loading: Promise<SheetJs> | undefined;

/** The library comes with the first spreadsheet, and with the tables that old Excel files need for their text. */
function load(): Promise<SheetJs> {
  loading ??= (async () => {
    const xlsx = await import("@e965/xlsx");
    xlsx.set_cptable(await import("@e965/xlsx/dist/cpexcel.full.mjs"));
    return xlsx;
  })();
  return loading;
}

/**
 * The text of a spreadsheet: for each sheet its name, then a line for each row that holds something, with " | "
 * between its cells as they are shown; named ranges at the end. Formulas are not reckoned, macros not run, links not
 * followed. Throws UnreadableFile.
 */
export async function read(bytes: Buffer): Promise<Extracted> {
  const guarded = bytes.toString("latin1", 0, 2) === "PK" ? guardedZip(bytes) : bytes;
  const xlsx = await load();
  let book: WorkBook;
  try {
    // One row more than is taken tells whether there are more, where the sheet does not say it. Dates come as the
    // ISO format writes them where the sheet leaves their form to the machine.
    const rows = maxSheetRows + 1;
    const dateNF = "yyyy-mm-dd";
    book = xlsx.read(guarded, { dense: true, sheetRows: rows, dateNF, cellHTML: false, cellNF: true });
  } catch (error) {
    const isLocked = error instanceof Error && /password|encrypt/i.test(error.message);
    throw new UnreadableFile(
      isLocked
        ? "The spreadsheet is protected by a password."
        : "The spreadsheet is damaged: it can't be read.",
    );
  }
  return new SheetWriter(xlsx, openSheets(bytes)).write(book);
}

interface Row {
  /** From 1. */
  readonly number: number;
  readonly first: number;
  readonly last: number;
  readonly texts: readonly string[];
  readonly isAllText: boolean;
}

class SheetWriter {
  private readonly xlsx: SheetJs;
  private readonly known: ReadonlyMap<string, OpenSheet>;
  private readonly lines: string[] = [];
  private readonly headings: Heading[] = [];
  private readonly places: PlaceFrom[] = [];
  private readonly left: string[] = [];
  private cells = 0;
  private characters = 0;

  /** @param known What else is known of sheets, by the library's names for them. */
  constructor(xlsx: SheetJs, known: ReadonlyMap<string, OpenSheet>) {
    this.xlsx = xlsx;
    this.known = known;
  }

  write(book: WorkBook): Extracted {
    for (const [index, given] of book.SheetNames.entries()) {
      // A damaged workbook may have sheets without a name.
      const name = String(given ?? `${index + 1}`);
      const isHidden = (book.Workbook?.Sheets?.[index]?.Hidden ?? 0) !== 0;
      const known = this.known.get(name);
      this.sheet(this.nameOf(name), isHidden || known?.isHidden === true, this.rowsOf(book, name));
    }
    this.namedRanges(book);
    const left = `Read in part: ${namedLeft(this.left)}.`;
    const isCut = this.left.length > 0;
    if (this.cells === 0)
      throw new UnreadableFile(`The spreadsheet holds nothing.${isCut ? ` ${left}` : ""}`);
    const partly = isCut ? { partly: left } : {};
    const { headings, places } = this;
    return { text: this.lines.join("\n"), pages: [], headings, places, ...partly };
  }

  /** As people see it. */
  private nameOf(sheet: string): string {
    return this.known.get(sheet)?.name ?? sheet;
  }

  private rowsOf(book: WorkBook, name: string): Row[] {
    const sheet = book.Sheets[name];
    const data: readonly (readonly (CellObject | undefined)[] | undefined)[] = sheet?.["!data"] ?? [];
    const rows: Row[] = [];
    let isCut = this.lastRow(sheet) >= maxSheetRows;
    let taken = maxSheetRows;
    for (const [index, cells] of data.entries()) {
      if (!cells) continue;
      const texts = Array.from(cells, (cell) => this.textOf(cell));
      const first = texts.findIndex((text) => text !== "");
      if (first < 0) continue;
      if (index >= maxSheetRows || this.cells > maxCells || this.characters > maxDocumentCharacters) {
        isCut = true;
        taken = index;
        break;
      }
      const last = texts.findLastIndex((text) => text !== "");
      const held = texts.slice(first, last + 1);
      const isAllText =
        held.filter((text) => text !== "").length > 1 && isHeader(cells.slice(first, last + 1));
      this.cells += held.length;
      this.characters += held.reduce((sum, text) => sum + text.length, 0);
      rows.push({ number: index + 1, first, last, texts: held, isAllText });
    }
    if (isCut) {
      this.left.push(
        `the first ${counted(Math.min(taken, maxSheetRows), "row")} of sheet ${this.nameOf(name)}`,
      );
    }
    return rows;
  }

  /** The row, from 0, in which a sheet ends that the library has not read to its end; -1 for one that it has. */
  private lastRow(sheet: WorkSheet | undefined): number {
    const range: unknown = sheet?.["!fullref"];
    return typeof range === "string" ? this.xlsx.utils.decode_range(range).e.r : -1;
  }

  private sheet(name: string, isHidden: boolean, rows: readonly Row[]): void {
    const [top] = rows;
    if (!top) return;
    const place = (row: Row): PlaceFrom["place"] => ({
      in: "sheet",
      sheet: name,
      cells: this.range(row),
      ...(isHidden ? { hidden: true as const } : {}),
    });
    if (this.lines.length > 0) this.push("");
    this.headings.push({
      name: isHidden ? `${name} (hidden sheet)` : name,
      level: 1,
      row: this.lines.length,
    });
    this.push(name, place(top));
    // The title and the row that names the columns go with each chunk of what stands under them.
    const header = rows.slice(0, headerWithin).find(({ isAllText }, i) => isAllText && i + 1 < rows.length);
    const isTitled = header !== undefined && top !== header && top.first === top.last;
    for (const row of rows) {
      if (row === header || (row === top && isTitled)) {
        const name = row.texts.filter((text) => text !== "").join(" | ");
        const level = row === top ? 2 : 3;
        this.headings.push({ name: name.slice(0, longestHeader), level, row: this.lines.length });
      }
      this.push(row.texts.join(" | "), place(row));
    }
  }

  private range({ number, first, last }: Row): string {
    const { encode_col: column } = this.xlsx.utils;
    const from = `${column(first)}${number}`;
    return last === first ? from : `${from}:${column(last)}${number}`;
  }

  private namedRanges(book: WorkBook): void {
    const named = (book.Workbook?.Names ?? []).filter(({ Name: name }) => !/^_xl|^_Filter/i.test(name));
    const lines = named.flatMap(({ Name: name, Ref: ref }) => {
      const [, quoted, plain, cells = ""] =
        /^(?:'((?:[^']|'')+)'|([^'!]+))!(\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?)$/.exec(ref) ?? [];
      const sheet = quoted?.replaceAll("''", "'") ?? plain;
      return sheet === undefined ? [] : [{ name, sheet, cells: cells.replaceAll("$", "") }];
    });
    if (lines.length === 0) return;
    this.push("");
    this.headings.push({ name: "Named ranges", level: 1, row: this.lines.length });
    this.push("Named ranges");
    for (const { name, sheet: written, cells } of lines.slice(0, mostNames)) {
      const value = this.valueAt(book, written, cells);
      const sheet = this.nameOf(written);
      this.push(`${name}: ${sheet}, ${cells}${value && ` = ${value}`}`, { in: "sheet", sheet, cells });
    }
    if (lines.length > mostNames) this.left.push(`the first ${mostNames.toLocaleString("en")} named ranges`);
  }

  /** What a range of one cell shows; "" for a larger one. */
  private valueAt(book: WorkBook, sheet: string, cells: string): string {
    if (cells.includes(":")) return "";
    const { r: row, c: column } = this.xlsx.utils.decode_cell(cells);
    return this.textOf(book.Sheets[sheet]?.["!data"]?.[row]?.[column]);
  }

  /** What a cell shows, and its note. */
  private textOf(cell: CellObject | undefined): string {
    if (!cell) return "";
    const shown = cell.t === "z" ? "" : (cell.w ?? this.spacedPercent(cell) ?? String(cell.v ?? ""));
    const notes = (cell.c ?? []).map(({ t: note = "" }) => note.trim()).filter((note) => note !== "");
    const text = notes.length > 0 ? `${shown} (note: ${notes.join("; ")})` : shown;
    return text.replace(/\s+/g, " ").trim();
  }

  /** The library shows no percentage whose format has a space before the sign, as German and French ones have. */
  private spacedPercent({ v: value, z: format }: CellObject): string | undefined {
    if (typeof value !== "number" || typeof format !== "string") return undefined;
    const plain = format.replace(spaceBeforePercent, "%");
    if (plain === format) return undefined;
    try {
      const shown = this.xlsx.SSF.format(plain, value) as string;
      return shown.replace("%", " %");
    } catch {
      return undefined;
    }
  }

  private push(line: string, place?: PlaceFrom["place"]): void {
    this.lines.push(line);
    if (place) this.places.push({ startLine: this.lines.length, place });
  }
}

const mostNames = 5_000;
/** A header stands within the first rows, under a title or two. */
const headerWithin = 8;
const longestHeader = 300;
const spaceBeforePercent = /(?:\\?[ \u00a0\u202f]|"[ \u00a0\u202f]")+%/g;

function isHeader(cells: readonly (CellObject | undefined)[]): boolean {
  return cells.every((cell) => !cell || cell.t === "s" || cell.t === "z");
}
