import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { deflateSync } from "node:zlib";
import { hashOf, parseFile } from "../../indexer/read/parseFile.ts";
import { textOf } from "../../indexer/read/scanLines.ts";
import { createRecogniser, type Recogniser, type RecogniserOptions } from "../../indexer/scans/recogniser.ts";
import type { CarrelError } from "../../protocol/channel.ts";
import type { ScannedLine } from "../../protocol/scans.ts";
import { Confinement } from "../../walls/confine.ts";
import { entryThat, onEachOpen, parserEntry } from "../support/parserEntry.ts";
import { pdfOf } from "../support/scanPdf.ts";
import { eventually } from "../support/workspace.ts";

const fixtures = fileURLToPath(new URL("../fixtures/scans/", import.meta.url));
const never = new AbortController().signal;
const made: Recogniser[] = [];
let root = "";
let walled: Recogniser;

function make(options: Partial<RecogniserOptions> = {}): Recogniser {
  const recogniser = createRecogniser({ entry: parserEntry, memoryMb: 512, timeoutMs: 300_000, ...options });
  made.push(recogniser);
  return recogniser;
}

before(() => {
  root = mkdtempSync(join(tmpdir(), "carrel-scans-"));
  walled = make({ confinement: new Confinement() });
});
after(async () => {
  await Promise.all(made.map((recogniser) => recogniser.close()));
  rmSync(root, { recursive: true, force: true });
});

interface Read {
  readonly text: string;
  readonly lines: readonly ScannedLine[];
  readonly failed?: string;
}

async function read(folder: string, path: string, page: number, more: object = {}): Promise<Read> {
  const hash = hashOf(readFileSync(join(folder, path)));
  const place = { folder, path, hash, page, languages: ["eng"], languageFolder: "", ...more };
  const scan = await walled.read(place, never);
  assert.ok(scan);
  return "failed" in scan
    ? { text: "", lines: [], failed: scan.failed }
    : { text: textOf(scan), lines: scan.lines };
}

function put(name: string, bytes: Uint8Array): string {
  writeFileSync(join(root, name), bytes);
  return name;
}

/** Words as often as they come, without what stands between them. */
function words(text: string): string[] {
  return (
    text
      .replace(/-\n/g, "")
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  );
}

