import assert from "node:assert/strict";
import { test } from "node:test";
import { placeOfLines } from "../../webview/reader/linePlace.ts";

test("selected lines of a document stand at the place that a source of an answer would name", () => {
  const headings = [
    { name: "Costs", level: 1, row: 0 },
    { name: "6.3 Form of notices", level: 2, row: 4 },
    { name: "Item | Price", level: 2, row: 6 },
  ];
  assert.equal(placeOfLines({ headings }, 4, 9), "Costs");
  assert.equal(placeOfLines({ headings }, 5, 5), "6.3 Form of notices", "the title itself");
  assert.equal(placeOfLines({ headings }, 9, 9), "6.3 Form of notices", "no row of a table is a title");
  assert.equal(placeOfLines({}, 1, 2), "");
  const row = (startLine: number, sheet: string, cells: string) => ({
    startLine,
    place: { in: "sheet", sheet, cells } as const,
  });
  const places = [row(2, "Costs", "A1:D1"), row(3, "Costs", "A2:F2"), row(5, "Plan", "A1:B1")];
  assert.equal(placeOfLines({ places, headings }, 2, 2), "sheet Costs, A1:D1");
  assert.equal(placeOfLines({ places, headings }, 2, 3), "sheet Costs, A1:F2");
  assert.equal(placeOfLines({ places, headings }, 3, 5), "sheet Costs, A2:F2", "where it begins");
  const mail = [{ startLine: 1, place: { in: "mail" } as const }];
  assert.equal(placeOfLines({ places: mail, headings }, 2, 2), "Costs", "a mail's own text has no place");
  const slides = [
    { startLine: 1, place: { in: "slide", slide: 1 } as const },
    { startLine: 4, place: { in: "slide", slide: 2, notes: true } as const },
  ];
  assert.equal(placeOfLines({ places: slides }, 6, 6), "slide 2, notes");
});
