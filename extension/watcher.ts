import * as vscode from "vscode";
import { createChangeBatch } from "./changeBatch.ts";
import type { EngineClient } from "./engineClient.ts";
import type { IndexKeeper } from "./indexKeeper.ts";
import type { Reporter } from "./reporter.ts";

const pauseMs = 200;
const mostPaths = 1_000;

/**
 * Tells the engine of changes: files on the disk, the workspace's folders, and Carrel's settings.
 * @param onSettings Called when the engine has new settings.
 */
export function watchWorkspace(
  engine: EngineClient,
  keeper: IndexKeeper,
  reporter: Reporter,
  onSettings: () => void,
): vscode.Disposable {
  const batch = createChangeBatch({
    pauseMs,
    most: mostPaths,
    onPaths: (paths) => {
      if (keeper.isKept) reporter.background(engine.filesChanged(paths));
    },
    onMany: () => {
      if (engine.state.state === "running") keeper.update();
    },
  });
  const add = (uri: vscode.Uri): void => {
    if (uri.scheme === "file" && !uri.path.includes("/.git/") && vscode.workspace.getWorkspaceFolder(uri)) {
      batch.add(uri.fsPath);
    }
  };
  const addAll = (uris: readonly vscode.Uri[]): void => uris.forEach(add);

  let watchers = watchFolders(add);
  return vscode.Disposable.from(
    { dispose: () => watchers.dispose() },
    batch,
    // A watcher may leave out folders (files.watcherExclude) or be late; what happens in VS Code itself is known.
    vscode.workspace.onDidSaveTextDocument(({ uri }) => add(uri)),
    vscode.workspace.onDidCreateFiles(({ files }) => addAll(files)),
    vscode.workspace.onDidDeleteFiles(({ files }) => addAll(files)),
    vscode.workspace.onDidRenameFiles(({ files }) =>
      addAll(files.flatMap(({ oldUri, newUri }) => [oldUri, newUri])),
    ),
    vscode.workspace.onDidChangeWorkspaceFolders(() => {
      watchers.dispose();
      watchers = watchFolders(add);
      reporter.background(
        engine.foldersChanged().then(() => {
          if (engine.state.state === "running") keeper.update();
        }),
      );
    }),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("carrel"))
        reporter.background(engine.settingsChanged().then(onSettings));
    }),
  );
}

function watchFolders(onChange: (uri: vscode.Uri) => void): vscode.Disposable {
  const parts = (vscode.workspace.workspaceFolders ?? []).flatMap((folder) => {
    const watcher = vscode.workspace.createFileSystemWatcher(new vscode.RelativePattern(folder, "**/*"));
    return [
      watcher,
      watcher.onDidCreate(onChange),
      watcher.onDidChange(onChange),
      watcher.onDidDelete(onChange),
    ];
  });
  return vscode.Disposable.from(...parts);
}
