import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { FrameLocator, Locator } from "playwright-core";
import { root } from "../../scripts/tools.mjs";
import { chooseAction, editorFocused, highlighted, selectLines } from "../support/editorSteps.ts";
import { engineProcess } from "../support/engineProcess.ts";
import {
  type FakeMessage,
  type FakeOllama,
  type FakeOllamaOptions,
  passageWith,
  startFakeOllama,
} from "../support/fakeOllama.ts";
import { filesInSample, unreadInSample } from "../support/sampleFiles.ts";
import { lineVisible, openWorkbench, type Workbench } from "../support/workbench.ts";
import { eventually } from "../support/workspace.ts";

/**
 * Carrel as a person uses it: a real VS Code on the sample workspace, the real engine, and a stand-in for Ollama
 * that speaks its protocol. The tests share one window and run in order; each begins a new conversation.
 */

const moneyQuestion = "How much cash do we accept from a client in a matter?";
/** In the environment of everything that this window starts. */
const mark = { CARREL_E2E: `carrel-e2e-${process.pid}` };
const findEngine = (): number | undefined => engineProcess(`CARREL_E2E=${mark.CARREL_E2E}`);

let fake: FakeOllama;
let workbench: Workbench;
let panel: FrameLocator;

before(async () => {
  fake = await startFakeOllama();
  workbench = await openWorkbench({
    folder: join(root, "sample"),
    settings: {
      "carrel.ollama.url": fake.url,
      // Counts of files would change once the scan is read.
      "carrel.ocr.enabled": false,
      "remote.autoForwardPorts": false,
    },
    env: mark,
  });
  // Two files that can't be indexed, to be accounted for.
  writeFileSync(join(workbench.folder, "reports/scan.bin"), Buffer.from([0, 1, 2, 255, 0, 0]));
  writeFileSync(join(workbench.folder, ".env"), "DOCKET_KEY=not-for-anybody\n");
});
after(async () => {
  await workbench?.close();
  await fake?.close();
});

/** The stand-in as it is by default, but for these options. */
function serve(options: Partial<FakeOllamaOptions> = {}): void {
  fake.set({ fault: undefined, answer: undefined, tokenDelayMs: undefined, ...options } as FakeOllamaOptions);
}

async function begin(options: Partial<FakeOllamaOptions> = {}): Promise<void> {
  serve(options);
  await workbench.newConversation();
}

async function ask(question: string): Promise<Locator> {
  await panel.getByTestId("ask-box").fill(question);
  await panel.getByTestId("ask-box").press("Enter");
  return panel.getByTestId("exchange").last();
}

const cashAnswer: FakeOllamaOptions["answer"] = (messages) => {
  const number = passageWith(messages, "Cash is accepted up to 1,000 euros");
  return `Cash is accepted up to 1,000 euros in a matter, against a numbered receipt [${number}]. The limit will rise to 7,500 euros [${number}].`;
};

/** Of its two sentences one is in the file; what the check makes of the other is tested where the check is. */
const oneOfTwo = /^1 (?:of 2 sentences confirmed|sentence says something else)/;

const activeEditor = (name: string): Promise<Locator> => workbench.activeEditor(name);

test("the icon opens the panel, and the workspace is indexed", async () => {
  panel = await workbench.openPanel();
  await panel
    .getByTestId("status-text")
    .getByText(new RegExp(`^${filesInSample} files indexed`))
    .waitFor({ timeout: 300_000 });
  const item = workbench.page.locator('.statusbar-item[id="carrel.carrel.carrel.status"]');
  await eventually("ready in the status bar", async () =>
    new RegExp(`Ready: ${filesInSample} files`).test(
      (await item.locator("a").getAttribute("aria-label")) ?? "",
    ),
  );
  await panel.getByRole("button", { name: "Choose model: qwen3:4b" }).waitFor();
});

