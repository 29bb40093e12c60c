import * as vscode from "vscode";
import type { Hit } from "../protocol/data.ts";
import { canOpenOutside } from "./originals.ts";
import { overviewUri } from "./overviewText.ts";
import { createHighlight } from "./passageHighlight.ts";
import { type Point, placeOf } from "./passagePlace.ts";
import type { Reader } from "./readerView.ts";
import { workspaceFile } from "./workspaceFiles.ts";
import { workspaceFolders } from "./workspaceFolders.ts";

/** Shows passages in editors and highlights them there. */
export interface Passages extends vscode.Disposable {
  /**
   * Opens the passage's file with the passage in the middle, highlighted until the next edit or move of the cursor.
   * A document opens in the reader, which is no text editor; a passage that another one has overtaken while its file was
   * opened is not shown. Throws a CarrelError for a file that is gone or outside the workspace.
   */
  open(passage: Hit, how?: vscode.TextDocumentShowOptions): Promise<vscode.TextEditor | undefined>;
  /** Opens the file itself: a document in its own program, where there is a desktop; else in VS Code. */
  openOriginal(passage: Hit): Promise<void>;
  clear(): void;
  /** Keeps in mind what is seen of a document in the reader; what it returns goes back to that. */
  remember(): () => void;
  /** What is highlighted now. */
  readonly highlighted: { readonly uri: vscode.Uri; readonly range: vscode.Range } | undefined;
}

export function createPassages(reader: Pick<Reader, "open" | "remember">): Passages {
  const highlight = createHighlight();
  let turn = 0;
  return {
    async open(passage, how = {}) {
      const own = ++turn;
      const uri = await uriOf(passage);
      if (own !== turn) return undefined;
      if (passage.kind === "document" && !passage.overview) {
        highlight.clear();
        await reader.open(uri, passage, how);
        return undefined;
      }
      const document = await vscode.workspace.openTextDocument(uri);
      if (own !== turn) return undefined;
      const place = placeOf(passage, document.getText());
      const first = new vscode.Position(place.startLine - 1, 0);
      const range = document.validateRange(
        new vscode.Range(first, new vscode.Position(place.endLine - 1, 1e6)),
      );
      highlight.clear();
      const editor = await vscode.window.showTextDocument(document, {
        ...how,
        selection: new vscode.Range(first, first),
      });
      const marks = place.marks.map(({ start, end }) => new vscode.Range(positionOf(start), positionOf(end)));
      editor.revealRange(range, vscode.TextEditorRevealType.InCenter);
      // Of a passage longer than the editor the marked sentence is what must be seen.
      if (marks[0]) editor.revealRange(marks[0], vscode.TextEditorRevealType.InCenterIfOutsideViewport);
      highlight.show(editor, range, marks);
      return editor;
    },

    async openOriginal(passage) {
      const file = vscode.Uri.file(await workspaceFile(workspaceFolders(), passage));
      if (canOpenOutside(passage.path)) await vscode.env.openExternal(file);
      else await vscode.commands.executeCommand("vscode.open", file);
    },

    clear: () => highlight.clear(),

    remember: () => reader.remember(),

    get highlighted() {
      return highlight.current;
    },

    dispose: () => highlight.dispose(),
  };
}

async function uriOf(passage: Hit): Promise<vscode.Uri> {
  if (passage.overview) return overviewUri(passage.folder, passage.overview, passage.heading ?? "Overview");
  return vscode.Uri.file(await workspaceFile(workspaceFolders(), passage));
}

function positionOf({ line, column }: Point): vscode.Position {
  return new vscode.Position(line - 1, column);
}
