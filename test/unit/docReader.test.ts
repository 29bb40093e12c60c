import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { extract } from "../../indexer/read/extract.ts";
import type { Extracted } from "../../indexer/read/extracted.ts";
import { compoundFile, streamsOf, type WordFile, wordFile } from "../support/wordFile.ts";

const folder = fileURLToPath(new URL("../fixtures/files/", import.meta.url));
const fixture = (name: string): Promise<Extracted> => extract(readFileSync(folder + name), name);
const made = (file: WordFile): Promise<Extracted> => extract(wordFile(file), "a.doc");
const deleted = [0x00, 0x08, 1];
const hidden = [0x3c, 0x08, 1];

describe("a document of Word 97", () => {
  const lines = [
    "Lease of the ferry slip",
    "1. Parties",
    "The tenant pays 430 € a month[1] to the harbour.",
    "[1] By the first of the month.",
    "Comment: Jon Vik: Is that with heating?",
    "Deleted: 390 €",
    "The keys go to Perdita Oakes",
    "Deleted: and nobody else.",
    "may change the lock[2].",
    "Deleted: The tenant",
    "2. Duties",
    "2.1 Form of notices",
    "(a) in writing,",
    "  i. signed,",
    "  ii. dated;",
    "(b) by hand.",
    "2.2 Boats",
    "See the harbour’s page. Ring at the gate.",
    "Boat | Berth",
    "Perdita | 7, on the north side",
    "Fees",
    "Summer | 80 €",
    "Signed in Ålesund, “gladly”, 日本 and Москва.",
    "[2] At the tenant’s own cost.",
    "In a box: ring twice.",
    "Kestrel Lane Legal, privileged",
    "Page 1",
  ];

  it("is read as it stands when accepted, with what hangs on its text, each once", async () => {
    const { text, headings } = await fixture("slip.doc");
    assert.deepEqual(
      text.split("\n").filter((line) => line !== ""),
      lines,
    );
    assert.deepEqual(
      headings.map(({ name, level }) => [name, level]),
      [
        ["Lease of the ferry slip", 1],
        ["1. Parties", 2],
        ["2. Duties", 2],
        ["2.1 Form of notices", 3],
        ["2.2 Boats", 3],
      ],
    );
    for (const { name, row } of headings) assert.equal(text.split("\n")[row], name);
  });

  it("has its text in pieces, of one byte a character or of two, in any order in the file", async () => {
    const pieces = [
      { text: "The “price” is 5 € ", isNarrow: true },
      { text: "in 東京.\r" },
      { text: "Second line\u000bof – it\r", isNarrow: true },
    ];
    const { text } = await made({ pieces });
    assert.equal(text, "The “price” is 5 € in 東京.\n\nSecond line\nof – it");
  });

  it("shows of fields what they show, and nothing of what is hidden or was deleted", async () => {
    const field = "\u0013 HYPERLINK secret \u0014the page\u0015";
    const text = `See ${field}.\rkept gone never\rone\rtwo\u001ethree\u001ffour\r`;
    const at = (word: string): number => text.indexOf(word);
    const runs = [
      [at("gone"), at("gone") + 4, deleted],
      [at(" never"), at(" never") + 6, hidden],
      [at("one\r") + 3, at("one\r") + 4, deleted],
    ] as const;
    for (const isNarrow of [true, false]) {
      const read = await made({ pieces: [{ text, isNarrow }], runs });
      assert.equal(read.text, "See the page.\n\nkept\n\nDeleted: gone\n\nonetwo-threefour");
    }
  });

  it("ends where its main text does, and a field without an end ends with its paragraph", async () => {
    const pieces = [{ text: "\u0013 HYPERLINK never\rThe end.\rOf a note that nothing marks.\r" }];
    const { text } = await made({ pieces, mainLength: 27 });
    assert.equal(text, "The end.");
  });

  it("has notes of several paragraphs, whose fields end with each, and no note in a note", async () => {
    const main = "Rent\u0002 is \u0013 REF a \u0014due\u0002\u0015 now.\r";
    const notes = ["By noon.\u0013 REF never", "Old \u0013 REF never\r \rnew\u0002.\r", "Deep.\r"];
    const text = main + notes.join("");
    // The third mark stands in the second note.
    const marks = [...text].flatMap((sign, i) => (sign === "\u0002" ? [i] : []));
    const ends = notes.map((_, i) => notes.slice(0, i + 1).join("").length);
    const read = await made({
      pieces: [{ text }],
      mainLength: main.length,
      notes: marks.map((mark, i) => [mark, ends[i] ?? 0] as const),
    });
    assert.equal(read.text, "Rent[1] is due[2] now.\n\n[1] By noon.\n\n[2] Old new.");
  });

  it("whose page of properties counts more of them than fit is read all the same", async () => {
    const text = "kept gone\r";
    const bytes = wordFile({ pieces: [{ text }], runs: [[4, 9, deleted]] });
    for (const count of [60, 101, 127, 255]) {
      const streams = streamsOf(bytes) ?? {};
      streams["WordDocument"]?.writeUInt8(count, 4 * 512 + 511);
      const read = await extract(compoundFile(streams), "a.doc");
      assert.match(read.text, /^kept/, `${count}`);
    }
  });

  it("that is locked, too old, damaged or empty is listed with the reason", async () => {
    const pieces = [{ text: "words\r" }];
    await assert.rejects(made({ pieces, flags: 0x0300 }), /protected by a password/);
    await assert.rejects(made({ pieces, version: 0x65 }), /Word 95 or older.*save it as DOCX/);
    await assert.rejects(made({ pieces: [{ text: "\r\r" }] }), /holds no text/);
    await assert.rejects(made({ pieces, flags: 0 }), /does not say where its text is/);
    const nothing = compoundFile({ WordDocument: Buffer.from("no Word document") });
    await assert.rejects(extract(nothing, "a.doc"), /holds no text part/);
    const cut = readFileSync(`${folder}slip.doc`).subarray(0, 600);
    await assert.rejects(extract(cut, "a.doc"), /damaged/);
  });
});
