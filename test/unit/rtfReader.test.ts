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

describe("what RTF keeps apart from its text", () => {
  it("are the names of styles: one of letters makes no paragraph a heading", async () => {
    const styles = "{\\stylesheet{\\*\\cs1 heading 1 Char;}{\\s2{\\*\\keycode x} heading 2;}}";
    const { text, headings } = await rtf(`${styles}\\pard Plain.\\par\\pard\\s2 Oil\\par`);
    assert.equal(text, "Plain.\n\nOil");
    assert.deepEqual(headings, [{ name: "Oil", level: 3, row: 2 }]);
  });

  it("is hidden or deleted up to what is plain again, and a note of blanks is none", async () => {
    const { text } = await rtf(
      "a{\\v no\\plain yes}{\\deleted two\\plain  b}{\\footnote \\par }{\\v1 x\\v0 y}\\par{\\deleted  }\\par",
    );
    assert.equal(text, "ayes by\n\nDeleted: two");
  });

  it("are rows of a table within a cell, and rows without cells", async () => {
    const { text } = await rtf(
      "\\intbl\\row\\intbl Boat\\nestcell 7\\nestcell\\nestrow Oar\\cell\\row\\pard End.\\par",
    );
    assert.equal(text, "Boat | 7\nOar\n\nEnd.");
  });
});

describe("the letters of RTF", () => {
  it("are in the code page of their font, whatever writing it is for", async () => {
    const writings: readonly (readonly [charset: number, bytes: string, text: string])[] = [
      [128, "\\'83\\'41", "ア"],
      [129, "\\'b0\\'a1", "가"],
      [134, "\\'c4\\'e3", "你"],
      [136, "\\'a7\\'41", "你"],
      [161, "\\'e1", "α"],
      [162, "\\'fe", "ş"],
      [163, "\\'fe", "₫"],
      [177, "\\'e0", "א"],
      [178, "\\'c7", "ا"],
      [186, "\\'fe", "ž"],
      [204, "\\'cf", "П"],
      [222, "\\'a1", "ก"],
      [238, "\\'b3", "ł"],
      [0, "\\'e9", "é"],
    ];
    const fonts = writings.map(([charset], i) => `{\\f${i}\\fcharset${charset} F;}`).join("");
    const body = writings.map(([, bytes], i) => `\\f${i} ${bytes}\\par`).join(" ");
    const { text } = await rtf(`{\\fonttbl${fonts}}${body}`);
    assert.deepEqual(
      text.split("\n\n"),
      writings.map(([, , letters]) => letters),
    );
  });

  it("may be signs that have names", async () => {
    const { text } = await rtf(
      "a\\emdash b\\endash c\\lquote d\\rquote e\\ldblquote f\\rdblquote g\\emspace h\\enspace i\\tab j\\_k\\~l\\-m\\\\n\\{o\\}\\line p\\\nq\\par",
    );
    assert.equal(text, "a—b–c‘d’e“f”g h i j-k lm\\n{o}\np\n\nq");
  });

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
