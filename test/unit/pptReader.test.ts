import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { extract } from "../../indexer/read/extract.ts";
import { type Extracted, UnreadableFile } from "../../indexer/read/extracted.ts";
import { read } from "../../indexer/read/pptReader.ts";
import { Random } from "../soak/random.ts";
import {
  group,
  numbers,
  type PptFile,
  pptFile,
  pptStreams,
  record,
  shape,
  shapeOfOutline,
  text,
} from "../support/pptFile.ts";
import { compoundFile, streamsOf } from "../support/wordFile.ts";

const fixture = readFileSync(fileURLToPath(new URL("../fixtures/files/kickoff.ppt", import.meta.url)));
const made = (file: PptFile): Promise<Extracted> => extract(pptFile(file), "a.ppt");
const placeholder = (kind: number): Buffer =>
  record(0xf011, [record(0x0bc3, Buffer.from([0, 0, 0, 0, kind, 0, 0, 0]))]);
const cell = (content: string, left: number, top: number): Buffer =>
  shape(text(4, content), record(0xf00f, numbers(left, top, left + 10, top + 10)));
const isTable = record(0xf122, Buffer.from([0x9f, 0x03, 1, 0, 0, 0]), 1);

describe("a presentation of PowerPoint 97", () => {
  it("of LibreOffice is read as the PPTX is of which it was made", async () => {
    const pptx = fileURLToPath(new URL("../fixtures/files/kickoff.pptx", import.meta.url));
    assert.deepEqual(
      await extract(fixture, "kickoff.ppt"),
      await extract(readFileSync(pptx), "kickoff.pptx"),
    );
  });

  it("has slides without a title, which are called by their numbers", async () => {
    const sentence = `${"A text that is far too long for a title, as it goes on and on. ".repeat(4)}End.`;
    const { text: whole } = await made({ slides: [{ shapes: [shape(text(4, sentence))] }, { shapes: [] }] });
    assert.deepEqual(whole.split("\n"), ["Slide 1", "", sentence, "", "Slide 2"]);
  });

  it("has the texts of its placeholders in its outline, beside text boxes, and notes on pages of their own", async () => {
    const outline = [text(6, "Fjord Ålesund"), text(1, "Лампа горит\vвсю ночь\r灯台は東京\r\r")];
    const shapes = [shapeOfOutline(1), shape(text(4, "A box: größer")), shapeOfOutline(0), shapeOfOutline(7)];
    const read = await made({
      slides: [
        { shapes, outline, notes: "Thank Åse.\rThen Jürgen." },
        { shapes: [shape(text(4, "Never shown"))], isHidden: true, notes: "Для себя" },
      ],
    });
    assert.deepEqual(read.text.split("\n"), [
      "Fjord Ålesund",
      "",
      "• Лампа горит всю ночь",
      "• 灯台は東京",
      "",
      "A box: größer",
      "",
      "Notes: Thank Åse.",
      "Then Jürgen.",
      "",
      "Never shown (hidden slide)",
      "",
      "Notes: Для себя",
    ]);
    assert.deepEqual(read.places, [
      { startLine: 1, place: { in: "slide", slide: 1 } },
      { startLine: 8, place: { in: "slide", slide: 1, notes: true } },
      { startLine: 11, place: { in: "slide", slide: 2 } },
      { startLine: 13, place: { in: "slide", slide: 2, notes: true } },
    ]);
  });

  it("has tables as rows by where the cells stand, and other groups as the shapes that they are", async () => {
    const cells = [
      cell("B2", 50, 20),
      cell("A1", 0, 0),
      cell("", 0, 20),
      cell("C2", 90, 20),
      cell("B1", 50, 0),
    ];
    const line = record(0xf004, [record(0xf00a, numbers(1, 0), 20), record(0xf00f, numbers(0, 20, 90, 20))]);
    const shapes = [shape(text(0, "Prices")), group([...cells, line], isTable), group(cells.slice(0, 2))];
    const { text: all } = await made({ slides: [{ shapes }] });
    assert.equal(all, "Prices\n\nA1 | B1\n | B2 | C2\n\nB2\n\nA1");
  });

  it("leaves out numbers, dates and footers, and has the levels of its lists", async () => {
    const levels = Buffer.alloc(10 + 8 + 10);
    levels.writeUInt32LE(4, 0);
    // A sign of the list and two tab stops stand between the two stretches.
    levels.writeUInt32LE(0x0010_0080, 6);
    levels.writeUInt16LE(1, 12);
    levels.writeUInt32LE(5, 18);
    levels.writeUInt16LE(2, 22);
    const list = Buffer.concat([text(1, "one\rtwo"), record(0x0fa1, levels)]);
    const number = Buffer.concat([text(4, "Page *"), record(0x0fd8, numbers(5, 0))]);
    const shapes = [
      shape(text(4, "Kestrel Lane"), placeholder(9)),
      shape(text(0, "Lists")),
      shape(list),
      shape(number),
      shape(Buffer.concat([text(4, "*"), record(0x0ff8, numbers(0))])),
    ];
    assert.equal((await made({ slides: [{ shapes }] })).text, "Lists\n\n• one\n    • two\n\nPage");
  });

  it("has the levels of its lists whatever else is said of a paragraph", async () => {
    const masks: readonly (readonly [mask: number, bytes: number])[] = [
      ...[0x1, 0x8, 0x80, 0x10, 0x40, 0x800, 0x1000, 0x2000, 0x4000, 0x100, 0x400, 0x8000].map(
        (mask) => [mask, 2] as const,
      ),
      [0x20, 4],
      ...[0x10000, 0x20000, 0x80000, 0x200000].map((mask) => [mask, 2] as const),
      [0x100000, 2 + 4 * 3],
      [0x3f_fdff, 2 * 15 + 4 + 4 * 3],
    ];
    for (const [mask, bytes] of masks) {
      const levels = Buffer.alloc(20 + bytes);
      levels.writeUInt32LE(4, 0);
      levels.writeUInt32LE(mask, 6);
      // Of tab stops, which stand after what the lower bits name and before the rest, there are three.
      if (mask & 0x100000) levels.writeUInt16LE(3, mask === 0x100000 ? 10 : 10 + 2 * 11 + 4);
      levels.writeUInt32LE(5, 10 + bytes);
      levels.writeUInt16LE(2, 14 + bytes);
      const list = shape(Buffer.concat([text(1, "one\rtwo"), record(0x0fa1, levels)]));
      const { text: all } = await made({ slides: [{ shapes: [shape(text(0, "T")), list] }] });
      assert.equal(all, "T\n\n• one\n    • two", `0x${mask.toString(16)}`);
    }
  });

  it("leaves out the sign of each kind of field, and knows a title by its placeholder", async () => {
    const fields = [0x0fd8, 0x0ff7, 0x0ff8, 0x0ff9, 0x0ffa, 0x1015];
    for (const field of fields) {
      const sign = shape(Buffer.concat([text(4, "a * b"), record(field, numbers(2))]));
      assert.equal((await made({ slides: [{ shapes: [shape(text(0, "T")), sign] }] })).text, "T\n\na b");
    }
    for (const kind of [1, 3, 13, 15, 17, 2]) {
      const shapes = [shape(text(4, "First")), shape(text(4, "Second"), placeholder(kind))];
      const { headings } = await made({ slides: [{ shapes }] });
      assert.equal(headings[0]?.name, kind === 2 ? "First" : "Second", `${kind}`);
    }
    for (const kind of [5, 7, 8, 9, 10, 11]) {
      const shapes = [shape(text(0, "T")), shape(text(4, "no"), placeholder(kind))];
      assert.equal((await made({ slides: [{ shapes }] })).text, "T", `${kind}`);
    }
  });

  it("that was saved several times is read as it was saved last, also where its edits go round", async () => {
    const slides = [{ shapes: [shape(text(0, "Old"))] }, { shapes: [shape(text(0, "Second"))] }];
    const later = { shapes: [shape(text(0, "New"))] };
    assert.equal((await made({ slides })).text, "Old\n\nSecond");
    assert.equal((await made({ slides, later })).text, "New\n\nSecond");
    assert.equal((await made({ slides, later, isLooping: true })).text, "New\n\nSecond");
  });

  it("for PowerPoint 95 and 97 alike is read as it is for 97", async () => {
    const streams = pptStreams({ slides: [{ shapes: [shape(text(0, "For 97"))] }] });
    const inFolder = Object.entries(streams).map(([name, bytes]) => [`PP97_DUALSTORAGE/${name}`, bytes]);
    const for95 = { "PowerPoint Document": Buffer.alloc(5_000, 1), "Current User": Buffer.alloc(50, 1) };
    const bytes = compoundFile({ ...for95, ...Object.fromEntries(inFolder) });
    assert.equal((await extract(bytes, "a.ppt")).text, "For 97");
  });

  it("that has lost a slide gives what its outline has of it, and says so", async () => {
    const streams = pptStreams({
      slides: [
        { shapes: [], outline: [text(0, "Left in the outline")] },
        { shapes: [shape(text(0, "Sound"))] },
      ],
    });
    const main = streams["PowerPoint Document"] ?? Buffer.alloc(0);
    main.writeUInt16LE(0x1111, main.indexOf(Buffer.from([0xee, 0x03])));
    const read = await extract(compoundFile(streams), "a.ppt");
    assert.equal(read.text, "Left in the outline\n\nSound");
    assert.equal(read.partly, "Not read: slide 1, which is damaged.");
  });

  it("that is locked, too old, damaged or empty is listed with the reason", async () => {
    const slides = [{ shapes: [shape(text(0, "Words"))] }];
    await assert.rejects(made({ slides, isEncrypted: true }), /protected by a password/);
    await assert.rejects(
      extract(compoundFile({ PP40: Buffer.alloc(5_000) }), "a.ppt"),
      /PowerPoint 95.*PPTX/,
    );
    await assert.rejects(extract(Buffer.from("no such file"), "a.ppt"), /damaged/);
    const nothing = compoundFile({ "PowerPoint Document": Buffer.alloc(5_000) });
    await assert.rejects(extract(nothing, "a.ppt"), /does not say which slides/);
    const deep = Array.from({ length: 300 }).reduce<Buffer>((inner) => group([inner]), group([]));
    await assert.rejects(made({ slides: [{ shapes: [deep] }] }), /nested far deeper/);
    const none = { slides: [] };
    await assert.rejects(made(none), /holds no text/);
  });

  it("whose slides are all the same one, again and again, comes to an end", async () => {
    const shapes = Array.from({ length: 2_000 }, () => shape(text(4, "")));
    const streams = pptStreams({
      slides: Array.from({ length: 3_000 }, (_, i) => ({ shapes: i ? [] : shapes })),
    });
    const main = streams["PowerPoint Document"] ?? Buffer.alloc(0);
    const directory = main.lastIndexOf(Buffer.from([0x72, 0x17])) + 6;
    const first = main.readUInt32LE(directory + 8);
    for (let i = 0; i < 3_000; i++) main.writeUInt32LE(first, directory + 8 + 4 * i);
    await assert.rejects(extract(compoundFile(streams), "a.ppt"), /more records than any program writes/);
  });

  it("of more slides than are read says so", async () => {
    const slides = Array.from({ length: 10_003 }, () => ({ shapes: [] }));
    assert.equal((await made({ slides })).partly, "Not read: the slides from 10,001 on.");
  });
});

