import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import type { Hit } from "../../protocol/data.ts";
import type { ScannedPage, ScannedWord } from "../../protocol/scans.ts";
import { launchBrowser } from "../support/browser.ts";
import { makePdf } from "../support/makePdf.ts";
import { eventually } from "../support/workspace.ts";
import { fileHandlers, type OpenReader, openReader } from "./readerPageHarness.ts";
import { assertQuiet, inkOf, pageNumber, said } from "./readerPageSteps.ts";

/** A PDF of scans that is open in the reader while its pages are read in the background, one after the other. */

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

/** Pages with a running number alone, over a square that may be anything. */
function scans(mark: string, count: number): Buffer {
  const pages = Array.from({ length: count }, (_, i) => ({ lines: [`${mark}-000${i + 1}`], hasScan: true }));
  return makePdf(pages);
}

function read(page: number, text: string): ScannedPage {
  const words = text
    .split(" ")
    .map((word, i): ScannedWord => [word, 1_000 + i * 1_000, 5_000, 1_900 + i * 1_000, 5_300]);
  return { page, lines: [{ words, size: 12, isFirst: true }] };
}

interface OpenScans extends OpenReader {
  bytes: Buffer;
  /** What has been read by now. */
  readonly known: Map<number, ScannedPage>;
  /** What the page has asked for of the file. */
  readonly asked: string[];
}

async function openScans(bytes: Buffer): Promise<OpenScans> {
  const known = new Map<number, ScannedPage>();
  const asked: string[] = [];
  const { file, range } = fileHandlers(() => opened.bytes);
  const opened: OpenScans = Object.assign(
    await openReader(browser, {
      isDrawn: true,
      handlers: {
        file: (params, context) => {
          asked.push("file");
          return file(params, context);
        },
        range: (params, context) => {
          asked.push("range");
          return range(params, context);
        },
        scan: ({ page }) => {
          const scan = known.get(page);
          return scan ? { scan } : {};
        },
      },
    }),
    { bytes, known, asked },
  );
  await eventually("the first page", async () => (await layerOf(opened, 1)).includes("-0001"));
  return opened;
}

async function layerOf({ page }: OpenReader, number: number): Promise<string> {
  return await page.evaluate<string>(
    `document.querySelector('[data-page="${number}"] .textLayer')?.innerText ?? ""`,
  );
}

async function seek({ page }: OpenReader, text: string): Promise<void> {
  await page.keyboard.press("Control+f");
  await page.keyboard.type(text);
  await page.keyboard.press("Enter");
}

test("an open page gets its words, and stays where and as it is", async () => {
  const reader = await openScans(scans("SHO", 3));
  const { page, host, known } = reader;
  for (const key of ["-", "-", "-", "-", "PageDown"]) await page.keyboard.press(key);
  await eventually("page 2", async () => (await pageNumber(reader)) === "2");
  await eventually("its drawing", async () => (await inkOf(reader, 2)) > 0.01);
  await eventually("its number", async () => (await layerOf(reader, 2)).includes("SHO-0002"));
  const place = (): Promise<unknown> =>
    page.evaluate(`(() => {
      const host = document.querySelector(".document");
      const canvas = document.querySelector('[data-page="2"] canvas');
      return {
        page: document.querySelector('[data-testid="page-number"]').value,
        zoom: document.querySelector('[data-testid="zoom"]').textContent,
        top: host.scrollTop,
        left: host.scrollLeft,
        height: host.scrollHeight,
        selected: String(getSelection()).trim(),
        isSame: canvas === (window.kept ??= canvas),
      };
    })()`);
  await page.evaluate(`(() => {
    document.querySelector(".document").scrollTop += 37;
    getSelection().selectAllChildren(document.querySelector('[data-page="2"] .textLayer'));
  })()`);
  await eventually("the place", async () => (await pageNumber(reader)) === "2");
  const before = (await place()) as { selected: string };
  assert.equal(before.selected, "SHO-0002");
  const files = [...reader.asked];
  known.set(2, read(2, "the heron stands still"));
  host.notify("indexed", {});
  await eventually("the words", async () => (await layerOf(reader, 2)).includes("the heron stands still"));
  assert.deepEqual(await place(), before);
  assert.deepEqual(reader.asked, files, "nothing of the file is asked for again");
  // What is read later comes to its own page, which is seen in part, and adds nothing to one that has its words.
  known.set(3, read(3, "the last words"));
  host.notify("indexed", {});
  await eventually("page 3", async () => (await layerOf(reader, 3)).includes("the last words"));
  assert.deepEqual(await place(), before);
  assert.equal((await layerOf(reader, 2)).split("heron").length, 2);
  await seek(reader, "heron stands");
  await eventually("what is found", async () => (await reader.marked()).found.join() === "heron stands");
  await assertQuiet(reader);
  await page.close();
});

