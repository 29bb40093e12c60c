import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { documentText } from "../../indexer/read/parseFile.ts";
import type { Hit } from "../../protocol/data.ts";
import type { Selected } from "../../protocol/reader.ts";
import { makePdf } from "../support/makePdf.ts";
import { browserForTests } from "../support/testBrowser.ts";
import { eventually } from "../support/workspace.ts";
import { type ThemeName, themeClasses } from "../webview/themes.ts";
import { type OpenReader, openReader, type ReaderTest } from "./readerPageHarness.ts";
import { assertQuiet, inkOf, pageNumber, said } from "./readerPageSteps.ts";
import { documentHit, openPdf } from "./readerPdfs.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const fixtures = join(root, "test/fixtures/files");

const browser = browserForTests();

/** A reader on a document of the fixtures, at some of its lines. */
async function openText(name: string, at?: Partial<Hit>, theme?: ThemeName): Promise<OpenReader> {
  const document = await documentText(fixtures, name);
  const { startLine = 1, endLine = 1 } = at ?? {};
  const text = document.text
    .split("\n")
    .slice(startLine - 1, endLine)
    .join("\n");
  return await openReader(browser, {
    isDrawn: false,
    ...(theme && { theme }),
    handlers: {
      ready: () => ({
        name,
        isDrawn: false,
        opensOutside: true,
        ...(at && { passage: documentHit({ text, ...at }) }),
      }),
      text: () => document,
    },
  });
}

const lease = readFileSync(join(root, "sample/contracts/office-lease.pdf"));
const sentence =
  "The Tenant may end the lease on 31 March 2027 if it gives notice in writing at least nine months\nbefore that day.";

/** A thousand pages, each with a line of its own. */
const thousandPages = makePdf(
  Array.from({ length: 1000 }, (_, index) => ({
    lines: [`Chapter ${index + 1}`, `This is what page ${index + 1} says.`],
    ...(index === 0 ? { link: "https://example.org/away" } : {}),
    ...(index === 699 ? { link: 3 } : {}),
  })),
);

test("a PDF opens at its passage: the page is drawn, the sentence marked, nothing is fetched", async () => {
  const text = `6.1 Break right of the Tenant\n${sentence}`;
  const marks: [number, number][] = [[text.length - sentence.length, text.length]];
  const reader = await openPdf(browser, () => lease, { page: 4, text, marks });
  await eventually("the drawn page", async () => (await inkOf(reader, 4)) > 0.01);
  await eventually("the mark", async () => (await reader.marked()).passage.length === 1);
  const [marked] = (await reader.marked()).passage;
  assert.equal(marked?.replace(/\s+/g, ""), sentence.slice(0, -1).replace(/\s+/g, ""));
  assert.match(await said(reader), /^Page 4\. Marked: The Tenant may end/);
  assert.equal(await pageNumber(reader), "4");
  await assertQuiet(reader);
  await reader.page.close();
});

test("a passage is marked whose words are drawn in parts, with letters of a second font", async () => {
  const text = "thông báo bằng văn bản trước ba tháng khi chấm dứt hợp đồng.";
  const bytes = readFileSync(join(fixtures, "twoFonts.pdf"));
  const reader = await openPdf(browser, () => bytes, { page: 1, text, marks: [[0, text.length]] });
  await eventually("the mark", async () => (await reader.marked()).passage.length === 1);
  const [marked] = (await reader.marked()).passage;
  assert.equal(marked, text.slice(0, -1));
  await assertQuiet(reader);
  await reader.page.close();
});

test("a passage that is not on its page any more opens the page alone, and says so", async () => {
  const reader = await openPdf(browser, () => lease, {
    page: 2,
    text: "These words stand nowhere in this lease at all.",
  });
  await eventually("what is said", async () =>
    (await said(reader)).startsWith("Page 2. The passage could not"),
  );
  assert.deepEqual((await reader.marked()).passage, []);
  await reader.page.close();
});

