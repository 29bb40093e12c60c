import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { PageLine } from "../../indexer/read/pdfLines.ts";
import { bodySize, joinHyphens, withoutRepeats } from "../../indexer/read/pdfText.ts";

const of = (text: string, down?: number, size = 10): PageLine => ({
  text,
  size,
  ...(down !== undefined && { down }),
});
const body = of("A line of the text.", 0.5);
const texts = (pages: readonly (readonly PageLine[])[]): string[][] =>
  pages.map((lines) => lines.map(({ text }) => text));

/** On how many of the pages, from 1, what stands there besides the text is left. */
function left(count: number, line: (page: number) => PageLine | undefined): number {
  const pages = Array.from({ length: count }, (_, i) => [line(i + 1) ?? body, body]);
  const other = ({ text }: PageLine): boolean => text !== body.text;
  return withoutRepeats(pages).filter((lines) => lines.some(other)).length;
}

describe("a line on many pages of a PDF", () => {
  it("is a header or a footer in the outer tenth alone, at one height", () => {
    for (const [down, on] of [
      [0.1, 1],
      [0.11, 5],
      [0.89, 5],
      [0.9, 1],
      [undefined, 5],
    ] as const) {
      assert.equal(
        left(5, () => of("Lease", down)),
        on,
        `${down}`,
      );
    }
    assert.equal(
      left(5, (page) => of("Lease", 0.05 + page / 10_000)),
      1,
    );
    assert.equal(
      left(5, (page) => of("Lease", 0.05 + page / 100)),
      5,
    );
  });

  it("repeats on three pages at least, and on two of five", () => {
    assert.equal(
      left(2, () => of("Lease", 0.05)),
      2,
    );
    assert.equal(
      left(3, () => of("Lease", 0.05)),
      1,
    );
    assert.equal(
      left(10, (page) => (page > 4 ? undefined : of("Lease", 0.05))),
      1,
    );
    assert.equal(
      left(10, (page) => (page > 3 ? undefined : of("Lease", 0.05))),
      3,
    );
  });

  it("may count pages from any number on, by one of its first six numbers, unless it is a title", () => {
    assert.equal(
      left(5, (page) => of(`Lease 2026, ${page + 40} of 45`, 0.95)),
      1,
    );
    assert.equal(
      left(5, (page) => of(`Lease ${page * 2}`, 0.95)),
      5,
    );
    assert.equal(
      left(5, (page) => of(`1 2 3 4 5 ${page}`, 0.95)),
      1,
    );
    assert.equal(
      left(5, (page) => of(`1 2 3 4 5 6 ${page}`, 0.95)),
      5,
    );
    assert.equal(
      left(5, (page) => of(`Chapter ${page}`, 0.05, 11.5)),
      1,
    );
    assert.equal(
      left(5, (page) => of(`Chapter ${page}`, 0.05, 12)),
      5,
    );
  });

  it("goes with the empty lines that stood beside it", () => {
    const empty = of("", undefined, 0);
    const page = [of("Lease", 0.04), empty, body, empty, body, empty, of("Page", 0.96)];
    assert.deepEqual(texts(withoutRepeats([page, page, page])), [
      ["Lease", "", body.text, "", body.text, "", "Page"],
      [body.text, "", body.text],
      [body.text, "", body.text],
    ]);
    const bare = [of("Lease", 0.04), empty];
    assert.deepEqual(texts(withoutRepeats([bare, bare, bare])), [["Lease"], [], []]);
  });
});

describe("the size of a PDF's text", () => {
  it("is the one of most letters, not of most lines", () => {
    assert.equal(bodySize([of("a long line of text", 0.5, 10), of("a", 0.1, 18), of("b", 0.2, 18)]), 10);
    assert.equal(bodySize([of("turned, of no size", 0.5, 0), of("a", 0.1, 9)]), 9);
    assert.equal(bodySize([]), 0);
  });
});

describe("a word that a line's end cuts in a PDF", () => {
  const joined = (...pages: readonly (readonly PageLine[])[]): string =>
    texts(joinHyphens(pages))
      .map((lines) => lines.join("/"))
      .join(" | ");

  it("is whole, whatever the hyphen is, and the line that gave all that it had is gone", () => {
    for (const hyphen of ["-", "\u00ad", "\u2010"])
      assert.equal(
        joined([of(`the light${hyphen}`, 0.5), of("house, that burns", 0.52)]),
        "the lighthouse,/that burns",
      );
    const empty = of("", undefined, 0);
    assert.equal(
      joined([of("the light-", 0.5), of("house", 0.52), empty, of("burns", 0.6)]),
      "the lighthouse//burns",
    );
    assert.equal(joined([of("the light-", 0.5), empty, of("house", 0.6)]), "the lighthouse/");
    assert.equal(
      joined([of("light-", 0.5), of("house and lamp-", 0.52), of("light", 0.54)]),
      "lighthouse/and lamplight",
    );
  });

  it("is left as it is where it may be none", () => {
    for (const [cut, next] of [
      ["the light-", "House burns"],
      ["the light-", "7 lamps"],
      ["the a-", "house burns"],
      ["the A-", "house burns"],
      ["the light", "house burns"],
      ["the light- ", "house burns"],
    ] as const) {
      assert.equal(joined([of(cut, 0.5), of(next, 0.52)]), `${cut}/${next}`);
    }
    const heading = (size: number) => joined([of("Light-", 0.4, size), of("houses", 0.42), body, body]);
    assert.match(heading(11.5), /^Lighthouses/);
    assert.match(heading(12), /^Light-\/houses/);
  });

  it("goes on past headers and footers to the next page, and no further", () => {
    const cut = of("the light-", 0.8);
    const [footer, header] = [of("Page 1", 0.91), of("Lease", 0.09)];
    assert.equal(joined([cut, footer], [header, of("house", 0.2)]), "the lighthouse/Page 1 | Lease");
    assert.equal(joined([cut], [], [of("house", 0.2)]), "the light- |  | house");
    assert.equal(joined([cut], [header], [header, of("house", 0.2)]), "the light- | Lease | Lease/house");
    assert.equal(joined([cut, of("Price", 0.85), of("house", 0.87)]), "the light-/Price/house");
    assert.equal(joined([cut, of("Price"), of("house", 0.87)]), "the light-/Price/house");
    assert.equal(joined([cut, of("Price", 0.9), of("house", 0.95)]), "the light-/Price/house");
  });
});
