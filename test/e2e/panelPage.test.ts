import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import type { Page } from "playwright-core";
import type { Handlers } from "../../protocol/channel.ts";
import { CarrelError } from "../../protocol/channel.ts";
import type { Answer, Hit } from "../../protocol/data.ts";
import type { PanelHostContract } from "../../protocol/panel.ts";
import { gate } from "../support/gate.ts";
import { browserForTests } from "../support/testBrowser.ts";
import { eventually } from "../support/workspace.ts";
import {
  answer,
  answerText,
  chatDown,
  chatReady,
  checkedAnswer,
  passageAnswer,
  passages,
  readyIndex,
  written,
} from "../webview/conversations.ts";
import { type ThemeName, themeClasses, themeVariables, usedVariables } from "../webview/themes.ts";
import { ask, openPanel } from "./panelPageHarness.ts";

type PanelHandlers = Handlers<PanelHostContract>;
type Asked = Parameters<PanelHandlers["ask"]>[0];

const browser = browserForTests();

/** An answer that is right. */
const supported: Answer = {
  ...answer,
  sentences: answer.sentences.filter(({ verdict }) => verdict === "supported"),
};

test("a question is asked by Enter, streamed, checked, and its source opened", async () => {
  const half = gate();
  const opened: Parameters<PanelHandlers["openPassage"]>[0][] = [];
  const copied: string[] = [];
  const { page, requests } = await openPanel(browser, {
    handlers: {
      async ask(_params, { progress }) {
        progress({ type: "stage", stage: "writing" });
        progress({ type: "text", text: answerText.slice(0, 60) });
        await half.wait;
        return answer;
      },
      openPassage: (params) => {
        opened.push(params);
        return {};
      },
      copy: ({ text }) => {
        copied.push(text);
        return {};
      },
    },
  });
  const box = page.getByRole("textbox", { name: "Question" });
  await box.click();
  await page.keyboard.type("How can the lease");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("be ended?");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "How can the lease be ended?" }).waitFor();
  await page.getByTestId("answer").getByText("The lease can be ended by notice").waitFor();
  assert.match((await page.getByTestId("stage").textContent()) ?? "", /Writing…/);
  assert.equal(await box.inputValue(), "");

  half.open();
  await page.getByTestId("support").getByText("2 of 3 sentences confirmed, 1 could not be").waitFor();
  assert.equal(await page.getByTestId("stage").count(), 0);
  assert.match((await page.getByTestId("context").textContent()) ?? "", /qwen3:8b · 3,120 of 8,192 tokens/);

  await page.getByTestId("source").first().click();
  await page.getByRole("button", { name: /^Open original contracts/ }).click();
  await page.getByRole("button", { name: /^Source 2: src\/deadlines\/notice.ts/ }).click();
  await page.getByRole("button", { name: "Open source 2 notice.ts lines 14–19" }).click();
  await page.getByRole("button", { name: "Copy answer" }).click();
  await page.getByRole("button", { name: "Copy code" }).click();
  await page.getByTestId("announcement").getByText("Copied.").waitFor();
  assert.deepEqual(
    opened.map(({ passage, original }) => [passage.path, passage.startLine, original]),
    [
      ["contracts/harbour-street/lease-2024.pdf", 88, false],
      ["contracts/harbour-street/lease-2024.pdf", 88, true],
      ["src/deadlines/notice.ts", 14, false],
    ],
  );
  assert.equal(copied[0], answerText);
  assert.equal(copied[1], "const date = new Date(end);\ndate.setMonth(date.getMonth() - 3);");
  assert.deepEqual(requests, []);
  await page.close();
});

test("what the model thought is folded beside the answer, and goes with no other question", async () => {
  const asked: Asked[] = [];
  const thought = gate();
  const { page } = await openPanel(browser, {
    handlers: {
      async ask(params, { progress }) {
        asked.push(params);
        progress({ type: "stage", stage: "writing" });
        progress({ type: "text", text: "Let me see: 45 days?" });
        await thought.wait;
        progress({ type: "unsaid" });
        progress({ type: "thought", text: " No, 90." });
        return answer;
      },
    },
  });
  await ask(page, "How long is the notice?");
  await page.getByTestId("answer").getByText("Let me see").waitFor();
  thought.open();
  await page.getByTestId("copy-answer").waitFor();
  assert.doesNotMatch((await page.getByTestId("answer").textContent()) ?? "", /Let me see/);
  const thoughts = page.getByText("Let me see: 45 days? No, 90.");
  assert.equal(await thoughts.isVisible(), false);
  await page.getByTestId("thoughts").locator("summary").click();
  assert.equal(await thoughts.isVisible(), true);
  await ask(page, "And for managers?");
  await page.getByTestId("copy-answer").nth(1).waitFor();
  assert.deepEqual(
    asked[1]?.history.map((turn) => turn.answer),
    [answer.text],
  );
  await page.close();
});

