import assert from "node:assert/strict";
import { test } from "node:test";
import { CarrelError } from "../../protocol/channel.ts";
import type { Answer } from "../../protocol/data.ts";
import { gate } from "../support/gate.ts";
import type { PanelHandlers } from "../support/panelHandlers.ts";
import { browserForTests } from "../support/testBrowser.ts";
import { eventually } from "../support/workspace.ts";
import { chatDown, checkedAnswer, supportedAnswer } from "../webview/conversations.ts";
import { ask, openPanel } from "./panelPageHarness.ts";

/** What the panel shows of the check of an answer: its verdicts, claim and source side by side, a second reading. */

const browser = browserForTests();

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
  const { page } = await openPanel(browser, { handlers: { ask: () => supportedAnswer } });
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