function shareFound(text: string, golden: string): number {
  const left = words(text);
  const all = words(golden);
  const found = all.filter((word) => {
    const at = left.indexOf(word);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
  return found.length / all.length;
}

const golden = (name: string): string => readFileSync(join(fixtures, `${name}.txt`), "utf8");

/** What each page of the fixtures shows, whatever way it was stored. */
const shown: readonly (readonly [file: string, page: number, text: string])[] = [
  ["letter.pdf", 1, "letter"],
  ["letter.pdf", 2, "minutes"],
  ["bilevel.pdf", 1, "letter"],
  ["bilevel.pdf", 2, "minutes"],
  ["turned.pdf", 1, "minutes"],
  ["turned.pdf", 2, "minutes"],
  ["turned.pdf", 3, "minutes"],
  ["mixed.pdf", 2, "letter"],
  ["mixed.pdf", 3, "minutes"],
  // The first attachment of a PDF, and the same within the third one of a mail.
  ["attached.pdf", 100_001, "letter"],
  ["attached.eml", 30_000_100_002, "minutes"],
];

for (const [file, page, text] of shown) {
  test(`the words of page ${page} of ${file} are read`, async () => {
    const result = await read(fixtures, file, page);
    const share = shareFound(result.text, golden(text));
    assert.ok(share >= 0.98, `${share} of the words: ${result.text}`);
    for (const { words: boxes, size } of result.lines) {
      assert.ok(size > 6 && size < 25, `${size} points`);
      for (const [word, left, top, right, bottom] of boxes) {
        assert.ok(left >= 0 && left < right && right <= 10_000, word);
        assert.ok(top >= 0 && top < bottom && bottom <= 10_000, word);
      }
    }
  });
}

test("a word's box is where the word stands on the page as it is shown", async () => {
  const boxOf = async (page: number): Promise<number[]> => {
    const { lines } = await read(fixtures, "turned.pdf", page);
    const word = lines.flatMap((line) => line.words).find(([text]) => text === "lighthouse");
    assert.ok(word);
    return word.slice(1).map((part) => Number(part) / 10_000);
  };
  const near = (actual: readonly number[], wanted: readonly number[]): void =>
    actual.forEach((value, i) => {
      assert.ok(Math.abs(value - (wanted[i] ?? 0)) < 0.02, `${actual} is not ${wanted}`);
    });
  // Set upright by /Rotate, then upside down, then lying on its right side.
  const [left = 0, top = 0, right = 0, bottom = 0] = await boxOf(1);
  assert.ok(left < 0.35 && top < 0.3 && right - left > bottom - top);
  near(await boxOf(2), [1 - right, 1 - bottom, 1 - left, 1 - top]);
  near(await boxOf(3), [1 - bottom, left, 1 - top, right]);
});

test("no key is kept, neither in the text nor in the boxes", async () => {
  for (const [file, page] of [
    ["note.pdf", 1],
    ["attached.eml", 200_001],
  ] as const) {
    const { text, lines } = await read(fixtures, file, page);
    assert.match(text, /router in the sail loft/);
    assert.match(text, /\[masked secret\]/);
    assert.doesNotMatch(JSON.stringify(lines), /AKIA|IOSFODNN/);
  }
});

test("a page of an attachment that is not there gives a reason", async () => {
  const failed = async (file: string, page: number) => (await read(fixtures, file, page)).failed;
  assert.equal(await failed("attached.eml", 400_001), "Its attachment is damaged.");
  assert.equal(await failed("attached.pdf", 300_001), "Its attachment is damaged.");
  // The first one is a text.
  assert.match((await failed("attached.eml", 100_001)) ?? "", /damaged/);
});

test("the pages that are scans are told from those that are not", async () => {
  const scansOf = async (folder: string, path: string): Promise<readonly number[] | undefined> =>
    (await parseFile(folder, path, 100_000_000)).scans;
  assert.deepEqual(await scansOf(fixtures, "letter.pdf"), [1, 2]);
  assert.deepEqual(await scansOf(fixtures, "mixed.pdf"), [2, 3]);
  // A logo on an empty page is none, nor is a page of text with a large picture.
  const logo = put("logo.pdf", pdfOf([{ width: 100, height: 100 }]));
  assert.equal(await scansOf(root, logo), undefined);
  const picture = put(
    "picture.pdf",
    pdfOf([{ width: 1_000, height: 1_000, text: "a line of some words\n".repeat(9) }]),
  );
  assert.equal(await scansOf(root, picture), undefined);
});

test("pictures that lie, or are too many or too large, give a reason", async () => {
  const data = deflateSync(Buffer.alloc(1_000_000, 200));
  const files: readonly (readonly [string, Uint8Array, RegExp])[] = [
    ["huge.pdf", pdfOf([{ width: 60_000, height: 60_000, data }]), /too large/],
    [
      "cut.pdf",
      pdfOf([
        { width: 1_000, height: 1_000, filter: "DCTDecode", data: Buffer.from("\xff\xd8broken", "latin1") },
      ]),
      /damaged/,
    ],
    [
      "jbig2.pdf",
      pdfOf([{ width: 1_000, height: 1_000, filter: "JBIG2Decode", data: Buffer.alloc(400, 7) }]),
      /damaged/,
    ],
    [
      "jpx.pdf",
      pdfOf([{ width: 1_000, height: 1_000, filter: "JPXDecode", data: Buffer.alloc(400, 7) }]),
      /damaged/,
    ],
    [
      "many.pdf",
      pdfOf([{ width: 1_000, height: 1_000, data, times: 20_000 }]),
      /too many pictures|more often/,
    ],
    [
      "hair.pdf",
      pdfOf([{ width: 1_000, height: 1_000, data, box: "0 0 0.000001 400000000" }]),
      /such a form/,
    ],
    ["nowhere.pdf", pdfOf([{ width: 1_000, height: 1_000, data, place: "0 0 0 0 0 0" }]), /no picture/],
  ];
  for (const [name, bytes, reason] of files) {
    const { failed = "read" } = await read(root, put(name, bytes), 1);
    assert.match(failed, reason, name);
  }
  // A picture of one pixel, and an empty page, hold no words; a page that is not there is no page.
  assert.equal(
    (await read(root, put("dot.pdf", pdfOf([{ width: 1, height: 1, data: Buffer.of(0) }])), 1)).text,
    "",
  );
  assert.match((await read(root, "dot.pdf", 7)).failed ?? "", /damaged/);
});

test("a page that hangs or ends the process gives a reason, and the next one is read", async () => {
  const harmful = entryThat(
    root,
    onEachOpen(`
      if (name === "hang.pdf") for (;;);
      if (name === "crash.pdf") process.kill(process.pid, "SIGSEGV");`),
  );
  const recogniser = make({ entry: harmful, timeoutMs: 3_000 });
  const place = { folder: root, hash: "0", page: 4, languages: ["eng"], languageFolder: "" };
  const hung = await recogniser.read({ ...place, path: "hang.pdf" }, never);
  assert.deepEqual(hung, { page: 4, failed: "It took longer than 3 s." });
  const crashed = await recogniser.read({ ...place, path: "crash.pdf" }, never);
  assert.match(crashed && "failed" in crashed ? crashed.failed : "", /end unexpectedly \(signal SIGSEGV\)/);
  // The file is no longer what it was: no page of it.
  put("other.pdf", pdfOf([{ width: 1, height: 1 }]));
  assert.equal(await recogniser.read({ ...place, path: "other.pdf" }, never), undefined);
});

test("cancelling ends the page that is being read", async () => {
  const controller = new AbortController();
  const hash = hashOf(readFileSync(join(fixtures, "letter.pdf")));
  const place = {
    folder: fixtures,
    path: "letter.pdf",
    hash,
    page: 1,
    languages: ["eng"],
    languageFolder: "",
  };
  const begun = join(root, "begun");
  const noting = onEachOpen(`if (name === "letter.pdf") fs.writeFileSync(${JSON.stringify(begun)}, "");`);
  const recogniser = make({ entry: entryThat(root, noting) });
  const reading = recogniser.read(place, controller.signal).then(
    () => "read",
    (error: CarrelError) => error.code,
  );
  await eventually("the page is being read", async () => existsSync(begun));
  controller.abort();
  assert.equal(await reading, "cancelled");
});

test("languages come from the user's folder, and what is missing there is said", async () => {
  const folder = join(root, "languages");
  mkdirSync(folder);
  await assert.rejects(read(fixtures, "note.pdf", 1, { languages: ["deu"] }), /"deu" is missing: no folder/);
  const chosen = { languages: ["xyz"], languageFolder: folder };
  await assert.rejects(read(fixtures, "note.pdf", 1, chosen), /holds no xyz\.traineddata/);
  writeFileSync(join(folder, "xyz.traineddata"), "no such data");
  await assert.rejects(read(fixtures, "note.pdf", 1, chosen), /can't be used/);
  const english = new URL(
    "../../node_modules/@tesseract.js-data/eng/4.0.0_best_int/eng.traineddata.gz",
    import.meta.url,
  );
  writeFileSync(join(folder, "xyz.traineddata"), readFileSync(english));
  assert.match((await read(fixtures, "note.pdf", 1, chosen)).text, /router/);
});