test("an answer out of half an index says so, wears no green mark, and can be asked again", async () => {
  let whole = false;
  const { page } = await openPanel(browser, {
    handlers: {
      ask: () => (whole ? supported : { ...supported, read: { files: 32, of: 4217 } }),
    },
  });
  await ask(page, "How?");
  await page.getByText("From 32 of 4,217 files.").waitFor();
  assert.equal(await page.locator(".support.good").count(), 0);
  whole = true;
  await page.getByTestId("ask-again").click();
  await page.getByText("From 32 of 4,217 files.").waitFor({ state: "detached" });
  await page.locator(".support.good").getByText("Supported by its sources").waitFor();
  assert.equal(await page.getByTestId("exchange").count(), 1);
  await page.close();
});

test("an answer whose passages hardly match says so and wears no green mark", async () => {
  const { page } = await openPanel(browser, { handlers: { ask: () => ({ ...supported, weak: true }) } });
  await ask(page, "How?");
  await page.locator(".notice.warning").getByText("hardly match the question").waitFor();
  await page.getByTestId("support").getByText("Supported by its sources").waitFor();
  assert.equal(await page.locator(".support.good").count(), 0);
  await page.close();
});

test("what is contradicted is loud, what is supported quiet, and no source is said once for each block", async () => {
  const { page } = await openPanel(browser, { handlers: { ask: () => checkedAnswer } });
  await ask(page, "How?");
  await page
    .locator(".support.bad")
    .getByText("2 sentences say something else than their sources, 1 could not be confirmed")
    .waitFor();
  assert.equal(await page.locator(".support.bad svg").count(), 1);
  assert.deepEqual(await page.getByTestId("contradicted").allTextContents(), ["!", "!"]);
  assert.equal(await page.locator("tr").getByTestId("contradicted").count(), 1);
  assert.equal(await page.getByTestId("unconfirmed").count(), 1);
  assert.deepEqual(await page.getByTestId("uncited").allTextContents(), [
    "no source",
    "no source for 2 rows",
    "no source for 1 sentence",
  ]);
  assert.match(await page.locator(".claim.contradicted").allTextContents().then(String), /six months/);
  await page.close();
});

test("a click on a mark or a citation puts claim and source side by side, and the place opens the source", async () => {
  const opened: Parameters<PanelHandlers["openPassage"]>[0][] = [];
  const handlers: Partial<PanelHandlers> = {
    ask: () => checkedAnswer,
    openPassage: (params) => {
      opened.push(params);
      return {};
    },
  };
  const { page } = await openPanel(browser, { handlers, width: 500 });
  await ask(page, "How?");
  const comparison = page.getByTestId("comparison");
  await page.getByTestId("contradicted").first().click();
  await comparison.getByText("Another number: the answer says “six”, its source “three”").waitFor();
  assert.deepEqual(await comparison.locator("mark.differs").allTextContents(), ["six", "three"]);
  const [said, source] = await comparison.locator(".side").all();
  const [left, right] = [await said?.boundingBox(), await source?.boundingBox()];
  assert.ok(left && right && left.y === right.y && left.x + left.width <= right.x, "side by side");

  await comparison.getByTestId("open-compared").click();
  const marked = await eventually("the request", async () => opened[0]?.passage);
  assert.deepEqual(
    marked.marks.map(([from, to]) => marked.text.slice(from, to)),
    ["The notice period is three months to the end of a quarter."],
  );
  // Another mark takes its place, and the same one closes it.
  await page.getByTestId("uncited").nth(1).click();
  await comparison.getByText("Pets · not allowed").waitFor();
  assert.equal(await comparison.count(), 1);
  await page.getByTestId("uncited").nth(1).click();
  await comparison.waitFor({ state: "detached" });

  await page.getByTestId("citation").last().click();
  await comparison.getByText("Confirmed by qwen3:8b").waitFor();
  assert.match(
    await comparison.locator("mark.confirmed").textContent().then(String),
    /^Ms Okafor asks whether/,
  );
  await page.close();
});

/** As a model wrote it, before anybody read it again. */
function unread(): Answer {
  const { reader: _, ...rest } = checkedAnswer;
  return rest;
}

