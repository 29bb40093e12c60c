import assert from "node:assert/strict";
import * as vscode from "vscode";
import { carrel, closeEditors, until, workspaceUri } from "./carrel.ts";

const titles = ["Explain with Carrel", "Find related code and documents", "Ask Carrel about this"];

async function offered(path: string, range: vscode.Range, kind?: string): Promise<string[]> {
  const document = await vscode.workspace.openTextDocument(workspaceUri(path));
  await vscode.window.showTextDocument(document);
  const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>(
    "vscode.executeCodeActionProvider",
    document.uri,
    range,
    ...(kind ? [kind] : []),
  );
  return actions.map(({ title }) => title).filter((title) => titles.includes(title));
}

/**
 * Asks until actions are offered: VS Code answers with none when another extension registers its own while it asks,
 * as happens when the first document of a language starts that language's extension.
 */
async function offeredInTheEnd(path: string, range: vscode.Range, kind?: string): Promise<string[]> {
  return await until(`actions in ${path}`, async () => {
    const actions = await offered(path, range, kind);
    return actions.length > 0 && actions;
  });
}

suite("Code actions", () => {
  suiteSetup(carrel);
  teardown(closeEditors);

  test("are offered on a selection, in code and in prose", async () => {
    assert.deepEqual(
      await offeredInTheEnd("software/deadlines/deadlines.py", new vscode.Range(0, 0, 5, 0)),
      titles,
    );
    assert.deepEqual(await offeredInTheEnd("handbook/leave.md", new vscode.Range(2, 0, 4, 0)), titles);
  });

  test("are offered on the word at the cursor when asked for", async () => {
    assert.deepEqual(await offeredInTheEnd("handbook/leave.md", new vscode.Range(2, 1, 2, 1)), titles);
  });

  test("are not offered where nothing is, nor among quick fixes", async () => {
    assert.deepEqual(await offered("handbook/leave.md", new vscode.Range(1, 0, 1, 0)), []);
    const range = new vscode.Range(2, 0, 4, 0);
    assert.deepEqual(await offered("handbook/leave.md", range, vscode.CodeActionKind.QuickFix.value), []);
    assert.deepEqual(
      await offeredInTheEnd("handbook/leave.md", range, vscode.CodeActionKind.Refactor.value),
      titles,
    );
  });
});
