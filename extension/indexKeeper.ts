import * as vscode from "vscode";
import type { IndexSummary } from "../protocol/data.ts";
import { commandId } from "./commandTable.ts";
import type { EngineClient } from "./engineClient.ts";
import type { Reporter } from "./reporter.ts";

/** Decides when the workspace is indexed; the engine does it. */
export interface IndexKeeper extends vscode.Disposable {
  /** Whether this workspace was indexed before, so that its index is to be kept up to date. */
  readonly wasIndexed: boolean;
  /** False after the index was deleted, until the person wants one again. */
  readonly isKept: boolean;
  indexNow(): Promise<void>;
  /** Deletes the index and builds it from nothing. */
  rebuild(): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  deleteIndex(): Promise<void>;
  /** Looks at the whole disk again, where single changes can't be told. */
  update(): void;
}

const pausedKey = "indexing.paused";
const indexedKey = "indexing.indexed";

/** `memory` is the workspace's: whether its indexing is paused outlives the window. */
export function createIndexKeeper(
  engine: EngineClient,
  memory: vscode.Memento,
  reporter: Reporter,
): IndexKeeper {
  let kept = true;
  const isPaused = (): boolean => memory.get(pausedKey) === true;
  const setPaused = (paused: boolean): Promise<void> => rememberPaused(memory, paused);
  const indexAndTell = async (rebuild: boolean): Promise<void> => {
    await setPaused(false);
    const summary = await withProgress(() => index(rebuild));
    if (kept) void offerStatus(summaryMessage(summary));
  };
  const index = async (rebuild = false): Promise<IndexSummary> => {
    kept = true;
    const summary = await engine.index({ rebuild });
    // What is deleted while it is built ends too, and is not to be built again.
    if (kept) await memory.update(indexedKey, true);
    return summary;
  };
  const update = (): void => {
    if (kept && !isPaused() && mayRead(memory)) reporter.background(index());
  };

  const following = onRunning(engine, () => {
    if (!kept) reporter.background(engine.deleteIndex());
    else if (isPaused()) reporter.background(engine.pause());
    else update();
  });
  reporter.background(setPaused(isPaused()));
  const deleteIndex = async (): Promise<void> => {
    kept = false;
    await memory.update(indexedKey, false);
    await engine.deleteIndex();
  };

  return {
    get wasIndexed() {
      return memory.get(indexedKey) === true;
    },
    get isKept() {
      return kept;
    },
    indexNow: () => indexAndTell(false),
    rebuild: () => indexAndTell(true),
    async pause() {
      await setPaused(true);
      if (isUp(engine)) await engine.pause();
    },
    async resume() {
      await setPaused(false);
      kept = true;
      await memory.update(indexedKey, true);
      await (isUp(engine) ? engine.resume() : engine.start());
    },
    deleteIndex: async () => ((await confirmDeletion()) ? deleteIndex() : undefined),
    update,
    dispose: () => following.dispose(),
  };
}

function isUp(engine: EngineClient): boolean {
  return engine.state.state === "running";
}

/** A folder that the person does not trust is read once they ask for it, and not because the panel is open. */
function mayRead(memory: vscode.Memento): boolean {
  return vscode.workspace.isTrusted || memory.get(indexedKey) === true;
}

/** Calls `listener` whenever the engine comes up, which does not know what happened before, and when one that is up may read what it might not before. */
function onRunning(engine: EngineClient, listener: () => void): vscode.Disposable {
  const call = (): void => {
    if (isUp(engine)) listener();
  };
  return vscode.Disposable.from(
    { dispose: engine.onState(call) },
    vscode.workspace.onDidGrantWorkspaceTrust(call),
  );
}

async function rememberPaused(memory: vscode.Memento, paused: boolean): Promise<void> {
  await memory.update(pausedKey, paused);
  await vscode.commands.executeCommand("setContext", "carrel.paused", paused);
}

async function withProgress<T>(work: () => Promise<T>): Promise<T> {
  const title = vscode.l10n.t("Carrel is indexing");
  return vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title }, work);
}

function summaryMessage({ files, chunks, changed, removed, skipped, seconds, notice }: IndexSummary): string {
  const message = vscode.l10n.t(
    "Carrel's index is up to date: {0}, {1}. {2} changed, {3} removed, {4} left out, in {5} s.",
    files === 1 ? vscode.l10n.t("1 file") : vscode.l10n.t("{0} files", files),
    chunks === 1 ? vscode.l10n.t("1 passage") : vscode.l10n.t("{0} passages", chunks),
    changed,
    removed,
    skipped.filter(({ partly }) => !partly).length,
    seconds.toFixed(1),
  );
  return notice === undefined ? message : `${message} ${notice}`;
}

async function confirmDeletion(): Promise<boolean> {
  const remove = vscode.l10n.t("Delete");
  const detail = vscode.l10n.t(
    "Your files stay as they are. Carrel indexes again when you run Index Workspace Now, or when you use it after the window was reloaded.",
  );
  const chosen = await vscode.window.showWarningMessage(
    vscode.l10n.t("Delete Carrel's index of this workspace?"),
    { modal: true, detail },
    remove,
  );
  return chosen === remove;
}

async function offerStatus(message: string): Promise<void> {
  const details = vscode.l10n.t("Show Details");
  const chosen = await vscode.window.showInformationMessage(message, details);
  if (chosen === details) await vscode.commands.executeCommand(commandId("showStatus"));
}
