import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { openCompoundFile, u16, u32 } from "../../indexer/read/compoundFile.ts";
import { DocLists } from "../../indexer/read/docLists.ts";
import { changesIn } from "../../indexer/read/docProperties.ts";
import { DocStyles } from "../../indexer/read/docStyles.ts";
import {
  compoundFile,
  listOverrides,
  listTable,
  styleSheet,
  type WordLevel,
  type WordStyle,
} from "../support/wordFile.ts";

describe("a number in a file of Word 97", () => {
  it("is 0 where the file ends", () => {
    const bytes = Buffer.from([1, 2, 3, 4, 5]);
    assert.deepEqual(
      [0, 3, 4, 5, -1].map((at) => u16(bytes, at)),
      [0x201, 0x504, 0, 0, 0],
    );
    assert.deepEqual(
      [0, 1, 2, 5, -1].map((at) => u32(bytes, at)),
      [0x4030201, 0x5040302, 0, 0, 0],
    );
  });

  it("stands in a stream at the top of the archive", async () => {
    const { stream } = await openCompoundFile(
      compoundFile({ One: Buffer.from("1"), "Inner/Two": Buffer.from("2") }),
    );
    assert.equal(stream("One")?.toString(), "1");
    assert.equal(stream("Two"), undefined);
    assert.equal(stream("Three"), undefined);
    await assert.rejects(openCompoundFile(Buffer.from("none")), {
      name: "UnreadableFile",
      message: "The document is damaged: its streams can't be read.",
    });
  });
});

/** A change of which the operand's size is in its highest bits. */
const change = (what: number, ...operand: readonly number[]): number[] => [what & 255, what >> 8, ...operand];

describe("changes of a Word 97 document", () => {
  it("have operands of the sizes that their numbers say", () => {
    const after = change(0x2416, 9);
    for (const [what, operand, value] of [
      [0x0800, [5], 5],
      [0x2640, [5], 5],
      [0x460b, [5, 6], 0x605],
      [0x6815, [5, 6, 7, 8], 0x605],
      [0x8840, [5, 6], 0x605],
      [0xa413, [5, 6], 0x605],
      [0xe003, [5, 6, 7], 0x605],
    ] as const) {
      const changes = changesIn(Buffer.from([...change(what, ...operand), ...after]));
      assert.deepEqual(
        [...changes],
        [
          [what, value],
          [0x2416, 9],
        ],
        what.toString(16),
      );
    }
    assert.deepEqual([...changesIn(Buffer.from([...change(0xc60d, 3, 1, 2, 3), ...after]))], [[0x2416, 9]]);
    assert.deepEqual(
      [...changesIn(Buffer.from([...change(0xd608, 4, 0, 1, 2, 3), ...after]))],
      [[0x2416, 9]],
    );
    const long = [...change(0xd608, 0x2d, 1), ...Array<number>(300).fill(7), ...after];
    assert.deepEqual([...changesIn(Buffer.from(long))], [[0x2416, 9]]);
  });

  it("end where no operand is left", () => {
    assert.deepEqual([...changesIn(Buffer.from([...change(0x2416, 9), 0, 8]))], [[0x2416, 9]]);
    assert.deepEqual([...changesIn(Buffer.from([...change(0x2416, 9), 0]))], [[0x2416, 9]]);
    assert.deepEqual([...changesIn(Buffer.alloc(0))], []);
  });
});

