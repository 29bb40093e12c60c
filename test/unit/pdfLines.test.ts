import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { linesOfPage } from "../../indexer/read/pdfLines.ts";
import type { TextPiece } from "../../indexer/read/pdfRows.ts";

/** A piece of text of ten points, whose letters are five points wide. */
function piece(str: string, x: number, y: number, more: Partial<TextPiece> = {}): TextPiece {
  return { str, transform: [10, 0, 0, 10, x, y], width: str.length * 5, height: 10, hasEOL: false, ...more };
}

/** The same, written in an angle against the page. */
function turned(str: string, x: number, y: number, degrees: number): TextPiece {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  return piece(str, x, y, { transform: [10 * cos, 10 * sin, -10 * sin, 10 * cos, x, y] });
}

const textsOf = (...pieces: readonly TextPiece[]): string[] => linesOfPage(pieces).map(({ text }) => text);
const times = <T>(count: number, of: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => of(i));

describe("the lines of a page of a PDF", () => {
  it("have their type's size to half a point, and no place where the page has no size", () => {
    const sized = (height: number, ...transform: number[]): TextPiece =>
      piece("lamp", 50, 700, { height, transform: [...transform, 50, 700] });
    for (const [one, size] of [
      [sized(10.3, 10, 0, 0, 10), 10.5],
      [sized(10.2, 10, 0, 0, 10), 10],
      [sized(0, 6, 0, 6, 8), 10],
      [sized(0, 0, 0, 0, 0), 10],
    ] as const) {
      assert.deepEqual(linesOfPage([one]), [{ text: "lamp", size }]);
      assert.deepEqual(linesOfPage([one], [0, 0, 0, 0]), [{ text: "lamp", size }]);
    }
    assert.deepEqual(linesOfPage([]), []);
  });

  it("are apart where much is free between them, by what is usual on the page", () => {
    const shown = (...drops: readonly number[]): number[] =>
      textsOf(
        ...[0, ...drops].map((_, i) => {
          const fallen = drops.slice(0, i).reduce((sum, drop) => sum + drop, 0);
          return piece("x", 50, 700 - fallen);
        }),
      ).flatMap((text, i) => (text === "" ? [i] : []));
    assert.deepEqual(shown(12, 12, 17, 12), []);
    assert.deepEqual(shown(12, 12, 18, 12), [3]);
    // The usual one is not the smallest, nor the middle of all.
    assert.deepEqual(shown(12, 12, 12, 30, 30), [4, 6]);
    assert.deepEqual(shown(12, 12, 30, 30), [3, 5]);
    assert.deepEqual(shown(12, 12, 30, 30, 30), []);
  });

  it("are apart where a column ends", () => {
    const column = (name: string, x: number): TextPiece[] =>
      times(3, (i) => piece(`${name}${i}`, x, 700 - 12 * i));
    assert.deepEqual(textsOf(...column("a", 50), ...column("b", 300)), [
      "a0",
      "a1",
      "a2",
      "",
      "b0",
      "b1",
      "b2",
    ]);
  });

  it("are told apart by those below each other, not by those on one height", () => {
    const pairs = times(4, (i) => [
      piece(`right${i}`, 300, 700 - 12 * i),
      piece(`left${i}`, 50, 700 - 12 * i),
    ]);
    const lines = textsOf(...pairs.flat(), piece("end", 50, 634));
    assert.deepEqual(lines.slice(-3), ["left3", "", "end"]);
    assert.equal(lines.indexOf(""), 8);
  });

  it("are none where nothing but blanks is drawn", () => {
    assert.deepEqual(
      textsOf(piece(" ", 50, 712), piece("lamp", 50, 700), piece("", 9, 9), piece("\u0003", 50, 688)),
      ["lamp"],
    );
    assert.deepEqual(textsOf(piece("lamp", 50, 700), turned(" ", 500, 100, 90)), ["lamp"]);
  });
});

