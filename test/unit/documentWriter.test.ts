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

test("spaces of an OpenDocument text are written whatever number a damaged file gives them", () => {
  const spaced = (count: string): string =>
    openText(parseXml(`<text:p xmlns:text="t">a<text:s text:c="${count}"/>b</text:p>`));
  assert.equal(spaced("2"), "a  b");
  for (const count of ["0", "-1", "NaN", ""]) assert.equal(spaced(count), "ab", count);
  assert.equal(spaced("99999999999"), `a${" ".repeat(100)}b`);
});
