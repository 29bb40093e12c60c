import * as vscode from "vscode";
import { isPlainDocument } from "./workspaceFiles.ts";

/** Whether this VS Code runs on a desktop together with the files, so that a document's own program can be started. */
export function hasDesktop(): boolean {
  return vscode.env.uiKind === vscode.UIKind.Desktop && vscode.env.remoteName === undefined;
}

/** Whether a file can be handed to the system's own program. */
export function canOpenOutside(path: string): boolean {
  return hasDesktop() && isPlainDocument(path);
}
