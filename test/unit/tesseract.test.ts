import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { GreyPage } from "../../indexer/read/greyPage.ts";
import { paintPictures } from "../../indexer/read/pagePictures.ts";
import { openPdf } from "../../indexer/read/pdfDocument.ts";
import { linesOf, textOf } from "../../indexer/read/scanLines.ts";
import { Tesseract } from "../../indexer/read/tesseract.ts";

/** The first lines of a scanned note: the rest would take the engine much longer. */
async function topOfNote(): Promise<GreyPage> {
  const bytes = readFileSync(new URL("../fixtures/scans/note.pdf", import.meta.url));
  const { document, close } = await openPdf(bytes, { maxImagePixels: 50_000_000 });
  try {
    const { width, height, pixels } = await paintPictures(await document.getPage(1));
    const rows = pixels.findIndex((value) => value < 100) / width;
    const end = Math.min(height, Math.ceil(rows + 130));
    return new GreyPage(width, end, pixels.slice(0, width * end));
  } finally {
    await close();
  }
}

describe("the recogniser", async () => {
  const tesseract = await Tesseract.open(["eng"], "");
  const dotsPerInch = 200;

  it("reads the words of a picture, each time the same, with their lines, their places and their size", async () => {
    const page = await topOfNote();
    const read = tesseract.read(page, dotsPerInch);
    const [title, first] = linesOf(read, page, 0, dotsPerInch);
    assert.ok(title && first);
    const lines = textOf({ lines: [title, first] }).split("\n");
    assert.equal(lines[0], "Passwords of the office");
    assert.match(lines[1] ?? "", /^The router in the sail loft is reached/);
    assert.ok(
      title.size > first.size && first.size > 8 && title.size < 20,
      `${title.size} and ${first.size}`,
    );
    const [word, left, top, right, bottom] = title.words[0] ?? ["", 0, 0, 0, 0];
    assert.equal(word, "Passwords");
    assert.ok(left > 900 && left < right && right < 3_500, `${left} to ${right}`);
    assert.ok(top > 4_500 && top < bottom && bottom < 7_500, `${top} to ${bottom}`);
    assert.deepEqual(tesseract.read(new GreyPage(100, 100), dotsPerInch), { blocks: [] });
    assert.deepEqual(tesseract.read(page, dotsPerInch), read);
  });

  it("refuses a picture that is none, and reads the next one", () => {
    const none = new GreyPage(300, 300, new Uint8Array(9));
    assert.throws(() => tesseract.read(none, dotsPerInch), /refused/);
    assert.deepEqual(tesseract.read(new GreyPage(100, 100), dotsPerInch), { blocks: [] });
  });

  it("says which data for a language is missing or can't be used", async () => {
    const folder = mkdtempSync(join(tmpdir(), "carrel-languages-"));
    try {
      await assert.rejects(Tesseract.open(["eng", "deu"], folder), /"deu" is missing/);
      writeFileSync(join(folder, "xyz.traineddata"), "no such data");
      const unusable = { name: "CarrelError", message: "The data to read scans in xyz can't be used." };
      await assert.rejects(Tesseract.open(["xyz"], folder), unusable);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
