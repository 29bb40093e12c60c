import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { hashOf } from "../../indexer/read/parseFile.ts";
import { readScan } from "../../indexer/read/readScan.ts";
import { textOf } from "../../indexer/read/scanLines.ts";
import type { ScannedPage } from "../../protocol/scans.ts";
import { browserForTests } from "../support/testBrowser.ts";
import { eventually } from "../support/workspace.ts";
import type { OpenReader } from "./readerPageHarness.ts";
import { assertQuiet, inkOf, said } from "./readerPageSteps.ts";
import { openPdf } from "./readerPdfs.ts";

const fixtures = fileURLToPath(new URL("../fixtures/scans/", import.meta.url));

const browser = browserForTests();

/** What is really read in the picture of a page. */
async function scanOf(name: string, page: number): Promise<ScannedPage> {
  const hash = hashOf(readFileSync(join(fixtures, name)));
  const scan = await readScan(fixtures, name, { hash, page, languages: ["eng"], languageFolder: "" });
  assert.ok(scan && "lines" in scan);
  return { page, lines: scan.lines };
}

interface Frame {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  /** The share of dark pixels in it. */
  readonly ink: number;
}

/** Where the marked passage stands, in shares of the page, and what is drawn there. */
async function frameOfMark({ page }: OpenReader, number: number): Promise<Frame> {
  return await page.evaluate<Frame>(`(() => {
    const canvas = document.querySelector('[data-page="${number}"] canvas');
    const sheet = canvas.getBoundingClientRect();
    const rects = [...CSS.highlights.get("carrel-passage")].flatMap((range) => [...range.getClientRects()]);
    const frame = {
      left: (Math.min(...rects.map(({ left }) => left)) - sheet.left) / sheet.width,
      right: (Math.max(...rects.map(({ right }) => right)) - sheet.left) / sheet.width,
      top: (Math.min(...rects.map(({ top }) => top)) - sheet.top) / sheet.height,
      bottom: (Math.max(...rects.map(({ bottom }) => bottom)) - sheet.top) / sheet.height,
    };
    const x = Math.round(frame.left * canvas.width);
    const y = Math.round(frame.top * canvas.height);
    const width = Math.round((frame.right - frame.left) * canvas.width);
    const height = Math.round((frame.bottom - frame.top) * canvas.height);
    const { data } = canvas.getContext("2d").getImageData(x, y, width, height);
    let dark = 0;
    for (let i = 0; i < data.length; i += 4) if (data[i] < 150) dark++;
    return { ...frame, ink: dark / (data.length / 4) };
  })()`);
}

async function openScan(name: string, scan: ScannedPage, text: string): Promise<OpenReader> {
  return await openPdf(
    browser,
    () => readFileSync(join(fixtures, name)),
    { path: name, page: scan.page, place: { in: "scan" }, text },
    { scan: ({ page }) => (page === scan.page ? { scan } : {}) },
  );
}

/** The box around a line of a scan, in shares of the page. */
function boxOfLine({ lines }: ScannedPage, beginning: string): Omit<Frame, "ink"> {
  const line = lines.find((one) => textOf({ lines: [one] }).startsWith(beginning));
  assert.ok(line, beginning);
  const edge = (at: 1 | 2 | 3 | 4, of: (...all: number[]) => number): number =>
    of(...line.words.map((word) => word[at])) / 10_000;
  return {
    left: edge(1, Math.min),
    top: edge(2, Math.min),
    right: edge(3, Math.max),
    bottom: edge(4, Math.max),
  };
}

const lines: readonly (readonly [file: string, page: number, line: string])[] = [
  ["letter.pdf", 1, "crane tells the office nine days ahead; the crane lifts up to 7.5 tonnes."],
  ["turned.pdf", 1, "The ferry to Grey Island runs twice a day until the end of March. Tickets"],
  ["turned.pdf", 2, "The ferry to Grey Island runs twice a day until the end of March. Tickets"],
  ["turned.pdf", 3, "The ferry to Grey Island runs twice a day until the end of March. Tickets"],
];

for (const [file, number, line] of lines) {
  test(`a sentence is marked on page ${number} of the scan ${file}`, async () => {
    const scan = await scanOf(file, number);
    const reader = await openScan(file, scan, line);
    await eventually("the drawn page", async () => (await inkOf(reader, number)) > 0.01);
    await eventually("what is said", async () => (await said(reader)).startsWith(`Page ${number}. Marked:`));
    const box = boxOfLine(scan, line.slice(0, 20));
    const frame = await frameOfMark(reader, number);
    for (const side of ["left", "top", "right", "bottom"] as const) {
      const off = Math.abs(frame[side] - box[side]);
      assert.ok(off < 0.015, `${side}: ${JSON.stringify(frame)} is not ${JSON.stringify(box)}`);
    }
    assert.ok(frame.ink > 0.08, `there are letters: ${frame.ink}`);
    await assertQuiet(reader);
    await reader.page.close();
  });
}

test("the words of a scan can be found and copied, and a page that was not read is shown all the same", async () => {
  const scan = await scanOf("letter.pdf", 1);
  const reader = await openScan("letter.pdf", scan, "deposit of 20 euros");
  await eventually("the mark", async () => (await reader.marked()).passage.length === 1);
  await reader.page.keyboard.press("Control+f");
  await reader.page.keyboard.type("Mrs Halvorsen");
  await reader.page.keyboard.press("Enter");
  await eventually("what is found", async () => (await reader.marked()).found.join() === "Mrs Halvorsen");
  const text = await reader.page.evaluate<string>(
    "document.querySelector('[data-page=\"1\"] .textLayer').innerText",
  );
  assert.match(text, /Keys of the old gate no longer fit\./);
  await eventually("the second page", async () => (await inkOf(reader, 2)) > 0.01);
  await reader.page.close();
});
