import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { test } from "node:test";
import type { Page } from "playwright-core";
import { gate } from "../support/gate.ts";
import { browserForTests } from "../support/testBrowser.ts";
import { answer, answerText, checkedAnswer } from "../webview/conversations.ts";
import { type ThemeName, themeClasses, themeVariables, usedVariables } from "../webview/themes.ts";
import { ask, openPanel } from "./panelPageHarness.ts";

/** What those get of the panel who hear it or need other colours. */

const browser = browserForTests();

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
