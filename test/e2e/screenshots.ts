/**
 * npm run screenshots
 *
 * Takes the pictures in docs/images: VS Code as it is by default, with Carrel's panel on the sample workspace. The
 * stand-in for Ollama gives the written answers, so that the pictures come out the same on every machine; the search,
 * the check of the answers and everything on the screen are real.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import type { FrameLocator } from "playwright-core";
import { root } from "../../scripts/tools.mjs";
import { type FakeMessage, passageWith, startFakeOllama } from "../support/fakeOllama.ts";
import { openWorkbench, type Workbench, type WorkbenchOptions } from "../support/workbench.ts";

const early = "By when do we have to tell the landlord if we want out early?";
const notice = "How long before the end must notice of the lease be given?";
const whole = "What is in this workspace?";

/** A source of each kind that is shown as set text, with what is written from it: the words that tell its passage. */
const documents = [
  {
    picture: "reader-spreadsheet",
    file: "budget-2026.xlsx",
    question: "By how much do freelance clerks cost less in the budget 2026?",
    words: "Freelance clerks",
    answer: "For freelance clerks **84,000 euros** are budgeted in 2026, after 92,400 euros in 2025",
  },
  {
    picture: "reader-word",
    file: "telephone-draft.docx",
    question: "Up to what sum is the telephone provider liable for slight negligence?",
    words: "slight negligence up to 50,000 euros",
    answer: "The Provider is liable for damage caused by slight negligence up to **50,000 euros** a year",
  },
  {
    picture: "reader-mail",
    file: "lift-emergency-telephone.eml",
    question: "What must be replaced in the lift before the emergency telephone is mounted?",
    words: "the shaft lamp on the second floor",
    answer:
      "The **shaft lamp on the second floor** is broken and must be replaced before the unit is mounted, otherwise the inspector will not sign",
  },
] as const;

/** What a small model writes from these passages, with the numbers that the passages have in the prompt. */
function answer(messages: readonly FakeMessage[]): string {
  const prompt = messages.at(-1)?.content ?? "";
  const asked = prompt.slice(prompt.lastIndexOf("</passage>"));
  if (asked.includes(whole)) {
    const readme = passageWith(messages, "how we work, what we agreed");
    const count = /\d+ files are indexed/.exec(prompt)?.[0] ?? "";
    return `These are the shared files of a small law and notary office in Port Ellery: how we work, what we agreed, and the programs that we run in the house [${readme}]. ${count} [1].`;
  }
  const document = documents.find(({ question }) => asked.includes(question));
  if (document) return `${document.answer} [${passageWith(messages, document.words)}].`;
  const lease = passageWith(messages, "at least nine months");
  if (asked.includes(notice)) {
    return `You may end the lease on 31 March 2027 if you give notice in writing **at least six months before** that day [${lease}]. No payment is owed for it [${lease}].`;
  }
  const partners = passageWith(messages, "we stay");
  return [
    `You may end the lease on 31 March 2027 if you give notice in writing **at least nine months before** that day [${lease}]. No payment is owed for it [${lease}].`,
    `The notice must be signed by hand and sent by registered post or delivered by a bailiff; an e-mail is not enough [${lease}]. In March 2026 the partners decided to stay [${partners}].`,
  ].join("\n\n");
}

async function take(
  theme: NonNullable<WorkbenchOptions["theme"]>,
  ollamaUrl: string,
  pictures: (workbench: Workbench, panel: FrameLocator) => Promise<void>,
): Promise<void> {
  const settings = { "carrel.ollama.url": ollamaUrl, "remote.autoForwardPorts": false };
  const workbench = await openWorkbench({ folder: join(root, "sample"), theme, settings });
  // Another machine, or a busy one, takes longer.
  workbench.page.setDefaultTimeout(120_000);
  try {
    const panel = await workbench.openPanel();
    const status = panel.getByTestId("status-text");
    await status.getByText("files indexed").waitFor({ timeout: 300_000 });
    // Where scans can be read, they are read last.
    const all = status.getByText(/^\d+ files indexed$/);
    await all.waitFor({ timeout: 60_000 }).catch(() => undefined);
    await pictures(workbench, panel);
  } finally {
    await workbench.close();
  }
}

