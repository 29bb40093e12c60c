import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import type { WorkBook } from "@e965/xlsx";
import { maxSheetRows } from "../../indexer/files/limits.ts";
import { extract } from "../../indexer/read/extract.ts";
import type { Extracted } from "../../indexer/read/extracted.ts";
import { parseFile } from "../../indexer/read/parseFile.ts";
import { zip } from "../support/archive.ts";
import { compoundFile } from "../support/wordFile.ts";

const folder = fileURLToPath(new URL("../fixtures/files/", import.meta.url));
const text = `Costs Q3
Purchases of the third quarter
Item | Supplier | Ordered | Qty | Unit price | Total
Desk lamp | Halden Lighting | 01.07.2026 | 2 | 19.90 € | 39.80 €
Filing cabinet, 4 drawers | Orbis Office | 08.07.2026 | 5 | 39.80 € | 199.00 €
Toner cartridge | Kyo Print | 15.07.2026 | 8 | 59.70 € | 477.60 €
Standing desk | Orbis Office | 22.07.2026 | 11 | 79.60 € | 875.60 €

Team
Name | Phone
Eve Müller | +41 31 555 01

Rates
Rate | Value
VAT | 0.19

Named ranges
VatRate: Rates, B2 = 0.19`;

describe("a spreadsheet", () => {
  let xlsx: typeof import("@e965/xlsx");
  before(async () => {
    xlsx = await import("@e965/xlsx");
  });

  /** What is read of a workbook that is written by the library. */
  async function readBook(
    make: (book: WorkBook) => void,
    ending: "xlsx" | "ods" = "xlsx",
  ): Promise<Extracted> {
    const book = xlsx.utils.book_new();
    make(book);
    const bytes = xlsx.write(book, { type: "buffer", bookType: ending }) as Buffer;
    return extract(bytes, `book.${ending}`);
  }

  for (const ending of ["xlsx", "ods", "fods", "xls"]) {
    it(`of LibreOffice (${ending}) is read as it is shown, with its sheets and cells`, async () => {
      const read = await extract(readFileSync(`${folder}book.${ending}`), `book.${ending}`);
      assert.equal(read.text, text);
      const placeOf = (line: string): unknown => {
        const at = text.split("\n").indexOf(line) + 1;
        return read.places?.find(({ startLine }) => startLine === at)?.place;
      };
      assert.deepEqual(placeOf("Eve Müller | +41 31 555 01"), { in: "sheet", sheet: "Team", cells: "A2:B2" });
      assert.deepEqual(placeOf("VAT | 0.19"), { in: "sheet", sheet: "Rates", cells: "A2:B2", hidden: true });
      assert.ok(read.headings.some(({ name }) => name === "Rates (hidden sheet)"));
      assert.equal(read.partly, undefined);
    });
  }

  it("tells its hidden sheets whatever they are called", async () => {
    const book = readFileSync(`${folder}book.fods`, "utf8");
    const named = book.replaceAll(
      'table:name="Rates"',
      'table:name="Rates &amp; &quot;fees&quot; &#xe9;&#233;"',
    );
    const { headings, places } = await extract(Buffer.from(named), "book.fods");
    const name = 'Rates & "fees" éé';
    assert.ok(headings.some((heading) => heading.name === `${name} (hidden sheet)`));
    const rates = places?.map(({ place }) => place).filter((place) => "hidden" in place);
    assert.deepEqual(rates?.at(-1), { in: "sheet", sheet: name, cells: "A2:B2", hidden: true });
  });

  it("says that it has more named ranges than are read", async () => {
    const read = await readBook((book) => {
      xlsx.utils.book_append_sheet(book, xlsx.utils.aoa_to_sheet([["lamp", "oil"]]), "S");
      const Names = Array.from({ length: 5_001 }, (_, i) => ({ Name: `Name${i}`, Ref: "S!$A$1" }));
      book.Workbook = { Names };
    });
    assert.match(read.text, /\nName4999: S, A1 = lamp$/);
    assert.equal(read.partly, "Read in part: the first 5,000 named ranges.");
  });

  it("names its ranges as people see them, with the value of one that is a single cell", async () => {
    const read = await readBook((book) => {
      xlsx.utils.book_append_sheet(book, xlsx.utils.aoa_to_sheet([["lamp", 7]]), "It's here");
      const Names = [
        { Name: "Price", Ref: "'It''s here'!$B$1" },
        { Name: "Row", Ref: "'It''s here'!$A$1:$B$1" },
        { Name: "Empty", Ref: "'It''s here'!$C$9" },
        { Name: "Broken", Ref: "#REF!" },
        { Name: "Wide", Ref: "Plain!AA1:AB22" },
        { Name: "_xlnm.Print_Area", Ref: "'It''s here'!$A$1" },
        { Name: "_FilterDatabase", Ref: "'It''s here'!$A$1" },
      ];
      book.Workbook = { Names };
    });
    assert.deepEqual(read.text.split("\n").slice(2), [
      "",
      "Named ranges",
      "Price: It's here, B1 = 7",
      "Row: It's here, A1:B1",
      "Empty: It's here, C9",
      "Wide: Plain, AA1:AB22",
    ]);
    assert.deepEqual(read.headings.at(-1), { name: "Named ranges", level: 1, row: 3 });
    assert.deepEqual(read.places?.at(-3)?.place, { in: "sheet", sheet: "It's here", cells: "A1:B1" });
  });

  it("has its sheet and its columns in each chunk, which says its cells", async () => {
    const parsed = await parseFile(folder, "book.xlsx", 2_000_000);
    assert.ok(parsed.ok);
    const [first] = parsed.parsed.chunks;
    assert.deepEqual(first?.place, { in: "sheet", sheet: "Costs Q3", cells: "A1:F7" });
    const long = await readBook((book) => {
      const rows = Array.from({ length: 300 }, (_, i) => ({
        Name: `Person ${i}`,
        Office: `Room ${i} of the house`,
      }));
      xlsx.utils.book_append_sheet(book, xlsx.utils.json_to_sheet(rows), "People");
    });
    const { cutUp } = await import("../../indexer/chunk/cutUp.ts");
    const chunks = await cutUp({ ...long, kind: "document", language: "spreadsheet" });
    assert.ok(typeof chunks !== "string" && chunks.length > 5);
    for (const { heading, place } of chunks.slice(1)) {
      assert.equal(heading, "People › Name | Office");
      assert.ok(place?.in === "sheet" && /^A\d+:B\d+$/.test(place.cells));
    }
  });

  it("that is wide has its sheet, its title and all its columns in each chunk, which holds few rows", async () => {
    const columns = Array.from({ length: 14 }, (_, i) => `Name of column ${i + 1}`);
    const wide = await readBook((book) => {
      const rows = Array.from({ length: 60 }, (_, i) => columns.map((_, column) => `${i} in ${column}`));
      const sheet = xlsx.utils.aoa_to_sheet([["Boats in the harbour"], [], columns, ...rows]);
      xlsx.utils.book_append_sheet(book, sheet, "Berths");
    });
    const { cutUp } = await import("../../indexer/chunk/cutUp.ts");
    const chunks = await cutUp({ ...wide, kind: "document", language: "spreadsheet" });
    assert.ok(typeof chunks !== "string" && chunks.length > 8);
    for (const { heading, text: rows } of chunks.slice(1)) {
      assert.equal(heading, `Berths › Boats in the harbour › ${columns.join(" | ")}`);
      assert.ok(rows.length <= 1_200, `${rows.length} characters`);
    }
  });

  it("keeps rows that begin further right, gaps, notes and errors", async () => {
    const { text: read, places } = await readBook((book) => {
      const sheet = xlsx.utils.aoa_to_sheet([[], [undefined, " x \n y", undefined, 7]]);
      sheet["B2"].c = [{ a: "Eve", t: "ask again" }];
      xlsx.utils.book_append_sheet(book, sheet, "It's");
    });
    assert.equal(read, "It's\nx y (note: ask again) |  | 7");
    assert.deepEqual(places?.at(-1)?.place, { in: "sheet", sheet: "It's", cells: "B2:D2" });
  });

  it("that is very long is read in part, which is said", async () => {
    const rows = Array.from({ length: maxSheetRows + 500 }, (_, i) => [i]);
    const { partly, text: read } = await readBook((book) =>
      xlsx.utils.book_append_sheet(book, xlsx.utils.aoa_to_sheet(rows), "Long"),
    );
    assert.equal(partly, "Read in part: the first 20,000 rows of sheet Long.");
    assert.equal(read.split("\n").length, maxSheetRows + 1);
  });

  for (const ending of ["xlsx", "ods"] as const) {
    it(`that goes on far below, after rows without anything, is read in part, which is said (${ending})`, async () => {
      const { partly, text: read } = await readBook((book) => {
        const sheet = xlsx.utils.aoa_to_sheet([["near"]]);
        xlsx.utils.sheet_add_aoa(sheet, [["far"]], { origin: `A${maxSheetRows + 10_000}` });
        xlsx.utils.book_append_sheet(book, sheet, "Gap");
      }, ending);
      assert.equal(read, "Gap\nnear");
      assert.equal(partly, "Read in part: the first 20,000 rows of sheet Gap.");
    });
  }

  it("whose last row is the last that is taken is read as a whole", async () => {
    const { partly, text: read } = await readBook((book) => {
      const sheet = xlsx.utils.aoa_to_sheet([["near"]]);
      xlsx.utils.sheet_add_aoa(sheet, [["last"]], { origin: `A${maxSheetRows}` });
      xlsx.utils.book_append_sheet(book, sheet, "Edge");
    });
    assert.equal(read, "Edge\nnear\nlast");
    assert.equal(partly, undefined);
  });

  it("has the title and the names of the columns as headings, where they stand in its first rows", async () => {
    const numbers = (count: number): number[][] => Array.from({ length: count }, (_, i) => [i, i + 1]);
    const names = ["Name", "Fee"];
    const sheets: readonly (readonly [
      rows: unknown[][],
      headings: readonly (readonly [string, number])[],
    ])[] = [
      [
        [["Boats"], names, ["Perdita", 480]],
        [
          ["Boats", 2],
          ["Name | Fee", 3],
        ],
      ],
      [
        [
          ["Name", undefined, "Fee"],
          ["Perdita", 7, 480],
        ],
        [["Name | Fee", 2]],
      ],
      [
        [
          [undefined, ...names],
          ["Perdita", 480],
        ],
        [["Name | Fee", 2]],
      ],
      [[["Boats", 7], names, ["Perdita", 480]], [["Name | Fee", 3]]],
      [[names], []],
      [numbers(2), []],
      [[["Boats"], ["Perdita"], [480]], []],
      [[...numbers(7), names, [1, 2]], [["Name | Fee", 3]]],
      [[...numbers(8), names, [1, 2]], []],
      [
        [
          ["a".repeat(200), "b".repeat(200)],
          [1, 2],
        ],
        [[`${"a".repeat(200)} | ${"b".repeat(97)}`, 2]],
      ],
    ];
    for (const [rows, expected] of sheets) {
      const { headings } = await readBook((book) => {
        xlsx.utils.book_append_sheet(book, xlsx.utils.aoa_to_sheet(rows), "S");
      });
      assert.deepEqual(
        headings.map(({ name, level }) => [name, level]),
        [["S", 1], ...expected],
      );
    }
  });

  it("that is empty, damaged or none is listed with the reason", async () => {
    const sound = readFileSync(`${folder}book.xlsx`);
    const empty = readBook((book) => xlsx.utils.book_append_sheet(book, xlsx.utils.aoa_to_sheet([[]]), "A"));
    await assert.rejects(empty, /holds nothing/);
    await assert.rejects(extract(sound.subarray(0, 4_000), "a.xlsx"), /damaged/);
    const other = zip({ "xl/other.xml": Buffer.from("<a/>") });
    await assert.rejects(extract(other, "a.xlsx"), /The spreadsheet is damaged: it can't be read/);
    await assert.rejects(extract(Buffer.from("PK\x03\x04 and no more"), "a.xlsx"), /damaged|holds nothing/);
  });

  it("that is locked says so", async () => {
    const streams = { EncryptionInfo: Buffer.alloc(64), EncryptedPackage: Buffer.alloc(64) };
    for (const name of ["a.xlsx", "a.xls"]) {
      await assert.rejects(extract(compoundFile(streams), name), /protected by a password/, name);
    }
    // As old Excel locks a workbook: the first record is not locked, the second one says how the others are.
    const workbook = Buffer.alloc(200);
    workbook.set([0x09, 0x08, 0x10, 0x00, 0x00, 0x06, 0x05, 0x00]);
    workbook.set([0x2f, 0x00, 0x36, 0x00, 0x01, 0x00, 0x01, 0x00, 0x01, 0x00], 20);
    await assert.rejects(extract(compoundFile({ Workbook: workbook }), "a.xls"), /protected by a password/);
  });

  it("shows percentages whose format has a space before the sign, and what no format can show as it is", async () => {
    const { text } = await readBook((book) => {
      const sheet = xlsx.utils.aoa_to_sheet([["Share"], [0.0567], [-0.5], [1.25], [0.4]]);
      const formats = ["0.0\\ %", '#,##0" "%;[Red]-#,##0" "%', "0 %", "0 % @@q"];
      for (const [i, z] of formats.entries()) Object.assign(sheet[`A${i + 2}`], { z });
      xlsx.utils.book_append_sheet(book, sheet, "S");
    });
    assert.equal(text, "S\nShare\n5.7 %\n-50 %\n125 %\n0.4");
  });
});
