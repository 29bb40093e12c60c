import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import type { Hit } from "../../protocol/data.ts";
import { launchBrowser } from "../support/browser.ts";
import { makePdf } from "../support/makePdf.ts";
import { eventually } from "../support/workspace.ts";
import { fileHandlers, type OpenReader, openReader } from "./readerPageHarness.ts";
import { inkOf, pageNumber } from "./readerPageSteps.ts";

/** Who looks through related passages of the document that is open, and gives up, sees again what was seen before. */

let browser: Browser;
before(async () => {
  browser = await launchBrowser();
});
after(() => browser.close());

const hit: Omit<Hit, "text"> = {
  ...{ folder: "/office", path: "register.pdf", kind: "document", language: "pdf", score: 1 },
  ...{ startLine: 1, endLine: 1, marks: [] },
};

/** What is seen and selected. */
async function seen({ page }: OpenReader): Promise<{ readonly top: number; readonly selected: string }> {
  return await page.evaluate<{ top: number; selected: string }>(
    '({ top: document.querySelector(".document").scrollTop, selected: String(getSelection()).trim() })',
  );
}

test("the page of a PDF, its mark and what is selected come back", async () => {
  const pages = Array.from({ length: 60 }, (_, i) => ({
    lines: [`Record ${i + 1} of the register.`, "The herons were counted twice in this year, by two people."],
  }));
  const reader = await openReader(browser, { isDrawn: true, handlers: fileHandlers(() => makePdf(pages)) });
  const { page, host } = reader;
  const first: Hit = { ...hit, page: 2, text: "Record 2 of the register" };
  await eventually("page 1", async () => (await inkOf(reader, 1)) > 0.001);
  host.notify("reveal", { passage: first });
  await eventually("the mark", async () => (await reader.marked()).passage.join() === first.text);
  await page.keyboard.press("+");
  await page.evaluate(`(() => {
    document.querySelector(".document").scrollTop += 53;
    const texts = document.querySelectorAll('[data-page="2"] .textLayer span');
    getSelection().selectAllChildren([...texts].find((one) => one.textContent.startsWith("The herons")));
  })()`);
  const before = await seen(reader);
  assert.match(before.selected, /^The herons were counted/);
  host.notify("remember", {});
  host.notify("reveal", { passage: { ...hit, page: 50, text: "Record 50 of the register" } });
  await eventually("page 50", async () => (await reader.marked()).passage.join().startsWith("Record 50"));
  // What is out of sight gives its text back.
  await eventually("the end of the selection", async () => (await seen(reader)).selected === "");
  host.notify("restore", {});
  // It is found again by its letters and digits, of which the full stop is none.
  const letters = before.selected.slice(0, -1);
  await eventually("the selection", async () => (await seen(reader)).selected === letters);
  await eventually("the page", async () => (await pageNumber(reader)) === "2");
  await eventually("the mark", async () => (await reader.marked()).passage.join() === first.text);
  assert.equal(Math.round((await seen(reader)).top), Math.round(before.top));
  await page.close();
});

test("a text that had no mark has none again, and stands where it stood", async () => {
  const text = Array.from({ length: 400 }, (_, i) => `Line ${i + 1} of the letter.\n`).join("\n");
  const reader = await openReader(browser, {
    isDrawn: false,
    handlers: { text: () => ({ text, pages: [] }) },
  });
  const { page, host } = reader;
  const line = page.getByText("Line 3 of the letter.");
  await line.waitFor();
  await line.evaluate((one) => {
    (globalThis as unknown as { getSelection(): { selectAllChildren(of: unknown): void } })
      .getSelection()
      .selectAllChildren(one);
  });
  await page.evaluate('document.querySelector(".document").scrollTop = 41');
  const before = await seen(reader);
  host.notify("remember", {});
  const passage: Hit = { ...hit, startLine: 601, endLine: 601, text: "Line 301 of the letter." };
  host.notify("reveal", { passage });
  await eventually("the mark", async () => (await page.locator(".passage").count()) === 1);
  assert.ok((await seen(reader)).top > 1_000);
  host.notify("restore", {});
  await eventually("the place", async () => (await seen(reader)).top === before.top);
  assert.equal(await page.locator(".passage").count(), 0);
  assert.deepEqual(await seen(reader), before);
  await page.close();
});
