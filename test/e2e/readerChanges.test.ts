import assert from "node:assert/strict";
import { test } from "node:test";
import { browserForTests } from "../support/testBrowser.ts";
import { eventually } from "../support/workspace.ts";
import { themeVariables } from "../webview/themes.ts";
import { fileHandlers } from "./readerPageHarness.ts";
import { assertQuiet, inkOf, pageNumber, said } from "./readerPageSteps.ts";
import { documentHit, openPdf, plain, register } from "./readerPdfs.ts";

/** The reader's page when something comes late or all at once, or the file is written while it is open. */

const browser = browserForTests();

test("what is looked for while the document is being opened is found when it is there", async () => {
  const gate = Promise.withResolvers<void>();
  const bytes = register(20, plain);
  const { file } = fileHandlers(() => bytes);
  const reader = await openPdf(browser, () => bytes, undefined, {
    file: async (params, context) => {
      await gate.promise;
      return await file(params, context);
    },
  });
  await reader.page.getByTestId("find").fill("page 13 says");
  await reader.page.keyboard.press("Enter");
  await eventually("the search", async () => (await said(reader)) === "Searching…");
  gate.resolve();
  await eventually("what is found", async () => (await said(reader)) === "Found on page 13.");
  await reader.page.close();
});

test("passages that come at once, before the document is open and while it is drawn: the last one is shown", async () => {
  const gate = Promise.withResolvers<void>();
  const bytes = register(200, plain);
  const { file } = fileHandlers(() => bytes);
  const reader = await openPdf(
    browser,
    () => bytes,
    { page: 9, text: plain(9) },
    {
      file: async (params, context) => {
        await gate.promise;
        return await file(params, context);
      },
    },
  );
  const reveal = (page: number): void =>
    reader.host.notify("reveal", { passage: documentHit({ page, text: plain(page) }) });
  reveal(50);
  reveal(120);
  gate.resolve();
  await eventually("page 120", async () => (await said(reader)).startsWith("Page 120. Marked"));
  for (const page of [3, 180, 77]) reveal(page);
  await eventually("page 77", async () => (await said(reader)).startsWith("Page 77. Marked"));
  assert.deepEqual((await reader.marked()).passage, ["This is what page 77 says"]);
  assert.equal(await pageNumber(reader), "77");
  await reader.page.close();
});

test("a marked passage is marked again when its page comes back into sight", async () => {
  const bytes = register(100, plain);
  const reader = await openPdf(browser, () => bytes, { page: 40, text: plain(40) });
  await eventually("the mark", async () => (await reader.marked()).passage.length === 1);
  await reader.page.getByTestId("page-number").fill("90");
  await reader.page.keyboard.press("Enter");
  await eventually("page 40 to be let go", async () => (await inkOf(reader, 40)) === 0);
  await reader.page.getByTestId("page-number").fill("40");
  await reader.page.keyboard.press("Enter");
  await eventually("page 40", async () => (await inkOf(reader, 40)) > 0.001);
  await eventually(
    "the mark on it",
    async () => (await reader.marked()).passage[0] === "This is what page 40 says",
  );
  await reader.page.close();
});

test("a file that is written while it is open is read anew, at the same page and size, with its mark", async () => {
  let bytes = register(100, plain);
  const reader = await openPdf(browser, () => bytes, { page: 40, text: plain(40) });
  const { page } = reader;
  await eventually("the mark", async () => (await reader.marked()).passage.length === 1);
  await page.getByRole("button", { name: "Zoom in" }).click();
  const zoom = await page.getByTestId("zoom").textContent();
  bytes = register(60, (number) => `Now page ${number} says more. ${plain(number)}`);
  // Programs write more than once.
  for (let time = 0; time < 3; time++) reader.host.notify("changed", { isGone: false });
  await page.getByText("Now page 40 says more.").waitFor({ state: "attached" });
  await eventually("page 40 anew", async () => (await inkOf(reader, 40)) > 0.001);
  await eventually(
    "the mark anew",
    async () => (await reader.marked()).passage[0] === plain(40).slice(0, -1),
  );
  assert.deepEqual([await pageNumber(reader), await page.getByTestId("zoom").textContent()], ["40", zoom]);
  assert.equal(await page.locator(".page").count(), 60, "the old pages are gone");
  assert.equal(await page.getByTestId("notice").count(), 0);
  await page.close();
});

