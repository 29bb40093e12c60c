import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { columnsApart } from "../../indexer/read/pdfColumns.ts";
import { type Row, textOfRow, type Upright } from "../../indexer/read/pdfRows.ts";

type Cell = readonly [text: string, x: number, right: number];

/** 200 points of running text. */
const words = "the keeper of the lamp went up the tower";
const pitch = 12;

const piece = ([text, x, right]: Cell): Upright => ({
  text,
  x,
  y: 0,
  width: right - x,
  size: 10,
  angle: 0,
  isRightToLeft: false,
  isVertical: false,
});

function row(y: number, ...cells: readonly Cell[]): Row {
  const left = Math.min(...cells.map(([, x]) => x));
  const right = Math.max(...cells.map(([, , end]) => end));
  return { pieces: cells.map(piece), left, right, y, size: 10 };
}

/** A page of rows, each a line below the one before. */
const page = (...rows: readonly (readonly Cell[])[]): Row[] =>
  rows.map((cells, i) => row(7_500 - pitch * i, ...cells));
const times = <T>(count: number, of: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => of(i));
/** A line of two columns that part between `from` and `to`. */
const line = (name: string, from = 250, to = 270): Cell[] => [
  [`L${name} ${words}`, 50, from],
  [`R${name} ${words}`, to, to + 200],
];
const lines = (count: number, ...gap: [from?: number, to?: number]): Cell[][] =>
  times(count, (i) => line(`${i}`, ...gap));

/** The first word of each row as it comes. */
const orderOf = (rows: readonly Row[]): string =>
  columnsApart(rows)
    .map((one) => textOfRow(one).split(" ")[0])
    .join(" ");
const apart = (count: number): string =>
  [...times(count, (i) => `L${i}`), ...times(count, (i) => `R${i}`)].join(" ");
const isApart = (rows: readonly Row[]): boolean => columnsApart(rows).length > rows.length;