/** What a reader gives for the sentence that could not be confirmed. */
function confirmedIn(sentences: Answer["sentences"]): Answer["sentences"] {
  return sentences.map((one) =>
    one.verdict === "unconfirmed"
      ? { ...one, verdict: "supported", missing: [], confirmed: { passage: 1, range: [0, 24] } }
      : one,
  );
}

test("a click lets the model read what could not be confirmed again, and names who confirmed it", async () => {
  const half = gate();
  const asked: Parameters<PanelHandlers["readAgain"]>[0][] = [];
  const { page, saved } = await openPanel(browser, {
    handlers: {
      ask: () => unread(),
      async readAgain(params, { progress }) {
        asked.push(params);
        progress({ done: 0, of: 1 });
        await half.wait;
        return { sentences: confirmedIn(params.sentences), reader: "qwen3:8b" };
      },
    },
  });
  await ask(page, "How? path:contracts");
  const button = page.getByTestId("read-again");
  assert.equal(
    (await button.textContent())?.trim(),
    "Ask qwen3:8b on 127.0.0.1:11434 to read the sentence again",
  );
  assert.equal(asked.length, 0);
  // Two clicks in one go are one reading.
  await page.evaluate(`(() => {
    const button = document.querySelector("[data-testid=read-again]");
    button.click();
    button.click();
  })()`);
  await page.getByTestId("reading").getByText("0 of 1").waitFor();
  assert.equal(await button.count(), 0);
  half.open();
  await page
    .getByTestId("read-again-result")
    .getByText("Read again by qwen3:8b: 2 of 2 sentences confirmed")
    .waitFor();
  assert.equal(asked.length, 1);
  assert.equal(asked[0]?.question, "How?");
  assert.equal(await page.getByTestId("unconfirmed").count(), 0);
  assert.equal(await page.getByTestId("contradicted").count(), 2);
  assert.equal(await page.getByTestId("reading").count(), 0);
  // The same model is not asked twice.
  assert.equal(await button.count(), 0);
  assert.match(JSON.stringify(await saved()), /"reader":"qwen3:8b"/);
  await page.close();
});

test("a second reading can be stopped, gives way to a question, and says when it failed", async () => {
  const ended: string[] = [];
  let isFailing = false;
  const { page } = await openPanel(browser, {
    handlers: {
      ask: () => unread(),
      readAgain: (params, { signal }) =>
        new Promise((resolve, reject) => {
          if (isFailing)
            resolve({ sentences: params.sentences, notice: "Nothing was read again: it broke off." });
          signal.addEventListener("abort", () => {
            ended.push("aborted");
            reject(new CarrelError("Cancelled.", "", "cancelled"));
          });
        }),
    },
  });
  await ask(page, "How?");
  const button = page.getByTestId("read-again");
  await button.click();
  await page.getByTestId("stop-reading").click();
  await button.waitFor();
  assert.equal(await page.getByTestId("unconfirmed").count(), 1);

  await button.click();
  await page.getByTestId("reading").waitFor();
  await ask(page, "And then?");
  await page.getByRole("heading", { name: "And then?" }).waitFor();
  await button.nth(1).waitFor();
  assert.equal(await page.getByTestId("reading").count(), 0);
  assert.deepEqual(ended, ["aborted", "aborted"]);

  isFailing = true;
  await button.nth(1).click();
  await page.getByTestId("notice").getByText("Nothing was read again: it broke off.").waitFor();
  assert.equal(await page.getByTestId("unconfirmed").count(), 2);
  assert.equal(await button.count(), 2);
  await page.close();
});

test("nobody is offered to read again where nothing could be confirmed, or no model is there", async () => {
  const { page } = await openPanel(browser, { handlers: { ask: () => supported } });
  await ask(page, "How?");
  await page.getByTestId("support").waitFor();
  assert.equal(await page.getByTestId("read-again").count(), 0);
  await page.close();
  const down = await openPanel(browser, { handlers: { ask: () => unread(), chatServer: () => chatDown } });
  await ask(down.page, "How?");
  await down.page.getByTestId("support").waitFor();
  assert.equal(await down.page.getByTestId("read-again").count(), 0);
  await down.page.close();
});

