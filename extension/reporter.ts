import * as vscode from "vscode";
import { CarrelError } from "../protocol/channel.ts";
import { commandId } from "./commandTable.ts";
import type { LogLevel } from "./engineSupervisor.ts";

/** Where everything goes that a person may want to read: the log, and messages for what went wrong. */
export interface Reporter {
  log(level: LogLevel, message: string): void;
  /** Logs the error and tells the person what happened and what to do. A cancellation says nothing. */
  show(error: unknown): void;
  /** For work that nobody waits for: its error is logged, not shown. */
  background(work: Promise<unknown>): void;
}

export function createReporter(channel: vscode.LogOutputChannel): Reporter {
  // What fails often, or is asked for again, is not said twice at a time.
  const shown = new Set<string>();
  const log = (level: LogLevel, message: string): void => channel[level](message);
  return {
    log,
    show(error) {
      if (error instanceof CarrelError && error.code === "cancelled") return;
      log("error", detail(error));
      const message = words(error);
      if (shown.has(message)) return;
      shown.add(message);
      const engineGone = error instanceof CarrelError && error.code === "gone";
      void showMessage(message, engineGone).finally(() => shown.delete(message));
    },
    background(work) {
      work.catch((error: unknown) => {
        if (!(error instanceof CarrelError && error.code === "cancelled")) log("warn", detail(error));
      });
    },
  };
}

async function showMessage(message: string, engineGone: boolean): Promise<void> {
  const restart = vscode.l10n.t("Restart Engine");
  const showLog = vscode.l10n.t("Show Log");
  const buttons = engineGone ? [restart, showLog] : [showLog];
  const chosen = await vscode.window.showErrorMessage(message, ...buttons);
  if (chosen === restart) await vscode.commands.executeCommand(commandId("restartEngine"));
  if (chosen === showLog) await vscode.commands.executeCommand(commandId("showLog"));
}

function words(error: unknown): string {
  if (error instanceof CarrelError) return `${error.message} ${error.remedy}`.trim();
  const message = error instanceof Error ? error.message : String(error);
  return vscode.l10n.t("Carrel could not do this: {0}", message);
}

function detail(error: unknown): string {
  if (error instanceof CarrelError) return `${error.message} ${error.remedy}`.trim();
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
