import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { fingerprintOf } from "../../indexer/files/secretsMask.ts";
import { GreyPage, type Turn } from "../../indexer/read/greyPage.ts";
import { maskedScan } from "../../indexer/read/maskedScan.ts";
import { hashOf } from "../../indexer/read/parseFile.ts";
import { readScan } from "../../indexer/read/readScan.ts";
import { pdfOf } from "../../indexer/read/scanDocument.ts";
import type { ReadPage } from "../../indexer/read/tesseract.ts";
import { readUpright } from "../../indexer/read/uprightScan.ts";
import type { ScannedLine, ScannedWord } from "../../protocol/scans.ts";
import { pdfOf as pdfOfPictures } from "../support/scanPdf.ts";

const key = "ghp_a8Zk3LmQ9xYt2WvB7nRc5PdE1sHf4GjU6oKi";

describe("what is kept of a page that was read", () => {
  const line = (...words: readonly ScannedWord[]): ScannedLine => ({ words: [...words], size: 9 });
  const plain = line(["The", 10, 10, 20, 20], ["lamp", 30, 10, 60, 20]);
  const telling = line(["Token:", 12, 42, 20, 50], [key, 30, 40, 90, 55]);

  it("is all of it where it holds no secret", () => {
    const page = { page: 3, lines: [plain] };
    assert.equal(maskedScan(page, undefined), page);
  });

  it("has a line with a secret as one word that says so, as large as the line was", () => {
    const { lines, secrets } = maskedScan(
      { page: 3, lines: [plain, { ...telling, isFirst: true }] },
      undefined,
    );
    assert.equal(lines[0], plain);
    assert.deepEqual(lines[1], {
      words: [["Token: [masked secret]", 12, 40, 90, 55]],
      size: 9,
      isFirst: true,
    });
    assert.deepEqual([secrets?.withheld.map((one) => one.line), secrets?.letThrough], [[2], 0]);
  });

  it("has what was let through as it was read, and says how much that is", () => {
    const exceptions = { salt: "s", fingerprints: new Set([fingerprintOf(key, "s")]) };
    const masked = maskedScan({ page: 3, lines: [plain, telling] }, exceptions);
    assert.deepEqual(masked, {
      page: 3,
      lines: [plain, telling],
      secrets: { withheld: [], letThrough: 1 },
    });
  });
});

describe("a page that may lie on its side or its head", () => {
  const sheet = new GreyPage(100, 200);
  const word = { text: "lighthouse", confidence: 90, bbox: { x0: 10, y0: 20, x1: 50, y1: 40 } };
  const pageOf = (confidence: number, count = 1): ReadPage => ({
    blocks: [
      {
        paragraphs: [
          {
            lines: [
              {
                rowAttributes: { rowHeight: 40 },
                words: Array.from({ length: count }, () => ({ ...word, confidence })),
              },
            ],
          },
        ],
      },
    ],
  });

  /** Reads the sheet as if this were found in it, turned by so many degrees; and says what was looked at. */
  function turnedReads(found: Readonly<Partial<Record<Turn, ReadPage>>>) {
    const turns: readonly Turn[] = [0, 180, 90, 270];
    const sizes: number[] = [];
    const tesseract = {
      read: (page: GreyPage): ReadPage => {
        const turn = turns[sizes.push(page.width) - 1] ?? 0;
        return found[turn] ?? pageOf(41);
      },
    };
    const box = readUpright(tesseract, sheet, 300)[0]?.words[0]?.slice(1);
    return { sizes, box };
  }

  it("is read once where it is read well as it stands, or holds nothing", () => {
    const { sizes, box } = turnedReads({ 0: pageOf(90, 8) });
    assert.deepEqual([sizes, box], [[100], [1000, 1000, 5000, 2000]]);
    assert.deepEqual(turnedReads({ 0: { blocks: [] } }), { sizes: [100], box: undefined });
  });

  it("is turned until it is read well, and taken the way round in which most is read", () => {
    assert.deepEqual(turnedReads({ 180: pageOf(90, 8) }), {
      sizes: [100, 100],
      box: [5000, 8000, 9000, 9000],
    });
    // Its width and height are those of the page that lies on its side.
    assert.deepEqual(turnedReads({ 270: pageOf(60) }), {
      sizes: [100, 100, 200, 200],
      box: [6000, 500, 8000, 2500],
    });
    assert.deepEqual(turnedReads({ 90: pageOf(60), 270: pageOf(55) }).box, [2000, 7500, 4000, 9500]);
  });

  it("is taken as it stands where another way round is hardly better", () => {
    const asItStands = [1000, 1000, 5000, 2000];
    assert.deepEqual(turnedReads({ 0: pageOf(60), 180: pageOf(64), 90: pageOf(50) }).box, asItStands);
    assert.notDeepEqual(turnedReads({ 0: pageOf(60), 180: pageOf(65) }).box, asItStands);
  });
});

