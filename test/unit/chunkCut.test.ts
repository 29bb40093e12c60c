import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Chunk } from "../../indexer/chunk/chunk.ts";
import { cut } from "../../indexer/chunk/cut.ts";
import { HeadingReader } from "../../indexer/chunk/headings.ts";
import { Lines } from "../../indexer/chunk/lines.ts";
import { type Section, sortSections } from "../../indexer/chunk/outline.ts";
import type { Sizes } from "../../indexer/chunk/sizes.ts";

/** Each row below is ten characters with its line break, so sizes are rows times ten. */
const sizes: Sizes = { target: 40, most: 60, least: 20, named: 30, alone: 15, line: 1000, heading: 40 };

interface Given {
  /** What a cut before each row costs. */
  readonly cost: readonly number[];
  readonly named?: readonly number[];
  readonly wholeFrom?: number;
  readonly sizes?: Partial<Sizes>;
  readonly rows?: readonly string[];
}

/** The lines of the chunks of a text with these costs, each as "FIRST-LAST". */
function cutting({ cost, named = [], wholeFrom = 5, sizes: other, rows }: Given): string[] {
  const text = (rows ?? cost.map((_, row) => `row ${row}`.padEnd(9, "."))).join("\n");
  const outline = {
    cost: Uint16Array.from(cost),
    named: Uint8Array.from(cost, (_, row) => (named.includes(row) ? 1 : 0)),
    wholeFrom,
    sections: [],
  };
  return cut(new Lines(text), outline, { ...sizes, ...other }).map(
    ({ startLine, endLine }) => `${startLine}-${endLine}`,
  );
}

describe("a text", () => {
  it("that fits is one chunk", () => {
    assert.deepEqual(cutting({ cost: [1, 2, 1, 2, 1, 2] }), ["1-6"]);
    assert.deepEqual(cutting({ cost: [1] }), ["1-1"]);
  });

  it("is always cut where a cut costs nothing, however small the parts", () => {
    assert.deepEqual(cutting({ cost: [1, 0, 2, 0, 1] }), ["1-1", "2-3", "4-5"]);
    assert.deepEqual(cutting({ cost: [1, 0] }), ["1-1", "2-2"]);
  });

  it("that does not fit is cut where it costs least, and small parts are put together", () => {
    assert.deepEqual(cutting({ cost: [1, 3, 3, 2, 3, 3, 2, 3] }), ["1-3", "4-6", "7-8"]);
    assert.deepEqual(cutting({ cost: [1, 2, 2, 2, 2, 2, 2, 2, 2] }), ["1-4", "5-9"]);
    assert.deepEqual(cutting({ cost: [1, 2, 2, 2, 2, 2, 2, 2, 2, 2] }), ["1-4", "5-8", "9-10"]);
    assert.deepEqual(cutting({ cost: [1, 3, 3, 3, 3, 3, 3, 3, 3, 2, 3] }), ["1-4", "5-9", "10-11"]);
  });

  it("of several named things is cut at them when it is larger than these may be together", () => {
    const cost = [1, 3, 2, 3];
    assert.deepEqual(cutting({ cost, named: [2] }), ["1-2", "3-4"]);
    assert.deepEqual(cutting({ cost, named: [0] }), ["1-4"]);
    assert.deepEqual(cutting({ cost, named: [2], wholeFrom: 2 }), ["1-4"]);
    assert.deepEqual(cutting({ cost: [1, 3, 2], named: [2] }), ["1-3"]);
    assert.deepEqual(cutting({ cost: [1, 2, 2], named: [1, 2], sizes: { named: 20, alone: 5 } }), [
      "1-2",
      "3-3",
    ]);
  });

  it("has no named thing of next to nothing alone", () => {
    assert.deepEqual(cutting({ cost: [1, 2, 3, 3], named: [0, 1] }), ["1-4"]);
    assert.deepEqual(cutting({ cost: [1, 2, 3, 3], named: [0, 1], sizes: { alone: 10 } }), ["1-1", "2-4"]);
  });
});

describe("a heading path", () => {
  /** Sections of a text, written as "NAME FIRST-LAST". */
  const reader = (said: string, longest = 99): HeadingReader => {
    const sections: Section[] = said.split(", ").map((one) => {
      const [name = "", first, last] = one.split(/ |-/);
      return { name, first: Number(first), last: Number(last) };
    });
    return new HeadingReader(sortSections(sections), longest);
  };

  it("names what holds a chunk, then what begins or ends in it", () => {
    const read = reader("A 0-20, B 2-9, C 3-5, D 6-9, E 10-20, F 12-14, G 16-20");
    const found = [
      [0, 1],
      [2, 2],
      [3, 7],
      [8, 11],
      [12, 14],
      [15, 20],
      [21, 22],
    ].map(([first = 0, last = 0]) => read.read(first, last));
    assert.deepEqual(found, [
      "A",
      "A › B",
      "A › B › C, D",
      "A › B, D, E",
      "A › E › F",
      "A › E › G",
      undefined,
    ]);
  });

  it("names six things at most", () => {
    const names = ["A", "B", "C", "D", "E", "F", "G"];
    const all = names.map((name, row) => `${name} ${row}-${row}`);
    assert.equal(reader(all.join(", ")).read(0, 9), "A, B, C, D, E, F, …");
    assert.equal(reader(all.slice(0, 6).join(", ")).read(0, 9), "A, B, C, D, E, F");
    assert.equal(reader("A 0-3, a 1-2, B 4-6, b 5-6").read(0, 9), "A, a, B, b");
    assert.equal(reader("A 0-9, a 1-1, b 2-2, c 3-3, B 10-19, d 11-11, e 12-12").read(0, 20), "A, B");
  });

  it("that is too long loses its outer names, then its end", () => {
    assert.equal(reader("Lamps 0-9, Oil 1-9", 11).read(2, 3), "Lamps › Oil");
    assert.equal(reader("Lamps 0-9, Oil 1-9", 10).read(2, 3), "Oil");
    assert.equal(reader("Lamps 0-9, Lanterns 1-9", 5).read(2, 3), "Lant…");
    assert.equal(reader("Lamps 0-9", 5).read(2, 3), "Lamps");
  });
});

