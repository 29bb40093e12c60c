import assert from "node:assert/strict";
import { test } from "node:test";
import { openText } from "../../indexer/read/openDocument.ts";
import { DocumentWriter } from "../../indexer/read/writer.ts";
import { parseXml } from "../../indexer/read/xml.ts";

test("an item of a list is written at whatever depth a damaged file gives it", () => {
  const writer = new DocumentWriter();
  for (const depth of [0, 2, -1, Number.NaN, 99_999_999_999, Number.NEGATIVE_INFINITY, 1.5]) {
    writer.item("lamp", "•", depth);
  }
  assert.deepEqual(writer.extracted("The list").text.split("\n"), [
    "• lamp",
    "    • lamp",
    "• lamp",
    "• lamp",
    `${" ".repeat(16)}• lamp`,
    "• lamp",
    "  • lamp",
  ]);
});

test("a heading is put over the first line of a part if that is what it says, in the order of the lines", () => {
  const writer = new DocumentWriter();
  writer.paragraph("Before");
  const start = writer.length;
  writer.paragraph("The  lamp");
  writer.heading("Oil", 2);
  writer.headWith(start, "The\nlamp", 1);
  writer.headWith(start, "Another title", 1);
  writer.headWith(writer.length, "Oil", 1);
  const { headings, text } = writer.extracted("The list");
  assert.equal(text, "Before\n\nThe lamp\n\nOil");
  assert.deepEqual(headings, [
    { name: "The lamp", level: 1, row: 2 },
    { name: "Oil", level: 2, row: 4 },
  ]);
});

test("a heading that is one already gets the new level, once, and the last one stays the last", () => {
  const writer = new DocumentWriter();
  writer.heading("Oil", 3);
  writer.heading("Wick", 3);
  writer.headWith(0, "Oil", 1);
  writer.headWith(2, "Wick", 2);
  assert.deepEqual(writer.extracted("The list").headings, [
    { name: "Oil", level: 1, row: 0 },
    { name: "Wick", level: 2, row: 2 },
  ]);
});

test("spaces of an OpenDocument text are written whatever number a damaged file gives them", () => {
  const spaced = (count: string): string =>
    openText(parseXml(`<text:p xmlns:text="t">a<text:s text:c="${count}"/>b</text:p>`));
  assert.equal(spaced("2"), "a  b");
  for (const count of ["0", "-1", "NaN", ""]) assert.equal(spaced(count), "ab", count);
  assert.equal(spaced("99999999999"), `a${" ".repeat(100)}b`);
});