test("an answer is streamed and checked; its sources and citations open the place", async () => {
  // Slow until it has been seen to grow, so that it is not over before somebody looks.
  await begin({ answer: cashAnswer, tokenDelayMs: 1_000 });
  const exchange = await ask(moneyQuestion);
  const answer = exchange.getByTestId("answer");
  await answer.getByText("Cash is").waitFor();
  const early = ((await answer.textContent()) ?? "").length;
  await exchange.getByTestId("stage").getByText("Writing…").waitFor();
  await eventually("a longer answer", async () => ((await answer.textContent()) ?? "").length > early);
  serve({ answer: cashAnswer });
  await exchange.getByTestId("support").getByText(oneOfTwo).waitFor();
  await exchange.locator(".flag").waitFor();
  assert.equal(await exchange.getByTestId("stage").count(), 0);
  assert.match(
    (await exchange.getByTestId("context").textContent()) ?? "",
    /^qwen3:4b \(Ollama\) · [\d,]+ of [\d,]+ tokens/,
  );

  await exchange.locator('[data-testid="source"][data-path="policies/client-money.md"]').click();
  const editor = await activeEditor("client-money.md");
  await lineVisible(editor, "Cash is accepted up to 1,000 euros");
  await eventually("the highlight", async () => (await highlighted(editor)) > 5);
  // Beside the passage's lines, the sentence that the answer rests on has a mark of its own.
  await editor.locator('.view-overlays .cdr[class*="ced-"]:not([style*="width:100%"])').first().waitFor();

  await workbench.command("View: Close All Editors");
  await workbench.page.locator(".tab").waitFor({ state: "detached" });
  await exchange.locator(".cite").first().click();
  const comparison = exchange.getByTestId("comparison");
  await comparison.getByText("Cash is accepted up to 1,000 euros").first().waitFor();
  await comparison.getByTestId("open-compared").click();
  await lineVisible(await activeEditor("client-money.md"), "Cash is accepted up to 1,000 euros");
});

test("what is not in the files is said to be not found, and what comes nearest is folded away", async () => {
  await begin();
  const asked = (): number => fake.requests.filter(({ path }) => path === "/api/chat").length;
  const before = asked();
  const exchange = await ask("What is the capital of Mongolia?");
  const notFound = exchange.getByTestId("not-found");
  await notFound.waitFor();
  const said = (await notFound.textContent()) ?? "";
  assert.match(
    said,
    new RegExp(`^I did not find this in your files\\. Searched: ${filesInSample} files in `),
  );
  assert.equal(asked(), before, "no model is asked");
  const passages = exchange.getByTestId("passage");
  assert.equal(await passages.count(), 0);
  const nearest = exchange.getByTestId("nearest");
  await nearest.click();
  await passages.nth(2).waitFor();
  assert.equal(await passages.count(), 3);
  await nearest.click();
  await passages.first().waitFor({ state: "detached" });
});

test("a PDF opens in the reader at its page", async () => {
  const said = (messages: readonly FakeMessage[]): string =>
    `You may end the lease if you give notice in writing at least nine months before that day [${passageWith(messages, "at least nine months")}].`;
  await begin({ answer: said });
  const exchange = await ask("By when do we have to tell the landlord if we want out early?");
  await exchange.getByTestId("support").waitFor();
  const showAll = exchange.getByRole("button", { name: /read but not cited/ });
  if (await showAll.count()) await showAll.click();
  const source = exchange.locator('[data-testid="source"][data-path="contracts/office-lease.pdf"]').first();
  assert.match((await source.textContent()) ?? "", /page 4/);
  await source.click();
  await workbench.page.locator('.tab.active[data-resource-name="office-lease.pdf"]').waitFor();
  await workbench.reader.locator('[data-page="4"] canvas').waitFor();
  const told = workbench.reader.getByTestId("said");
  await eventually("the mark", async () => /^Page 4\. Marked: /.test((await told.textContent()) ?? ""));
});

test("by keyboard alone: open, break a line, ask, go to a citation, open it", async () => {
  await begin({ answer: cashAnswer });
  const { keyboard } = workbench.page;
  await workbench.command("View: Close All Editors");
  await workbench.page.locator(".quick-input-widget").waitFor({ state: "hidden" });
  await keyboard.press("Control+k");
  await keyboard.press("a");
  const box = panel.getByTestId("ask-box");
  await panel.locator('[data-testid="ask-box"]:focus').waitFor();
  await keyboard.type(moneyQuestion);
  await keyboard.press("Shift+Enter");
  await keyboard.type("And in coins?");
  assert.equal(await box.inputValue(), `${moneyQuestion}\nAnd in coins?`);
  await keyboard.press("Enter");
  await panel.getByTestId("support").waitFor();
  const citation = panel.locator(".cite:focus");
  for (let step = 0; step < 15 && (await citation.count()) === 0; step++) await keyboard.press("Shift+Tab");
  assert.equal(await citation.count(), 1, "Shift+Tab leads from the box to a citation");
  await panel.getByTestId("popover").waitFor();
  await keyboard.press("Enter");
  await panel.locator('[data-testid="comparison"]:focus').waitFor();
  const link = panel.locator('[data-testid="open-compared"]:focus');
  for (let step = 0; step < 3 && (await link.count()) === 0; step++) await keyboard.press("Tab");
  await keyboard.press("Enter");
  await lineVisible(await activeEditor("client-money.md"), "Cash is accepted up to 1,000 euros");
});

