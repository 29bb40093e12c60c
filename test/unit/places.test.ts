import assert from "node:assert/strict";
import { test } from "node:test";
import { cutUp, type SourceText } from "../../indexer/chunk/cutUp.ts";
import { areApart, documentPlace, type Place, spanning } from "../../protocol/places.ts";

const cells = (sheet: string, range: string): Place => ({ in: "sheet", sheet, cells: range });

test("a place is said as people say it", () => {
  const said = (place: Place): string | undefined => documentPlace({ place });
  assert.equal(documentPlace({ page: 3 }), "page 3");
  assert.equal(documentPlace({}), undefined);
  assert.equal(said({ in: "slide", slide: 7 }), "slide 7");
  assert.equal(said({ in: "slide", slide: 7, notes: true }), "slide 7, notes");
  assert.equal(said(cells("Costs", "B4:F19")), "sheet Costs, B4:F19");
  assert.equal(said({ in: "sheet", sheet: "Old", cells: "A1", hidden: true }), "sheet Old (hidden), A1");
  assert.equal(said({ in: "chapter", chapter: "The Whale" }), "chapter The Whale");
  assert.equal(said({ in: "mail", message: 4, part: "offer.pdf" }), "message 4, attachment offer.pdf");
  assert.equal(said({ in: "mail" }), undefined, "the lines say more than nothing");
  assert.equal(said({ in: "notebook", cell: 2, lastCell: 2 }), "cell 2");
  assert.equal(said({ in: "notebook", cell: 2, lastCell: 4 }), "cells 2–4");
  assert.equal(said({ in: "time", from: "00:01:12", to: "00:01:40" }), "00:01:12–00:01:40");
});

test("the range of cells that holds two others goes by columns and rows, not by letters", () => {
  const spanned = (one: string, other: string): unknown => {
    const both = spanning(cells("S", one), cells("S", other));
    return both.in === "sheet" && both.cells;
  };
  assert.equal(spanned("B4:F4", "A9:C9"), "A4:F9");
  assert.equal(spanned("Z10:Z10", "AA2:AA2"), "Z2:AA10");
  assert.equal(spanned("C3", "C3"), "C3");
  assert.equal(spanned("C3", "whole"), "C3");
});

test("a chunk stands in one sheet and says its cells, however small the sheets are", async () => {
  const text = "Item | Price\nDesk | 120\nLamp | 30\nName | City\nEve | Bern";
  const places = ["A1:B1", "A2:B2", "A3:B3"].map((range, i) => ({
    startLine: i + 1,
    place: cells("Costs", range),
  }));
  const others = ["C1:D1", "C5:D5"].map((range, i) => ({ startLine: i + 4, place: cells("People", range) }));
  const source: SourceText = { text, pages: [], headings: [], kind: "document", language: "xlsx" };
  const chunks = await cutUp({ ...source, places: [...places, ...others] });
  assert.ok(typeof chunks !== "string");
  assert.deepEqual(
    chunks.map(({ text: cut, place }) => [cut.split("\n").length, place]),
    [
      [3, cells("Costs", "A1:B3")],
      [2, cells("People", "C1:D5")],
    ],
  );
});

test("cells of a notebook may share a chunk, two chapters may not", () => {
  assert.equal(
    areApart({ in: "notebook", cell: 1, lastCell: 1 }, { in: "notebook", cell: 2, lastCell: 2 }),
    false,
  );
  assert.equal(areApart({ in: "chapter", chapter: "I" }, { in: "chapter", chapter: "II" }), true);
  assert.equal(areApart({ in: "mail", message: 1 }, { in: "mail", message: 1, part: "a.txt" }), true);
});
