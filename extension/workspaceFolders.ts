import * as vscode from "vscode";
import type { Folder } from "../protocol/data.ts";

/** The workspace's folders that lie on this machine's disk. */
export function workspaceFolders(): Folder[] {
  return (vscode.workspace.workspaceFolders ?? [])
    .filter((folder) => folder.uri.scheme === "file")
    .map((folder) => ({ path: folder.uri.fsPath, name: folder.name }));
}

/** The folder that a file lies in, and its path there with "/"; undefined for a file outside the workspace. */
export function placeInWorkspace(uri: vscode.Uri): { folder: Folder; path: string } | undefined {
  const folder = vscode.workspace.getWorkspaceFolder(uri);
  if (!folder || uri.scheme !== "file") return undefined;
  const path = uri.path.slice(folder.uri.path.length).replace(/^\//, "");
  return { folder: { path: folder.uri.fsPath, name: folder.name }, path };
}
