import assert from "node:assert/strict";
import { test } from "node:test";
import { openRows, openText } from "../../indexer/read/openDocument.ts";
import { DocumentWriter } from "../../indexer/read/writer.ts";
import { parseXml, textIn } from "../../indexer/read/xml.ts";

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

test("what holds nothing is not written, and leaves no gap in a list", () => {
  const writer = new DocumentWriter();
  writer.item("oil");
  for (const blank of ["", " \t", "\n \n\u00a0"]) {
    writer.verbatim(blank.replace("\u00a0", ""));
    writer.paragraph(blank);
    writer.heading(blank, 1);
    writer.item(blank);
    writer.table([[blank, ""], []]);
  }
  writer.item("wick");
  const { text, headings } = writer.extracted("The list");
  assert.equal(text, "• oil\n• wick");
  assert.deepEqual(headings, []);
  assert.throws(() => new DocumentWriter().extracted("The list"), { message: "The list holds no text." });
});

test("a document has its parts apart, verbatim text as it is set, and tables without empty rows", () => {
  const writer = new DocumentWriter();
  writer.heading("Lamps", 40);
  writer.verbatim("if lit:\n  burn()  \n\n  stop()");
  writer.table([["", " "], ["Boat", "", "7"], []]);
  writer.paragraph(" One \n\n two\u00a0 three ");
  const { text, headings, partly } = writer.extracted("The list");
  assert.equal(text, "Lamps\n\nif lit:\n  burn()\n  stop()\n\nBoat |  | 7\n\nOne\ntwo three");
  assert.deepEqual(headings, [{ name: "Lamps", level: 20, row: 0 }]);
  assert.equal(partly, undefined);
});

test("a document within a document has its headings below its name, and its places by their lines", () => {
  const writer = new DocumentWriter();
  writer.paragraph("Before");
  const inner = {
    text: "One\n\nTwo\nThree\nFour",
    headings: [{ name: "Two", level: 1, row: 2 }],
    pages: [
      { page: 1, startLine: 1 },
      { page: 2, startLine: 3, isScan: true as const },
    ],
    places: [
      { startLine: 4, place: { in: "sheet", sheet: "Fees", cells: "A1:B1" } as const },
      { startLine: 5, place: { in: "sheet", sheet: "Fees", cells: "A2:B2" } as const },
    ],
  };
  const above = writer.insert("a.pdf", inner, (part = "") => ({ in: "mail", part }), 2);
  writer.paragraph("After");
  const { text, headings, places } = writer.extracted("The mail");
  assert.equal(above, 4);
  assert.equal(text, "Before\n\na.pdf\n\nOne\n\nTwo\nThree\nFour\n\nAfter");
  assert.deepEqual(headings, [
    { name: "a.pdf", level: 2, row: 2 },
    { name: "Two", level: 3, row: 6 },
  ]);
  assert.deepEqual(
    places?.map(({ startLine, place }) => [startLine, "part" in place ? place.part : ""]),
    [
      [3, "page 1"],
      [7, "page 2 (scan)"],
      [8, "sheet Fees"],
    ],
  );
});

test("a document of more text than any book has is refused, and one of as much is not", () => {
  const writer = new DocumentWriter();
  for (let i = 0; i < 4; i++) writer.item("x".repeat(4_999_998), "•");
  writer.leaveOut("the rest");
  assert.equal(writer.extracted("The list").partly, "Not read: the rest.");
  assert.throws(() => writer.item("x", "•"), { message: "The document holds more text than any book has." });
});

test("a paragraph of OpenDocument has its tabs and line ends, and a table all its rows", () => {
  const paragraph =
    "<t:p xmlns:t='t'>a<text:tab/>b<text:line-break/>c<text:s/>d<x:y>e</x:y><skip>f</skip></t:p>";
  assert.equal(openText(parseXml(paragraph), ["skip"]), "a b\nc de");
  const row = (...cells: readonly string[]): string =>
    `<table:table-row>${cells.map((cell) => `<table:table-cell>${cell}</table:table-cell>`).join("")}</table:table-row>`;
  const table = `<table:table><table:table-column/><table:table-header-rows>${row("Boat", "Fee")}</table:table-header-rows><table:table-row-group><table:table-rows>${row("Perdita")}</table:table-rows></table:table-row-group><table:table-row><table:covered-table-cell>480</table:covered-table-cell><table:shapes>no</table:shapes></table:table-row><table:shapes>${row("no")}</table:shapes></table:table>`;
  assert.deepEqual(openRows(parseXml(table), textIn), [["Boat", "Fee"], ["Perdita"], ["480"]]);
});