test("in 300 pixels claim and source stand one above the other, in view; by keyboard alone, to Escape", async () => {
  const { page } = await openPanel(browser, {
    handlers: { ask: () => checkedAnswer },
    width: 300,
    height: 520,
  });
  await ask(page, "How?");
  await page.getByTestId("support").waitFor();
  const mark = page.getByTestId("contradicted").last();
  const citation = page.getByTestId("citation").last();
  for (const button of [mark, citation]) {
    await button.focus();
    await page.getByTestId("popover").waitFor();
    await page.keyboard.press("Enter");
    await page.locator('[data-testid="comparison"]:focus').waitFor();
    assert.equal(await page.getByTestId("popover").count(), 0);
    assert.equal(await button.getAttribute("aria-expanded"), "true");
    const box = await page.getByTestId("comparison").boundingBox();
    const room = await page.getByRole("main").boundingBox();
    assert.ok(box && room && box.x >= 0 && box.x + box.width <= 300, `${box?.x} ${box?.width}`);
    assert.ok(
      box.y >= room.y - 1 && box.y + box.height <= room.y + room.height + 1,
      `${box.y} ${box.height} in ${room.y} ${room.height}`,
    );
    const [said, source] = await page.locator(".side").all();
    const [above, below] = [await said?.boundingBox(), await source?.boundingBox()];
    assert.ok(above && below && above.y + above.height <= below.y, "one above the other");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.locator('[data-testid="open-compared"]:focus').waitFor();
    await page.keyboard.press("Escape");
    await page.getByTestId("comparison").waitFor({ state: "detached" });
    assert.equal(await button.getAttribute("aria-expanded"), "false");
    assert.ok(await button.evaluate((element) => element.matches(":focus")), "the focus is back");
    // What the focus would open, it has opened by then.
    await page.evaluate(
      "new Promise((done) => setTimeout(() => requestAnimationFrame(() => setTimeout(done))))",
    );
    assert.equal(await page.getByTestId("popover").count(), 0);
  }
  await page.close();
});

test("Escape closes the comparison first, and stops an answer then", async () => {
  let asked = 0;
  const { page } = await openPanel(browser, {
    handlers: {
      ask: async (_params, { progress, signal }) => {
        if (asked++ === 0) return checkedAnswer;
        progress({ type: "text", text: "Half an answer" });
        await new Promise((_resolve, reject) =>
          signal.addEventListener("abort", () => reject(new Error("aborted"))),
        );
        return checkedAnswer;
      },
    },
  });
  await ask(page, "How?");
  await page.getByTestId("support").waitFor();
  await ask(page, "And then?");
  await page.getByText("Half an answer").waitFor();
  await page.getByTestId("contradicted").first().click();
  await page.locator('[data-testid="comparison"]:focus').waitFor();
  // What has moved below the pointer would be shown at a glance, and would be closed first.
  await page.mouse.move(0, 0);
  await page.keyboard.press("Escape");
  await page.getByTestId("comparison").waitFor({ state: "detached" });
  assert.equal(await page.getByText("Stopped before the end.").count(), 0);
  await page.keyboard.press("Escape");
  await page.getByText("Stopped before the end.").waitFor();
  await page.close();
});

test("what a question was completed to is said under its passages, and nothing where it stood alone", async () => {
  const { page } = await openPanel(browser, {
    handlers: {
      ask: ({ question, history }) => ({
        ...passageAnswer,
        searchedFor: history.length > 0 ? [question, `hotel cost: ${question}`] : [question],
      }),
    },
  });
  await ask(page, "How much may a hotel cost?");
  await page.getByTestId("context").waitFor();
  assert.equal(await page.getByTestId("searched-for").count(), 0);
  await ask(page, "And in capitals?");
  await page.getByText("Searched also for: hotel cost: And in capitals?").waitFor();
  await page.close();
});

test("a citation shows its passage to pointer and keyboard, and Escape hides it", async () => {
  const { page } = await openPanel(browser);
  await ask(page, "How?");
  await page.getByTestId("support").waitFor();
  await page.getByTestId("citation").first().hover();
  const popover = page.getByTestId("popover");
  await popover.getByText("The notice period is three months to the end of a quarter.").waitFor();
  assert.equal(await popover.locator("mark").count(), 1);
  await page.keyboard.press("Escape");
  await popover.waitFor({ state: "detached" });
  await page.getByTestId("unconfirmed").focus();
  await popover.getByText("seven years").waitFor();
  await page.close();
});

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
      ask: (params) => {
        asked.push(params);
        return written(`Answer ${asked.length}`);
      },
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

