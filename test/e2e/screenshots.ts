/**
 * npm run screenshots
 *
 * Takes the pictures in docs/images: VS Code with Carrel's panel on the sample workspace. The stand-in for Ollama
 * gives the written answer, so that the pictures come out the same on every machine; the search, the check of the
 * answer and everything on the screen are real.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../scripts/tools.mjs";
import { startFakeOllama } from "../support/fakeOllama.ts";
import { openWorkbench, type Workbench, type WorkbenchOptions } from "../support/workbench.ts";

const question = "By when do we have to tell the landlord if we want out early?";

/** What a small model writes from these passages, with the numbers that the passages have in the prompt. */
function answer(messages: readonly { content: string }[]): string {
  const prompt = messages.at(-1)?.content ?? "";
  const number = (text: string): string => {
    const before = prompt.slice(0, Math.max(0, prompt.indexOf(text)));
    return [...before.matchAll(/<passage number="(\d+)"/g)].at(-1)?.[1] ?? "1";
  };
  const lease = number("at least nine months");
  const partners = number("we stay");
  return [
    `You may end the lease on 31 March 2027 if you give notice in writing **at least nine months before** that day [${lease}]. No payment is owed for it [${lease}].`,
    `The notice must be signed by hand and sent by registered post or delivered by a bailiff; an e-mail is not enough [${lease}]. In March 2026 the partners decided to stay [${partners}].`,
  ].join("\n\n");
}

async function take(
  name: string,
  theme: NonNullable<WorkbenchOptions["theme"]>,
  ollamaUrl: string,
): Promise<void> {
  const settings = {
    "carrel.ollama.url": ollamaUrl,
    "remote.autoForwardPorts": false,
    "editor.minimap.enabled": false,
    "editor.wordWrap": "on",
  };
  const workbench = await openWorkbench({ folder: join(root, "sample"), theme, settings });
  try {
    const panel = await workbench.openPanel();
    await panel.getByTestId("status-text").getByText("files indexed").waitFor({ timeout: 60_000 });
    await panel.getByTestId("ask-box").fill(question);
    await panel.getByTestId("ask-box").press("Enter");
    await panel.getByTestId("support").waitFor();
    await panel.locator(".cite").first().click();
    await panel.getByTestId("open-compared").click();
    await workbench.page.locator('.tab.active[data-resource-name="office-lease.pdf"]').waitFor();
    await workbench.reader.locator('[data-page="4"] canvas').waitFor();
    await shoot(workbench, name);
    if (theme !== "dark") return;

    await workbench.command("Carrel: Search by Meaning");
    await workbench.page.getByPlaceholder("What are you looking for?").fill("who may see escrow money");
    await workbench.page
      .locator(".quick-input-list .monaco-list-row")
      .filter({ hasText: "client-money.md" })
      .first()
      .waitFor();
    await shoot(workbench, "search-dark");
  } finally {
    await workbench.close();
  }
}

async function shoot(workbench: Workbench, name: string): Promise<void> {
  // Away from everything that shows a hint; then what moves comes to rest.
  await workbench.page.mouse.move(720, 790);
  await workbench.page.waitForTimeout(1_500);
  const file = join(root, "docs/images", `${name}.png`);
  await workbench.screenshot(file);
  console.log(`${file} ${Math.round(statSync(file).size / 1000)} kB`);
}

const fake = await startFakeOllama({ answer });
try {
  await take("panel-light", "light", fake.url);
  await take("panel-dark", "dark", fake.url);
  await take("panel-high-contrast", "high contrast", fake.url);
} finally {
  await fake.close();
}
