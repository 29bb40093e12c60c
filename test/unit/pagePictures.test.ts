import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { deflateSync } from "node:zlib";
import type { GreyPage } from "../../indexer/read/greyPage.ts";
import { paintPictures } from "../../indexer/read/pagePictures.ts";
import { openPdf } from "../../indexer/read/pdfDocument.ts";
import { rawPdf } from "../support/rawPdf.ts";
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

  it("of a poster are painted as fine as there is room for", async () => {
    const poster = { box: "0 0 7200 3600", place: "7200 0 0 3600 0 0" };
    const { width, height } = await page({ width: 10, height: 10, data: halves(10), ...poster });
    assert.ok(width * height <= 20_100_000 && width * height > 19_000_000, `${width} x ${height}`);
    assert.equal(Math.round(width / height), 2);
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

describe("what a page of a square inch paints", () => {
  /** The page's pixels, which are painted by these steps, at the middle of its left and its right half. */
  async function halvesOf(steps: string, form = ""): Promise<(number | undefined)[]> {
    const stream = (entries: string, content: string): string =>
      `<< ${entries} /Length ${content.length} >>\nstream\n${content}\nendstream`;
    const { width, height, pixels } = await painted(
      rawPdf([
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 72 72] /Contents 4 0 R /Resources << /XObject << /F 5 0 R >> >> >>",
        stream("", steps),
        stream("/Type /XObject /Subtype /Form /BBox [0 0 72 72] /Matrix [0.5 0 0 1 36 0]", form),
      ]),
    );
    const middle = Math.floor(height / 2) * width;
    return [0.25, 0.75].map((part) => pixels[middle + Math.floor(part * width)]);
  }
  /** A picture of so many colours from left to right, on the unit square. */
  const inline = (...colours: readonly string[]): string =>
    `BI /W ${colours.length} /H 1 /BPC 8 /CS /RGB ID ${colours.join("")}\nEI`;
  const [red, green, blue] = ["\xff\x00\x00", "\x00\xff\x00", "\x00\x00\xff"] as const;
  const whole = "72 0 0 72 0 0 cm";
  const left = "36 0 0 72 0 0 cm";

  it("is grey by how bright its colours are", async () => {
    assert.deepEqual(await halvesOf(`q ${whole} ${inline(red, green)} Q`), [76, 150]);
    assert.deepEqual(await halvesOf(`q ${whole} ${inline(blue, "\xff\xff\xff")} Q`), [27, 255]);
  });

  it("lies where the steps before it say, up to where these are taken back", async () => {
    assert.deepEqual(await halvesOf(`q ${left} ${inline(blue)} Q`), [27, 255]);
    assert.deepEqual(await halvesOf(`q ${left} Q q 1 0 0 1 36 0 cm ${left} ${inline(blue)} Q`), [255, 27]);
  });

  it("may stand in a form, whose place does not go for what follows it", async () => {
    const form = `q ${whole} ${inline(blue)} Q`;
    assert.deepEqual(await halvesOf("/F Do", form), [255, 27]);
    assert.deepEqual(await halvesOf(`/F Do q ${left} ${inline(red)} Q`, form), [76, 27]);
  });

  it("may be a mask, which is of the colour that was chosen last where its bits are not set", async () => {
    const mask = "BI /IM true /W 8 /H 1 /BPC 1 ID \x0f\nEI";
    assert.deepEqual(await halvesOf(`q ${whole} ${mask} Q`), [0, 255]);
    assert.deepEqual(await halvesOf(`1 0 0 rg q 0 1 0 rg Q q ${whole} ${mask} Q`), [76, 255]);
    assert.deepEqual(await halvesOf(`q ${whole} ${inline(blue)} 1 1 0 rg ${mask} Q`), [227, 27]);
  });
});
