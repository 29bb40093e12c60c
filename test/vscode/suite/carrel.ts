import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import * as vscode from "vscode";
import type { TestApi } from "../../../extension/main.ts";
import type { Hit } from "../../../protocol/data.ts";

/** The extension under test, activated. */
export async function carrel(): Promise<TestApi> {
  const extension = vscode.extensions.getExtension<TestApi | undefined>("carrel.carrel");
  assert.ok(extension, "VS Code does not know the extension.");
  const api = await extension.activate();
  assert.ok(api, "The extension gives out its parts in test mode.");
  return api;
}

/** Waits until `probe` gives something, looking again ten times a second; fails after two minutes. */
export async function until<T>(
  what: string,
  probe: () => T | undefined | false | Promise<T | undefined | false>,
): Promise<T> {
  for (let attempt = 0; attempt < 1200; attempt++) {
    const value = await probe();
    if (value !== undefined && value !== false) return value;
    await wait(100);
  }
  throw new Error(`Waited two minutes in vain for ${what}.`);
}

export function workspaceUri(path: string): vscode.Uri {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  assert.ok(folder, "The tests run in a workspace.");
  return vscode.Uri.joinPath(folder.uri, path);
}

/** A hit on these lines of a file of the workspace, as the engine would give it. */
export function hitAt(path: string, startLine: number, endLine: number): Hit {
  const uri = workspaceUri(path);
  const lines = readFileSync(uri.fsPath, "utf8").split("\n");
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? "";
  const text = lines.slice(startLine - 1, endLine).join("\n");
  return { folder, path, kind: "prose", language: "markdown", startLine, endLine, score: 1, text, marks: [] };
}

export async function closeEditors(): Promise<void> {
  await vscode.commands.executeCommand("workbench.action.revertAndCloseActiveEditor");
  await vscode.commands.executeCommand("workbench.action.closeAllEditors");
}