test("with no model server the passages are the answer, and two buttons lead to a written one", async () => {
  const commands: string[] = [];
  const { page } = await openPanel(browser, {
    handlers: {
      ask: () => passageAnswer,
      chatServer: () => (commands.length ? chatReady : chatDown),
      command: ({ name }) => {
        commands.push(name);
        return {};
      },
    },
  });
  await page.getByRole("button", { name: "Choose model: No model: passages only" }).waitFor();
  await ask(page, "How can the lease be ended?");
  await page.getByTestId("passage").first().waitFor();
  assert.equal(await page.getByTestId("passage").count(), passageAnswer.passages.length);
  assert.equal(
    await page.locator(".passage mark").first().textContent(),
    "The notice period is three months to the end of a quarter.",
  );
  await page.getByRole("button", { name: "Set up Ollama" }).click();
  await page.getByRole("button", { name: "Choose model", exact: true }).click();
  // What the command changed is looked up at once.
  await page.getByRole("button", { name: "Choose model: qwen3:8b" }).waitFor();
  assert.deepEqual(commands, ["setUpOllama", "chooseModel"]);
  await page.close();
});

test("an answer that broke off is a warning, and can be tried again", async () => {
  let tries = 0;
  const { page } = await openPanel(browser, {
    handlers: {
      ask: () =>
        tries++ === 0 ? { ...written("Half of it"), notice: "It broke off.", incomplete: true } : answer,
    },
  });
  await ask(page, "How?");
  await page.locator(".notice.warning").getByText("It broke off.").waitFor();
  await page.getByRole("button", { name: "Retry" }).click();
  await page.getByTestId("support").getByText("2 of 3 sentences").waitFor();
  assert.equal(await page.getByTestId("notice").count(), 0);
  await page.close();
});

test("where no program can be started the original is not offered", async () => {
  const { page } = await openPanel(browser, {
    handlers: {
      ready: () => ({
        engine: { state: "running" },
        status: readyIndex,
        folders: [{ path: "/a", name: "a" }],
        opensOutside: false,
      }),
    },
  });
  await ask(page, "How?");
  await page.getByTestId("source").first().waitFor();
  assert.equal(await page.getByTestId("open-original").count(), 0);
  await page.close();
});

test("without a folder the panel offers to open one, and asks nothing", async () => {
  const commands: string[] = [];
  const { page } = await openPanel(browser, {
    handlers: {
      ready: () => ({
        engine: { state: "running" },
        status: { ...readyIndex, files: 0 },
        folders: [],
        opensOutside: true,
      }),
      command: ({ name }) => {
        commands.push(name);
        return {};
      },
    },
  });
  await page.getByRole("button", { name: "Open folder" }).click();
  assert.ok(await page.getByTestId("ask-box").isDisabled());
  assert.equal(await page.getByText("0 files").count(), 0);
  assert.deepEqual(commands, ["openFolder"]);
  await page.close();
});

test("an error says what happened and what to do, and can be tried again", async () => {
  let tries = 0;
  const { page } = await openPanel(browser, {
    handlers: {
      ask: () => {
        if (tries++ === 0) throw new CarrelError("The model server is busy.", "Wait a minute.");
        return written("At last.");
      },
      openPassage: () => {
        throw new CarrelError("The file is gone.", "Index again.");
      },
    },
  });
  await ask(page, "How?");
  await page.getByText("The model server is busy.").first().waitFor();
  await page.getByTestId("notice").getByText("Wait a minute.").waitFor();
  await page.getByRole("button", { name: "Retry" }).click();
  await page.getByTestId("answer").getByText("At last.").waitFor();
  assert.equal(await page.getByTestId("exchange").count(), 1);
  await page.getByTestId("source").first().click();
  await page.getByTestId("notice").getByText("The file is gone.").waitFor();
  await page.getByRole("button", { name: "Dismiss" }).click();
  await page.getByTestId("notice").waitFor({ state: "detached" });
  await page.close();
});

test("the top shows what the index and the engine do, with the buttons for it", async () => {
  const commands: string[] = [];
  const { page, host } = await openPanel(browser, {
    handlers: {
      command: ({ name }) => {
        commands.push(name);
        return {};
      },
    },
  });
  const status = page.getByTestId("status");
  await status.getByText("512 files indexed").waitFor();
  host.notify("status", { ...readyIndex, state: "indexing", done: 120 });
  await status.getByText("Indexing 120 of 512 files").waitFor();
  assert.equal(await status.getByRole("progressbar", { name: "Indexing" }).getAttribute("value"), "120");
  host.notify("status", { ...readyIndex, state: "paused", done: 120 });
  await status.getByRole("button", { name: "Resume" }).click();
  host.notify("status", {
    ...readyIndex,
    state: "problem",
    problem: "The disk is full.",
    remedy: "Free 200 MB.",
  });
  await status.getByText("Free 200 MB.").waitFor();
  await status.getByRole("button", { name: "Index again" }).click();
  host.notify("engine", {
    state: "restarting",
    message: "The engine ended (SIGSEGV); it starts again in 2 s.",
  });
  await status.getByText("it starts again in 2 s").waitFor();
  host.notify("engine", { state: "failed", message: "The engine ended five times." });
  await status.getByRole("button", { name: "Restart" }).click();
  host.notify("engine", { state: "running" });
  await status.getByText("The disk is full.").waitFor();
  assert.deepEqual(commands, ["resumeIndexing", "indexNow", "restartEngine"]);
  await page.close();
});