describe("the order of a PDF's lines", () => {
  const columns = (count: number, rows: number): TextPiece[] =>
    times(count, (column) =>
      times(rows, (i) => piece(`${column}.${i}`, 50 + 80 * column, 700 - 12 * i)),
    ).flat();
  const asDrawn = (pieces: readonly TextPiece[]): boolean =>
    textsOf(...pieces)
      .filter((text) => text !== "")
      .join() === pieces.map(({ str }) => str).join();

  it("is that of drawing, unless it goes up again and again", () => {
    assert.equal(asDrawn(columns(5, 2)), true);
    assert.equal(asDrawn(columns(6, 2)), false);
    assert.deepEqual(textsOf(...columns(6, 2)), ["0.0 1.0 2.0 3.0 4.0 5.0", "0.1 1.1 2.1 3.1 4.1 5.1"]);
    assert.equal(asDrawn(columns(6, 4)), false);
    assert.equal(asDrawn([...columns(6, 4), piece("end", 450, 640)]), true);
    // A line that is only as much further up as it is high is not above.
    const raised = (by: number): TextPiece[] =>
      times(6, (i) => [piece(`${i}a`, 50 + 80 * i, 600), piece(`${i}b`, 40 + 80 * i, 600 - by)]).flat();
    assert.equal(asDrawn(raised(10)), true);
    assert.equal(asDrawn(raised(10.5)), false);
  });

  it("is from left to right on nearly one height where it is mended", () => {
    const scattered = (off: number, height = 10): string[] =>
      textsOf(
        ...times(6, (i) => [
          piece(`${i}b`, 300, 500 + 20 * i, { height }),
          piece(`${i}a`, 50, 500 + 20 * i - off, { height }),
        ]).flat(),
      ).filter((text) => text !== "");
    assert.deepEqual(scattered(4).slice(0, 2), ["5a 5b", "4a 4b"]);
    assert.deepEqual(scattered(4.5).slice(0, 2), ["5b", "5a"]);
    assert.deepEqual(scattered(2, 4).slice(0, 2), ["5a 5b", "4a 4b"]);
    assert.deepEqual(scattered(2.1, 4).slice(0, 2), ["5b", "5a"]);
  });

  it("has text that leans a little among what is upright, and what is turned after it", () => {
    for (const degrees of [10, -10]) {
      assert.deepEqual(textsOf(piece("lamp", 50, 700), turned("oil", 75, 700, degrees)), ["lamp oil"]);
      assert.deepEqual(textsOf(turned("oil", 75, 700, degrees * 1.1), piece("lamp", 50, 700)), [
        "lamp",
        "",
        "oil",
      ]);
    }
    assert.deepEqual(textsOf(turned(`oil${" ".repeat(9)}`, 500, 100, 90), piece("lamp", 50, 700)), [
      "lamp",
      "",
      "oil",
    ]);
  });

  it("is by the direction in which most is written, by which the place on the page goes, too", () => {
    const view = [0, 0, 600, 800];
    const up = linesOfPage([turned("one", 150, 100, 90), turned("more", 150, 120, 90)], view);
    assert.deepEqual(up, [{ text: "one more", size: 10, down: 0.25 }]);
    const over = linesOfPage([turned("one", 500, 200, 180), turned("more", 480, 200, -180)], view);
    assert.deepEqual(
      over.map(({ text, down = 0 }) => [text, Math.round(down * 1000) / 1000]),
      [["one more", 0.25]],
    );
    const within = linesOfPage([piece("lamp", 50, 700)], [0, 100, 600, 900]);
    assert.deepEqual(within, [{ text: "lamp", size: 10, down: 0.25 }]);
  });
});

describe("the pieces of a line of a PDF", () => {
  const joined = (...pieces: readonly TextPiece[]): string => textsOf(...pieces).join("/");

  it("are on one height or nearly so, and go on to the right", () => {
    assert.equal(joined(piece("lamp", 50, 700), piece("oil", 80, 705)), "lamp oil");
    assert.equal(joined(piece("lamp", 50, 700), piece("oil", 80, 694.9)), "lamp/oil");
    assert.equal(joined(piece("lamp", 50, 700), piece("i", 40, 700)), "lamp i");
    assert.equal(joined(piece("lamp", 50, 700), piece("i", 39, 700)), "lamp/i");
    assert.equal(joined(piece("lamp", 50, 700), piece("i", 40, 700), piece("j", 31, 700)), "lamp i j");
  });

  it("are words where there is room in between, or a blank", () => {
    assert.equal(joined(piece("la", 50, 700), piece("mp", 61.5, 700)), "lamp");
    assert.equal(joined(piece("la", 50, 700), piece("mp", 61.6, 700)), "la mp");
    assert.equal(
      joined(piece("the ", 50, 700), piece(" lamp\u0007 of\ufffeoil ", 90, 700)),
      "the lamp of oil",
    );
    assert.equal(
      joined(piece("lamplight", 50, 700), piece("er", 60, 700), piece("s", 95, 700)),
      "lamplighters",
    );
  });

  it("are words where they are the marks of notes, which are small and raised, and no powers", () => {
    const raised = (str: string, x: number, height = 6, up = 3): TextPiece =>
      piece(str, x, 700 + up, { height });
    const marked = (word: string, mark: string, height?: number, up?: number): string =>
      joined(piece(word, 50, 700), raised(mark, 50 + 5 * word.length, height, up));
    assert.equal(marked("lamp", "1"), "lamp 1");
    assert.equal(marked("lamp", "1", 6, 5), "lamp 1");
    assert.equal(marked("lamp.", "123"), "lamp. 123");
    for (const unit of ["m", "7 km", "cm", "6mmm"]) assert.equal(marked(unit, "2"), `${unit}2`);
    assert.equal(marked("lamp", "1234"), "lamp1234");
    assert.equal(marked("lamp", "a"), "lampa");
    assert.equal(marked("lamp", "1", 8), "lamp1");
    assert.equal(marked("lamp", "1", 7.9), "lamp 1");
    assert.equal(marked("lamp", "1", 6, 2), "lamp1");
    assert.equal(marked("lamp", "1", 6, 2.1), "lamp 1");
    assert.equal(joined(raised("1", 50), piece("The lamp", 55, 700)), "1 The lamp");
    assert.equal(joined(raised("1", 50), piece("7 lamps", 55, 700)), "17 lamps");
  });

  it("may be letters that are set far apart", () => {
    assert.equal(joined(piece("N O T E", 50, 700)), "NOTE");
    assert.equal(joined(piece("N O T E :", 50, 700)), "NOTE:");
    assert.equal(joined(piece("A B C", 50, 700)), "A B C");
    assert.equal(joined(piece("no t e s", 50, 700)), "no t e s");
    assert.equal(joined(piece("N O T Es", 50, 700)), "N O T Es");
    assert.equal(joined(piece("1 N O T E", 50, 700)), "1 N O T E");
  });

  it("go on to the left in a line from right to left, unless much is free in between", () => {
    const rtl = { dir: "rtl" };
    const word = (x: number): TextPiece => piece("שלום", x, 700, rtl);
    assert.equal(joined(word(400), piece("Vik", 356, 700)), "שלום Vik");
    assert.equal(joined(word(400), piece("Vik", 355, 700)), "שלום/Vik");
    assert.equal(joined(piece("Vik", 400, 700), word(360)), "Vik שלום");
  });
});
