import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { Frame, FrameLocator, Locator } from "playwright-core";
import { root } from "../../scripts/tools.mjs";
import { openWorkbench, type Workbench } from "../support/workbench.ts";
import { eventually } from "../support/workspace.ts";

/**
 * Documents that are open in the reader, in a real VS Code: the commands that an editor has for what is selected, and
 * scans that are read meanwhile. No model answers.
 */

let scratch: string;
let workbench: Workbench;
let panel: FrameLocator;

before(async () => {
  scratch = mkdtempSync(join(tmpdir(), "carrel-selection-"));
  const folder = join(scratch, "office");
  mkdirSync(folder);
  cpSync(join(root, "sample/contracts/office-lease.pdf"), join(folder, "office-lease.pdf"));
  cpSync(join(root, "sample/handbook/leave.md"), join(folder, "leave.md"));
  for (const name of ["book.xlsx", "report.docx"]) {
    cpSync(join(root, "test/fixtures/files", name), join(folder, name));
  }
  for (const name of ["letter.pdf", "turned.pdf"]) {
    cpSync(join(root, "test/fixtures/scans", name), join(folder, name));
  }
  workbench = await openWorkbench({
    folder,
    settings: {
      // What is to be read is read when its documents are open.
      "carrel.ocr.enabled": false,
      "carrel.indexing.refine": false,
      // Nothing listens on the port that nobody may listen on.
      "carrel.ollama.url": "http://127.0.0.1:1",
      "remote.autoForwardPorts": false,
      "workbench.editorAssociations": { "*.{pdf,xlsx,docx}": "carrel.reader" },
    },
  });
  panel = await workbench.openPanel();
  await panel.getByText(/^4 files indexed/).waitFor({ timeout: 300_000 });
});
after(async () => {
  await workbench?.close();
  rmSync(scratch, { recursive: true, force: true });
});

async function open(name: string): Promise<void> {
  await workbench.command("View: Close All Editors");
  await workbench.command("View: Show Explorer");
  await workbench.page
    .locator(".explorer-folders-view .monaco-list-row")
    .filter({ hasText: name })
    .dblclick();
  await workbench.page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
}

/** Selects all of an element that holds a text. */
async function select(element: Locator): Promise<void> {
  await element.evaluate((target) => {
    const page = globalThis as unknown as { getSelection(): { selectAllChildren(of: unknown): void } };
    page.getSelection().selectAllChildren(target);
  });
}

function rows(): Locator {
  return workbench.page.locator(".quick-input-list .monaco-list-row");
}

test("what is selected on a page of a PDF is explained, and related passages are found for it", async () => {
  await open("office-lease.pdf");
  const line = workbench.reader.locator('[data-page="1"] .textLayer span').filter({ hasText: /\w{4}/ });
  await line.first().waitFor({ state: "attached" });
  await select(workbench.reader.locator('[data-page="1"] .textLayer'));
  await workbench.command("Carrel: Explain Selection");
  const exchange = panel.getByTestId("exchange").last();
  await exchange.getByText("office-lease.pdf, page 1", { exact: true }).waitFor();
  await exchange.getByText("Explain this: what it says or does, and what it depends on.").waitFor();

  // The panel takes the focus a moment later, which would close a list that is there by then.
  await panel.locator('[data-testid="ask-box"]:focus').waitFor();
  await workbench.command("Carrel: Find Related Code and Documents");
  await workbench.page.getByText("Related to office-lease.pdf, page 1").waitFor();
  await rows().first().waitFor();
  const found = await rows().allInnerTexts();
  assert.ok(found.length > 0);
  assert.deepEqual(
    found.filter((text) => text.includes("office-lease.pdf:page 1")),
    [],
    "the page itself is none",
  );
  // The first of them is shown in the document's own tab until one gives up.
  const shown = workbench.reader.getByTestId("page-number");
  await eventually("the preview", async () => (await shown.inputValue()) !== "1");
  await workbench.page.keyboard.press("Escape");
  await eventually("the page before", async () => (await shown.inputValue()) === "1");
});

