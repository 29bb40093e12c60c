import assert from "node:assert/strict";
import * as vscode from "vscode";
import { carrel, closeEditors, hitAt, until, workspaceUri } from "./carrel.ts";

suite("Passages", () => {
  teardown(closeEditors);

  test("a passage is opened at its lines and highlighted, in the middle", async () => {
    const { passages } = await carrel();
    const editor = await passages.open(hitAt("handbook/leave.md", 27, 28));
    assert.ok(editor);
    assert.equal(editor.document.uri.fsPath, workspaceUri("handbook/leave.md").fsPath);
    assert.deepEqual([editor.selection.active.line, editor.selection.isEmpty], [26, true]);
    const { range } = passages.highlighted ?? {};
    assert.deepEqual([range?.start.line, range?.end.line], [26, 27]);
    assert.ok(editor.visibleRanges.some((visible) => range && visible.contains(range)));
  });

  test("the highlight ends when the cursor moves", async () => {
    const { passages } = await carrel();
    const editor = await passages.open(hitAt("handbook/leave.md", 3, 4));
    assert.ok(editor);
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.ok(passages.highlighted, "It outlives the opening itself.");
    editor.selection = new vscode.Selection(9, 0, 9, 3);
    await until("the highlight to go", () => passages.highlighted === undefined);
  });

  test("the highlight ends with an edit", async () => {
    const { passages } = await carrel();
    const editor = await passages.open(hitAt("handbook/leave.md", 3, 4));
    assert.ok(editor);
    await editor.edit((edit) => edit.insert(new vscode.Position(20, 0), "x"));
    await until("the highlight to go", () => passages.highlighted === undefined);
  });

  test("a passage is found again after lines were put before it", async () => {
    const { passages } = await carrel();
    const hit = hitAt("handbook/leave.md", 27, 28);
    const editor = await vscode.window.showTextDocument(workspaceUri("handbook/leave.md"));
    await editor.edit((edit) => edit.insert(new vscode.Position(0, 0), "new\n\n\n"));
    await passages.open(hit);
    assert.equal(passages.highlighted?.range.start.line, 29);
  });

  test("an overview is opened as a text whose names of files open the files", async () => {
    const { engine, passages } = await carrel();
    const any = hitAt("handbook/leave.md", 1, 2);
    await engine.index();
    const { text } = await engine.overview(any.folder, {}, new AbortController().signal);
    const hit = { ...any, path: ".", text, heading: "Overview", overview: {} };
    const editor = await passages.open(hit);
    assert.ok(editor);
    const { document } = editor;
    assert.equal(document.getText(), text);
    assert.equal(document.uri.scheme, "carrel-text");
    const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>(
      "vscode.executeLinkProvider",
      document.uri,
    );
    const leave = links.find(({ range }) => document.getText(range) === "handbook/leave.md");
    assert.equal(leave?.target?.fsPath, workspaceUri("handbook/leave.md").fsPath);
  });

  test("files outside the workspace are not opened", async () => {
    const { passages } = await carrel();
    const hit = { ...hitAt("handbook/leave.md", 1, 2), path: "../../../../etc/hostname" };
    await assert.rejects(passages.open(hit), /outside the workspace/);
    await assert.rejects(passages.openOriginal(hit), /outside the workspace/);
    await assert.rejects(
      passages.open({ ...hit, folder: "/etc", path: "hostname" }),
      /not a folder of this workspace/,
    );
    assert.equal(vscode.window.activeTextEditor, undefined);
  });
});
