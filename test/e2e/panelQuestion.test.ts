import assert from "node:assert/strict";
import { test } from "node:test";
import type { Hit } from "../../protocol/data.ts";
import { type Asked, countIn } from "../support/panelHandlers.ts";
import { browserForTests } from "../support/testBrowser.ts";
import { eventually } from "../support/workspace.ts";
import { answer, passageAnswer } from "../webview/conversations.ts";
import { ask, openPanel } from "./panelPageHarness.ts";

/** How a question is asked, stopped and followed by another, and what goes with it. */

const browser = browserForTests();

test("Escape and the button stop an answer; what was written stays and can be asked again", async () => {
  let cancelled = 0;
  const { page } = await openPanel(browser, {
    handlers: {
      ask: async (_params, { progress, signal }) => {
        progress({ type: "text", text: "Half an answer" });
        await new Promise((_resolve, reject) =>
          signal.addEventListener("abort", () => reject(new Error("aborted"))),
        );
        cancelled++;
        return answer;
      },
    },
  });
  for (const stop of [
    () => page.keyboard.press("Escape"),
    () => page.getByRole("button", { name: "Stop" }).click(),
  ]) {
    await ask(page, "How?");
    const last = page.getByTestId("exchange").last();
    await last.getByText("Half an answer").waitFor();
    await stop();
    await last.getByText("Stopped before the end.").waitFor();
  }
  assert.equal(cancelled, 0);
  await page.getByRole("button", { name: "Retry" }).click();
  await page.getByTestId("stop").waitFor();
  assert.equal(await page.getByTestId("exchange").count(), 2);
  await page.close();
});

test("follow-ups carry what was said before; a new conversation forgets it", async () => {
  const asked: Asked[] = [];
  const { page, host } = await openPanel(browser, {
    handlers: {
      ask: countIn(asked),
    },
  });
  await ask(page, "One?");
  await page.getByTestId("answer").getByText("Answer 1").waitFor();
  await ask(page, "Two?");
  await page.getByTestId("answer").getByText("Answer 2").waitFor();
  host.notify("newConversation", {});
  await page.getByTestId("welcome").waitFor();
  await ask(page, "Three?");
  await page.getByTestId("answer").getByText("Answer 3").waitFor();
  assert.deepEqual(
    asked.map(({ history }) => history),
    [[], [{ question: "One?", answer: "Answer 1" }], []],
  );
  await page.close();
});

test("a question about a selection carries it, unless the chip is removed", async () => {
  const asked: Asked[] = [];
  const { page, host } = await openPanel(browser, {
    handlers: {
      ask: countIn(asked),
    },
  });
  const selection = { path: "src/a.ts", language: "typescript", startLine: 3, endLine: 9, text: "let a;" };
  host.notify("prefill", { question: "Explain this.", selection, send: true });
  await page.getByTestId("answer").getByText("Answer 1").waitFor();
  host.notify("prefill", { question: "And this?", selection, send: false });
  await page.getByTestId("selection-chip").getByText("src/a.ts:3-9").waitFor();
  await page.getByRole("button", { name: "Ask without the selection src/a.ts:3-9" }).click();
  await page.getByTestId("selection-chip").waitFor({ state: "detached" });
  // The cursor goes back to the question, a moment after the chip has gone.
  await page.locator('[data-testid="ask-box"]:focus').waitFor();
  await page.keyboard.press("Enter");
  await page.getByTestId("answer").getByText("Answer 2").waitFor();
  assert.deepEqual(
    asked.map(({ question, selection: sent }) => [question, sent]),
    [
      ["Explain this.", selection],
      ["And this?", undefined],
    ],
  );
  await page.close();
});