describe("styles of a Word 97 document", () => {
  const outline = (level: number): number[] => change(0x2640, level);
  const levels = (styles: readonly (WordStyle | undefined)[], cut?: number): (number | undefined)[] => {
    const sheet = new DocStyles(styleSheet(styles).subarray(0, cut));
    return styles.map((_, style) => sheet.headingLevel({ style, changes: new Map() }));
  };

  it("are headings by what they are, or the outline that they or what they are based on say", () => {
    assert.deepEqual(
      levels([
        { builtIn: 0 },
        { builtIn: 1 },
        { builtIn: 9 },
        { builtIn: 10 },
        { builtIn: 62 },
        { base: 4 },
        { base: 5 },
        { base: 2 },
        undefined,
        { changes: outline(0) },
        { changes: outline(8) },
        { changes: outline(9), builtIn: 1 },
        { base: 10 },
        { builtIn: 1, base: 10 },
        // Only changes of paragraphs are.
        { kind: 2, changes: outline(0) },
      ]),
      [undefined, 2, 10, undefined, 1, 1, undefined, 10, undefined, 2, 10, undefined, 10, 10, undefined],
    );
  });

  it("may be based on each other in a circle, in more steps than any, or on one that is not there", () => {
    assert.deepEqual(levels([{ base: 1 }, { base: 0 }, { base: 0 }, { base: 77 }]), Array(4).fill(undefined));
    const chain = (steps: number): readonly WordStyle[] =>
      Array.from({ length: steps }, (_, i) => (i + 1 === steps ? { builtIn: 1 } : { base: i + 1 }));
    assert.equal(levels(chain(20))[0], 2);
    assert.equal(levels(chain(21))[0], undefined);
  });

  it("are lines of contents by what they are", () => {
    const kinds = [18, 19, 27, 28].map((builtIn) => ({ builtIn }));
    const sheet = new DocStyles(styleSheet([...kinds, { base: 1 }]));
    const of = [0, 1, 2, 3, 4, 5].map((style) => sheet.isOfContents({ style, changes: new Map() }));
    assert.deepEqual(of, [false, true, true, false, true, false]);
  });

  it("say what is changed where the paragraph does not, and as far as the file goes", () => {
    const sheet = new DocStyles(styleSheet([{ changes: change(0x2416, 1) }, { base: 0 }]));
    assert.equal(sheet.change({ style: 1, changes: new Map() }, 0x2416), 1);
    assert.equal(sheet.change({ style: 1, changes: new Map([[0x2416, 0]]) }, 0x2416), 0);
    assert.equal(sheet.change({ style: 1, changes: new Map() }, 0x2417), undefined);
    const styles = [{ builtIn: 1 }, { builtIn: 2 }];
    assert.deepEqual(levels(styles, styleSheet(styles).length - 27), [2, undefined]);
    const more = styleSheet(styles);
    more.writeUInt16LE(1, 2);
    assert.equal(new DocStyles(more).headingLevel({ style: 1, changes: new Map() }), undefined);
  });
});

describe("lists of a Word 97 document", () => {
  const level = (text: string, format = 0, start = 1): WordLevel => ({ start, format, text });
  const nine = (...own: readonly WordLevel[]): WordLevel[] =>
    Array.from({ length: 9 }, (_, i) => own[i] ?? level(`${String.fromCharCode(i)}.`));

  it("count each level from its start, below the one above it", () => {
    const first = nine(
      { ...level("\u0000)", 0, 3), looks: [5, 7] },
      { ...level("\u0000.\u0001", 4, 1), looks: [0, 3] },
      level("(\u0002\t\u0009)", 2, 4),
    );
    const lists = new DocLists(
      listTable([
        [70, first],
        [71, [level("§\u0000", 1)]],
        [72, nine(level("x", 23))],
      ]),
      listOverrides([71, 70, 72]),
    );
    const marks = [
      [2, 0],
      [2, 1],
      [2, 1],
      [2, 2],
      [1, 0],
      [2, 0],
      [2, 2],
      [3, 0],
      [3, 1],
      [1, 0],
      [2, 8],
    ] as const;
    assert.deepEqual(
      marks.map(([number, depth]) => lists.mark(number, depth)),
      ["3)", "3.a", "3.b", "(iv\t\t)", "§I", "4)", "(iv\t\t)", "•", "1.", "§II", "1."],
    );
  });

  it("write numbers as their formats say", () => {
    const formats = [0, 1, 2, 3, 4, 22, 23, 255, 99];
    const lists = new DocLists(
      listTable(formats.map((format, i) => [i, [level("<\u0000>", format, 4)]])),
      listOverrides(formats.map((_, i) => i)),
    );
    assert.deepEqual(
      formats.map((_, i) => lists.mark(i + 1, 0)),
      ["<4>", "<IV>", "<iv>", "<D>", "<d>", "<04>", "•", "<>", "<4>"],
    );
  });

  it("that are not there have no marks, and one that refers to levels below it counts on", () => {
    const table = listTable([
      [0, [level("\u0000 \u0001", 0)]],
      [9, nine()],
    ]);
    const lists = new DocLists(table, listOverrides([0, 5]));
    assert.equal(lists.mark(1, 0), "1 1");
    for (const [number, depth] of [
      [0, 0],
      [2, 0],
      [3, 0],
      [1, 1],
      [1, -1],
    ] as const) {
      assert.equal(lists.mark(number, depth), undefined, `${number} ${depth}`);
    }
    // What is cut off is not there, and no more is read than there is.
    const cut = new DocLists(table.subarray(0, 2 + 2 * 28 + 10), listOverrides([0, 9]));
    assert.equal(cut.mark(2, 0), undefined);
    const tooMany = listOverrides([0, 9]);
    tooMany.writeUInt32LE(0xffffffff, 0);
    assert.equal(new DocLists(table, tooMany).mark(2, 0), "1.");
    const fewer = listOverrides([0, 9]);
    fewer.writeUInt32LE(1, 0);
    assert.equal(new DocLists(table, fewer).mark(2, 0), undefined);
    assert.equal(new DocLists(Buffer.alloc(0), Buffer.alloc(0)).mark(1, 0), undefined);
  });
});