async function ask(workbench: Workbench, panel: FrameLocator, question: string): Promise<void> {
  await workbench.command("View: Close All Editors");
  await workbench.newConversation();
  await panel.getByTestId("ask-box").fill(question);
  await panel.getByTestId("ask-box").press("Enter");
  await panel.getByTestId("support").waitFor();
}

/** The file is open in the reader, and what one came for is marked. */
async function shown({ page, reader }: Workbench, file: string): Promise<void> {
  await page.locator(`.tab.active[data-resource-name="${file}"]`).waitFor();
  await reader
    .getByTestId("said")
    .getByText(/marked/i)
    .waitFor({ state: "attached" });
}

/** An answer, and the place in the document that its first source opens. */
async function takePanel(workbench: Workbench, panel: FrameLocator, name: string): Promise<void> {
  await ask(workbench, panel, early);
  await panel.getByTestId("source").first().click();
  await shown(workbench, "office-lease.pdf");
  await workbench.reader.locator('[data-page="4"] canvas').waitFor();
  await shoot(workbench, name);
}

async function takeDocuments(workbench: Workbench, panel: FrameLocator): Promise<void> {
  for (const { picture, file, question } of documents) {
    await ask(workbench, panel, question);
    await panel.locator(`[data-testid="source"][data-path$="${file}"]`).first().click();
    await shown(workbench, file);
    await shoot(workbench, picture);
  }
}

async function takeSearch(workbench: Workbench): Promise<void> {
  await workbench.command("View: Close All Editors");
  await workbench.newConversation();
  await workbench.command("Carrel: Search by Meaning");
  await workbench.page.getByPlaceholder("What are you looking for?").fill("who may see escrow money");
  await workbench.page
    .locator(".quick-input-list .monaco-list-row")
    .filter({ hasText: "client-money.md" })
    .first()
    .waitFor();
  await shoot(workbench, "search-dark");
  await workbench.page.keyboard.press("Escape");
}

/** A sentence that says something else than its source, beside that source. */
async function takeCheck(workbench: Workbench, panel: FrameLocator): Promise<void> {
  await ask(workbench, panel, notice);
  await panel.getByTestId("contradicted").click();
  await panel.getByTestId("open-compared").click();
  await shown(workbench, "office-lease.pdf");
  await workbench.reader.locator('[data-page="4"] canvas').waitFor();
  await shoot(workbench, "check-dark");
}

async function takeOverview(workbench: Workbench, panel: FrameLocator): Promise<void> {
  await ask(workbench, panel, whole);
  await panel.locator('[data-testid="source"][data-path="."]').click();
  await workbench.page.locator(".tab.active").filter({ hasText: "Overview" }).waitFor();
  await workbench.page.locator(".detected-link").first().waitFor();
  await shoot(workbench, "overview-dark");
}

async function shoot(workbench: Workbench, name: string): Promise<void> {
  // Away from everything that shows a hint; then what moves comes to rest.
  await workbench.page.mouse.move(720, 790);
  await workbench.page.waitForTimeout(1_500);
  await workbench.page
    .locator(".statusbar-item")
    .filter({ hasText: "Activating Extensions" })
    .waitFor({ state: "detached" });
  await workbench.page.waitForTimeout(300);
  const file = join(root, "docs/images", `${name}.png`);
  await workbench.screenshot(file);
  console.log(`${file} ${Math.round(statSync(file).size / 1000)} kB`);
}

const fake = await startFakeOllama({
  models: [{ name: "qwen3:4b-instruct", capabilities: ["completion"] }],
  answer,
});
try {
  await take("light", fake.url, (workbench, panel) => takePanel(workbench, panel, "panel-light"));
  await take("high contrast", fake.url, (workbench, panel) =>
    takePanel(workbench, panel, "panel-high-contrast"),
  );
  await take("dark", fake.url, async (workbench, panel) => {
    await takePanel(workbench, panel, "panel-dark");
    await takeDocuments(workbench, panel);
    await takeSearch(workbench);
    await takeCheck(workbench, panel);
    await takeOverview(workbench, panel);
  });
} finally {
  await fake.close();
}
