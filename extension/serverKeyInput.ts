import * as vscode from "vscode";
import type { EngineClient } from "./engineClient.ts";
import type { Reporter } from "./reporter.ts";
import type { ServerKeys } from "./serverKeys.ts";

/** Asks the person for the key of the server that is set up. */
export async function askForServerKey(keys: ServerKeys): Promise<void> {
  const url = keys.serverUrl;
  if (url === "") {
    const open = vscode.l10n.t("Open Settings");
    const message = vscode.l10n.t("A key belongs to one server: first set its address in carrel.openai.url.");
    const chosen = await vscode.window.showInformationMessage(message, open);
    if (chosen === open)
      await vscode.commands.executeCommand("workbench.action.openSettings", "carrel.openai.url");
    return;
  }
  const key = await vscode.window.showInputBox({
    title: vscode.l10n.t("Key of the model server at {0}", url),
    prompt: vscode.l10n.t("Kept in VS Code's secret storage and sent to this server alone. Empty: no key."),
    password: true,
    ignoreFocusOut: true,
  });
  if (key !== undefined) await keys.keep(url, key);
}

/** Reads the keys now, and again when a person or a setting has changed them; the engine is told. */
export function watchServerKeys(
  keys: ServerKeys,
  engine: EngineClient,
  secrets: vscode.SecretStorage,
  reporter: Reporter,
): vscode.Disposable {
  const tell = async (): Promise<void> => {
    if (await keys.read()) await engine.serverKeysChanged();
  };
  const read = (): void => reporter.background(tell());
  read();
  return vscode.Disposable.from(
    secrets.onDidChange(read),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("carrel.openai.url")) read();
    }),
  );
}