describe("columns that are drawn line by line across", () => {
  it("are told apart from six lines up to the longest page, each line at its place", () => {
    assert.equal(orderOf(page(...lines(6))), apart(6));
    assert.equal(isApart(page(...lines(5))), false);
    assert.equal(orderOf(page(...lines(600))), apart(600));
    const long = page(...lines(601));
    assert.deepEqual(columnsApart(long), long);
    const second = columnsApart(page(...lines(6)))[7];
    const { y, size, left, right, pieces } = second ?? row(0);
    assert.deepEqual([y, size, left, right, pieces.length], [7_500 - pitch, 10, 270, 470, 1]);
  });

  it("may be three, and their pieces may be drawn in any order with blanks in between", () => {
    const three = times(6, (i): Cell[] => [
      [`R${i} ${words}`, 490, 690],
      [" ", 250, 270],
      [`M${i} ${words}`, 270, 470],
      [" ", 470, 490],
      [`L${i} ${words}`, 50, 250],
    ]);
    const expected = ["L", "M", "R"].flatMap((name) => times(6, (i) => `${name}${i}`)).join(" ");
    assert.equal(orderOf(page(...three)), expected);
  });

  it("may have lines that are drawn in several pieces", () => {
    const pieces = (x: number): Cell[] => [
      [words.slice(0, 10), x, x + 60],
      [words.slice(10, 20), x + 60, x + 130],
      [words.slice(20), x + 130, x + 200],
    ];
    const drawn = columnsApart(page(...times(6, () => [...pieces(50), ...pieces(270)])));
    assert.deepEqual(
      drawn.map(({ left, right }) => [left, right]),
      [...times(6, () => [50, 250]), ...times(6, () => [270, 470])],
    );
  });

  it("are parted by a gap that is wider than between words", () => {
    assert.equal(isApart(page(...lines(6, 250, 259))), false);
    assert.equal(isApart(page(...lines(6, 250, 260))), true);
  });

  it("part at one place in all their lines, if a little further left or right", () => {
    const [wide, left, right] = [line("a"), line("b", 240, 257), line("c", 263, 290)];
    const mixed = (...gap: [number, number]): Row[] =>
      page(...times(8, (i) => (i % 2 ? line("b", ...gap) : wide)));
    assert.equal(isApart(mixed(263, 290)), true);
    assert.equal(isApart(mixed(264, 290)), false);
    assert.equal(isApart(mixed(240, 257)), true);
    assert.equal(isApart(mixed(240, 256)), false);
    const [beside, farther] = [257, 256].map((to) => times(5, () => line("b", 240, to)));
    assert.equal(isApart(page(wide, ...(beside ?? []))), true);
    assert.equal(isApart(page(wide, ...(farther ?? []))), false);
    // Each parts where the first one does, but not where the others do.
    assert.equal(isApart(page(wide, left, left, left, right, right, right)), false);
    assert.equal(isApart(page(wide, right, right, right, left, left, left)), false);
  });

  it("go on past a line that only one of them has", () => {
    const [before, after] = [lines(3), times(3, (i) => line(`${i + 4}`))];
    const leftOnly: Cell[] = [
      ["L3 end.", 50, 90],
      [" ", 262, 267],
    ];
    assert.equal(orderOf(page(...before, leftOnly, ...after)), "L0 L1 L2 L3 L4 L5 L6 R0 R1 R2 R4 R5 R6");
    const rightOnly: Cell[] = [["R3 end.", 270, 310]];
    assert.equal(orderOf(page(...before, rightOnly, ...after)), "L0 L1 L2 L4 L5 L6 R0 R1 R2 R3 R4 R5 R6");
  });

  it("end where a line goes across, where the page begins anew, and where much is free", () => {
    const across: Cell[] = [["Heading over all of the page, across the columns", 50, 470]];
    const twice = `${apart(6)} Heading ${apart(6)}`;
    assert.equal(orderOf(page(...lines(6), across, ...lines(6))), twice);
    assert.equal(orderOf([...page(...lines(6)), ...page(...lines(6))]), `${apart(6)} ${apart(6)}`);
    const below = (drop: number): Row[] => {
      const first = page(...lines(6));
      const last = first.at(-1)?.y ?? 0;
      return [...first, ...lines(6).map((cells, i) => row(last - drop - pitch * i, ...cells))];
    };
    assert.equal(orderOf(below(41)), `${apart(6)} ${apart(6)}`);
    assert.equal(orderOf(below(40)).startsWith(`${apart(6)} `), false);
    // The heading is far above the columns.
    assert.equal(orderOf([row(7_600, ...across), ...page(...lines(6))]), `Heading ${apart(6)}`);
  });
});

describe("what only looks like columns", () => {
  const cells = (count: number): Cell[] =>
    times(count, (i): Cell => [`the red boat ${i}`, 50 + 100 * i, 130 + 100 * i]);

  it("is a table where it has many gaps", () => {
    assert.equal(isApart(page(...times(6, () => cells(6)))), true);
    assert.equal(isApart(page(...times(6, () => cells(7)))), false);
  });

  it("is no running text where many lines are short, on either side", () => {
    for (const side of [0, 1]) {
      const short = (right: number): Cell[] =>
        line("").map(([text, x], i): Cell => [text, x, i === side ? x + right : x + 200]);
      const withShort = (count: number, right: number): Row[] =>
        page(...times(10, (i) => (i < 10 - count ? short(200) : short(right))));
      assert.equal(isApart(withShort(4, 100)), false);
      assert.equal(isApart(withShort(3, 100)), true);
      assert.equal(isApart(withShort(4, 150)), false);
      assert.equal(isApart(withShort(4, 151)), true);
    }
  });

  it("is no running text where many lines are hardly of several words, on either side", () => {
    const number = "3,141,592,653,589,793 pounds";
    for (const side of [0, 1]) {
      const line = (text: string): Cell[] => [
        [side ? words : text, 50, 250],
        [side ? text : words, 270, 470],
      ];
      const withNumbers = (count: number): Row[] =>
        page(...times(10, (i) => line(i < 10 - count ? "of three words" : number)));
      assert.equal(isApart(withNumbers(3)), false);
      assert.equal(isApart(withNumbers(2)), true);
    }
  });

  it("is running text also where a line is set in and the others are ragged", () => {
    const ragged = times(9, (i): Cell[] => [
      i === 4 ? [words, 150, 250] : [words, 50, 210],
      [words, 270, 470],
    ]);
    assert.equal(isApart(page(...ragged)), true);
  });
});
