import * as vscode from "vscode";

interface Highlight {
  readonly editor: vscode.TextEditor;
  readonly range: vscode.Range;
}

/** A passage's colours in an editor, until the next edit or move of the cursor. There is one at a time. */
export interface PassageHighlight extends vscode.Disposable {
  show(editor: vscode.TextEditor, range: vscode.Range, marks: readonly vscode.Range[]): void;
  clear(): void;
  readonly current: { readonly uri: vscode.Uri; readonly range: vscode.Range } | undefined;
}

export function createHighlight(): PassageHighlight {
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
    show(editor, range, marks) {
      current = { editor, range };
      editor.setDecorations(passageStyle, [range]);
      editor.setDecorations(markStyle, [...marks]);
    },

    clear,

    get current() {
      return current && { uri: current.editor.document.uri, range: current.range };
    },

    dispose() {
      vscode.Disposable.from(passageStyle, markStyle, ...listeners).dispose();
    },
  };
}

function startOf(highlight: Highlight | undefined): vscode.Position {
  return highlight?.range.start ?? new vscode.Position(0, 0);
}