test("filters are shown as they are understood, go with the question, and wrong ones wait in the box", async () => {
  const asked: Asked[] = [];
  const { page } = await openPanel(browser, {
    handlers: {
      ask: (params) => {
        asked.push(params);
        return answer;
      },
    },
  });
  const box = page.getByRole("textbox", { name: "Question" });
  const labels = (scope: string): Promise<string[]> =>
    page.locator(`${scope} .filter-label`).allTextContents();
  await box.fill("How? path:src lang:nonsense");
  await page.getByTestId("filter-problem").getByText('There is no language "nonsense".').waitFor();
  await page.keyboard.press("Enter");
  await page
    .getByTestId("notice")
    .getByText(/Known are: .*typescript/)
    .waitFor();
  assert.equal(await box.inputValue(), "How? path:src lang:nonsense");
  await box.fill("lang:py");
  assert.deepEqual(await labels(".ask"), ["lang:python"]);
  await page.keyboard.press("Enter");
  await page.getByTestId("notice").getByText("There are filters, and nothing to look for.").waitFor();
  assert.equal(asked.length, 0);

  await box.fill('path:"my docs" How are <b>leases</b> ended? kind:docs');
  assert.equal(await page.getByTestId("filter-problem").count(), 0);
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "How are <b>leases</b> ended?" }).waitFor();
  assert.deepEqual(await labels(".question"), ['path:"my docs"', "kind:docs"]);
  assert.deepEqual(await labels(".ask"), []);
  // While the first is being answered another would wait in the box.
  await page.getByTestId("support").waitFor();
  await ask(page, "And then?");
  await eventually("the second question", async () => asked.length === 2);
  assert.equal(asked[0]?.question, "How are <b>leases</b> ended?");
  assert.deepEqual(asked[0]?.filter, { paths: ["my docs"], kinds: ["docs"] });
  assert.equal(asked[1]?.history[0]?.question, "How are <b>leases</b> ended?");
  assert.equal(asked[1]?.filter, undefined);
  await page.close();
});

test("the conversation comes back in the next page", async () => {
  const first = await openPanel(browser);
  await ask(first.page, "How?");
  await first.page.getByTestId("support").waitFor();
  await first.page.getByTestId("ask-box").fill("And then?");
  await first.page.evaluate("dispatchEvent(new Event('pagehide'))");
  const saved = await first.saved();
  await first.page.close();
  const { page } = await openPanel(browser, { saved });
  await page.getByTestId("support").getByText("2 of 3 sentences confirmed, 1 could not be").waitFor();
  assert.equal(await page.getByTestId("ask-box").inputValue(), "And then?");
  await page.close();
});

test("the welcome offers what the workspace answers, and an overview is shown as what it is", async () => {
  const asked: string[] = [];
  const opened: unknown[] = [];
  const overview: Hit = {
    folder: "/home/ada/office",
    path: ".",
    kind: "prose",
    language: "markdown",
    startLine: 1,
    endLine: 2,
    heading: "Overview of office",
    score: 1,
    text: "Overview of the folder office, made by Carrel from its index.\n40 files are indexed.",
    marks: [],
    overview: {},
  };
  const { page } = await openPanel(browser, {
    handlers: {
      ask: ({ question }) => {
        asked.push(question);
        return { ...passageAnswer, passages: [overview, ...passageAnswer.passages] };
      },
      openPassage: ({ passage }) => {
        opened.push(passage.overview);
        return {};
      },
    },
  });
  const examples = page.getByRole("list", { name: "Example questions" }).getByRole("button");
  await examples.getByText("What does lease-2024 say about “Notice and termination”?").waitFor();
  assert.equal(await examples.count(), 3);
  await examples.getByText("What is in this workspace?").click();
  const source = page.getByTestId("source").first();
  await source.getByText("Overview of office").waitFor();
  await source.getByText("from the index").waitFor();
  await page.getByText("40 files are indexed.").waitFor();
  await source.click();
  await eventually("the request", async () => opened.length > 0);
  assert.deepEqual([asked, opened], [["What is in this workspace?"], [{}]]);
  await page.close();
});
