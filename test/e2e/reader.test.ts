import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { FrameLocator, Locator } from "playwright-core";
import { root } from "../../scripts/tools.mjs";
import { makePdf } from "../support/makePdf.ts";
import { openWorkbench, type Workbench } from "../support/workbench.ts";
import { eventually } from "../support/workspace.ts";

/** The reader in a real VS Code, with the real engine, on documents of four formats and a scan. No model answers. */

/** The longest that an index of all files is waited for. */
const patient = { timeout: 300_000 };

let scratch: string;
let workbench: Workbench;
let panel: FrameLocator;

before(async () => {
  scratch = mkdtempSync(join(tmpdir(), "carrel-documents-"));
  const folder = join(scratch, "office");
  mkdirSync(folder);
  cpSync(join(root, "sample/contracts/office-lease.pdf"), join(folder, "office-lease.pdf"));
  for (const name of ["book.xlsx", "report.docx", "offer.eml"]) {
    cpSync(join(root, "test/fixtures/files", name), join(folder, name));
  }
  cpSync(join(root, "test/fixtures/scans/letter.pdf"), join(folder, "letter.pdf"));
  const pages = Array.from({ length: 1000 }, (_, index) => ({
    lines: [
      `Record ${index + 1}`,
      index === 699 ? "The quokka of Rottnest was counted twice." : "Nothing was counted.",
    ],
  }));
  writeFileSync(join(folder, "register.pdf"), makePdf(pages));
  workbench = await openWorkbench({
    folder,
    // Nothing listens on the port that nobody may listen on.
    settings: {
      "carrel.ollama.url": "http://127.0.0.1:1",
      "remote.autoForwardPorts": false,
      // A single click in the explorer then opens a mail in the reader, in a preview's tab.
      "workbench.editorAssociations": { "*.eml": "carrel.reader" },
    },
  });
  panel = await workbench.openPanel();
  await panel.getByText("6 files indexed").waitFor(patient);
});
after(async () => {
  await workbench?.close();
  rmSync(scratch, { recursive: true, force: true });
});

/** Asks, and clicks the first source in a file. */
async function openSource(question: string, path: string): Promise<Locator> {
  await workbench.command("View: Close All Editors");
  await workbench.newConversation();
  await panel.getByTestId("ask-box").fill(question);
  await panel.getByTestId("ask-box").press("Enter");
  const exchange = panel.getByTestId("exchange").last();
  await exchange.getByTestId("passage").first().waitFor();
  const source = exchange.locator(`[data-testid="source"][data-path="${path}"]`).first();
  await source.click();
  await workbench.page.locator(`.tab.active[data-resource-name="${path}"]`).waitFor();
  return source;
}

function said(): Promise<string | null> {
  return workbench.reader.getByTestId("said").textContent();
}

test("a click on a PDF's source shows the page as it is, with the sentence marked", async () => {
  await openSource("May the Tenant end the lease at nine months of notice in writing?", "office-lease.pdf");
  await workbench.reader.locator('[data-page="4"] canvas').waitFor();
  await eventually("the mark", async () => /^Page 4\. Marked: /.test((await said()) ?? ""));
  assert.match((await said()) ?? "", /nine months/);
  const ink = await workbench.reader.locator('[data-page="4"] canvas').evaluate((canvas) => {
    const context = (
      canvas as unknown as { getContext(kind: "2d"): { getImageData(...box: number[]): { data: number[] } } }
    ).getContext("2d");
    const { data } = context.getImageData(0, 0, 800, 500);
    return data.filter((value, index) => index % 4 === 0 && value < 100).length;
  });
  assert.ok(ink > 500, "letters are drawn");
});

test("a PDF of a thousand pages opens at page 700, and the next source in it moves the same tab", async (t) => {
  const clicked = performance.now();
  await openSource("quokka of Rottnest", "register.pdf");
  await workbench.reader.locator('[data-page="700"] canvas').waitFor();
  t.diagnostic(`From the question to page 700: ${Math.round(performance.now() - clicked)} ms.`);
  await eventually("the mark", async () => /^Page 700\. Marked: .*quokka/.test((await said()) ?? ""));
});

test("a spreadsheet's source marks its cells, a document's and a mail's their lines", async () => {
  await openSource("What do the standing desks cost?", "book.xlsx");
  await workbench.reader.locator("td.passage").first().waitFor();
  await workbench.reader.locator("td.passage").filter({ hasText: "Standing desk" }).waitFor();
  await openSource("Which bridge needs its beams replaced?", "report.docx");
  await workbench.reader.locator(".passage").first().waitFor();
  await openSource("What does the Fresnel lens cost?", "offer.eml");
  await workbench.reader.locator(".passage").first().waitFor();
});

