import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { extract } from "../../indexer/read/extract.ts";
import type { Extracted } from "../../indexer/read/extracted.ts";
import {
  listOverrides,
  listTable,
  names,
  numbers,
  styleSheet,
  type WordFile,
  wordFile,
} from "../support/wordFile.ts";

const read = (file: WordFile): Promise<Extracted> => extract(wordFile(file), "a.doc");
const linesOf = async (file: WordFile): Promise<string[]> =>
  (await read(file)).text.split("\n").filter((line) => line !== "");

const inTable = [0x16, 0x24, 1];
const rowEnd = [...inTable, 0x17, 0x24, 1];
const innerCell = [...inTable, 0x4b, 0x24, 1];
const innerRow = [...inTable, 0x4c, 0x24, 1];
const outline = (level: number): number[] => [0x40, 0x26, level];
const item = (list: number, depth: number): number[] => [0x0b, 0x46, list, 0, 0x0a, 0x26, depth];

/** Paragraphs with their end signs and what holds for them, as a text and where each ends. */
function paragraphsOf(
  all: readonly (readonly [text: string, changes?: readonly number[], style?: number])[],
): WordFile {
  let end = 0;
  const paragraphs = all.map(([text, changes = [], style = 0]) => {
    end += text.length;
    return [end, style, changes] as const;
  });
  return { pieces: [{ text: all.map(([text]) => text).join("") }], paragraphs };
}

const made = (...all: Parameters<typeof paragraphsOf>[0]): Promise<string[]> => linesOf(paragraphsOf(all));

describe("signs in a document of Word 97", () => {
  it("are breaks, tabs, blanks and hyphens, and those without a meaning outside of it are left out", async () => {
    assert.deepEqual(await made(["a\u000bb\u000ec\td\u00a0e\u001ef\u00adg\u001fh\u0001i\r"]), [
      "a",
      "b",
      "c d e-fghi",
    ]);
    // A page ends a paragraph only where there is one.
    assert.deepEqual(await made(["One\f"], ["\fTwo\r"], ["\f"], ["Three\f"]), ["One", "Two", "Three"]);
  });

  it("are those of fields as far as these show them, in one another, too", async () => {
    const field = (hidden: string, shown: string): string => `\u0013${hidden}\u0014${shown}\u0015`;
    const condition = `never${field("never", "never")}never`;
    assert.deepEqual(await made([`a${field(condition, `b${field("never", "c")}`)}\u0013never\u0015d\r`]), [
      "abcd",
    ]);
    assert.deepEqual(
      await made([`${field("never", "a\r").slice(0, -1)}`], ["b\u0015c\u0013never\r"], ["d\r"]),
      ["a", "bc", "d"],
    );
  });

  it("keep what is deleted apart, unless it is space alone", async () => {
    const text = "one  two\r";
    for (const [from, to, lines] of [
      [3, 5, ["onetwo"]],
      [5, 8, ["one", "Deleted: two"]],
    ] as const) {
      assert.deepEqual(await linesOf({ pieces: [{ text }], runs: [[from, to, [0, 8, 1]]] }), lines);
    }
  });
});

describe("paragraphs of a document of Word 97", () => {
  it("are headings by their properties or their style's, if they are not too long, and no lines of contents", async () => {
    const styles = styleSheet([{}, { builtIn: 1 }, { builtIn: 62 }, { builtIn: 19 }]);
    const file = paragraphsOf([
      ["Title\r", [], 2],
      ["First ..... 1\r", [], 3],
      ["First\r", [], 1],
      [`${"a".repeat(250)}\r`, outline(1)],
      [`${"b".repeat(251)}\r`, outline(1)],
      ["Text\r", outline(9), 1],
    ]);
    const { text, headings } = await read({ ...file, parts: { 1: styles } });
    assert.deepEqual(
      headings.map(({ name, level }) => [name, level]),
      [
        ["Title", 1],
        ["First", 2],
        ["a".repeat(250), 3],
      ],
    );
    assert.deepEqual(text.split("\n\n"), ["Title", "First", "a".repeat(250), "b".repeat(251), "Text"]);
  });

  it("have the marks of their lists, in tables and headings, too", async () => {
    const level = (format: number, text: string) => ({ start: 1, format, text });
    const all = Array.from({ length: 9 }, (_, i) => level(i === 1 ? 23 : 0, `${String.fromCharCode(i)})`));
    const parts = { 73: listTable([[40, all]]), 74: listOverrides([40]) };
    // What the block says of the table's length ends before the levels.
    const file = paragraphsOf([
      ["a\r", item(1, 0)],
      ["b\r", item(1, 1)],
      ["c\r", item(0, 0)],
      ["d\r", [...item(1, 0), ...outline(0)]],
      ["e\r", [...item(1, 1), ...outline(0)]],
      ["f\r", item(7, 0)],
      ["g\r", [...inTable, ...item(1, 0)]],
      ["h\u0007", [...inTable, ...item(1, 1)]],
      ["i\u0007", inTable],
      ["\u0007", rowEnd],
    ]);
    assert.deepEqual(await linesOf({ ...file, parts }), [
      "1) a",
      "  • b",
      "c",
      "2) d",
      "e",
      "f",
      "3) g h | i",
    ]);
  });
});

