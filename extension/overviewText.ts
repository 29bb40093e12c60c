import * as v from "valibot";
import * as vscode from "vscode";
import { type Filter, filter as filterSchema, type OverviewText } from "../protocol/data.ts";
import type { EngineClient } from "./engineClient.ts";
import { workspaceFile } from "./workspaceFiles.ts";
import { workspaceFolders } from "./workspaceFolders.ts";

const scheme = "carrel-text";

/** The address of a read-only editor with the overview of a folder, as a filter leaves it. */
export function overviewUri(folder: string, filter: Filter, title: string): vscode.Uri {
  return vscode.Uri.from({
    scheme,
    path: `/${title.replaceAll("/", " ")}`,
    query: new URLSearchParams({ folder, overview: JSON.stringify(filter) }).toString(),
  });
}

/** Serves those editors: the text comes from the engine, as it was indexed. */
export function provideOverviews(engine: EngineClient): vscode.Disposable {
  /** The files that shown overviews name, by the address of their editor. */
  const named = new Map<string, OverviewText["files"]>();
  const texts = vscode.workspace.registerTextDocumentContentProvider(scheme, {
    async provideTextDocumentContent(uri, token) {
      const query = new URLSearchParams(uri.query);
      const cancel = new AbortController();
      token.onCancellationRequested(() => cancel.abort());
      const filter = v.parse(filterSchema, JSON.parse(query.get("overview") ?? "{}"));
      const { text, files } = await engine.overview(query.get("folder") ?? "", filter, cancel.signal);
      named.set(uri.toString(), files);
      return text;
    },
  });
  const closed = vscode.workspace.onDidCloseTextDocument(({ uri }) => named.delete(uri.toString()));
  return vscode.Disposable.from(texts, closed, provideOverviewLinks(named));
}

/** In an overview each name of a file opens the file. */
function provideOverviewLinks(named: ReadonlyMap<string, OverviewText["files"]>): vscode.Disposable {
  const selector = { scheme };
  return vscode.languages.registerDocumentLinkProvider(selector, {
    async provideDocumentLinks(document) {
      const folder = new URLSearchParams(document.uri.query).get("folder") ?? "";
      const files = named.get(document.uri.toString()) ?? [];
      const links = await Promise.all(
        files.map(async ({ path, range: [start, end] }) => {
          // A file that has gone meanwhile is no link.
          const file = await workspaceFile(workspaceFolders(), { folder, path }).catch(() => undefined);
          const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
          return file === undefined ? [] : [new vscode.DocumentLink(range, vscode.Uri.file(file))];
        }),
      );
      return links.flat();
    },
  });
}
