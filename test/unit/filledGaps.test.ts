import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { hasFilledGaps, type PlacedText, withFilledGaps } from "../../text/filledGaps.ts";
import { glyphsOfPage, type PlacedGlyph } from "../../text/pageGlyphs.ts";

const size = 10;

function piece(str: string, x: number, width: number, more: Partial<PlacedText> = {}): PlacedText {
  const transform = [size, 0, 0, size, x, 700];
  return { str, dir: "ltr", transform, width, height: size, hasEOL: false, ...more };
}

/** Letters of 5 points each from a place on; "_" is a gap as wide as one. */
function letters(text: string, x: number, y = 700): PlacedGlyph[] {
  return [...text].flatMap((letter, i) =>
    letter === "_" ? [] : [{ text: letter, isSpace: letter === " ", x: x + i * 5, y, width: 5 }],
  );
}

const textsOf = (items: readonly PlacedText[]): string[] => items.map(({ str }) => str);

describe("gaps of words that are filled later", () => {
  const items = [piece("H p", 100, 15), piece("", 115, 0), piece("ợ", 105, 5)];

  it("are seen, and words that follow each other are not taken for them", () => {
    assert.equal(hasFilledGaps(items), true);
    assert.equal(hasFilledGaps([piece("Hop", 100, 15), piece("dong", 120, 20)]), false);
    assert.equal(hasFilledGaps([piece("right", 300, 25), piece("left", 100, 20)]), false, "cells");
    assert.equal(
      hasFilledGaps([piece("H p", 100, 15), piece("2", 105, 5, { transform: [size, 0, 0, size, 105, 704] })]),
      false,
      "a raised number is on no line with the word",
    );
    assert.equal(hasFilledGaps([piece("H p", 100, 15, { hasEOL: true }), piece("ợ", 105, 5)]), false);
    const rtl = { dir: "rtl" };
    assert.equal(hasFilledGaps([piece("H p", 100, 15, rtl), piece("ợ", 105, 5, rtl)]), false);
  });

  it("are filled, and the word lies where it is drawn", () => {
    const [word, ...more] = withFilledGaps(items, [...letters("H_p", 100), ...letters("ợ", 105)]);
    assert.equal(word?.str, "Hợp");
    assert.deepEqual(word?.transform, [10, 0, 0, 10, 100, 700]);
    assert.equal(word?.width, 15);
    assert.deepEqual(more, []);
  });

  it("are told from spaces, and from columns", () => {
    const drawn = [piece("H p b", 100, 25), piece("c", 160, 5, { hasEOL: true }), piece("ợ", 105, 5)];
    const onOneLine = drawn.map((one) => ({ ...one, hasEOL: false }));
    const glyphs = [...letters("H_p b", 100), ...letters("c", 160), ...letters("ợ", 105)];
    assert.deepEqual(textsOf(withFilledGaps(onOneLine, glyphs)), ["Hợp b", "c"]);
  });

  it("leave pieces as they are whose letters lie over each other, or can't be found", () => {
    const bold = [piece("Hop", 100, 15), piece("Hop", 100.3, 15)];
    assert.equal(withFilledGaps(bold, [...letters("Hop", 100), ...letters("Hop", 100.3)]).length, 2);
    assert.deepEqual(withFilledGaps(items, []), items);
    assert.deepEqual(withFilledGaps(items, letters("Hxp", 100)), items);
  });

  it("leave what is no text where it was", () => {
    const mark = { type: "beginMarkedContent" };
    const [first, second] = [piece("H p", 100, 15), piece("ợ", 105, 5)];
    const glyphs = [...letters("H_p", 100), ...letters("ợ", 105)];
    const mended = withFilledGaps<object>([mark, first, mark, second], glyphs);
    assert.deepEqual(
      mended.map((one) => ("str" in one ? one.str : one)),
      [mark, "Hợp", mark],
    );
  });

  it("are filled in ligatures and in text that is turned", () => {
    const up = { transform: [0, size, -size, 0, 50, 100] };
    const upper = [piece("fi n", 0, 20, up), piece("ợ", 0, 5, { transform: [0, size, -size, 0, 50, 105] })];
    const glyphs = [
      { text: "ﬁ", isSpace: false, x: 50, y: 100, width: 5 },
      { text: "n", isSpace: false, x: 50, y: 110, width: 5 },
      { text: "ợ", isSpace: false, x: 50, y: 105, width: 5 },
    ];
    assert.deepEqual(textsOf(withFilledGaps(upper, glyphs)), ["fiợn"]);
  });
});

describe("the letters of a page", () => {
  const OPS = {
    ...{ save: 1, restore: 2, transform: 3, beginText: 4, setFont: 5, showText: 6, moveText: 7 },
    ...{ setTextMatrix: 8, setCharSpacing: 9, setWordSpacing: 10, setHScale: 11, setLeading: 12 },
    ...{ nextLine: 13, setLeadingMoveText: 14, paintFormXObjectBegin: 15, paintFormXObjectEnd: 16 },
    setTextRise: 17,
  };
  const glyph = (unicode: string): object => ({ unicode, width: 500, isSpace: unicode === " " });
  const placesOf = (steps: readonly (readonly [keyof typeof OPS, ...unknown[]])[]): unknown[] =>
    glyphsOfPage({
      OPS,
      fnArray: steps.map(([name]) => OPS[name]),
      argsArray: steps.map(([, ...args]) => args),
    }).map(({ text, x, y, width }) => [text, x, y, width]);

  it("stand where fonts, spacing and moves put them", () => {
    assert.deepEqual(
      placesOf([
        ["beginText"],
        ["moveText", 100, 700],
        ["setFont", "f", 10],
        ["showText", [glyph("a"), -1000, glyph("b")]],
        ["setCharSpacing", 1],
        ["setWordSpacing", 2],
        ["setHScale", 200],
        ["showText", [glyph(" "), glyph("c")]],
        ["setLeading", 12],
        ["setTextRise", 3],
        ["nextLine"],
        ["showText", [glyph("d")]],
      ]),
      [
        ["a", 100, 700, 5],
        ["b", 115, 700, 5],
        [" ", 120, 700, 10],
        ["c", 136, 700, 10],
        ["d", 100, 691, 10],
      ],
    );
  });

  it("are moved by matrices of the page, of a drawing in it, and of their text", () => {
    assert.deepEqual(
      placesOf([
        ["setFont", "f", 10],
        ["save"],
        ["transform", 2, 0, 0, 2, 10, 0],
        ["beginText"],
        ["setTextMatrix", new Float32Array([0, 1, -1, 0, 20, 30])],
        ["showText", [glyph("a"), glyph("b")]],
        ["restore"],
        ["paintFormXObjectBegin", [1, 0, 0, 1, 5, 5], null],
        ["beginText"],
        ["setLeadingMoveText", 1, -10],
        ["showText", [glyph("c")]],
        ["nextLine"],
        ["showText", [glyph("d")]],
        ["paintFormXObjectEnd"],
        ["beginText"],
        ["showText", [glyph("e")]],
      ]),
      [
        ["a", 50, 60, 10],
        ["b", 50, 70, 10],
        ["c", 6, -5, 5],
        ["d", 6, -15, 5],
        ["e", 0, 0, 5],
      ],
    );
  });
});