test("of a thousand pages only those near the place are drawn, and one that is told later is shown in the same tab", async () => {
  const reader = await openPdf(browser, () => thousandPages, {
    page: 700,
    text: "This is what page 700 says.",
  });
  await eventually("page 700", async () => (await inkOf(reader, 700)) > 0.001);
  const drawn = await reader.page.evaluate<number[]>(
    "[...document.querySelectorAll('.page canvas')].map(({ parentElement }) => Number(parentElement.dataset.page))",
  );
  assert.ok(
    drawn.every((number) => Math.abs(number - 700) <= 3),
    drawn.join(" "),
  );
  reader.host.notify("reveal", { passage: documentHit({ page: 12, text: "This is what page 12 says." }) });
  await eventually("page 12", async () => (await inkOf(reader, 12)) > 0.001);
  assert.deepEqual((await reader.marked()).passage, ["This is what page 12 says"]);
  await eventually("page 700 to be let go", async () => (await inkOf(reader, 700)) === 0);
  await assertQuiet(reader);
  await reader.page.close();
});

test("pages are turned, zoomed and searched by keyboard", async () => {
  const reader = await openPdf(browser, () => thousandPages);
  const { page } = reader;
  await eventually("the first page", async () => (await inkOf(reader, 1)) > 0.001);
  await page.getByTestId("document").focus();
  const after = async (key: string, expected: string): Promise<void> => {
    await page.keyboard.press(key);
    await eventually(`page ${expected} after ${key}`, async () => (await pageNumber(reader)) === expected);
  };
  await after("PageDown", "2");
  await after("PageUp", "1");
  await after("End", "1000");
  await after("Home", "1");
  const before = Number.parseInt((await page.getByTestId("zoom").textContent()) ?? "", 10);
  await page.keyboard.press("+");
  const larger = Number.parseInt((await page.getByTestId("zoom").textContent()) ?? "", 10);
  assert.ok(larger > before, `${before} ${larger}`);
  await page.keyboard.press("0");
  await page.getByTestId("page-number").fill("500");
  await page.keyboard.press("Enter");
  await eventually("page 500", async () => (await inkOf(reader, 500)) > 0.001);

  await page.getByTestId("document").focus();
  await page.keyboard.press("/");
  await page.keyboard.type("page 503 says");
  await page.keyboard.press("Enter");
  await eventually("what is found", async () => (await said(reader)) === "Found on page 503.");
  assert.deepEqual((await reader.marked()).found, ["page 503 says"]);
  await page.keyboard.press("Control+f");
  await page.keyboard.type("chapter");
  await page.keyboard.press("Enter");
  await eventually("one here", async () => (await said(reader)) === "Found on page 503.");
  await page.keyboard.press("Enter");
  await eventually("the next", async () => (await said(reader)) === "Found on page 504.");
  await page.keyboard.press("Shift+Enter");
  await eventually("the one before", async () => (await said(reader)) === "Found on page 503.");
  await page.keyboard.press("Control+a");
  await page.keyboard.type("nowhere to be seen");
  await page.keyboard.press("Enter");
  await eventually("its absence", async () => (await said(reader)).includes("is not found"));
  await page.keyboard.press("Escape");
  assert.deepEqual((await reader.marked()).found, []);
  await page.close();
});

test("a link asks the extension and loads nothing; one inside the document goes there; so does the outline", async () => {
  const asked: string[] = [];
  const openLink = ({ url }: { url: string }): Record<string, never> => {
    asked.push(url);
    return {};
  };
  const reader = await openPdf(browser, () => thousandPages, undefined, { openLink });
  const { page } = reader;
  await page.getByRole("button", { name: "Link to https://example.org/away" }).click();
  await eventually("the question", async () => asked.length > 0);
  assert.deepEqual(asked, ["https://example.org/away"]);
  await page.getByRole("button", { name: "Outline" }).click();
  await page.getByRole("button", { name: "Chapter 700", exact: true }).click();
  await eventually("page 700", async () => (await pageNumber(reader)) === "700");
  await page.getByRole("button", { name: "Go to this place in the document" }).click();
  await eventually("page 3", async () => (await pageNumber(reader)) === "3");
  assert.equal(new URL(page.url()).pathname, "/");
  await assertQuiet(reader);
  await page.close();
});