test("what was not found in a page out of sight is found when that has been read", async () => {
  const reader = await openScans(scans("SHO", 9));
  await seek(reader, "kingfisher");
  await eventually("that it is not there", async () => (await said(reader)).includes("is not found"));
  reader.known.set(8, read(8, "a kingfisher was seen"));
  reader.host.notify("indexed", {});
  const isFound = async (): Promise<boolean> => {
    await reader.page.keyboard.press("Enter");
    return (await reader.marked()).found.join() === "kingfisher";
  };
  await eventually("that it is there", isFound);
  assert.equal(await pageNumber(reader), "8");
  await reader.page.close();
});

test("a passage that was read since is marked, whether or not the page has heard of it", async () => {
  const reader = await openScans(scans("SHO", 2));
  reader.known.set(1, read(1, "the crane lifts seven tonnes"));
  const passage: Hit = {
    ...{ folder: "/office", path: "scan.pdf", kind: "document", language: "pdf", score: 1 },
    ...{ startLine: 1, endLine: 1, page: 1, place: { in: "scan" }, marks: [] },
    text: "crane lifts seven",
  };
  reader.host.notify("reveal", { passage });
  await eventually("the mark", async () => (await reader.marked()).passage.join() === "crane lifts seven");
  assert.match(await said(reader), /^Page 1\. Marked: crane lifts seven/);
  await reader.page.close();
});

test("a passage that could not be found on its page is marked when that has been read", async () => {
  const reader = await openScans(scans("SHO", 2));
  const passage: Hit = {
    ...{ folder: "/office", path: "scan.pdf", kind: "document", language: "pdf", score: 1 },
    ...{ startLine: 1, endLine: 1, page: 2, marks: [], text: "the crane lifts" },
  };
  reader.host.notify("reveal", { passage });
  await eventually("the refusal", async () => (await said(reader)).includes("could not be found"));
  reader.known.set(2, read(2, "here the crane lifts seven tonnes"));
  reader.host.notify("indexed", {});
  await eventually("the mark", async () => (await reader.marked()).passage.join() === "the crane lifts");
  await reader.page.close();
});

test("a file that is written meanwhile gets its own words, at the page where one is", async () => {
  const reader = await openScans(scans("OLD", 3));
  const { host, known } = reader;
  await reader.page.keyboard.press("PageDown");
  await eventually("page 2", async () => (await layerOf(reader, 2)).includes("OLD-0002"));
  known.set(2, read(2, "words of the old one"));
  reader.bytes = scans("NEW", 3);
  // The engine gives no words of what does not lie there any more.
  known.clear();
  host.notify("indexed", {});
  host.notify("changed", { isGone: false });
  host.notify("indexed", {});
  await eventually("the new page 2", async () => (await layerOf(reader, 2)).includes("NEW-0002"));
  known.set(2, read(2, "words of the new one"));
  host.notify("indexed", {});
  await eventually("its words", async () => (await layerOf(reader, 2)).includes("words of the new one"));
  assert.equal(await pageNumber(reader), "2");
  assert.doesNotMatch(await layerOf(reader, 2), /old/i);
  await reader.page.close();
});