describe("tables of a document of Word 97", () => {
  const row = [
    ["1\u0007", inTable],
    ["2\u0007", inTable],
    ["\u0007", rowEnd],
  ] as const;

  it("have a line for each row, and a table after the other is one of its own", async () => {
    assert.deepEqual(
      await made(
        ["a \r", inTable],
        ["  \r", inTable],
        ["b\u0007", inTable],
        ["c\u0007", inTable],
        ["\u0007", rowEnd],
        ...row,
      ),
      ["a b | c", "1 | 2"],
    );
    const { text } = await read(paragraphsOf([...row, ["Between\r"], ...row]));
    assert.equal(text, "1 | 2\n\nBetween\n\n1 | 2");
  });

  it("are laid out where a cell holds more than a text", async () => {
    const last = ["\u0007", rowEnd] as const;
    assert.deepEqual(await made(...row, ["a\r", inTable], ["b\u0007", inTable], last), ["1 | 2", "a", "b"]);
    assert.deepEqual(await made(...row, ["a\u0007", inTable], last), ["1 | 2", "a"]);
    assert.deepEqual(await made(["a\r", inTable], ["b\u0007", inTable], ["c\u0007", inTable], last), [
      "a b | c",
    ]);
    const head = ["Head\r", [...inTable, ...outline(0)]] as const;
    assert.deepEqual(await made(head, ["b\u0007", inTable], ["c\u0007", inTable], last), ["Head", "b", "c"]);
    assert.deepEqual(await made(["Head\u0007", [...inTable, ...outline(0)]], ["c\u0007", inTable], last), [
      "Head | c",
    ]);
    const { headings } = await read(paragraphsOf([head, ["b\u0007", inTable], last]));
    assert.deepEqual(headings, [{ name: "Head", level: 2, row: 0 }]);
  });

  it("have those in their cells row by row", async () => {
    assert.deepEqual(
      await made(
        ["a\r", inTable],
        [" x \r", innerCell],
        ["y\r", innerCell],
        ["\r", innerRow],
        ["z\r", innerCell],
        ["\r", innerRow],
        ["b\u0007", inTable],
        ["c\u0007", inTable],
        ["\u0007", rowEnd],
      ),
      ["a", "x | y", "z", "b", "c"],
    );
  });

  it("are written as far as they go where their last row does not end, with what hangs on them", async () => {
    assert.deepEqual(await made(...row, ["a\u0007", inTable], ["b\r", inTable]), ["1 | 2", "a | b"]);
    const text = "gone 1\u0007\u0007After\r";
    const paragraphs = [
      [7, 0, inTable],
      [8, 0, rowEnd],
      [text.length, 0],
    ] as const;
    const runs = [[0, 4, [0, 8, 1]]] as const;
    const lines = ["1", "Deleted: gone", "After"];
    assert.deepEqual(await linesOf({ pieces: [{ text }], paragraphs, runs }), lines);
    assert.deepEqual(
      await linesOf({ pieces: [{ text: text.slice(0, 8) }], paragraphs: paragraphs.slice(0, 2), runs }),
      lines.slice(0, 2),
    );
  });
});

