import assert from "node:assert/strict";
import { test } from "node:test";
import { CarrelError } from "../../protocol/channel.ts";
import { gate } from "../support/gate.ts";
import { noteIn, type PanelHandlers, readyWith } from "../support/panelHandlers.ts";
import { browserForTests } from "../support/testBrowser.ts";
import {
  answer,
  chatDown,
  chatReady,
  passageAnswer,
  readyIndex,
  supportedAnswer,
} from "../webview/conversations.ts";
import { ask, openPanel } from "./panelPageHarness.ts";

/** What the panel says of the index, the engine, the model server and the workspace, and what it offers to do. */

const browser = browserForTests();

test("the top shows what the index and the engine do, with the buttons for it", async () => {
  const commands: string[] = [];
  const { page, host } = await openPanel(browser, {
    handlers: {
      command: noteIn(commands),
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

test("an answer out of half an index says so, wears no green mark, and can be asked again", async () => {
  let whole = false;
  const { page } = await openPanel(browser, {
    handlers: {
      ask: () => (whole ? supportedAnswer : { ...supportedAnswer, read: { files: 32, of: 4217 } }),
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

test("an answer out of half an index is asked again once the rest is read, once, if it is still the last", async () => {
  const indexing = { ...readyIndex, state: "indexing" as const, done: 32, total: 4217 };
  const asked: string[] = [];
  const commands: string[] = [];
  const { page, host } = await openPanel(browser, {
    handlers: {
      ready: readyWith({ status: indexing }),
      ask: ({ question }) => {
        asked.push(question);
        return { ...answer, read: { files: 32, of: 4217 } };
      },
      command: noteIn(commands),
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

test("without a folder the panel offers to open one, and asks nothing", async () => {
  const commands: string[] = [];
  const { page } = await openPanel(browser, {
    handlers: {
      ready: readyWith({ status: { ...readyIndex, files: 0 }, folders: [] }),
      command: noteIn(commands),
    },
  });
  await page.getByRole("button", { name: "Open folder" }).click();
  assert.ok(await page.getByTestId("ask-box").isDisabled());
  assert.equal(await page.getByText("0 files").count(), 0);
  assert.deepEqual(commands, ["openFolder"]);
  await page.close();
});

test("files in another language are said once, with the way to another model, until that is dismissed", async () => {
  const commands: string[] = [];
  const status = { ...readyIndex, languages: ["de", "fr"] };
  const handlers: Partial<PanelHandlers> = {
    ready: readyWith({ status }),
    command: noteIn(commands),
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

test("with no model server the passages are the answer, and two buttons lead to a written one", async () => {
  const commands: string[] = [];
  const { page } = await openPanel(browser, {
    handlers: {
      ask: () => passageAnswer,
      chatServer: () => (commands.length ? chatReady : chatDown),
      command: noteIn(commands),
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