describe("the document in which a page lies", () => {
  const fixture = (name: string): Buffer =>
    readFileSync(fileURLToPath(new URL(`../fixtures/scans/${name}`, import.meta.url)));
  const [letter, pdf, mail] = [fixture("letter.pdf"), fixture("attached.pdf"), fixture("attached.eml")];

  it("is the file itself, what is attached to it, or what is attached to that", async () => {
    const own = await pdfOf("letter", letter, 2);
    assert.deepEqual([own.page, own.document.numPages], [2, 2]);
    const outer = await pdfOf("pdf", pdf, 1);
    const [outside] = outer.document.fingerprints;
    assert.equal(outer.page, 1);
    const attached = await pdfOf("pdf", pdf, 100_002);
    const [inside] = attached.document.fingerprints;
    assert.notEqual(inside, outside);
    const nested = await pdfOf("mail", mail, 30_000_100_002);
    assert.deepEqual([attached.page, nested.page], [2, 2]);
    assert.equal(nested.document.fingerprints[0], inside);
  });

  it("stays open for its other pages, and is closed when a page of another one comes", async () => {
    const first = await pdfOf("mail", mail, 30_000_100_001);
    const second = await pdfOf("mail", mail, 30_000_100_002);
    assert.equal(second.document, first.document);
    const other = await pdfOf("mail", mail, 200_001);
    assert.notEqual(other.document, first.document);
    assert.equal(first.document.loadingTask.destroyed, true);
    assert.equal(other.document.loadingTask.destroyed, false);
  });

  it("may be damaged or not there, which leaves the next one as it is", async () => {
    await pdfOf("pdf", pdf, 100_001);
    const missing = { name: "UnreadableFile", message: "Its attachment is damaged." };
    await assert.rejects(pdfOf("pdf", pdf, 300_001), missing);
    await assert.rejects(pdfOf("mail", mail, 400_001), missing);
    // The first one is a text.
    await assert.rejects(pdfOf("mail", mail, 100_001), /The PDF is damaged/);
    const { document, page } = await pdfOf("pdf", pdf, 100_001);
    assert.deepEqual([page, document.loadingTask.destroyed], [1, false]);
  });
});

describe("a page of a file", () => {
  const folder = fileURLToPath(new URL("../fixtures/scans/", import.meta.url));
  const english = { languages: ["eng"], languageFolder: "" };
  const hashIn = (where: string, name: string): string => hashOf(readFileSync(join(where, name)));
  const wanted = (name: string, page: number) => ({ hash: hashIn(folder, name), page, ...english });

  it("is none where the file is gone, or no longer what it was", async () => {
    assert.equal(await readScan(folder, "gone.pdf", wanted("letter.pdf", 1)), undefined);
    assert.equal(await readScan(folder, "note.pdf", wanted("letter.pdf", 1)), undefined);
  });

  it("that can't be read gives a reason", async () => {
    const failed = async (name: string, page: number) => readScan(folder, name, wanted(name, page));
    assert.deepEqual(await failed("letter.pdf", 7), { page: 7, failed: "It is damaged." });
    const lost = { page: 400_001, failed: "Its attachment is damaged." };
    assert.deepEqual(await failed("attached.eml", 400_001), lost);
  });

  it("is read in the languages that are asked for, and without words where its picture has none", async () => {
    const root = mkdtempSync(join(tmpdir(), "carrel-scan-"));
    try {
      writeFileSync(join(root, "dot.pdf"), pdfOfPictures([{ width: 1, height: 1, data: Buffer.of(0) }]));
      const request = { hash: hashIn(root, "dot.pdf"), page: 1, ...english };
      assert.deepEqual(await readScan(root, "dot.pdf", request), { page: 1, lines: [] });
      const other = { ...request, languages: ["eng", "deu"], languageFolder: root };
      await assert.rejects(readScan(root, "dot.pdf", other), /"deu" is missing/);
      const elsewhere = { ...request, languages: ["deu"], languageFolder: "" };
      await assert.rejects(readScan(root, "dot.pdf", elsewhere), /"deu" is missing: no folder/);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});