describe("what stands beside the main text of a document of Word 97", () => {
  it("is noted, said and repeated, each at its place", async () => {
    const main = "A\u0002 B\u0005 C\u0005 D\u0002 E\u0005.\r";
    const [foot, head, said, end, box] = [
      "Foot.\r",
      "Head\rHead\r \r",
      "Why?\rSo.\r\rNo.\r",
      "End.\r",
      "Boxed\u0007in\fside\r",
    ];
    const marks = [...main].flatMap((sign, i) => (sign === "\u0002" || sign === "\u0005" ? [i] : []));
    const [a = 0, b = 0, c = 0, d = 0, e = 0] = marks;
    const author = (number: number): Buffer => {
      const entry = Buffer.alloc(30);
      entry[20] = number;
      return entry;
    };
    const file: WordFile = {
      pieces: [{ text: main + foot + head + said + end + box }],
      lengths: [main, foot, head, "", said, end, box].map(({ length }) => length),
      parts: {
        2: Buffer.concat([numbers([a, main.length]), Buffer.alloc(2)]),
        3: numbers([0, foot.length]),
        // Comments: by the first author, by none, and one that says nothing.
        4: Buffer.concat([numbers([b, c, e, main.length]), author(1), author(9), author(0)]),
        5: numbers([0, 5, 13, 13]),
        36: names(["Bo", "Åse Lind"]),
        46: Buffer.concat([numbers([d, main.length]), Buffer.alloc(2)]),
        47: numbers([0, end.length]),
      },
    };
    assert.deepEqual(await linesOf(file), [
      "A[1] B C D[2] E.",
      "[1] Foot.",
      "Comment: Åse Lind: Why?",
      "Comment: So. No.",
      "[2] End.",
      "Boxed",
      "in",
      "side",
      "Head",
    ]);
  });
});

describe("the text of a document of Word 97", () => {
  it("lies in pieces, whose properties are found by where each lies", async () => {
    const pieces = [{ text: "One " }, { text: "two.\rThr", isNarrow: true }, { text: "ee.\rFour.\r" }];
    const { text } = await read({ pieces, runs: [[0, 3, [0, 8, 1]]], paragraphs: [[3, 0, outline(0)]] });
    assert.equal(text, "two.\n\nDeleted: One\n\nThree.\n\nFour.");
    // The end of the first paragraph lies in the first piece, that of the second in the last.
    const { headings } = await read({
      pieces: [{ text: "Head\rTe" }, { text: "xt", isNarrow: true }, { text: "\r" }],
      paragraphs: [
        [5, 0, outline(0)],
        [7, 0, outline(0)],
      ],
    });
    assert.deepEqual(headings, [{ name: "Head", level: 2, row: 0 }]);
  });

  it("is not what is deleted in a piece that lies before it", async () => {
    // Positions below 0 lie in the second piece, which the stream has in front of the first.
    const pieces = [{ text: "One two three.\r" }, { text: "Four five" }];
    const { text } = await read({ pieces, runs: [[-9, -5, [0, 8, 1]]] });
    assert.equal(text, "One two three.\n\nfive\n\nDeleted: Four");
  });

  it("has the usual style where a page of properties has no place for it", async () => {
    const styles = styleSheet(Array.from({ length: 17 }, (_, i) => (i === 16 ? { builtIn: 1 } : {})));
    const pieces = [{ text: "One\rTwo\r" }, { text: "Three" }];
    const { headings } = await read({ pieces, paragraphs: [[4, 16], [8]], parts: { 1: styles } });
    assert.deepEqual(headings, [{ name: "One", level: 2, row: 0 }]);
  });

  it("may be that of a page, a mail or a text", async () => {
    const page = "The lamp burns. ".repeat(20).trim();
    for (const [source, expected] of [
      [`<html><p>${page}</p></html>`, page],
      [`\ufeff \n<!DOCTYPE html><p>${page}`, page],
      [`<META charset=utf-8><p>${page}`, page],
      [`<htmlx>${page}`, `<htmlx>${page}`],
      ["From: a\nMIME-Version: 1.0\nSubject: Mail\n\nIt.", "Mail\n\nFrom: a\n\nIt."],
      ["From: a\nSubject: none\n\nIt.", "From: a\nSubject: none\n\nIt."],
      ["Words\nMIME-Version: 1.0", "Words\nMIME-Version: 1.0"],
      ["A note: x\nMIME-Version: 1.0", "A note: x\nMIME-Version: 1.0"],
      ["A: x\nNo MIME-Version: 1.0", "A: x\nNo MIME-Version: 1.0"],
      [
        "MIME-Version: 1.0\nContent-Type:multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n<p>Saved\n--b--",
        "Saved",
      ],
      ["MIME-Version: 1.0\nX-Content-Type: multipart/related\nSubject: s\n\nIt.", "s\n\nIt."],
    ] as const) {
      assert.equal((await extract(Buffer.from(source), "a.doc")).text, expected, source);
    }
  });

  it("is listed with the reason where there is none", async () => {
    await assert.rejects(read(paragraphsOf([["\r"]])), { message: "The document holds no text." });
  });
});