describe("a chunk", () => {
  const outline = (count: number, sections: readonly Section[] = []) => ({
    cost: new Uint16Array(count).fill(2),
    named: new Uint8Array(count),
    wholeFrom: 5,
    sections,
  });
  const chunks = (text: string, placeOf?: Parameters<typeof cut>[3]): Chunk[] => {
    const lines = new Lines(text);
    return cut(lines, outline(lines.count, [{ name: "A", first: 2, last: 3 }]), sizes, placeOf);
  };

  it("has no blank lines around it, and a text of nothing but them has none", () => {
    assert.deepEqual(chunks("\n \n  a\n\nb\n\t\n\n"), [
      { text: "  a\n\nb", startLine: 3, endLine: 5, heading: "A" },
    ]);
    assert.deepEqual(chunks("\n \n"), []);
    assert.equal(chunks("\n  a  \n")[0]?.text, "  a  ");
  });

  it("says where it stands, where its format tells", () => {
    const asked: number[][] = [];
    const found = chunks("\na\nb\n", (first, last) => {
      asked.push([first, last]);
      return { page: 7 };
    });
    assert.deepEqual([found[0]?.page, asked], [7, [[1, 2]]]);
  });

  it("of a line that is too large holds a part of it, each with the same place", () => {
    const found = chunks(`a\n${"x".repeat(100)}\nb`);
    assert.deepEqual(
      found.map(({ text, startLine, endLine }) => [text.length, startLine, endLine]),
      [
        [1, 1, 1],
        [40, 2, 2],
        [40, 2, 2],
        [20, 2, 2],
        [1, 3, 3],
      ],
    );
    assert.equal(chunks("x".repeat(59)).length, 1);
    assert.equal(chunks("x".repeat(60)).length, 2);
  });
});

describe("small parts", () => {
  it("join the neighbour from which a cut would cost more", () => {
    const rows = (lengths: readonly number[]): string[] => lengths.map((length) => "x".repeat(length - 1));
    const joined = (cost: readonly number[], lengths: readonly number[], named: readonly number[] = []) =>
      cutting({ cost, named, rows: rows(lengths) });
    assert.deepEqual(joined([1, 2, 2], [40, 10, 40]), ["1-2", "3-3"]);
    assert.deepEqual(joined([1, 2, 3], [40, 10, 40]), ["1-1", "2-3"]);
    assert.deepEqual(joined([1, 3, 2], [40, 10, 40]), ["1-2", "3-3"]);
    assert.deepEqual(joined([1, 2, 0], [40, 10, 40]), ["1-2", "3-3"]);
    assert.deepEqual(joined([1, 0, 2], [40, 10, 40]), ["1-1", "2-3"]);
    assert.deepEqual(joined([1, 0, 0], [40, 10, 40]), ["1-1", "2-2", "3-3"]);
    assert.deepEqual(joined([1, 2, 2], [40, 20, 40]), ["1-1", "2-2", "3-3"]);
    assert.deepEqual(joined([1, 2, 2], [55, 10, 40]), ["1-1", "2-3"]);
    assert.deepEqual(joined([1, 2, 2], [55, 10, 55]), ["1-1", "2-2", "3-3"]);
    assert.deepEqual(joined([1, 2], [50, 10]), ["1-2"]);
    assert.deepEqual(joined([1, 2], [51, 10]), ["1-1", "2-2"]);
    assert.deepEqual(joined([1, 2], [10, 50]), ["1-2"]);
    assert.deepEqual(joined([1, 2, 0, 2], [19, 41, 40, 21]), ["1-2", "3-3", "4-4"]);
  });

  it("that have names join only within the smaller limit, unless they are next to nothing", () => {
    const rows = (lengths: readonly number[]): string[] => lengths.map((length) => "x".repeat(length - 1));
    const joined = (lengths: readonly number[], named: readonly number[]) =>
      cutting({ cost: [1, 2, 2], named, rows: rows(lengths) });
    assert.deepEqual(joined([40, 16, 40], [1]), ["1-1", "2-3"]);
    assert.deepEqual(joined([40, 16, 40], [1, 2]), ["1-1", "2-2", "3-3"]);
    assert.deepEqual(joined([40, 14, 40], [1, 2]), ["1-2", "3-3"]);
    assert.deepEqual(joined([14, 16, 40], [1, 2]), ["1-2", "3-3"]);
  });

  it("that fit to both sides join the one from which a cut would cost more", () => {
    const rows = (lengths: readonly number[]): string[] => lengths.map((length) => "x".repeat(length - 1));
    assert.deepEqual(cutting({ cost: [1, 3, 2], named: [1], rows: rows([25, 10, 40]) }), ["1-2", "3-3"]);
    const few = { alone: 25 };
    assert.deepEqual(cutting({ cost: [1, 2, 3], named: [2], rows: rows([40, 16, 25]), sizes: few }), [
      "1-1",
      "2-3",
    ]);
    assert.deepEqual(cutting({ cost: [1, 2, 2], rows: rows([40, 16, 40]) }), ["1-2", "3-3"]);
  });
});
