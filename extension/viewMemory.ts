import * as vscode from "vscode";

/**
 * Remembers what the person sees in the editor area. `restore` brings it back: the editor that was active,
 * with its cursor and its place, or the document in the reader, and the tab that a preview has replaced; a preview tab that was opened
 * meanwhile is closed.
 */
export function rememberView(): { restore(): Promise<void> } {
  const editor = vscode.window.activeTextEditor;
  const tab = vscode.window.tabGroups.activeTabGroup.activeTab;
  const document = tab?.input instanceof vscode.TabInputCustom ? tab.input : undefined;
  const before = editor && {
    uri: editor.document.uri,
    selections: editor.selections,
    top: editor.visibleRanges[0],
    column: editor.viewColumn,
    preview: tab?.isPreview ?? false,
  };
  const tabsBefore = new Set(fileTabs().map(keyOf));

  return {
    async restore() {
      if (before) {
        const shown = await vscode.window.showTextDocument(before.uri, {
          ...(before.column === undefined ? {} : { viewColumn: before.column }),
          preview: before.preview,
        });
        shown.selections = before.selections;
        if (before.top) shown.revealRange(before.top, vscode.TextEditorRevealType.AtTop);
      } else if (tab && document) {
        const how = { viewColumn: tab.group.viewColumn, preview: tab.isPreview };
        await vscode.commands.executeCommand("vscode.openWith", document.uri, document.viewType, how);
      }
      const opened = fileTabs().filter(
        (candidate) => candidate.isPreview && !tabsBefore.has(keyOf(candidate)),
      );
      if (opened.length) await vscode.window.tabGroups.close(opened, true);
    },
  };
}

function fileTabs(): vscode.Tab[] {
  return vscode.window.tabGroups.all
    .flatMap((group) => group.tabs)
    .filter((tab) => tab.input instanceof vscode.TabInputText || tab.input instanceof vscode.TabInputCustom);
}

function keyOf(tab: vscode.Tab): string {
  const hasUri = tab.input instanceof vscode.TabInputText || tab.input instanceof vscode.TabInputCustom;
  const uri = hasUri ? tab.input.uri.toString() : "";
  return `${tab.group.viewColumn} ${uri}`;
}
