import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { linesOf, textOf, worthOf } from "../../indexer/read/scanLines.ts";
import type { ReadPage } from "../../indexer/read/tesseract.ts";

type Paragraph = ReadPage["blocks"][number]["paragraphs"][number];
type Line = Paragraph["lines"][number];
type Word = readonly [text: string, confidence: number];

const bbox = { x0: 20, y0: 10, x1: 50, y1: 30 };
const sheet = { width: 100, height: 200 };

function line(...words: readonly Word[]): Line {
  return {
    rowAttributes: { rowHeight: 40 },
    words: words.map(([text, confidence]) => ({ text, confidence, bbox })),
  };
}

const page = (...paragraphs: readonly (readonly Line[])[]): ReadPage => ({
  blocks: [{ paragraphs: paragraphs.map((lines) => ({ lines: [...lines] })) }],
});

const shown = (read: ReadPage, by: 0 | 90 | 180 | 270 = 0) => linesOf(read, sheet as never, by, 300);
const text = (read: ReadPage): string => textOf({ lines: shown(read) });

describe("the lines of a page that was read", () => {
  it("are without what is read in stains: single signs without confidence, and lines of little", () => {
    assert.equal(text(page([line(["lamp", 90], ["~", 24], ["oil", 25])])), "lamp oil");
    assert.equal(text(page([line(["lamp", 90])], [line(["Iil", 39], ["iI", 39])])), "lamp");
    assert.equal(text(page([line(["lamp", 40])])), "lamp");
    assert.equal(text(page([line([" ", 99], ["", 99])], [line([" oil ", 99])])), "oil");
  });

  it("count long words for more than short ones", () => {
    assert.equal(text(page([line(["lighthouse", 50], ["a", 26])])), "lighthouse a");
    assert.equal(text(page([line(["lighthouse", 30], ["a", 99])])), "");
  });

  it("say which of them begins a paragraph, and their size in points", () => {
    const read = page([line(["x", 1]), line(["one", 90]), line(["two", 90])], [line(["three", 90])]);
    assert.deepEqual(
      shown(read).map(({ words, isFirst, size }) => [words[0]?.[0], isFirst, size]),
      [
        ["one", true, 9.6],
        ["two", undefined, 9.6],
        ["three", true, 9.6],
      ],
    );
  });

  it("have their words' places on the page as it is shown, however it was turned to be read", () => {
    const read = page([line(["lamp", 90])]);
    const places = ([0, 90, 180, 270] as const).map((by) => shown(read, by)[0]?.words[0]?.slice(1));
    assert.deepEqual(places, [
      [2000, 500, 5000, 1500],
      [500, 5000, 1500, 8000],
      [5000, 8500, 8000, 9500],
      [8500, 2000, 9500, 5000],
    ]);
  });
});

describe("what the reading of a page is worth", () => {
  it("is more the more words it has and the surer they are; single signs are none", () => {
    const worth = (...words: readonly Word[]): number => worthOf(page([line(...words)])).worth;
    assert.equal(worth(["lamp", 90]), 200);
    assert.equal(worth(["lamp", 90], ["1837", 50]), 240);
    assert.equal(worth(["lamp", 90], ["a", 99], ["1", 99], ["|||", 99]), 200);
    assert.equal(worth(["lamp", 90], ["stain", 20]), 200);
  });

  it("is sure from eight words on that were read well", () => {
    const isSure = (count: number, confidence: number): boolean =>
      worthOf(page([line(...Array.from({ length: count }, () => ["lamp", confidence] as const))])).isSure;
    assert.equal(isSure(8, 75), true);
    assert.equal(isSure(7, 99), false);
    assert.equal(isSure(8, 74), false);
    assert.equal(worthOf({ blocks: [] }).isSure, false);
  });
});
