import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, type TestContext, test } from "node:test";
import type { FrameLocator, Locator } from "playwright-core";
import { root } from "../../scripts/tools.mjs";
import {
  type FakeMessage,
  type FakeOllama,
  type FakeOllamaOptions,
  passageWith,
  startFakeOllama,
} from "../support/fakeOllama.ts";
import { filesInSample } from "../support/sampleFiles.ts";
import { lineVisible, openWorkbench, type Workbench } from "../support/workbench.ts";
import { eventually } from "../support/workspace.ts";

/**
 * How answers come to be and are checked, in a real VS Code on a workspace of over 4,000 files: the sample beside data
 * sheets that differ in a name and a few values, so that half an index has a wrong answer to everything. The tests
 * share one window and run in order. What is waited for are states, however long this machine takes to reach them.
 */

const sheets = 4_000;
const allFiles = sheets + filesInSample;
/** The longest that a state is waited for which takes an index of all files. */
const patient = { timeout: 300_000 };

let fake: FakeOllama;
let workbench: Workbench;
let panel: FrameLocator;
let made: string;

before(async () => {
  made = mkdtempSync(join(tmpdir(), "carrel-answers-"));
  const folder = join(made, "works");
  cpSync(join(root, "sample"), folder, { recursive: true });
  for (let number = 0; number < sheets; number++) {
    const file = join(folder, sheetPath(number));
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, sheet(number));
  }
  fake = await startFakeOllama({
    models: [
      { name: "qwen3:4b-instruct", capabilities: ["completion"] },
      { name: "granite4:3b", capabilities: ["completion"] },
    ],
    answer: pressureAnswer,
  });
  workbench = await openWorkbench({
    folder,
    settings: {
      "carrel.ollama.url": fake.url,
      // It takes a core for minutes, and nothing here depends on it.
      "carrel.indexing.refine": false,
      "carrel.ocr.enabled": false,
      "remote.autoForwardPorts": false,
    },
  });
  panel = await workbench.openPanel();
});
after(async () => {
  await workbench?.close();
  await fake?.close();
  rmSync(made, { recursive: true, force: true, maxRetries: 5 });
});

/** A name for each number, of six letters. */
function pump(number: number): string {
  const syllable = (at: number): string => `${"bdfgklmnprstvwzj"[at % 16]}${"aeiou"[(at >> 4) % 5]}`;
  const name = syllable(number % 80) + syllable((number * 7 + 3) % 80) + syllable(Math.floor(number / 80));
  return `${name[0]?.toUpperCase()}${name.slice(1)}`;
}

function pressure(number: number): string {
  return `${(number % 900) + 100}.${number % 7} bar`;
}

function sheetPath(number: number): string {
  return `sheets/hall-${number % 40}/${pump(number).toLowerCase()}.md`;
}

function sheet(number: number): string {
  const name = pump(number);
  return `# Pump ${name}

The ${name} pump stands in bay ${number % 31}. It was built in ${1950 + (number % 70)} and repaired twice.

## Relief valve

The relief valve of the ${name} pump opens at ${pressure(number)}. It is tried every ${(number % 11) + 2} months.

## Care

Its bearings take ${(number % 45) + 5} g of grease. Whoever opens the housing lets the water out first.
`;
}

/** What a model writes that looks for the pump that the question names, and for nothing else. */
function pressureAnswer(messages: readonly FakeMessage[]): string {
  const prompt = messages.at(-1)?.content ?? "";
  const name = /([A-Z][a-z]{5}) pump/.exec(prompt.slice(prompt.lastIndexOf("</passage>")))?.[1];
  const sentence = new RegExp(`The relief valve of the ${name} pump opens at [\\d.]+ bar`).exec(prompt)?.[0];
  const other = /The relief valve of the \w+ pump opens at [\d.]+ bar/.exec(prompt)?.[0];
  const said = sentence ?? other;
  return said ? `${said} [${passageWith(messages, said)}].` : "I did not find this in your files.";
}

async function begin(options: Partial<FakeOllamaOptions>): Promise<void> {
  fake.set({ tokenDelayMs: 0, ...options });
  await workbench.newConversation();
}

async function ask(question: string): Promise<Locator> {
  const before = await panel.getByTestId("exchange").count();
  await panel.getByTestId("ask-box").fill(question);
  await panel.getByTestId("ask-box").press("Enter");
  return panel.getByTestId("exchange").nth(before);
}

