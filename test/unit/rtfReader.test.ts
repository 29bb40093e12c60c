import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { extract } from "../../indexer/read/extract.ts";
import type { Extracted } from "../../indexer/read/extracted.ts";

const rtf = (body: string): Promise<Extracted> =>
  extract(Buffer.from(`{\\rtf1\\ansi ${body}}`, "latin1"), "a.rtf");

describe("the paragraphs of RTF", () => {
  it("are items of a list where a mark and a tab stand before them", async () => {
    const lines = ["\\bullet\\tab oil", "-\\tab wick", "o\\tab glass", "\\'b7\\tab chain"];
    const numbered = ["1.\\tab lamp", "(a)\\tab lens", "iv)\\tab rope", "1234.\\tab hook"];
    const { text } = await rtf([...lines, ...numbered].map((line) => `${line}\\par `).join(""));
    const expected = [
      "• oil",
      "• wick",
      "• glass",
      "• chain",
      "1. lamp",
      "(a) lens",
      "iv) rope",
      "1234. hook",
    ];
    assert.deepEqual(text.split("\n"), expected);
  });

  it("are text where what stands before the tab is none", async () => {
    const { text } = await rtf(
      "12345.\\tab lamp\\par Keeper:\\tab Eve\\par 7\\tab boats\\par 1. no tab\\par",
    );
    assert.deepEqual(text.split("\n\n"), ["12345. lamp", "Keeper: Eve", "7 boats", "1. no tab"]);
  });

  it("are headings by their outline or their style; the ninth level is text", async () => {
    const styles = "{\\stylesheet{\\s1 heading 1;}{\\s2 Title;}{\\s3 Title page;}{\\s4 my heading 2;}}";
    const body = [
      ["\\s2", "Lamps"],
      ["\\s1", "Oil"],
      ["\\s3", "Not a title"],
      ["\\s4", "Nor a heading"],
      ["\\outlinelevel8", "Deep"],
      ["\\outlinelevel9", "Text"],
    ].map(([format, text]) => `\\pard${format} ${text}\\par`);
    const { text, headings } = await rtf(`${styles}${body.join("")}`);
    assert.deepEqual(
      headings.map(({ name, level }) => [name, level]),
      [
        ["Lamps", 1],
        ["Oil", 2],
        ["Deep", 10],
      ],
    );
    assert.equal(text, "Lamps\n\nOil\n\nNot a title\n\nNor a heading\n\nDeep\n\nText");
  });

  it("of a note stand below each other, and those of a table's cell in one line", async () => {
    const { text } = await rtf(
      "One{\\footnote First.\\par Second.} two.\\par\\intbl Boat\\par red\\cell 7\\cell\\row\\intbl Oar\\cell 2\\cell\\row\\pard After.\\par",
    );
    assert.equal(text, "One two.\n\nBoat red | 7\nOar | 2\n\nAfter.\n\nNote: First.\nSecond.");
  });

  it("of a table that does not end are read, too", async () => {
    const { text } = await rtf("Before.\\par\\intbl Boat\\cell 7\\cell");
    assert.equal(text, "Before.\n\nBoat | 7");
  });
});

describe("the letters of RTF", () => {
  it("may be made of an escaped byte and one that is not, in the code page of their font", async () => {
    const { text } = await rtf("{\\fonttbl{\\f0\\fcharset128 Gothic;}}\\f0 \\'83A\\'83C end\\par");
    assert.equal(text, "アイ end");
  });

  it("in Unicode have as many stand-ins as is said, escaped or not", async () => {
    const { text } = await rtf("\\uc2\\u8364 \\'80\\'80x \\u8364 ab y {\\uc0\\u8364 z} \\u-3913 12.\\par");
    assert.equal(text, "€x € y €z \uf0b7.");
  });

  it("are of the code page of the document where a font has none of its own", async () => {
    assert.equal((await rtf("\\ansicpg1251 \\'cf\\par")).text, "П");
    assert.equal((await rtf("\\ansicpg866 \\'8f\\par")).text, "П");
    assert.equal((await rtf("\\ansicpg99999 \\'e9\\par")).text, "é");
    assert.equal((await rtf("\\mac \\'8e\\par")).text, "é");
  });
});