test("what is selected is copied with its source and asked about, from the tool bar and from the extension", async () => {
  const copied: string[] = [];
  const asked: Selected[] = [];
  const handlers: ReaderTest["handlers"] = {
    copy: ({ text }) => {
      copied.push(text);
      return {};
    },
    ask: (selected) => {
      asked.push(selected);
      return {};
    },
  };
  const reader = await openPdf(
    browser,
    () => lease,
    { path: "lease.pdf", page: 4, text: sentence },
    handlers,
  );
  const { page } = reader;
  await eventually("the mark", async () => (await reader.marked()).passage.length === 1);
  assert.deepEqual(await reader.host.request("selected", {}), {});
  await page.evaluate(`(() => {
    const [range] = CSS.highlights.get("carrel-passage");
    getSelection().removeAllRanges();
    getSelection().addRange(range);
  })()`);
  await page.getByRole("button", { name: "Copy with source" }).click();
  await eventually("the copy", async () => copied.length > 0);
  assert.match(copied[0] ?? "", /^The Tenant may end the lease[\s\S]*before that day\n— lease\.pdf, page 4$/);
  await page.getByRole("button", { name: "Ask about selection" }).click();
  await eventually("the question", async () => asked.length === 1);
  assert.deepEqual([asked[0]?.pages, asked[0]?.where], [[4, 4], "page 4"]);
  assert.match(asked[0]?.text ?? "", /^The Tenant may end the lease/);
  assert.deepEqual((await reader.host.request("selected", {})).selected, asked[0]);
  await page.close();
});

test("a scan is drawn, with the decoder that the extension gives", async () => {
  const reader = await openPdf(browser, () => makePdf([{ lines: ["A fax"], hasScan: true }]));
  await eventually("the square", async () => (await inkOf(reader, 1)) > 0.15);
  await assertQuiet(reader);
  await reader.page.close();
});

test("a PDF that can't be opened says why", async () => {
  for (const [name, expected] of [
    ["encrypted.pdf", /protected by a password/],
    ["notReally.pdf", /damaged/],
  ] as const) {
    const reader = await openPdf(browser, () => readFileSync(join(fixtures, name)));
    await reader.page.getByTestId("notice").getByText(expected).waitFor();
    assert.equal(await reader.page.getByRole("button", { name: "Try again" }).count(), 1);
    await reader.page.close();
  }
});

test("a spreadsheet opens as grids with the range marked", async () => {
  const place = { in: "sheet", sheet: "Costs Q3", cells: "A5:F6" } as const;
  const reader = await openText("book.xlsx", { startLine: 4, endLine: 5, place });
  await eventually("the marked cells", async () => (await reader.page.locator("td.passage").count()) === 12);
  const cells = await reader.page.evaluate<string[]>(
    "[...document.querySelectorAll('td.passage')].map(({ dataset }) => dataset.cell)",
  );
  assert.deepEqual([cells[0], cells.at(-1)], ["A5", "F6"]);
  const framed = await reader.page.evaluate<number[]>(
    "['top', 'bottom', 'left', 'right'].map((side) => document.querySelectorAll('td.edge-' + side).length)",
  );
  assert.deepEqual(framed, [6, 6, 2, 2], "one frame around the range");
  assert.match(await said(reader), /^Opened at sheet Costs Q3, A5:F6, which is marked/);
  await assertQuiet(reader);
  await reader.page.close();
});

test("a text document opens with its passage marked, and its markup is shown as text", async () => {
  const hostile = '<img src="https://example.org/x.png"><script>window.broken = 1</script>';
  const text = `Title\n\nFirst paragraph.\n\n${hostile}\n\nLast words of it.`;
  const reader = await openReader(browser, {
    isDrawn: false,
    handlers: {
      ready: () => ({
        name: "note.docx",
        isDrawn: false,
        opensOutside: false,
        passage: documentHit({ startLine: 7, endLine: 7, text: "Last words of it.", marks: [[0, 10]] }),
      }),
      text: () => ({ text, pages: [], headings: [{ name: "Title", level: 1, row: 0 }] }),
    },
  });
  await reader.page.getByRole("heading", { name: "Title" }).waitFor();
  await reader.page.getByText(hostile).waitFor();
  await eventually("the mark", async () => (await reader.marked()).passage[0] === "Last words");
  assert.equal(await reader.page.locator(".line.passage").textContent(), "Last words of it.");
  assert.equal(await reader.page.evaluate("window.broken"), undefined);
  assert.equal(await reader.page.locator("main img, main script").count(), 0);
  await assertQuiet(reader);
  await reader.page.close();
});