/** What the last question was asked with. */
function lastPrompt(): string {
  const chat = fake.requests.findLast(({ path }) => path === "/api/chat");
  return chat?.body.messages?.at(-1)?.content ?? "";
}

/**
 * Waits for the answer to a question that was asked before all files were read. It waited for them, or says of how many
 * it is and is asked again by one click: then the answer to that.
 */
async function answerOfAll(t: TestContext, exchange: Locator): Promise<void> {
  await exchange.getByTestId("support").or(exchange.getByTestId("retry")).first().waitFor(patient);
  const partly = exchange.locator(".notice.warning").filter({ hasText: /^From (?:[\d,]+ of|the first)/ });
  if ((await partly.count()) === 0) return t.diagnostic("The question waited until all files were read.");
  t.diagnostic(`The first answer was marked: ${await partly.textContent()}`);
  assert.equal(await exchange.locator(".support.good").count(), 0, "no green mark for half an index");
  await exchange.getByTestId("ask-again").click();
  await partly.waitFor({ state: "detached", ...patient });
  await exchange.getByTestId("support").waitFor(patient);
}

const relief = (number: number): string =>
  `At what pressure does the relief valve of the ${pump(number)} pump open?`;

async function citedFirst(exchange: Locator): Promise<string | null> {
  return await exchange.getByTestId("source").first().getAttribute("data-path");
}

test("the first question, asked at once of 4,000 files, is answered from all of them", async (t) => {
  const exchange = await ask(relief(3_977));
  await answerOfAll(t, exchange);
  const answer = (await exchange.getByTestId("answer").textContent()) ?? "";
  assert.ok(answer.includes(`${pump(3_977)} pump opens at ${pressure(3_977)}`), answer);
  assert.equal(await citedFirst(exchange), sheetPath(3_977));
  await exchange
    .locator(".support.good")
    .getByText(/^Supported by its sources$/)
    .waitFor();
  await panel
    .getByTestId("status-text")
    .getByText(new RegExp(`^${allFiles.toLocaleString("en")} files indexed`))
    .waitFor(patient);
});

test("a question that goes on with it gets the other file, and a new one none of either", async () => {
  const following = await ask(`And for the ${pump(1_204)} pump?`);
  await following.getByTestId("support").waitFor();
  const answer = (await following.getByTestId("answer").textContent()) ?? "";
  assert.ok(answer.includes(`${pump(1_204)} pump opens at ${pressure(1_204)}`), answer);
  assert.equal(await citedFirst(following), sheetPath(1_204));
  await following
    .getByTestId("searched-for")
    .getByText(/relief valve/)
    .waitFor();

  fake.set({
    answer: (messages) =>
      `Everyone who works full time has 27 days of leave in a calendar year [${passageWith(messages, "has 27 days of leave")}].`,
  });
  const fresh = await ask("How many days of leave does somebody have who works full time?");
  await fresh.getByText(/^Supported by its sources$/).waitFor();
  assert.equal(await citedFirst(fresh), "handbook/leave.md");
  assert.equal(await fresh.getByTestId("searched-for").count(), 0);
  const passages = [...lastPrompt().matchAll(/<passage number[^>]*>/g)].map(([tag]) => tag);
  assert.ok(passages[0]?.includes("handbook/leave.md"), passages.join("\n"));
  for (const number of [3_977, 1_204]) assert.ok(!passages.join("\n").includes(sheetPath(number)));
});

