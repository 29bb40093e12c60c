import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { basename } from "node:path";
import * as vscode from "vscode";
import { carrel, closeEditors, until, workspaceUri } from "./carrel.ts";

const hybrid = "hybrid" as const;

suite("Index and search, with the real engine", () => {
  suiteSetup(async () => {
    await (await carrel()).engine.index();
  });
  teardown(closeEditors);

  test("the workspace is indexed, and the status bar says that it is ready", async () => {
    const { engine, statusText } = await carrel();
    await until("the status bar", () => statusText() === "$(book) Carrel");
    assert.ok((engine.status?.files ?? 0) > 20, JSON.stringify(engine.status));
  });

  test("a question finds its passage", async () => {
    const { engine } = await carrel();
    const { hits } = await engine.search({
      query: "days carried over into the next year",
      k: 5,
      mode: hybrid,
    });
    assert.ok(
      hits.some(({ path }) => path === "handbook/leave.md"),
      hits.map(({ path }) => path).join(", "),
    );
  });

  test("a passage of a PDF opens in Carrel's own reader", async () => {
    const { engine, passages } = await carrel();
    const { hits } = await engine.search({ query: "notice period of the office lease", k: 20, mode: hybrid });
    const hit = hits.find(({ path }) => path.endsWith(".pdf"));
    assert.ok(hit, hits.map(({ path }) => path).join(", "));
    assert.equal(await passages.open(hit), undefined, "it is no text editor");
    const input = await until("its tab", () => vscode.window.tabGroups.activeTabGroup.activeTab?.input);
    assert.ok(input instanceof vscode.TabInputCustom, String(input));
    assert.deepEqual([input.viewType, basename(input.uri.path)], ["carrel.reader", basename(hit.path)]);
  });

  test("a saved file is searchable soon", async () => {
    const { engine } = await carrel();
    writeFileSync(
      workspaceUri("handbook/parking.md").fsPath,
      "# Parking\n\nThe zebrafish garage has eleven bays.\n",
    );
    await until("the new file", async () => {
      const { hits } = await engine.search({ query: "zebrafish garage", k: 3, mode: "lexical" });
      return hits.some(({ path }) => path === "handbook/parking.md");
    });
  });

  test("Find Related previews other passages; Escape brings back the editor and its place", async () => {
    const { passages } = await carrel();
    const editor = await vscode.window.showTextDocument(workspaceUri("software/deadlines/deadlines.py"), {
      preview: false,
    });
    editor.selection = new vscode.Selection(0, 0, 12, 0);
    const done = vscode.commands.executeCommand("carrel.findRelated");
    const { uri, range } = await until("a preview", () => passages.highlighted);
    const same = uri.fsPath === editor.document.uri.fsPath;
    assert.ok(!same || range.start.line >= 12, `${uri.path}:${range.start.line}`);
    await vscode.commands.executeCommand("workbench.action.closeQuickOpen");
    await done;
    const after = vscode.window.activeTextEditor;
    assert.equal(after?.document.uri.fsPath, editor.document.uri.fsPath);
    assert.deepEqual(after?.selection, new vscode.Selection(0, 0, 12, 0));
    assert.equal(passages.highlighted, undefined);
  });

  test("Find Related opens what is accepted", async () => {
    const { passages } = await carrel();
    const editor = await vscode.window.showTextDocument(workspaceUri("handbook/leave.md"), {
      preview: false,
    });
    editor.selection = new vscode.Selection(2, 0, 4, 0);
    const shown = (): string | undefined => {
      const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
      // A document is shown in the reader, where nothing is highlighted as in a text.
      return (
        passages.highlighted?.uri.path ??
        (input instanceof vscode.TabInputCustom ? input.uri.path : undefined)
      );
    };
    const done = vscode.commands.executeCommand("carrel.findRelated");
    await until("a preview", shown);
    await vscode.commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
    await done;
    const opened = await until("the opened passage", shown);
    assert.notEqual(opened, undefined);
  });

  test("a list that VS Code closes by giving the focus back to a web page is shown again, once", async () => {
    const { createQuickPick } = vscode.window;
    let shown = 0;
    const closingAtOnce = (): vscode.QuickPick<vscode.QuickPickItem> => {
      const pick = createQuickPick();
      let hidden: (() => unknown) | undefined;
      const { onDidHide } = pick;
      return Object.assign(pick, {
        onDidHide: (listener: () => unknown) => {
          hidden = listener;
          return onDidHide(listener);
        },
        show: () => {
          shown += 1;
          hidden?.();
        },
      });
    };
    Object.assign(vscode.window, { createQuickPick: closingAtOnce });
    try {
      await vscode.commands.executeCommand("carrel.search");
    } finally {
      Object.assign(vscode.window, { createQuickPick });
    }
    assert.equal(shown, 2);
  });

  test("the status report accounts for the index", async () => {
    await vscode.commands.executeCommand("carrel.showStatus");
    const text = await until("the report", () => {
      const { document } = vscode.window.activeTextEditor ?? {};
      const shown = document?.uri.scheme === "carrel-report" ? document.getText() : "";
      // It is made anew when what was written before has been indexed.
      return shown.includes("- State: ready") && shown;
    });
    assert.match(text, /- Files: \d+/);
    assert.match(text, /- Model server: http:\/\/127\.0\.0\.1:11434/);
  });

  test("a restarted engine answers", async () => {
    const { engine } = await carrel();
    const states: string[] = [];
    const stop = engine.onState(({ state }) => states.push(state));
    await engine.restart();
    stop();
    assert.deepEqual(states, ["stopped", "starting", "running"]);
    const { hits } = await engine.search({ query: "days of leave", k: 3, mode: hybrid });
    assert.ok(hits.length > 0);
  });

  test("indexing can be paused and resumed", async () => {
    const { statusText } = await carrel();
    await vscode.commands.executeCommand("carrel.pauseIndexing");
    await until("paused", () => statusText() === "$(debug-pause) Carrel paused");
    await vscode.commands.executeCommand("carrel.resumeIndexing");
    await until("ready", () => statusText() === "$(book) Carrel");
  });
});
