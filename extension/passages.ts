import * as vscode from "vscode";
import type { Hit } from "../protocol/data.ts";
import { documentTextUri } from "./documentText.ts";
import { type Point, placeOf } from "./passagePlace.ts";
import { isPlainDocument, workspaceFile } from "./workspaceFiles.ts";
import { workspaceFolders } from "./workspaceFolders.ts";

/** Shows passages in editors and highlights them there. */
export interface Passages extends vscode.Disposable {
  /**
   * Opens the passage's file (for a PDF or an Office document its text) with the passage in the middle,
   * highlighted until the next edit or move of the cursor. Throws a CarrelError for a file that is gone or
   * outside the workspace.
   */
  open(passage: Hit, how?: vscode.TextDocumentShowOptions): Promise<vscode.TextEditor>;
  /** Opens the file itself: a document in its own program, where there is a desktop; else in VS Code. */
  openOriginal(passage: Hit): Promise<void>;
  clear(): void;
  /** What is highlighted now. */
  readonly highlighted: { readonly uri: vscode.Uri; readonly range: vscode.Range } | undefined;
}

interface Highlight {
  readonly editor: vscode.TextEditor;
  readonly range: vscode.Range;
}

export function createPassages(): Passages {
  const passageStyle = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor("editor.rangeHighlightBackground"),
    // High contrast themes have no background for it, but a border.
    border: "solid",
    borderWidth: "0 0 0 3px",
    borderColor: new vscode.ThemeColor("editor.rangeHighlightBorder"),
    overviewRulerColor: new vscode.ThemeColor("editorOverviewRuler.findMatchForeground"),
    overviewRulerLane: vscode.OverviewRulerLane.Center,
  });
  const markStyle = vscode.window.createTextEditorDecorationType({
    backgroundColor: new vscode.ThemeColor("editor.findMatchHighlightBackground"),
    border: "1px solid",
    borderColor: new vscode.ThemeColor("editor.findMatchHighlightBorder"),
  });
  let current: Highlight | undefined;

  const clear = (): void => {
    current?.editor.setDecorations(passageStyle, []);
    current?.editor.setDecorations(markStyle, []);
    current = undefined;
  };

  const listeners = [
    vscode.window.onDidChangeTextEditorSelection(({ textEditor, selections }) => {
      // Our own move of the cursor to the passage's first line is reported too, and must not end it.
      const own =
        selections.length === 1 && selections[0]?.isEmpty && selections[0].active.isEqual(startOf(current));
      if (textEditor === current?.editor && !own) clear();
    }),
    vscode.window.onDidChangeVisibleTextEditors((editors) => {
      if (current && !editors.includes(current.editor)) current = undefined;
    }),
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length > 0 && document === current?.editor.document) clear();
    }),
  ];

  return {
    async open(passage, how = {}) {
      const document = await vscode.workspace.openTextDocument(await uriOf(passage));
      const place = placeOf(passage, document.getText());
      const first = new vscode.Position(place.startLine - 1, 0);
      const range = document.validateRange(
        new vscode.Range(first, new vscode.Position(place.endLine - 1, 1e6)),
      );
      clear();
      const editor = await vscode.window.showTextDocument(document, {
        ...how,
        selection: new vscode.Range(first, first),
      });
      editor.revealRange(range, vscode.TextEditorRevealType.InCenter);
      const [mark] = place.marks;
      // Of a passage longer than the editor the marked sentence is what must be seen.
      if (mark) {
        const sentence = new vscode.Range(positionOf(mark.start), positionOf(mark.end));
        editor.revealRange(sentence, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
      }
      current = { editor, range };
      editor.setDecorations(passageStyle, [range]);
      editor.setDecorations(
        markStyle,
        place.marks.map(({ start, end }) => new vscode.Range(positionOf(start), positionOf(end))),
      );
      return editor;
    },

    async openOriginal(passage) {
      const file = vscode.Uri.file(await workspaceFile(workspaceFolders(), passage));
      const onDesktop = vscode.env.uiKind === vscode.UIKind.Desktop && vscode.env.remoteName === undefined;
      if (onDesktop && isPlainDocument(passage.path)) await vscode.env.openExternal(file);
      else await vscode.commands.executeCommand("vscode.open", file);
    },

    clear,

    get highlighted() {
      return current && { uri: current.editor.document.uri, range: current.range };
    },

    dispose() {
      vscode.Disposable.from(passageStyle, markStyle, ...listeners).dispose();
    },
  };
}

async function uriOf(passage: Hit): Promise<vscode.Uri> {
  const file = await workspaceFile(workspaceFolders(), passage);
  return passage.kind === "document" ? documentTextUri(passage.folder, passage.path) : vscode.Uri.file(file);
}

function startOf(highlight: Highlight | undefined): vscode.Position {
  return highlight?.range.start ?? new vscode.Position(0, 0);
}

function positionOf({ line, column }: Point): vscode.Position {
  return new vscode.Position(line - 1, column);
}