test("what contradicts its source is loud, what is not confirmed and what names no source is grey", async () => {
  await begin({
    answer: (messages) => {
      const number = passageWith(messages, "Cash is accepted up to 1,000 euros");
      return `Cash is accepted up to 7,500 euros in a matter, against a numbered receipt [${number}]. A blue folder holds every receipt for the tax office [${number}].\n\nCoins are counted by a machine.`;
    },
  });
  const exchange = await ask("How much cash do we accept from a client in a matter?");
  await exchange
    .locator(".support.bad")
    .getByText("1 sentence says something else than its source, 1 could not be confirmed")
    .waitFor();
  const loud = exchange.getByTestId("contradicted");
  const grey = exchange.getByTestId("unconfirmed");
  const uncited = exchange.getByTestId("uncited");
  for (const mark of [loud, grey, uncited]) assert.equal(await mark.count(), 1);
  await exchange.locator(".claim.contradicted").getByText("Cash is accepted up to 7,500 euros").waitFor();
  const colour = (mark: Locator): Promise<string> => mark.evaluate((one) => getComputedStyle(one).color);
  assert.notEqual(await colour(loud), await colour(grey));

  const comparison = exchange.getByTestId("comparison");
  await loud.click();
  await comparison
    .getByText("Another number: the answer says “7,500 euros”, its source “1,000 euros”")
    .waitFor();
  const sides = comparison.locator(".side");
  await sides.nth(0).locator("mark").getByText("7,500 euros").waitFor();
  await sides.nth(1).locator("mark").getByText("1,000 euros").waitFor();
  await comparison.getByTestId("open-compared").click();
  await lineVisible(await workbench.activeEditor("client-money.md"), "Cash is accepted up to 1,000 euros");

  await grey.click();
  await comparison.getByRole("heading", { name: "Could not be confirmed by its source" }).waitFor();
  await uncited.click();
  await comparison.getByText("Coins are counted by a machine.").waitFor();
  await comparison.getByRole("button", { name: "Close" }).click();
  await comparison.waitFor({ state: "detached" });
});

test("an answer is stopped in the middle, at the model server too, and the next question is answered", async () => {
  await begin({ answer: "Word after word. ".repeat(500), tokenDelayMs: 30 });
  const exchange = await ask("Tell me everything about the pumps.");
  await exchange.getByTestId("answer").getByText("Word after word.").waitFor();
  await panel.getByTestId("stop").click();
  await exchange.getByText("Stopped before the end.").waitFor();
  await eventually(
    "the end of the server's work",
    async () => fake.requests.findLast(({ path }) => path === "/api/chat")?.aborted,
  );
  fake.set({ answer: pressureAnswer, tokenDelayMs: 0 });
  const next = await ask(relief(77));
  await next.getByText(/^Supported by its sources$/).waitFor();
  assert.equal(await citedFirst(next), sheetPath(77));
});

test("the next answer is by the model that was chosen, and says so", async () => {
  await begin({ answer: pressureAnswer });
  for (const [number, model] of ["granite4:3b", "qwen3:4b-instruct"].entries()) {
    await workbench.command("Carrel: Choose Model…");
    await workbench.page.locator(".quick-input-list .monaco-list-row").filter({ hasText: model }).click();
    await panel.getByRole("button", { name: `Choose model: ${model}` }).waitFor();
    const exchange = await ask(relief(500 + number));
    await exchange.getByTestId("context").getByText(model).waitFor();
    assert.equal(fake.requests.findLast(({ path }) => path === "/api/chat")?.body.model, `${model}:local`);
    assert.equal(await citedFirst(exchange), sheetPath(500 + number));
  }
});

test("a question about the whole gets the overview, which opens with links to its files", async () => {
  await begin({ answer: "It holds the papers of a law office [1]." });
  const exchange = await ask("What is in this workspace?");
  await exchange.getByTestId("support").waitFor();
  const overview = exchange.getByTestId("source").first();
  assert.equal(await overview.getAttribute("data-path"), ".");
  const title = (await overview.locator(".file").textContent()) ?? "";
  const said = `${allFiles.toLocaleString("en")} files are indexed`;
  assert.ok(lastPrompt().includes(said));
  await overview.click();
  const editor = await workbench.activeEditor(title);
  await lineVisible(editor, `${said}.`);
  const link = editor.locator(".detected-link").filter({ hasText: "README.md" }).first();
  await link.click({ modifiers: ["Control"] });
  await lineVisible(await workbench.activeEditor("README.md"), "# Kestrel Lane Legal");
});

test("without an index one click has the files read and the question answered", async (t) => {
  await begin({ answer: pressureAnswer });
  await workbench.command("Carrel: Delete Index");
  await workbench.page.locator(".monaco-dialog-box").getByRole("button", { name: "Delete" }).click();
  await panel.getByTestId("status-text").getByText("Nothing is indexed yet").waitFor();
  const exchange = await ask(relief(2_718));
  await exchange.getByText(/The index of this workspace was deleted\./).waitFor();
  await exchange.getByTestId("read-and-ask").click();
  await answerOfAll(t, exchange);
  const answer = (await exchange.getByTestId("answer").textContent()) ?? "";
  assert.ok(answer.includes(`${pump(2_718)} pump opens at ${pressure(2_718)}`), answer);
  assert.equal(await citedFirst(exchange), sheetPath(2_718));
});
