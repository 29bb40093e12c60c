import assert from "node:assert/strict";
import { test } from "node:test";
import { findScans, linesOfScan } from "../../indexer/read/pdfScans.ts";
import { pdfOf } from "../support/scanPdf.ts";

const texts = (lines: Parameters<typeof linesOfScan>[0]): string[] =>
  linesOfScan(lines).map(({ text }) => text);

test("paragraphs of a scan are set apart, and a sentence whose line ended early is not torn", () => {
  const isFirst = true as const;
  assert.deepEqual(
    texts([
      { text: "Minutes", size: 16, down: 0.1, isFirst },
      { text: "The council met. Present were eleven of", size: 10, down: 0.15, isFirst },
      { text: "fourteen members.", size: 10, down: 0.17, isFirst },
      { text: "The keeper reported that the lamp", size: 10, down: 0.2, isFirst },
      { text: "was dark.", size: 10, down: 0.22 },
      { text: "A second column", size: 10, down: 0.1, isFirst },
      { text: "goes on", size: 10, down: 0.12 },
    ]),
    [
      "Minutes",
      "",
      "The council met. Present were eleven of",
      "fourteen members.",
      "",
      "The keeper reported that the lamp",
      "was dark.",
      "",
      "A second column",
      "goes on",
    ],
  );
  // Of lines that are not upright nobody knows how far they are from each other.
  assert.deepEqual(
    texts([
      { text: "up", size: 9 },
      { text: "the margin", size: 9, isFirst },
    ]),
    ["up", "", "the margin"],
  );
});

test("type that is measured a little differently from line to line is of one size", () => {
  const sizes = linesOfScan([9.4, 10.6, 10, 9.9, 16.2].map((size) => ({ text: "words", size }))).map(
    ({ size }) => size,
  );
  assert.deepEqual(sizes, [10, 10, 10, 10, 16]);
});

test("lines of a scan stand where they stood", () => {
  assert.deepEqual(
    linesOfScan([
      { text: "lamp", size: 10.4, down: 0.3 },
      { text: "oil", size: 10.4 },
    ]),
    [
      { text: "lamp", size: 10, down: 0.3 },
      { text: "oil", size: 10 },
    ],
  );
});

test("a scan has hardly any text and a picture, which is large where more is stamped on it", async () => {
  /** A page with a square picture, and so many letters. */
  const pages: readonly (readonly [side: number, letters: number, isScan: boolean])[] = [
    [900, 59, true],
    [900, 60, false],
    [201, 2, true],
    [200, 2, false],
    [201, 3, false],
    [836, 3, false],
    [837, 3, true],
    [250, 0, true],
  ];
  const bytes = Buffer.from(pdfOf(pages.map(([side]) => ({ width: side, height: side }))));
  const lines = pages.map(([, letters]) => [
    { text: " \t ", size: 10 },
    { text: "x".repeat(Math.floor(letters / 2)), size: 10 },
    { text: "y ".repeat(Math.ceil(letters / 2)), size: 10 },
  ]);
  const expected = pages.flatMap(([, , isScan], index) => (isScan ? [index + 1] : []));
  assert.deepEqual(await findScans(bytes, lines), expected);
});