test("files in another language are said once, with the way to another model, until that is dismissed", async () => {
  const commands: string[] = [];
  const status = { ...readyIndex, languages: ["de", "fr"] };
  const handlers: Partial<PanelHandlers> = {
    ready: () => ({
      engine: { state: "running" },
      status,
      folders: [{ path: "/a", name: "a" }],
      opensOutside: true,
    }),
    command: ({ name }) => {
      commands.push(name);
      return {};
    },
  };
  const first = await openPanel(browser, { handlers });
  const hint = first.page.getByText("Some of your files are in German and French.");
  await hint.waitFor();
  await first.page.getByRole("button", { name: "Choose a multilingual model" }).click();
  // What was chosen is in use: the engine says nothing of languages any more.
  first.host.notify("status", readyIndex);
  await hint.waitFor({ state: "detached" });
  assert.deepEqual(commands, ["chooseEmbeddingModel"]);
  first.host.notify("status", status);
  await hint.waitFor();
  await first.page.getByRole("button", { name: "Dismiss" }).click();
  await hint.waitFor({ state: "detached" });
  await first.page.locator('[data-testid="ask-box"]:focus').waitFor();
  await first.page.evaluate("dispatchEvent(new Event('pagehide'))");
  const saved = await first.saved();
  await first.page.close();
  const { page } = await openPanel(browser, { handlers, saved });
  await page.getByTestId("status").getByText("512 files indexed").waitFor();
  assert.equal(await page.getByTestId("notice").count(), 0);
  await page.close();
});

