import { basename } from "node:path";
import * as vscode from "vscode";
import type { EngineClient } from "./engineClient.ts";
import { workspaceFile } from "./workspaceFiles.ts";
import { workspaceFolders } from "./workspaceFolders.ts";

const scheme = "carrel-text";

/** The address of a read-only editor with the text of a PDF or an Office document. */
export function documentTextUri(folder: string, path: string): vscode.Uri {
  const title = vscode.l10n.t("{0} (text)", basename(path));
  return vscode.Uri.from({
    scheme,
    path: `/${title}`,
    query: new URLSearchParams({ folder, path }).toString(),
  });
}

/** Serves those editors: the text comes from the engine, as it was indexed. */
export function provideDocumentTexts(engine: EngineClient): vscode.Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(scheme, {
    async provideTextDocumentContent(uri, token) {
      const query = new URLSearchParams(uri.query);
      const place = { folder: query.get("folder") ?? "", path: query.get("path") ?? "" };
      await workspaceFile(workspaceFolders(), place);
      const cancel = new AbortController();
      token.onCancellationRequested(() => cancel.abort());
      return (await engine.document(place.folder, place.path, cancel.signal)).text;
    },
  });
}
