import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { FrameLocator, Locator } from "playwright-core";
import { root } from "../../scripts/tools.mjs";
import { type FakeMessage, type FakeOllama, passageWith, startFakeOllama } from "../support/fakeOllama.ts";
import { openWorkbench, type Workbench } from "../support/workbench.ts";

/**
 * The second reader in a real VS Code: what the check could not confirm is read again by the chat model, when a person
 * asks for it, and counts only by words that stand in its source.
 */

const source = "Call reception by 9:15 on the first day and say who must take over your appointments.";
const said = "Reception must hear early on the day of falling sick, including who covers appointments";
const invented = "Colleagues treasure the long summer holidays";
/** What the reader gives for each sentence, the true one and the invented one. */
let replies: readonly [string, string];

let fake: FakeOllama;
let workbench: Workbench;
let panel: FrameLocator;

before(async () => {
  fake = await startFakeOllama({
    models: [{ name: "qwen3:4b-instruct", capabilities: ["completion"] }],
    answer,
  });
  workbench = await openWorkbench({
    folder: join(root, "sample"),
    settings: {
      "carrel.ollama.url": fake.url,
      "carrel.indexing.auto": true,
      "carrel.indexing.refine": false,
      "remote.autoForwardPorts": false,
    },
  });
  panel = await workbench.openPanel();
  await panel.getByTestId("status-text").getByText("files indexed").waitFor({ timeout: 300_000 });
});
after(async () => {
  await workbench?.close();
  await fake?.close();
});

function isReading(messages: readonly FakeMessage[]): boolean {
  return messages.at(-1)?.content.includes("Sentences:\n1 (") ?? false;
}

function answer(messages: readonly FakeMessage[]): string {
  if (isReading(messages)) return `1: ${replies[0]}\n2: ${replies[1]}`;
  const illness = passageWith(messages, "Call reception by 9:15");
  return `${said} [${illness}]. ${invented} [${illness}].`;
}

async function ask(): Promise<Locator> {
  fake.requests.length = 0;
  await workbench.newConversation();
  await panel.getByTestId("ask-box").fill("What must somebody do who falls ill?");
  await panel.getByTestId("ask-box").press("Enter");
  const exchange = panel.getByTestId("exchange").last();
  await exchange.getByTestId("support").getByText("None of 2 sentences could be confirmed").waitFor();
  return exchange;
}

/** What the model was sent to be read again. */
function readings(): string[] {
  return fake.requests
    .filter(({ path, body }) => path === "/api/chat" && isReading(body.messages ?? []))
    .map(({ body }) => body.messages?.at(-1)?.content ?? "");
}

test("a click lets the model read again: words of the source confirm, invented ones do not", async () => {
  replies = [`"${source}"`, '"Colleagues treasure the long summer holidays."'];
  const exchange = await ask();
  assert.deepEqual(readings(), [], "nothing is read again before the click");
  const button = exchange.getByTestId("read-again");
  await button
    .getByText(/^Ask qwen3:4b-instruct on 127\.0\.0\.1:\d+ to read the 2 sentences again$/)
    .waitFor();
  await button.click();
  await exchange
    .getByTestId("read-again-result")
    .getByText("Read again by qwen3:4b-instruct: 1 of 2 sentences confirmed")
    .waitFor();
  const [asked, ...others] = readings();
  assert.deepEqual(others, []);
  assert.ok(asked?.includes(said) && asked.includes(invented) && asked.includes(source), asked);
  await exchange.getByTestId("support").getByText("1 of 2 sentences confirmed, 1 could not be").waitFor();
  assert.equal(await exchange.getByTestId("unconfirmed").count(), 1);
  assert.equal(await exchange.locator(".support.good").count(), 0);
  assert.equal(await exchange.getByTestId("read-again").count(), 0, "the same model is asked once");
});

test("a model that finds no words confirms nothing, and the sentence's comparison still says so", async () => {
  replies = ["none", "none"];
  const exchange = await ask();
  await exchange.getByTestId("read-again").click();
  await exchange
    .getByTestId("read-again-result")
    .getByText("Read again by qwen3:4b-instruct: none of 2 sentences confirmed")
    .waitFor();
  assert.equal(await exchange.getByTestId("unconfirmed").count(), 2);
  await exchange.getByTestId("unconfirmed").first().click();
  await exchange
    .getByTestId("comparison")
    .getByRole("heading", { name: "Could not be confirmed by its source" })
    .waitFor();
});