test("a file that is gone, or is broken by what writes it, leaves what is shown and says so until it is back", async () => {
  const whole = register(100, plain, 60);
  let bytes = whole;
  const reader = await openPdf(browser, () => bytes, { page: 40, text: plain(40) });
  const { page } = reader;
  await eventually("the mark", async () => (await reader.marked()).passage.length === 1);
  await eventually("the page", async () => (await inkOf(reader, 40)) > 0.001);
  reader.host.notify("changed", { isGone: true });
  await page.getByTestId("notice").getByText("This file was deleted or moved.").waitFor();
  assert.ok((await inkOf(reader, 40)) > 0.001, "the page is still there");
  bytes = Buffer.from("half a file");
  reader.host.notify("changed", { isGone: false });
  await page.getByTestId("notice").getByText("damaged").waitFor();
  assert.ok((await inkOf(reader, 40)) > 0.001, "the page is still there");
  bytes = whole;
  reader.host.notify("changed", { isGone: false });
  await page.getByTestId("notice").waitFor({ state: "detached" });
  await eventually("page 40", async () => (await inkOf(reader, 40)) > 0.001);
  await page.close();
});

test("what can't be read any more while one turns pages is said, and Try again opens the file as it is now", async () => {
  // So large that the pages near its beginning are not read ahead.
  let bytes = register(1000, plain, 150);
  const { range } = fileHandlers(() => bytes);
  const { file } = fileHandlers(() => bytes, { start: 131_072, end: 262_144 });
  const reader = await openPdf(browser, () => bytes, { page: 700, text: plain(700) }, { file, range });
  const { page } = reader;
  await eventually("the mark", async () => (await reader.marked()).passage.length === 1);
  bytes = register(1000, (number) => `Now ${number}.`, 40);
  await page.getByTestId("page-number").fill("100");
  await page.keyboard.press("Enter");
  await page.getByTestId("notice").getByText("changed while it was shown").waitFor();
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByText("Now 100.").waitFor({ state: "attached" });
  assert.equal(await page.getByTestId("notice").count(), 0);
  await page.close();
});

test("a file that is written while its first page is read is opened anew, at its passage; so it is by Try again", async () => {
  const before = register(200, plain, 40);
  const after = register(200, (number) => `Now ${number}. ${plain(number)}`, 40);
  for (const isTold of [true, false]) {
    let bytes = before;
    const { file, range } = fileHandlers(() => bytes, { start: 65_536, end: 131_072 });
    const reader = await openPdf(
      browser,
      () => bytes,
      { page: 120, text: plain(120) },
      {
        file,
        range: async (params, context) => {
          if (bytes === before) {
            bytes = after;
            if (isTold) reader.host.notify("changed", { isGone: false });
          }
          return await range(params, context);
        },
      },
    );
    const { page } = reader;
    if (!isTold) {
      await page.getByTestId("notice").getByText("changed while it was shown").waitFor();
      await page.getByRole("button", { name: "Try again" }).click();
    }
    await page.getByText("Now 120.").waitFor({ state: "attached" });
    await eventually("the mark", async () => (await said(reader)).startsWith("Page 120. Marked"));
    assert.equal(await page.getByTestId("notice").count(), 0);
    await page.close();
  }
});

test("what is looked for when the file is written is looked for again in the new one", async () => {
  const before = register(200, plain, 40);
  let bytes = before;
  const { file, range } = fileHandlers(() => bytes, { start: 65_536, end: 131_072 });
  const reader = await openPdf(browser, () => bytes, { page: 1, text: plain(1) }, { file, range });
  const { page } = reader;
  await eventually("the mark", async () => (await reader.marked()).passage.length === 1);
  bytes = register(200, (number) => `Now there are ${number} geese.`, 40);
  await page.getByTestId("find").fill("120 geese");
  await page.keyboard.press("Enter");
  await page.getByTestId("notice").getByText("changed while it was shown").waitFor();
  reader.host.notify("changed", { isGone: false });
  await eventually("what is found", async () => (await said(reader)) === "Found on page 120.");
  await page.close();
});