test("a question about a selection carries it, unless the chip is removed", async () => {
  const asked: Asked[] = [];
  const { page, host } = await openPanel(browser, {
    handlers: {
      ask: (params) => {
        asked.push(params);
        return written(`Answer ${asked.length}`);
      },
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

test("the promise names a model server that is not on this machine", async () => {
  const local = await openPanel(browser);
  await local.page.getByText("Nothing leaves this machine.").waitFor();
  await local.page.close();
  const { page } = await openPanel(browser, {
    handlers: {
      chatServer: () => ({
        ...chatReady,
        url: "http://gpu.office.example:11434",
        away: "gpu.office.example",
      }),
    },
  });
  await page.getByText("Questions and passages go to gpu.office.example").waitFor();
  await page.close();
});

test("screen readers hear the stages and the finished answer, not each word", async () => {
  const [writing, checking] = [gate(), gate()];
  const { page } = await openPanel(browser, {
    handlers: {
      async ask(_params, { progress }) {
        progress({ type: "stage", stage: "searching" });
        progress({ type: "stage", stage: "writing" });
        await writing.wait;
        for (const text of answerText.match(/\S+\s*/g) ?? []) progress({ type: "text", text });
        progress({ type: "stage", stage: "checking" });
        await checking.wait;
        return answer;
      },
    },
  });
  await page.evaluate(`{
    window.heard = [];
    const live = document.querySelector("[aria-live]");
    new MutationObserver(() => window.heard.push(live.textContent)).observe(live, { childList: true, characterData: true, subtree: true });
  }`);
  await ask(page, "How?");
  const announcement = page.getByTestId("announcement");
  // Of what comes within one frame only the last is heard.
  await announcement.getByText("Writing…").waitFor();
  writing.open();
  await announcement.getByText("Checking sources…").waitFor();
  checking.open();
  await announcement.getByText(/^Answer: /).waitFor();
  const heard = await page.evaluate<string[]>("window.heard");
  assert.ok(heard.length <= 6, heard.join(" | "));
  assert.ok(heard.includes("Writing…"), heard.join(" | "));
  assert.match(heard.at(-1) ?? "", /2 of 3 sentences confirmed/);
  assert.equal(await page.locator("[aria-live]").count(), 1);
  await page.close();
});

test("a long answer is read from its beginning, and only its last block is drawn again", async () => {
  const end = gate();
  const paragraphs = Array.from({ length: 120 }, (_, index) => `Paragraph ${index} says something [1].\n\n`);
  const { page } = await openPanel(browser, {
    handlers: {
      async ask(_params, { progress }) {
        progress({ type: "passages", passages: [...answer.passages] });
        for (const text of paragraphs) progress({ type: "text", text });
        await end.wait;
        progress({ type: "text", text: "And this is the end." });
        return written(`${paragraphs.join("")}And this is the end.`);
      },
    },
  });
  await ask(page, "Tell me all.");
  await page.getByTestId("answer").getByText("Paragraph 119").waitFor();
  const top = await page.locator(".question").boundingBox();
  assert.ok(top && top.y >= 0 && top.y < 120, `the question is at ${top?.y}`);
  await page.evaluate(`window.firstBlock = document.querySelector(".answer .block").firstChild`);
  end.open();
  await page.getByTestId("answer").getByText("And this is the end.").waitFor();
  assert.equal(
    await page.evaluate(`window.firstBlock === document.querySelector(".answer .block").firstChild`),
    true,
  );
  await page.close();
});

test("every colour of the style sheets exists in VS Code", () => {
  const known = new Set(
    (Object.keys(themeClasses) as ThemeName[]).flatMap((name) => Object.keys(themeVariables(name))),
  );
  assert.deepEqual(
    usedVariables().filter((name) => !known.has(name)),
    [],
  );
});

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

for (const theme of Object.keys(themeClasses) as ThemeName[]) {
  test(`axe finds nothing to object to in ${theme}`, async () => {
    const { page } = await openPanel(browser, { theme });
    const check = (what: string): Promise<void> => checkIn(page, what);
    const checkIn = async (page: Page, what: string): Promise<void> => {
      await page.evaluate(axe);
      const violations = await page.evaluate<
        { id: string; nodes: { html: string; any: { message: string }[] }[] }[]
      >("axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)");
      const told = violations.flatMap(({ id, nodes }) =>
        nodes.map(({ html, any }) => `${id}: ${html} ${any.map(({ message }) => message).join(" ")}`),
      );
      assert.deepEqual(told, [], what);
    };
    await check("welcome");
    await ask(page, "How can the lease be ended?");
    await page.getByTestId("support").waitFor();
    await check("answer");
    await page.getByTestId("citation").first().focus();
    await page.getByTestId("popover").waitFor();
    await check("popover");
    await page.close();

    const { page: other } = await openPanel(browser, { theme, handlers: { ask: () => checkedAnswer } });
    await ask(other, "How can the lease be ended?");
    await other.getByTestId("support").waitFor();
    await checkIn(other, "all verdicts");
    const marks = ["contradicted", "unconfirmed", "uncited", "citation"];
    for (const mark of marks) {
      await other.getByTestId(mark).last().click();
      await other.getByTestId("comparison").waitFor();
      await checkIn(other, mark);
    }
    await other.close();
  });
}

test("an answer out of half an index is asked again once the rest is read, once, if it is still the last", async () => {
  const indexing = { ...readyIndex, state: "indexing" as const, done: 32, total: 4217 };
  const asked: string[] = [];
  const commands: string[] = [];
  const { page, host } = await openPanel(browser, {
    handlers: {
      ready: () => ({
        engine: { state: "running" },
        status: indexing,
        folders: [{ path: "/a", name: "a" }],
        opensOutside: true,
      }),
      ask: ({ question }) => {
        asked.push(question);
        return { ...answer, read: { files: 32, of: 4217 } };
      },
      command: ({ name }) => {
        commands.push(name);
        return {};
      },
    },
  });
  await ask(page, "First?");
  await page.getByText("The others are still being read").waitFor();
  await page.getByRole("button", { name: "Ask again when all are read" }).click();
  await page.getByText("It is asked again as soon as all files are read.").first().waitFor();
  host.notify("status", { ...indexing, done: 2000 });
  host.notify("status", readyIndex);
  host.notify("status", readyIndex);
  await page.getByRole("button", { name: "Ask again", exact: true }).waitFor();
  assert.deepEqual(asked, ["First?", "First?"]);

  // Who has changed their mind, or gone on, is not interrupted.
  host.notify("status", indexing);
  await page.getByRole("button", { name: "Ask again when all are read" }).click();
  await page.getByRole("button", { name: "Don’t ask again" }).click();
  host.notify("status", readyIndex);
  await page.getByRole("button", { name: "Ask again", exact: true }).waitFor();
  host.notify("status", indexing);
  await page.getByRole("button", { name: "Ask again when all are read" }).click();
  await ask(page, "Second?");
  await page.getByTestId("copy-answer").nth(1).waitFor();
  host.notify("status", readyIndex);
  await page.getByText("The others have been read since").first().waitFor();
  assert.deepEqual(asked, ["First?", "First?", "Second?"]);

  // Where nothing goes on by itself, the same click lets it.
  host.notify("status", { ...indexing, state: "paused" });
  await page.getByRole("button", { name: "Read them and ask again" }).click();
  await page.getByRole("button", { name: "Don’t ask again" }).waitFor();
  assert.deepEqual(commands, ["resumeIndexing"]);
  host.notify("status", indexing);
  host.notify("status", readyIndex);
  await page.getByRole("button", { name: "Ask again", exact: true }).waitFor();
  assert.deepEqual(asked.slice(3), ["Second?"]);
  await page.close();
});

test("a question that waits for the first index shows how far that is, and can be stopped", async () => {
  const [next, never] = [gate(), gate()];
  const { page } = await openPanel(browser, {
    handlers: {
      async ask(_params, { progress, signal }) {
        progress({ type: "reading", files: 0, of: 0 });
        await next.wait;
        progress({ type: "reading", files: 1200, of: 4217 });
        const stopped = new Promise<never>((_, reject) => {
          signal.addEventListener("abort", () => reject(new CarrelError("Cancelled.", "", "cancelled")));
        });
        await Promise.race([never.wait, stopped]);
        return answer;
      },
    },
  });
  await ask(page, "How?");
  await page.getByTestId("stage").getByText("Looking for your files…").waitFor();
  await page.getByTestId("announcement").getByText("Waiting until your files are read.").waitFor();
  next.open();
  await page.getByTestId("stage").getByText("Reading your files: 1,200 of 4,217").waitFor();
  await page.getByTestId("stop").click();
  await page.getByText("Stopped.").first().waitFor();
  assert.equal(await page.getByTestId("stage").count(), 0);
  await page.close();
});

test("a question without an index says what will be done; one click does it, and the question goes on", async () => {
  let isIndexed = false;
  const done: string[] = [];
  const { page } = await openPanel(browser, {
    handlers: {
      ask({ question }) {
        done.push(question);
        if (isIndexed) return answer;
        throw new CarrelError("No file was read yet.", "Run “Carrel: Index Workspace Now”.", "unindexed");
      },
      command({ name }) {
        done.push(name);
        isIndexed = true;
        return {};
      },
    },
  });
  await ask(page, "How?");
  await page.getByText("keeps an index of them on this machine, outside of your folders").waitFor();
  await page.getByTestId("ask-box").fill("Something else");
  await page.getByTestId("read-and-ask").click();
  await page.getByTestId("support").waitFor();
  assert.deepEqual(done, ["How?", "resumeIndexing", "How?"]);
  assert.equal(await page.getByTestId("exchange").count(), 1);
  assert.equal(await page.getByTestId("ask-box").inputValue(), "Something else");
  await page.close();
});

test("a question whose engine dies while it waits says so, and is asked again by a click", async () => {
  let isUp = false;
  const { page } = await openPanel(browser, {
    handlers: {
      async ask(_params, { progress }) {
        if (isUp) return answer;
        progress({ type: "reading", files: 1200, of: 4217 });
        await Promise.resolve();
        throw new CarrelError("Carrel's engine stopped before it had finished this.", "Try again.", "gone");
      },
    },
  });
  await ask(page, "How?");
  await page.getByTestId("notice").getByText("Carrel's engine stopped before").waitFor();
  assert.equal(await page.getByTestId("stage").count(), 0);
  isUp = true;
  await page.getByTestId("retry").click();
  await page.getByTestId("support").waitFor();
  await page.close();
});

test("a source says its folder where there are several, and where else its text stands", async () => {
  const [first, ...others] = passages;
  assert.ok(first);
  const named = { ...first, folderName: "office", alsoIn: ["archive/lease-2024.pdf"] };
  const { page } = await openPanel(browser, {
    handlers: { ask: () => ({ ...answer, passages: [named, ...others] }) },
  });
  await ask(page, "How?");
  const source = page.getByTestId("source").first();
  await source
    .getByText(/^office › contracts\/harbour-street › .* · also in archive\/lease-2024\.pdf$/)
    .waitFor();
  assert.match(
    (await source.getAttribute("title")) ?? "",
    /^office\/contracts\/harbour-street\/lease-2024\.pdf/,
  );
  await page
    .getByRole("button", { name: /^Source 1: office\/contracts/ })
    .first()
    .hover();
  await page.getByTestId("popover").getByText("in office").waitFor();
  assert.equal(await page.getByTestId("source").nth(1).getByText("office").count(), 0);
  await page.close();
});
