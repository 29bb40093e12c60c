import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { documentText } from "../../indexer/read/parseFile.ts";
import {
  columnName,
  columnsOf,
  parseRange,
  type Section,
  type SheetRow,
  sectionsOf,
} from "../../webview/reader/documentBlocks.ts";

const files = fileURLToPath(new URL("../fixtures/files", import.meta.url));

async function sections(name: string): Promise<Section[]> {
  return sectionsOf(await documentText(files, name));
}

/** All lines that are set, in order. */
function linesOf(parts: readonly Section[]): number[] {
  return parts.flatMap((part) => {
    if (part.kind === "sheet") return part.rows.map(({ line }) => line);
    return part.blocks.flatMap((block) => {
      if (block.kind === "heading") return [block.line.number];
      if (block.kind === "list") return block.items.map(({ number }) => number);
      return block.kind === "table"
        ? block.rows.map(({ line }) => line.number)
        : block.lines.map(({ number }) => number);
    });
  });
}

test("headings, paragraphs, lists and tables of a document are set as such", async () => {
  const [part] = await sections("report.docx");
  assert.ok(part?.kind === "text");
  const kinds = part.blocks.map(({ kind }) => kind);
  assert.deepEqual(kinds.slice(0, 4), ["heading", "paragraph", "heading", "paragraph"]);
  const table = part.blocks.find((block) => block.kind === "table");
  assert.deepEqual(table?.rows[1]?.cells, ["Heron Bridge", "1987", "19 %", "sound"]);
  const lists = part.blocks.filter((block) => block.kind === "list");
  assert.deepEqual(
    lists.map(({ items }) => items[0]?.mark),
    ["•", "1."],
  );
});

test("a spreadsheet becomes its sheets, each cell with its own column and row", async () => {
  const parts = await sections("book.xlsx");
  const sheets = parts.filter((part) => part.kind === "sheet");
  assert.deepEqual(
    sheets.map(({ name, isHidden }) => [name, isHidden]),
    [
      ["Costs Q3", false],
      ["Team", false],
      ["Rates", true],
    ],
  );
  const [costs, , rates] = sheets;
  assert.deepEqual(
    costs?.rows.map(({ number }) => number),
    [1, 3, 4, 5, 6, 7],
  );
  assert.deepEqual(
    costs?.rows.filter(({ isHeader }) => isHeader).map(({ number }) => number),
    [3],
  );
  assert.deepEqual(costs?.rows[2]?.cells[5], { column: 6, text: "39.80 €" });
  assert.equal(rates?.rows.length, 2, "a named range is no row");
  const last = parts.at(-1);
  assert.match(JSON.stringify(last), /VatRate: Rates, B2 = 0.19/);
});

test("slides, their notes and an attachment's table stand by themselves", async () => {
  const slides = await sections("kickoff.pptx");
  assert.deepEqual(
    slides.map(({ place }) => place?.in === "slide" && [place.slide, place.notes ?? false]),
    [
      [1, false],
      [1, true],
      [2, false],
      [3, false],
    ],
  );
  const mail = await sections("offer.eml");
  const tables = mail
    .flatMap((part) => (part.kind === "text" ? part.blocks : []))
    .filter(({ kind }) => kind === "table");
  const [first] = tables;
  assert.ok(first?.kind === "table");
  assert.deepEqual(
    first.rows[0]?.cells.slice(0, 2),
    ["Item", "Supplier"],
    "the row that names the columns is in",
  );
});

test("every line that holds something is set once, and in a window those of the window alone", async () => {
  for (const name of [
    "report.docx",
    "book.xlsx",
    "book.ods",
    "kickoff.pptx",
    "offer.eml",
    "thread.mbox",
    "report.epub",
  ]) {
    const document = await documentText(files, name);
    const sheetNames = new Set(
      (document.places ?? []).flatMap(({ place }) => (place.in === "sheet" ? [place.sheet] : [])),
    );
    const wanted = document.text
      .split("\n")
      .flatMap((line, row) => (line.trim() === "" || sheetNames.has(line) ? [] : [row + 1]));
    assert.deepEqual(linesOf(sectionsOf(document)), wanted, name);
    const window = linesOf(sectionsOf(document, [3, 6]));
    assert.deepEqual(
      window,
      wanted.filter((line) => line >= 3 && line <= 6),
      name,
    );
  }
});

test("ranges and columns are read and written as spreadsheets do", () => {
  assert.deepEqual(parseRange("B4:AF19"), { fromColumn: 2, toColumn: 32, fromRow: 4, toRow: 19 });
  assert.deepEqual(parseRange("A1"), { fromColumn: 1, toColumn: 1, fromRow: 1, toRow: 1 });
  assert.equal(parseRange("all of it"), undefined);
  assert.deepEqual([1, 26, 27, 702, 703].map(columnName), ["A", "Z", "AA", "ZZ", "AAA"]);
});

/** Rows that hold something in these columns. */
function sheetRows(count: number, columns: readonly number[]): SheetRow[] {
  return Array.from({ length: count }, (_, index) => ({
    number: index + 1,
    line: index + 2,
    isHeader: false,
    cells: columns.map((column) => ({ column, text: `${column}` })),
  }));
}

test("a sheet is set from its first column to its last, and a cell far away brings no thousands of empty ones", () => {
  assert.deepEqual(columnsOf(sheetRows(3, [2, 5])), { columns: [2, 3, 4, 5] });
  assert.deepEqual(columnsOf([]), { columns: [1] });
  const far = columnsOf([...sheetRows(5_000, [1, 3]), ...sheetRows(1, [16_384])]);
  assert.deepEqual(far, { columns: [1, 3, 16_384], note: "Columns that hold nothing are left out here." });
});

test("a sheet of more cells than a browser can set shows its first columns, and says so", () => {
  const every = Array.from({ length: 400 }, (_, index) => index + 1);
  const { columns, note } = columnsOf(sheetRows(2_000, every));
  assert.deepEqual([columns.length, columns.at(-1)], [150, 150]);
  assert.match(note ?? "", /Only 150 of the 400 columns/);
});
