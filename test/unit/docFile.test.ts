import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { maxDocumentCharacters } from "../../indexer/files/limits.ts";
import { DocFile } from "../../indexer/read/docFile.ts";
import { numbers } from "../support/wordFile.ts";

interface Described {
  /** By the positions in the text: where it begins in the stream, and whether a character has one byte. */
  readonly pieces: readonly (readonly [start: number, end: number, offset: number, isNarrow?: boolean])[];
  readonly size?: number;
  /** What stands behind the table of pieces. */
  readonly behind?: Buffer;
  readonly lengths?: readonly number[];
}

const textAt = 1_000;

/** A document whose stream has letters one after the other from its thousandth byte on. */
function docFile({ pieces, size = 1_026, behind = Buffer.alloc(0), lengths = [] }: Described): DocFile {
  const main = Buffer.alloc(size, "abcdefghijklmnopqrstuvwxyz");
  for (let at = textAt; at < Math.min(size, textAt + 26); at++) main[at] = 97 + at - textAt;
  main.fill(0, 0, textAt);
  main.writeUInt16LE(0xa5ec, 0);
  main.writeUInt16LE(0xc1, 2);
  lengths.forEach((length, i) => {
    main.writeUInt32LE(length, 0x4c + 4 * i);
  });
  const places = pieces.map(([, , offset, isNarrow]) => {
    const place = Buffer.alloc(8);
    place.writeUInt32LE(isNarrow ? (offset * 2) | 0x40000000 : offset, 2);
    return place;
  });
  const last = pieces.at(-1)?.[1] ?? 0;
  const table = Buffer.concat([numbers([...pieces.map(([start]) => start), last]), ...places]);
  const clx = Buffer.concat([Buffer.from([2]), numbers([table.length]), table]);
  main.writeUInt32LE(clx.length, 0x9a + 8 * 33 + 4);
  const streams: Readonly<Record<string, Buffer>> = {
    WordDocument: main,
    "0Table": Buffer.concat([clx, behind]),
  };
  return new DocFile({ stream: (name) => streams[name] });
}

describe("the text of a Word 97 file", () => {
  it("is put together from its pieces, each found again in the stream", () => {
    const file = docFile({
      pieces: [
        [0, 3, textAt + 10, true],
        [3, 5, textAt],
        [5, 9, textAt + 4, true],
        [9, 10, textAt + 20, true],
      ],
    });
    assert.equal(file.text, `klm${Buffer.from("abcd").toString("utf16le")}efghu`);
    assert.deepEqual(
      [0, 2, 3, 4, 5, 8, 9].map((position) => file.offsetOf(position) - textAt),
      [10, 12, 0, 2, 4, 7, 20],
    );
  });

  it("has no pieces without text or beyond the stream, and of one that goes on beyond it what is there", () => {
    const file = docFile({
      pieces: [
        [0, 2, textAt, true],
        [2, 2, textAt + 5, true],
        [2, 1, textAt + 6, true],
        [1, 9, textAt + 2_000, true],
        [9, 19, textAt + 26],
        [19, 29, textAt + 23],
        [29, 30, textAt + 1, true],
      ],
    });
    assert.equal(file.text, `ab${Buffer.from("xy").toString("utf16le")}b`);
    assert.deepEqual(
      file.pieces.map(({ start, end }) => [start, end]),
      [
        [0, 2],
        [2, 3],
        [3, 4],
      ],
    );
  });

  it("is not longer than a book's", () => {
    const size = textAt + maxDocumentCharacters + 1;
    const most = docFile({ pieces: [[0, maxDocumentCharacters, textAt, true]], size });
    assert.equal(most.text.length, maxDocumentCharacters);
    assert.throws(() => docFile({ pieces: [[0, maxDocumentCharacters + 1, textAt, true]], size }), {
      name: "UnreadableFile",
      message: "The document holds more text than any book has.",
    });
  });

  it("is parted into texts by their lengths, as far as it goes", () => {
    const file = docFile({ pieces: [[0, 20, textAt, true]], lengths: [5, 3, 0, 2, 50] });
    assert.deepEqual(
      (["main", "footnotes", "headers", "macros", "comments", "endnotes", "headerBoxes"] as const).map(
        (text) => file.rangeOf(text),
      ),
      [
        [0, 5],
        [5, 8],
        [8, 8],
        [8, 10],
        [10, 20],
        [20, 20],
        [20, 20],
      ],
    );
  });

  it("has no lists where the file names none, whatever stands in the table", () => {
    const file = docFile({ pieces: [[0, 1, textAt, true]], behind: Buffer.from("more") });
    assert.equal(file.partAndMore("lists").length, 0);
    assert.ok(file.partAndMore("clx").toString("latin1").endsWith("more"));
    assert.equal(file.part("clx").toString("latin1").endsWith("more"), false);
  });
});
