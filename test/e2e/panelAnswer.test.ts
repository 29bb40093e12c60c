import assert from "node:assert/strict";
import { test } from "node:test";
import { CarrelError } from "../../protocol/channel.ts";
import { gate } from "../support/gate.ts";
import { type Asked, type PanelHandlers, readyWith } from "../support/panelHandlers.ts";
import { browserForTests } from "../support/testBrowser.ts";
import {
  answer,
  answerText,
  passageAnswer,
  passages,
  supportedAnswer,
  written,
} from "../webview/conversations.ts";
import { ask, openPanel } from "./panelPageHarness.ts";

/** What the panel shows of an answer while it is written and when it is there, and of what went wrong with it. */

const browser = browserForTests();

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

test("an answer whose passages hardly match says so and wears no green mark", async () => {
  const { page } = await openPanel(browser, {
    handlers: { ask: () => ({ ...supportedAnswer, weak: true }) },
  });
  await ask(page, "How?");
  await page.locator(".notice.warning").getByText("hardly match the question").waitFor();
  await page.getByTestId("support").getByText("Supported by its sources").waitFor();
  assert.equal(await page.locator(".support.good").count(), 0);
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
      ready: readyWith({ opensOutside: false }),
    },
  });
  await ask(page, "How?");
  await page.getByTestId("source").first().waitFor();
  assert.equal(await page.getByTestId("open-original").count(), 0);
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