test("Escape stops a long answer, also at the model server, and the next question is answered", async () => {
  await begin({ answer: "Word after word. ".repeat(300), tokenDelayMs: 30 });
  const exchange = await ask("Tell me everything.");
  await exchange.getByTestId("answer").getByText("Word after word.").waitFor();
  const chats = (): FakeOllama["requests"] => fake.requests.filter(({ path }) => path === "/api/chat");
  await workbench.page.keyboard.press("Escape");
  await exchange.getByText("Stopped before the end.").waitFor();
  await eventually("the end of the server's work", async () => chats().at(-1)?.aborted);
  serve({ answer: cashAnswer });
  await (await ask(moneyQuestion)).getByTestId("support").waitFor();
  assert.equal(await panel.getByTestId("exchange").count(), 2);
});

test("a model server that dies in the middle leaves what was written, says so, and Retry works", async () => {
  await begin({ fault: "cut-stream" });
  const exchange = await ask(moneyQuestion);
  await exchange
    .locator(".notice.warning")
    .getByText(/The answer is not complete.*broke off/)
    .waitFor();
  assert.notEqual((await exchange.getByTestId("answer").textContent()) ?? "", "");
  serve({ answer: cashAnswer });
  await exchange.getByTestId("retry").click();
  await panel.getByTestId("exchange").last().getByText(oneOfTwo).waitFor();
});

test("without a model server: passages with marks, a notice, and the way to set one up", async () => {
  const { port } = fake;
  await begin();
  await fake.close();
  let reopened = false;
  try {
    const exchange = await ask(moneyQuestion);
    await exchange.getByTestId("passage").first().waitFor();
    await exchange
      .getByTestId("notice")
      .getByText(/no written answer.*No model server answers/)
      .waitFor();
    const marks = await exchange.locator(".passage mark").allInnerTexts();
    assert.ok(
      marks.some((mark) => mark.includes("Cash is accepted up to 1,000 euros")),
      marks.join(" | "),
    );
    await panel.getByRole("button", { name: "Choose model: No model: passages only" }).waitFor();
    await exchange.getByRole("button", { name: "Set up Ollama" }).click();
    await workbench.page.getByText("Get written answers with Ollama").first().waitFor();
    const toast = workbench.page
      .locator(".notification-toast")
      .filter({ hasText: "No model server answers" });
    await toast.locator(".codicon-info").waitFor();
    fake = await startFakeOllama({ port });
    reopened = true;
    await toast.getByRole("button", { name: "Look Again" }).click();
    const ready = workbench.page.locator(".notification-toast").filter({ hasText: "Ollama is ready" });
    await ready.getByText("answers are written by qwen3:4b").waitFor();
  } finally {
    // Later tests need one, whatever happened here.
    if (!reopened) fake = await startFakeOllama({ port });
    await workbench.command("Notifications: Clear All Notifications");
  }
});

test("Search by Meaning takes filters, and says what is wrong with one in its list", async () => {
  await workbench.command("Carrel: Search by Meaning");
  const { page } = workbench;
  const rows = page.locator(".quick-input-list .monaco-list-row");
  const title = page.locator(".quick-input-title");
  const input = page.getByPlaceholder("What are you looking for?");
  await input.fill("escalate deadlines lang:pytho");
  await rows.filter({ hasText: 'There is no language "pytho".' }).waitFor();
  await page.keyboard.press("Enter");
  await input.fill("escalate deadlines lang:py");
  await title.getByText("Search by meaning · lang:python", { exact: true }).waitFor();
  await rows.first().filter({ hasText: ".py:" }).waitFor();
  assert.equal(await rows.filter({ hasNotText: ".py:" }).count(), 0);
  await input.fill("escalate deadlines in:elsewhere");
  await rows.filter({ hasText: 'There is no folder "elsewhere" in this workspace.' }).waitFor();
  await page.keyboard.press("Escape");
  await page.locator(".quick-input-widget").waitFor({ state: "hidden" });
  assert.equal(await page.locator(".notification-toast").count(), 0);
});

