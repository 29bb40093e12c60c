import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { deflateSync } from "node:zlib";
import type { GreyPage } from "../../indexer/read/greyPage.ts";
import { paintPictures } from "../../indexer/read/pagePictures.ts";
import { openPdf } from "../../indexer/read/pdfDocument.ts";
import { type PicturePage, pdfOf } from "../support/scanPdf.ts";

const inch = { box: "0 0 72 72", place: "72 0 0 72 0 0" } as const;

async function painted(bytes: Uint8Array): Promise<GreyPage> {
  const { document, close } = await openPdf(bytes, { maxImagePixels: 50_000_000 });
  try {
    return await paintPictures(await document.getPage(1));
  } finally {
    await close();
  }
}

const page = (one: PicturePage): Promise<GreyPage> => painted(pdfOf([one]));

/** A picture whose upper half is dark, and its lower half light. */
function halves(side: number): Uint8Array {
  const pixels = Uint8Array.from({ length: side * side }, (_, i) => (i < (side * side) / 2 ? 20 : 200));
  return deflateSync(pixels);
}

describe("the pictures of a page", () => {
  it("are painted where they lie, as fine as they are, between 200 and 300 dots an inch", async () => {
    for (const [side, dots] of [
      [100, 200],
      [250, 250],
      [600, 300],
    ] as const) {
      const { width, height, pixels } = await page({
        width: side,
        height: side,
        data: halves(side),
        ...inch,
      });
      assert.deepEqual([width, height], [dots, dots]);
      assert.deepEqual([pixels[0], pixels.at(-1)], [20, 200]);
    }
  });

  it("leave the rest of the page white, and a small one does not say how fine the page is", async () => {
    const place = "7.2 0 0 7.2 0 0";
    const { width, pixels } = await page({ width: 100, height: 100, data: halves(100), ...inch, place });
    assert.equal(width, 200);
    const dark = pixels.filter((value) => value < 100).length;
    assert.ok(dark > 150 && dark < 250, `${dark} of 200 pixels`);
    assert.equal(pixels[0], 255);
  });

  it("of black and white alone are read as such", async () => {
    const { pixels } = await painted(readFileSync(new URL("../fixtures/scans/bilevel.pdf", import.meta.url)));
    const dark = pixels.filter((value) => value < 128).length / pixels.length;
    assert.ok(dark > 0.005 && dark < 0.3, `${dark}`);
  });

  it("that are damaged, none or too many are no scan, which is said", async () => {
    const data = Buffer.from("no picture");
    const damaged = page({ width: 300, height: 300, data, filter: "DCTDecode", ...inch });
    await assert.rejects(damaged, /no picture that can be read/);
    const none = page({ width: 10, height: 10, ...inch, times: 0 });
    await assert.rejects(none, /no picture that can be read/);
    await assert.rejects(page({ width: 10, height: 10, ...inch, times: 5_001 }), /too many pictures/);
  });
});
