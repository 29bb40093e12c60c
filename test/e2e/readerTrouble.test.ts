import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { CarrelError } from "../../protocol/channel.ts";
import { makePdf } from "../support/makePdf.ts";
import { browserForTests } from "../support/testBrowser.ts";
import { eventually } from "../support/workspace.ts";
import { fileHandlers, openReader } from "./readerPageHarness.ts";
import { inkOf, pageNumber, said } from "./readerPageSteps.ts";
import { openPdf, plain, register } from "./readerPdfs.ts";

/** The reader's page when something of a document is damaged, too large or can't be loaded. */

const fixtures = fileURLToPath(new URL("../fixtures/files", import.meta.url));

const browser = browserForTests();

test("a PDF of more pages than a browser can lay out says which are there, and goes to the others", async () => {
  const bytes = register(10_300, plain);
  const reader = await openPdf(browser, () => bytes, { page: 10_200, text: plain(10_200) });
  const { page } = reader;
  await eventually("page 10,200", async () => (await reader.marked()).passage.length === 1);
  assert.equal(await pageNumber(reader), "10200");
  await page
    .getByText("This PDF is long: pages 301 to 10,300 of 10,300 stand here")
    .first()
    .waitFor({ state: "attached" });
  await page.getByTestId("page-number").fill("7");
  await page.keyboard.press("Enter");
  await eventually("page 7", async () => (await inkOf(reader, 7)) > 0.001);
  await page.getByText("pages 1 to 10,000 of 10,300 stand here").first().waitFor({ state: "attached" });
  // Near the end of the window: the text of ten thousand pages takes half a minute to look through.
  await page.getByTestId("page-number").fill("9900");
  await page.keyboard.press("Enter");
  await eventually("page 9,900", async () => (await inkOf(reader, 9900)) > 0.001);
  await page.getByTestId("find").fill("page 10299 says");
  await page.keyboard.press("Enter");
  await eventually("what is found", async () => (await said(reader)) === "Found on page 10299.");
  assert.deepEqual((await reader.marked()).found, ["page 10299 says"]);
  await page.close();
});

for (const [what, bytes, message, remedy] of [
  ["encrypted", "encrypted.pdf", /protected by a password/, /program that asks for the password/],
  ["no PDF", "notReally.pdf", /damaged: it can't be opened/, /Get the file again/],
  ["cut off", "truncated.pdf", /damaged: it can't be opened/, /Get the file again/],
  ["a head alone", "headerOnly.pdf", /damaged: it can't be opened/, /Get the file again/],
  ["empty", Buffer.alloc(0), /is empty: its file has no content/, /Save or copy the file again/],
  ["without pages", makePdf([]), /damaged: it can't be opened|has no pages/, /Get the file again/],
] as const) {
  test(`a PDF that is ${what} says so, and what to do`, async () => {
    const content = typeof bytes === "string" ? readFileSync(join(fixtures, bytes)) : bytes;
    const reader = await openPdf(browser, () => content);
    const notice = reader.page.getByTestId("notice");
    await notice.getByText(message).waitFor();
    await notice.getByText(remedy).waitFor();
    await reader.page.getByRole("button", { name: "Try again" }).waitFor();
    await reader.page.close();
  });
}

test("a PDF with wrong offsets is read whole, mended and drawn", async () => {
  const content = readFileSync(join(fixtures, "wrongOffset.pdf"));
  const reader = await openPdf(
    browser,
    () => content,
    undefined,
    fileHandlers(() => content, { start: 200, end: 100 }),
  );
  await reader.page.locator('[data-page="1"] canvas').waitFor();
  await reader.page.close();
});

test("a page that is damaged says so in its place, and the others are drawn", async () => {
  const bytes = register(3, plain);
  // Page 2 is object 7: what names it stays, what it is does not.
  const text = bytes.toString("latin1");
  const broken = Buffer.from(
    text.replace("\n7 0 obj\n<< /Type /Page ", "\n7 0 obj\n[[ /Type /Page "),
    "latin1",
  );
  assert.notDeepEqual(broken, bytes);
  const reader = await openPdf(browser, () => broken, { page: 2, text: plain(2) });
  await eventually("what is said", async () => /^Page 2 is damaged/.test(await said(reader)));
  await reader.page.locator('[data-page="2"][data-broken]').waitFor();
  await reader.page.getByRole("button", { name: "Next page" }).click();
  await eventually("page 3", async () => (await inkOf(reader, 3)) > 0.001);
  await reader.page.close();
});

test("a worker that can't run is said, however early it fails, and so is a file that can't be read", async () => {
  const bytes = register(1, plain);
  const { file } = fileHandlers(() => bytes);
  const [watched, failed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const reader = await openPdf(browser, () => bytes, undefined, {
    part: async () => {
      await watched.promise;
      return { bytes: new TextEncoder().encode("this is no script at all") };
    },
    file: async (params, context) => {
      await failed.promise;
      return await file(params, context);
    },
  });
  await reader.page.evaluate(`globalThis.Worker = class extends Worker {
    constructor(...given) {
      super(...given);
      this.addEventListener("error", () => { globalThis.hasFailed = true; });
    }
  }`);
  watched.resolve();
  await eventually("the failure", () => reader.page.evaluate<boolean>("globalThis.hasFailed === true"));
  failed.resolve();
  await reader.page.getByTestId("notice").getByText("could not be loaded").waitFor();
  await reader.page.close();
  const other = await openPdf(browser, () => register(1, plain), undefined, {
    file: () => {
      throw new CarrelError("This file is too large to be shown here.", "Open it in a program of its own.");
    },
  });
  const notice = other.page.getByTestId("notice");
  await notice.getByText("too large to be shown here").waitFor();
  await notice.getByText("Open it in a program of its own").waitFor();
  await other.page.close();
});

test("a pdf.js that can't be loaded is said, however early it fails, and at each try", async () => {
  let tries = 0;
  const { file, range } = fileHandlers(() => register(1, plain));
  const reader = await openReader(browser, {
    isDrawn: true,
    pdfScript: "throw new Error('broken')",
    handlers: {
      range,
      file: (params, context) => {
        tries++;
        return file(params, context);
      },
    },
  });
  const notice = reader.page.getByTestId("notice").getByText("could not be loaded");
  await notice.waitFor();
  await reader.page.getByRole("button", { name: "Try again" }).click();
  await eventually("the second try", async () => tries === 2);
  await notice.waitFor();
  await reader.page.close();
});

test("a passage is still shown when its document could be opened only at the second try", async () => {
  let isBroken = true;
  const bytes = register(100, plain);
  const { file } = fileHandlers(() => bytes);
  const reader = await openPdf(
    browser,
    () => bytes,
    { page: 40, text: plain(40) },
    {
      file: async (params, context) => {
        if (isBroken) throw new CarrelError("The file can't be read (EBUSY).", "Look whether it is there.");
        return await file(params, context);
      },
    },
  );
  await reader.page.getByTestId("notice").getByText("can't be read").waitFor();
  await eventually("what is said", async () => /EBUSY.*Look whether/.test(await said(reader)));
  isBroken = false;
  await reader.page.getByRole("button", { name: "Try again" }).click();
  await eventually("the passage", async () => (await said(reader)).startsWith("Page 40. Marked"));
  await reader.page.close();
});