test("Search by Meaning shows results as one types, previews, and Enter opens", async () => {
  await workbench.command("View: Close All Editors");
  await workbench.command("Carrel: Search by Meaning");
  const { page } = workbench;
  const rows = page.locator(".quick-input-list .monaco-list-row");
  await page.getByPlaceholder("What are you looking for?").waitFor();
  await page.locator(".quick-input-widget input:focus").waitFor();
  await page.keyboard.type("escalate deadlines");
  await rows.filter({ hasText: "deadlines.py" }).first().waitFor();
  await page.keyboard.type(" to the partners' telephones");
  await rows.first().filter({ hasText: "deadlines.py:112" }).waitFor();
  await lineVisible(await activeEditor("deadlines.py"), "def escalate(");
  await page.keyboard.press("Enter");
  await page.locator(".quick-input-widget").waitFor({ state: "hidden" });
  const editor = await activeEditor("deadlines.py");
  await eventually("the highlight", async () => (await highlighted(editor)) > 0);
});

test("Explain with Carrel brings the selection into the panel", async () => {
  await begin({ answer: "It puts urgent deadlines first." });
  const { page } = workbench;
  const select = (): Promise<void> => selectLines(page, "deadlines.py", 112, 114);
  await chooseAction(page, "Explain with Carrel", select);
  const exchange = panel.getByTestId("exchange").last();
  await exchange.getByText("software/deadlines/deadlines.py:112-114").waitFor();
  await exchange.getByText("It puts urgent deadlines first.").waitFor();
  const prompt = fake.requests.findLast(({ path }) => path === "/api/chat")?.body.messages?.at(-1)?.content;
  assert.match(prompt ?? "", /def escalate\(/);

  await chooseAction(page, "Ask Carrel about this", select);
  await panel.getByTestId("selection-chip").getByText("software/deadlines/deadlines.py:112-114").waitFor();
});

test("Show Index Status counts the files and says why others were left out", async () => {
  await workbench.command("Carrel: Show Index Status");
  const editor = await activeEditor("Carrel index status.md");
  for (const line of [
    "- State: ready",
    `- Files: ${filesInSample}`,
    `- Left out: ${unreadInSample.length + 2}`,
  ])
    await lineVisible(editor, line);
  await editorFocused(workbench.page);
  await workbench.page.keyboard.press("Control+End");
  for (const line of ["- reports/scan.bin", "- .env", ...unreadInSample.map((path) => `- ${path}`)])
    await lineVisible(editor, line);
});

test("a saved change can be found", async (t) => {
  const { page } = workbench;
  await page.keyboard.press("Control+p");
  await page.locator(".quick-input-widget input").fill("leave.md");
  await page.locator(".quick-input-list .monaco-list-row").filter({ hasText: "leave.md" }).first().click();
  const editor = await activeEditor("leave.md");
  await page.locator(".tab.active").click();
  await editorFocused(page);
  await page.keyboard.press("Control+End");
  await page.keyboard.type("\n## Quokkas\n\nWho keeps a quokka gets an extra Wednesday for the burrow.\n");
  await lineVisible(editor, "Who keeps a quokka gets an extra Wednesday");
  await page.keyboard.press("Control+s");
  const saved = performance.now();
  await workbench.command("Carrel: Search by Meaning");
  const input = page.getByPlaceholder("What are you looking for?");
  let tries = 0;
  await eventually("the new passage in the results", async () => {
    // Another question each time, because a result is not looked up twice.
    await input.fill(`quokka burrow${" ".repeat(tries++ % 2)}`);
    const row = page
      .locator(".quick-input-list .monaco-list-row")
      .filter({ hasText: /quokka/i })
      .first();
    return await row.waitFor({ timeout: 300 }).then(
      () => true,
      () => false,
    );
  });
  t.diagnostic(`A saved change was seen in the search after ${Math.round(performance.now() - saved)} ms.`);
  await page.keyboard.press("Escape");
});

test("an engine that is killed comes back, and the panel says what happened", {
  skip: process.platform !== "linux",
}, async () => {
  await begin({ answer: cashAnswer });
  const pid = findEngine();
  assert.ok(pid !== undefined, "the engine runs");
  // Noted by the page itself: the message stands for no longer than the wait of one second until the restart.
  await panel.locator("body").evaluate(`(() => {
    const status = document.querySelector('[data-testid="status"]');
    const told = (window.told = []);
    const options = { childList: true, characterData: true, subtree: true };
    new MutationObserver(() => told.push(status.textContent)).observe(status, options);
  })()`);
  process.kill(pid, "SIGKILL");
  await eventually("what is said of it", async () =>
    /engine stopped \(signal SIGKILL\)/.test(await panel.locator("body").evaluate("window.told.join()")),
  );
  await panel
    .getByTestId("status-text")
    .getByText(new RegExp(`^${filesInSample} files indexed`))
    .waitFor();
  assert.notEqual(findEngine(), pid);
  await (await ask(moneyQuestion)).getByText(oneOfTwo).waitFor();
});