test("a click on a scan's source shows the picture with the words marked that were recognised in it", async () => {
  const question = "How much can the crane lift?";
  const isRead = async (): Promise<boolean> => {
    await workbench.newConversation();
    await panel.getByTestId("ask-box").fill(question);
    await panel.getByTestId("ask-box").press("Enter");
    const exchange = panel.getByTestId("exchange").last();
    await exchange.getByTestId("passage").first().waitFor();
    return (await exchange.locator('[data-testid="source"][data-path="letter.pdf"]').count()) > 0;
  };
  // Scans are read when nothing else is to be done, and the second pass comes first.
  await eventually("the scan is found", isRead, 300_000);
  await openSource(question, "letter.pdf");
  await workbench.reader.locator('[data-page="1"] canvas').waitFor();
  await eventually("the mark", async () => /^Page 1\. Marked: .*crane lifts/.test((await said()) ?? ""));
});

test("Search by Meaning previews a document without leaving the list, and Enter opens it", async () => {
  await workbench.command("View: Close All Editors");
  await workbench.command("Carrel: Search by Meaning");
  const { page } = workbench;
  await page.getByPlaceholder("What are you looking for?").fill("quokka of Rottnest");
  const row = page.locator(".quick-input-list .monaco-list-row").first();
  await row.filter({ hasText: "register.pdf:page 700" }).waitFor();
  await workbench.reader.locator('[data-page="700"] canvas').waitFor();
  await row.waitFor();
  await page.keyboard.press("Escape");
  await page.locator(".tab").waitFor({ state: "detached" });
  await workbench.command("Carrel: Search by Meaning");
  await page.getByPlaceholder("What are you looking for?").fill("quokka of Rottnest");
  await row.filter({ hasText: "register.pdf:page 700" }).waitFor();
  await page.keyboard.press("Enter");
  await page.locator('.tab.active[data-resource-name="register.pdf"]').waitFor();
  await workbench.reader.locator('[data-page="700"] canvas').waitFor();
});

test("Escape brings back the document whose tab a preview has taken", async () => {
  const { page } = workbench;
  await workbench.command("View: Close All Editors");
  await workbench.command("View: Show Explorer");
  await page.locator(".explorer-folders-view .monaco-list-row").filter({ hasText: "offer.eml" }).click();
  const mail = page.locator('.tab.active[data-resource-name="offer.eml"]');
  await mail.waitFor();
  await workbench.reader.locator("[data-line]").first().waitFor();
  await workbench.command("Carrel: Search by Meaning");
  await page.getByPlaceholder("What are you looking for?").fill("quokka of Rottnest");
  await page.locator('.tab.active[data-resource-name="register.pdf"]').waitFor();
  await page.keyboard.press("Escape");
  await mail.waitFor();
  await eventually("one tab", async () => (await page.locator(".tab").count()) === 1);
  await workbench.reader.locator("[data-line]").first().waitFor();
});

test("selected text is asked about in the panel, by the tool bar and by the command", async () => {
  await openSource("By when do we have to tell the landlord if we want out early?", "office-lease.pdf");
  await eventually("the mark", async () => /^Page 4\. Marked/.test((await said()) ?? ""));
  await workbench.reader.locator("body").evaluate(`(() => {
    const [range] = CSS.highlights.get("carrel-passage");
    getSelection().removeAllRanges();
    getSelection().addRange(range);
  })()`);
  await workbench.reader.getByRole("button", { name: "Ask about selection" }).click();
  await panel.getByTestId("selection-chip").getByText("office-lease.pdf, page 4").waitFor();
});

test("a tab closed while it draws is opened again at once; a file written or deleted while it is open is read anew", async () => {
  const source = await openSource("quokka of Rottnest", "register.pdf");
  await workbench.command("View: Close All Editors");
  await source.click();
  await source.click();
  await eventually("the mark", async () => /^Page 700\. Marked: .*quokka/.test((await said()) ?? ""));
  const file = join(workbench.folder, "register.pdf");
  const pages = Array.from({ length: 900 }, (_, index) => ({
    lines: [`Record ${index + 1}, counted anew.`],
  }));
  writeFileSync(file, makePdf(pages));
  await workbench.reader.getByText("Record 700, counted anew.").waitFor({ state: "attached" });
  await workbench.reader.locator('[data-page="700"] canvas').waitFor();
  rmSync(file);
  await workbench.reader.getByTestId("notice").getByText("This file was deleted or moved.").waitFor();
  assert.equal(await workbench.reader.locator('[data-page="700"] canvas').count(), 1, "what was drawn stays");
});

test("Reopen Editor With… offers the reader", async () => {
  await workbench.command("View: Close All Editors");
  const { page } = workbench;
  await page.keyboard.press("Control+p");
  await page.locator(".quick-input-widget input").fill("office-lease.pdf");
  await page
    .locator(".quick-input-list .monaco-list-row")
    .filter({ hasText: "office-lease.pdf" })
    .first()
    .click();
  await page.locator('.tab.active[data-resource-name="office-lease.pdf"]').waitFor();
  await workbench.command("View: Reopen Editor With...");
  await page
    .locator(".quick-input-list .monaco-list-row")
    .filter({ hasText: "Carrel Reader" })
    .first()
    .click();
  await workbench.reader.locator('[data-page="1"] canvas').waitFor();
});