test("of a document of very many lines a part is set; the others come by a button and by finding", async () => {
  const lines = Array.from({ length: 30_000 }, (_, index) => `Line ${index + 1} says nothing.`);
  lines[24_999] = "Here are the grey geese.";
  const headings = Array.from({ length: 7_500 }, (_, index) => ({
    name: `${index}`,
    level: 1,
    row: 4 * index,
  }));
  const at = { startLine: 3, endLine: 3, text: lines[2] ?? "" };
  const reader = await openReader(browser, {
    isDrawn: false,
    handlers: {
      ready: () => ({
        ...{ name: "log.docx", isDrawn: false, opensOutside: false },
        passage: documentHit(at),
      }),
      text: () => ({ text: lines.join("\n"), pages: [], headings }),
    },
  });
  const { page } = reader;
  const marked = page.locator(".line.passage");
  await marked.getByText("Line 3 says").waitFor();
  await page.getByText("its lines 1 to 12,000 of 30,000 are shown").first().waitFor();
  await page.getByRole("button", { name: "Outline" }).click();
  assert.equal(await page.locator(".outline button").count(), 5_000);
  await page.getByRole("button", { name: "Outline" }).click();
  await page.getByTestId("find").fill("grey geese");
  for (const key of ["Enter", "Shift+Enter"]) {
    await page.keyboard.press(key);
    await eventually("what is found", async () => (await said(reader)) === "Found.");
    assert.deepEqual((await reader.marked()).found, ["grey geese"]);
    assert.equal(await marked.count(), 0);
  }
  assert.equal(await page.getByRole("button", { name: "Later lines" }).count(), 0);
  await page.getByRole("button", { name: "Earlier lines" }).click();
  await page.locator('[data-line="18000"]').waitFor();
  assert.ok(await page.getByTestId("document").evaluate((element) => element.matches(":focus")));
  await page.getByRole("button", { name: "Later lines" }).waitFor({ state: "attached" });
  await page.getByTestId("find").fill("Line 3 says");
  await page.keyboard.press("Enter");
  await eventually("the beginning", async () => (await reader.marked()).found[0] === "Line 3 says");
  await marked.getByText("Line 3 says").waitFor();
  await page.getByTestId("find").fill("swans");
  await page.keyboard.press("Enter");
  await eventually("their absence", async () => (await said(reader)).includes("is not found"));
  await assertQuiet(reader);
  await page.close();
});

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

for (const theme of Object.keys(themeClasses) as ThemeName[]) {
  test(`axe finds nothing to object to in ${theme}`, async () => {
    const place = { in: "sheet", sheet: "Costs Q3", cells: "A5:F6" } as const;
    const readers = [
      await openPdf(browser, () => lease, { page: 4, text: sentence }, {}, theme),
      await openText("book.xlsx", { startLine: 4, endLine: 5, place }, theme),
      await openText("offer.eml", { startLine: 2, endLine: 3 }, theme),
    ];
    for (const reader of readers) {
      const { page } = reader;
      await eventually("the passage", async () => /marked/i.test(await said(reader)));
      await page
        .getByRole("button", { name: "Outline" })
        .click({ timeout: 2_000 })
        .catch(() => undefined);
      await page.evaluate(axe);
      const violations = await page.evaluate<{ id: string; nodes: { html: string }[] }[]>(
        "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)",
      );
      assert.deepEqual(
        violations.map(
          ({ id, nodes }) =>
            `${id}: ${nodes
              .map(({ html }) => html)
              .join(" ")
              .slice(0, 400)}`,
        ),
        [],
      );
      await page.close();
    }
  });
}
