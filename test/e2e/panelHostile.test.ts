import assert from "node:assert/strict";
import { test } from "node:test";
import type { Page } from "playwright-core";
import type { CheckedSentence, Hit } from "../../protocol/data.ts";
import { browserForTests } from "../support/testBrowser.ts";
import { eventually } from "../support/workspace.ts";
import { passages, written } from "../webview/conversations.ts";
import { hostileAnswers } from "../webview/hostileAnswers.ts";
import { type OpenPanel, openPanel, type PanelOptions } from "./panelPageHarness.ts";

const browser = browserForTests();

/** What may stand in an exchange, and what of attributes: everything that could load or lead away is missing. */
const allowedTags =
  "article div p h2 h3 h4 h5 h6 ol ul li strong em s code pre blockquote hr br span button mark table thead tbody tr th td section svg path";
const refusedAttributes =
  "src srcset href xlink:href action formaction background poster data ping srcdoc target form id";

/** Elements and attributes of the exchanges that have no business there. */
async function intruders(page: Page): Promise<string[]> {
  return await page.evaluate(`(() => {
    const tags = new Set(${JSON.stringify(allowedTags.split(" "))});
    const refused = new Set(${JSON.stringify(refusedAttributes.split(" "))});
    const found = [];
    for (const element of document.querySelectorAll(".exchange *")) {
      const tag = element.localName;
      // The panel's own icons are the only drawings, its own questions the only things with an id.
      if (!tags.has(tag) || (tag === "svg" && !element.classList.contains("icon"))) found.push("<" + tag + ">");
      for (const { name } of element.attributes) {
        if (name === "id" && tag === "h2") continue;
        // Only the popover is placed, by the panel's script.
        if (name === "style" && !element.classList.contains("popover")) found.push("<" + tag + " style>");
        if (refused.has(name) || name.startsWith("on")) found.push("<" + tag + " " + name + ">");
      }
    }
    for (const element of document.querySelectorAll("head > *, body > *")) {
      if (!["meta", "title", "link", "script", "div"].includes(element.localName)) found.push(element.outerHTML);
    }
    return found;
  })()`);
}

/** Shows each hostile text as question, answer and passage, all in one conversation. */
async function showAll(options: PanelOptions): Promise<OpenPanel> {
  let next = 0;
  const panel = await openPanel(browser, {
    ...options,
    handlers: {
      ask: (_params, { progress }) => {
        const text = hostileAnswers[next++]?.text ?? "";
        const passage: Hit = {
          ...(passages[0] as Hit),
          text,
          path: `${text}.pdf`,
          heading: text,
          marks: [[0, 9]],
        };
        progress({ type: "passages", passages: [passage] });
        progress({ type: "text", text: text.slice(0, 20) });
        progress({ type: "text", text: text.slice(20) });
        // Sentences are cut out of the rendered text; here the whole text is one that its source contradicts.
        const whole: [number, number] = [0, text.length];
        const sentences: CheckedSentence[] = [
          {
            range: whole,
            cites: [1],
            verdict: "contradicted",
            missing: [text],
            differences: [{ kind: "quote", said: text, source: text }],
            nearest: { passage: 1, range: whole },
            confirmed: { passage: 1, range: [0, 9] },
          },
        ];
        return next % 2
          ? written(text, { passages: [passage], sentences, model: text })
          : written(text, { passages: [passage], notice: text });
      },
    },
  });
  for (const [index, { text }] of hostileAnswers.entries()) {
    panel.host.notify("prefill", { question: text, send: true });
    await panel.page.locator(".exchange[data-state=done]").nth(index).waitFor({ state: "attached" });
  }
  return panel;
}

/** Clicks and points at everything that the answers show, as somebody who tries it all. */
async function clickEverything({ page }: OpenPanel): Promise<void> {
  await page.evaluate(`for (const element of document.querySelectorAll(".exchange *")) {
    element.dispatchEvent(new MouseEvent("mouseover", { bubbles: true }));
    if (element instanceof HTMLElement) element.click();
  }`);
  // What was started needs a moment to ask for something.
  await page.waitForTimeout(500);
}

for (const policy of [true, false]) {
  test(`a hundred hostile answers load nothing and lead nowhere ${policy ? "under" : "without"} the policy`, async () => {
    assert.ok(hostileAnswers.length >= 100, `${hostileAnswers.length} answers`);
    const panel = await showAll({ policy });
    const answered = await panel.page.locator(".exchange").count();
    assert.equal(answered, hostileAnswers.length);
    const navigations: string[] = [];
    panel.page.on("framenavigated", (frame) => navigations.push(frame.url()));
    await clickEverything(panel);
    assert.deepEqual(panel.requests, []);
    assert.deepEqual(navigations, []);
    assert.deepEqual(await intruders(panel.page), []);
    assert.ok((await panel.page.getByTestId("comparison").count()) > 10, "comparisons were opened");
    // Nothing even tried: the policy is the last wall, not the only one.
    assert.deepEqual(await panel.violations(), []);
    await panel.page.close();
  });
}

test("the same texts as raw HTML are caught by the policy alone, and seen by this test without it", async () => {
  for (const policy of [true, false]) {
    const panel = await openPanel(browser, { policy });
    // No meta refresh, form or link: those end the page, which the test above would see as a navigation.
    const raw = hostileAnswers.map(({ text }) => text).filter((text) => !/refresh|<base|srcdoc/i.test(text));
    await panel.page.evaluate(
      `for (const text of ${JSON.stringify(raw)}) {
        const element = document.createElement("div");
        element.className = "exchange";
        document.body.append(element);
        element.innerHTML = "<div>" + text + "</div>";
      }`,
    );
    assert.ok((await intruders(panel.page)).length > 0);
    await eventually("requests", async () => panel.requests.length > 10);
    if (policy) {
      await eventually("violations", async () => (await panel.violations()).length > 10);
      assert.deepEqual(panel.sent, []);
    } else {
      await eventually("what would go out", async () => panel.sent.length > 10);
    }
    await panel.page.close();
  }
});