test("a row of a sheet is asked about, and named by its cells", async () => {
  await open("book.xlsx");
  const cell = workbench.reader.locator("td").filter({ hasText: "Standing desk" }).first();
  await cell.waitFor();
  await select(cell);
  await workbench.command("Carrel: Ask about Selection");
  await panel
    .getByTestId("selection-chip")
    .getByText(/^book\.xlsx, sheet Costs Q3, [A-Z]\d/)
    .waitFor();
});

test("where nothing is selected, each of the commands says so", async () => {
  await open("report.docx");
  await workbench.reader.locator("[data-line]").first().waitFor();
  for (const title of ["Explain Selection", "Ask about Selection", "Find Related Code and Documents"]) {
    await workbench.command(`Carrel: ${title}`);
    const toast = workbench.page.locator(".notification-toast").filter({ hasText: "No text is selected" });
    await toast.getByText("Select the text that you mean.").first().waitFor();
    await workbench.command("Notifications: Clear All Notifications");
    await toast.first().waitFor({ state: "detached" });
  }
  const heading = workbench.reader.locator("h2, h3").first();
  const name = (await heading.textContent()) ?? "";
  await select(heading);
  await workbench.command("Carrel: Ask about Selection");
  await panel.getByTestId("selection-chip").getByText(`report.docx, ${name}`).waitFor();
});

/** The page of a document that is open in the reader, in front or behind. */
async function pageOf(name: string): Promise<Frame> {
  return await eventually(`the page of ${name}`, async () => {
    for (const frame of workbench.page.frames()) {
      const found = await frame
        .locator(`main[aria-label="${name}"]`)
        .count()
        .catch(() => 0);
      if (found > 0) return frame;
    }
    return undefined;
  });
}

test("scans that are open get their words when they have been read, in front and behind, and stay where they are", async () => {
  await open("letter.pdf");
  const letter = await pageOf("letter.pdf");
  await letter.locator('[data-page="1"] canvas').waitFor();
  await letter.getByRole("button", { name: "Zoom in" }).click();
  await letter.getByRole("button", { name: "Next page" }).click();
  await letter.locator('[data-page="2"] canvas').waitFor();
  const state = async (): Promise<readonly string[]> => [
    await letter.getByTestId("page-number").inputValue(),
    (await letter.getByTestId("zoom").textContent()) ?? "",
    await letter
      .locator("main")
      .evaluate((main) => `${(main as unknown as { scrollTop: number }).scrollTop}`),
  ];
  const before = await state();
  assert.equal(before[0], "2");
  const file = workbench.page
    .locator(".explorer-folders-view .monaco-list-row")
    .filter({ hasText: "turned.pdf" });
  await file.dblclick();
  const turned = await pageOf("turned.pdf");
  await turned.locator('[data-page="1"] canvas').waitFor();
  const layer = turned.locator('[data-page="1"] .textLayer');
  await layer.waitFor({ state: "attached" });
  assert.equal(await layer.textContent(), "");

  const settings = join(workbench.storage, "../../../Machine/settings.json");
  const values = JSON.parse(readFileSync(settings, "utf8"));
  writeFileSync(settings, JSON.stringify({ ...values, "carrel.ocr.enabled": true }));
  await layer.getByText("Grey Island").first().waitFor({ state: "attached", timeout: 300_000 });
  await workbench.page.locator('.tab[data-resource-name="letter.pdf"]').click();
  await letter
    .locator('[data-page="2"] .textLayer span')
    .first()
    .waitFor({ state: "attached", timeout: 300_000 });
  assert.deepEqual(await state(), before);
  await letter.getByTestId("find").fill("crane lifts");
  await letter.getByTestId("find").press("Enter");
  await eventually("what is found", async () =>
    /^Found on page 1/.test((await letter.getByTestId("said").textContent()) ?? ""),
  );
});
