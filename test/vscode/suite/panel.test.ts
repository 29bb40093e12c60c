import assert from "node:assert/strict";
import * as vscode from "vscode";
import type { AskParams } from "../../../extension/engineClient.ts";
import { carrel, closeEditors, until, workspaceUri } from "./carrel.ts";

/** What the engine is asked while the test runs; the real one answers. */
async function listenToQuestions(): Promise<{ asked: AskParams[]; stop(): void }> {
  const { engine } = await carrel();
  const asked: AskParams[] = [];
  const ask = engine.ask;
  engine.ask = (params, options) => {
    asked.push(params);
    return ask.call(engine, params, options);
  };
  return {
    asked,
    stop() {
      engine.ask = ask;
    },
  };
}

suite("Panel", () => {
  suiteSetup(async () => {
    await (await carrel()).engine.index();
  });
  teardown(closeEditors);

  test("a question of a command is asked in the panel, also after the panel was hidden", async () => {
    const { asked, stop } = await listenToQuestions();
    try {
      await vscode.commands.executeCommand("carrel.ask", "How many days of leave are there?");
      await until("the first question", () => asked.length === 1);
      await vscode.commands.executeCommand("workbench.view.explorer");
      await vscode.commands.executeCommand("carrel.newConversation");
      await vscode.commands.executeCommand("carrel.ask", "Who is ill?");
      await until("the second question", () => asked.length === 2);
    } finally {
      stop();
    }
    assert.deepEqual(
      asked.map(({ question }) => question),
      ["How many days of leave are there?", "Who is ill?"],
    );
  });

  test("Explain asks about the selection", async () => {
    const editor = await vscode.window.showTextDocument(workspaceUri("software/deadlines/deadlines.py"));
    editor.selection = new vscode.Selection(2, 0, 8, 0);
    const { asked, stop } = await listenToQuestions();
    try {
      // While the question before is being answered, another would wait in the box.
      await vscode.commands.executeCommand("carrel.newConversation");
      await vscode.commands.executeCommand("carrel.explain");
      await until("the question", () => asked.length === 1);
    } finally {
      stop();
    }
    const { path, startLine, endLine, text } = asked[0]?.selection ?? {};
    assert.deepEqual([path, startLine, endLine], ["software/deadlines/deadlines.py", 3, 8]);
    assert.equal(text, editor.document.getText(editor.selection));
  });
});