test("a page's number that is being typed stays while pages are turned and drawn", async () => {
  const bytes = register(100, plain);
  const reader = await openPdf(browser, () => bytes, { page: 1, text: plain(1) });
  const { page } = reader;
  await eventually("the mark", async () => (await reader.marked()).passage.length === 1);
  await page.getByTestId("page-number").fill("70");
  reader.host.notify("reveal", { passage: documentHit({ page: 12, text: plain(12) }) });
  await eventually("page 12", async () => (await said(reader)).startsWith("Page 12. Marked"));
  assert.equal(await pageNumber(reader), "70");
  await page.keyboard.press("Enter");
  await eventually("page 70", async () => (await said(reader)) === "Page 70 of 100.");
  await page.keyboard.type("x");
  await page.keyboard.press("Tab");
  await eventually("what was no number to be gone", async () => (await pageNumber(reader)) === "70");
  await page.close();
});

test("zooming, turning, finding, another size and another theme at once leave one sharp page with one text", async () => {
  const bytes = register(300, plain, 30);
  const reader = await openPdf(browser, () => bytes);
  const { page } = reader;
  await eventually("page 1", async () => (await inkOf(reader, 1)) > 0.001);
  await page.getByTestId("document").focus();
  const keys = ["PageDown", "+", "End", "-", "PageUp", "Home", "PageDown", "+", "0", "PageDown"];
  const pressed: Promise<void>[] = [];
  for (let round = 0; round < 6; round++) {
    pressed.push(...keys.map((key) => page.keyboard.press(key)));
    await page.setViewportSize({ width: 700 + 60 * round, height: 500 + 40 * round });
    await page.evaluate(
      `for (const [name, value] of ${JSON.stringify(
        Object.entries(themeVariables(round % 2 ? "light" : "high-contrast")),
      )}) document.documentElement.style.setProperty(name, value)`,
    );
    reader.host.notify("reveal", { passage: documentHit({ page: 5 + round, text: plain(5 + round) }) });
  }
  // What is still on its way would go into the field.
  await Promise.all(pressed);
  await page.getByTestId("find").fill("page 250 says");
  await page.keyboard.press("Enter");
  await eventually("what is found", async () => (await said(reader)) === "Found on page 250.");
  await eventually("a sharp page", async () =>
    page.evaluate<boolean>(`(() => {
      const page = document.querySelector('[data-page="250"]');
      const [canvas, ...others] = page.querySelectorAll("canvas");
      if (!canvas || others.length > 0) return false;
      const width = page.getBoundingClientRect().width * devicePixelRatio;
      return Math.abs(canvas.width - width) <= 2;
    })()`),
  );
  assert.equal(await page.locator('[data-page="250"] .textLayer').count(), 1);
  assert.equal(await pageNumber(reader), "250");
  await assertQuiet(reader);
  await page.close();
});

test("keys reach the document at once, pages are announced, and arrow keys go through the tools", async () => {
  const bytes = register(30, plain);
  const reader = await openPdf(browser, () => bytes);
  const { page } = reader;
  await eventually("page 1", async () => (await inkOf(reader, 1)) > 0.001);
  const focused = (): Promise<string> =>
    page.evaluate<string>("document.activeElement.getAttribute('aria-label')");
  assert.equal(await focused(), "register.pdf");
  const ring = "getComputedStyle(document.querySelector('main')).outlineStyle";
  assert.equal(await page.evaluate(ring), "none", "no ring around what has the focus from the start");
  await page.keyboard.press("PageDown");
  await eventually("the page", async () => (await said(reader)) === "Page 2 of 30.");
  await page.keyboard.press("+");
  await eventually("the size", async () => /^\d+% of its size\.$/.test(await said(reader)));
  await page.getByRole("button", { name: "Next page" }).click();
  await eventually("the page", async () => (await said(reader)) === "Page 3 of 30.");
  await page.keyboard.press("ArrowLeft");
  assert.equal(await focused(), "Previous page");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  assert.equal(await focused(), "Page, of 30");
  await page.close();
});