describe("a broken presentation of PowerPoint 97", () => {
  const fails = async (bytes: Buffer, what: string): Promise<boolean> => {
    try {
      await read(bytes);
      return false;
    } catch (error) {
      assert.ok(error instanceof UnreadableFile, `${what}: ${String(error)}`);
      return true;
    }
  };

  const { "PowerPoint Document": main = Buffer.alloc(0), ...others } = streamsOf(fixture) ?? {};

  it("cut off anywhere is listed", async () => {
    for (let end = 0; end < fixture.length; end += 512) {
      await fails(fixture.subarray(0, end), `cut off at ${end}`);
    }
    for (let end = 0; end < main.length; end += 512) {
      const bytes = compoundFile({ ...others, "PowerPoint Document": main.subarray(0, end) });
      assert.ok(await fails(bytes, `its stream cut off at ${end}`));
    }
  });

  it("with a gap anywhere is read without what is lost, or listed", async () => {
    let failed = 0;
    for (let start = 0; start < main.length; start += 128) {
      const broken = Buffer.from(main).fill(0, start, Math.min(start + 128, main.length));
      const bytes = compoundFile({ ...others, "PowerPoint Document": broken });
      if (await fails(bytes, `with a gap at ${start}`)) failed++;
    }
    assert.ok(failed > 0 && failed < 50, String(failed));
  });

  it("whose bits are turned is read or listed", async () => {
    const random = new Random(7);
    let failed = 0;
    for (let i = 0; i < 300; i++) {
      const broken = Buffer.from(main);
      for (let n = 0; n < 30; n++) {
        const at = random.int(broken.length);
        broken[at] = (broken[at] ?? 0) ^ (1 << random.int(8));
      }
      const bytes = compoundFile({ ...others, "PowerPoint Document": broken });
      if (await fails(bytes, `with turned bits, ${i}`)) failed++;
    }
    assert.ok(failed > 0 && failed < 300, String(failed));
  });
});
