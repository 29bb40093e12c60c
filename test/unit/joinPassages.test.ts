import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { joinPassages } from "../../engine/answer/joinPassages.ts";
import type { Hit } from "../../protocol/data.ts";
import { hitOf } from "../support/hits.ts";

const chunk = (path: string, ordinal: number, text: string, rest: Partial<Hit> = {}): Hit => {
  const lines = { startLine: ordinal * 10 + 1, endLine: ordinal * 10 + 9 };
  return hitOf(text, { path, ...lines, score: 0.5, marks: [[0, 3]], ordinal, ...rest });
};
const texts = (hits: readonly Hit[]): string[] => hits.map(({ text }) => text);
const marked = ({ text, marks }: Hit): string[] => marks.map(([from, to]) => text.slice(from, to));

describe("passages of what was found", () => {
  it("join neighbours in the order of the file, at the place of the better, with their marks", () => {
    const [first, second, ...others] = joinPassages(
      [chunk("a", 1, "two of a", { score: 0.9 }), chunk("b", 0, "b alone"), chunk("a", 0, "one of a")],
      8,
    );
    assert.ok(first && second);
    assert.equal(others.length, 0);
    assert.equal(first.text, "one of a\n\ntwo of a");
    assert.deepEqual(marked(first), ["one", "two"]);
    assert.deepEqual([first.startLine, first.endLine, first.score, first.ordinal], [1, 19, 0.9, undefined]);
    assert.equal(second.text, "b alone");
  });

  it("join the two sides of a chunk that comes later, and keep apart what is no neighbour", () => {
    const around = [chunk("a", 0, "one"), chunk("a", 2, "three"), chunk("a", 5, "six")];
    assert.deepEqual(texts(joinPassages(around, 8)), ["one", "three", "six"]);
    assert.deepEqual(texts(joinPassages([...around, chunk("a", 1, "two")], 8)), [
      "one\n\ntwo\n\nthree",
      "six",
    ]);
  });

  it("are not joined over files, folders, pages, pieces of one line, or to more than can be read", () => {
    const pairs: [Hit, Hit][] = [
      [chunk("a", 0, "one"), chunk("b", 1, "two")],
      [chunk("a", 0, "one"), chunk("a", 1, "two", { folder: "/v" })],
      [chunk("a", 0, "one", { page: 1 }), chunk("a", 1, "two", { page: 2 })],
      [chunk("a", 0, "one", { endLine: 1 }), chunk("a", 1, "two", { startLine: 1, endLine: 1 })],
      [chunk("a", 0, "o".repeat(3_000)), chunk("a", 1, "t".repeat(3_000))],
    ];
    for (const pair of pairs) assert.deepEqual(joinPassages(pair, 8), pair);
  });

  it("stand under the headings that all their parts have", () => {
    const headings = (...all: (string | undefined)[]): string | undefined =>
      joinPassages(
        all.map((heading, i) => chunk("a", i, `${i}`, heading === undefined ? {} : { heading })),
        8,
      )[0]?.heading;
    assert.equal(headings("Setup › Linux", "Setup › Windows"), "Setup");
    assert.equal(headings("Setup", "Setup › Windows › Paths"), "Setup");
    assert.equal(headings("Setup", "Use"), "Setup");
    assert.equal(headings(undefined, "Use"), "Use");
    assert.equal(headings(undefined, undefined), undefined);
  });

  it("give what stands in several files once, with their names, and the next best in its place", () => {
    const found = [
      chunk("a.md", 0, "The notice is\nthree months."),
      chunk("b.md", 4, "The notice is three months."),
      chunk("a.md", 7, "The notice is three months."),
      chunk("c.md", 0, "The notice is three months.", { folder: "/v", folderName: "v" }),
      chunk("d.md", 0, "Another thing."),
      chunk("e.md", 0, "Too much."),
    ];
    const passages = joinPassages(found, 2);
    assert.deepEqual(
      passages.map(({ path, alsoIn }) => [path, alsoIn]),
      [
        ["a.md", ["b.md", "v/c.md"]],
        ["d.md", undefined],
      ],
    );
  });

  it("do not say of a whole passage that it stands elsewhere, where a part of it does", () => {
    const found = [chunk("a", 0, "one"), chunk("b", 3, "one"), chunk("a", 1, "two")];
    assert.deepEqual(texts(joinPassages(found, 8)), ["one", "two"]);
  });

  it("are made of as many chunks as are wanted", () => {
    const found = Array.from({ length: 12 }, (_, i) => chunk("a", i * 2, `chunk ${i}`));
    assert.equal(joinPassages(found, 8).length, 8);
    const neighbours = Array.from({ length: 12 }, (_, i) => chunk("a", i, `chunk ${i}`));
    assert.equal(joinPassages(neighbours, 3)[0]?.text, "chunk 0\n\nchunk 1\n\nchunk 2");
  });
});
