import * as vscode from "vscode";
import { type CommandHandlers, type CommandName, commandId, commandTable } from "./commandTable.ts";
import type { EngineClient } from "./engineClient.ts";
import type { Reporter } from "./reporter.ts";

/** Registers every command of the table. What fails is reported to the person; who called it gets undefined. */
export function registerCommands(
  handlers: CommandHandlers,
  engine: EngineClient,
  reporter: Reporter,
): vscode.Disposable {
  const names = Object.keys(commandTable) as CommandName[];
  const registrations = names.map((name) =>
    vscode.commands.registerCommand(commandId(name), async (...args: unknown[]) => {
      try {
        if (!(await isReadyFor(name, engine))) return undefined;
        return await handlers[name](...args);
      } catch (error) {
        reporter.show(error);
        return undefined;
      }
    }),
  );
  return vscode.Disposable.from(...registrations);
}

async function isReadyFor(name: CommandName, engine: EngineClient): Promise<boolean> {
  const { needs } = commandTable[name];
  if (needs === "nothing") return true;
  if (!vscode.workspace.workspaceFolders?.length) {
    await offerFolder();
    return false;
  }
  if (needs === "engine" && engine.state.state !== "running") {
    const starting = engine.start();
    vscode.window.setStatusBarMessage(vscode.l10n.t("$(loading~spin) Carrel is starting…"), starting);
    await starting;
  }
  return true;
}

async function offerFolder(): Promise<void> {
  const open = vscode.l10n.t("Open Folder…");
  const chosen = await vscode.window.showInformationMessage(
    vscode.l10n.t("Carrel answers from the files of a folder, and none is open."),
    open,
  );
  if (chosen === open) await vscode.commands.executeCommand("vscode.openFolder");
}
