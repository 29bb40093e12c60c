import * as vscode from "vscode";
import type { ChatServer } from "../protocol/data.ts";
import { commandId } from "./commandTable.ts";
import type { EngineClient } from "./engineClient.ts";
import { downloadModel } from "./modelManage.ts";

/**
 * Opens the walkthrough at the step about Ollama and says what is still missing. Nothing is downloaded unless the
 * person presses Download, or runs the command that is put into a terminal.
 */
export async function setUpOllama(engine: EngineClient, extensionId: string): Promise<void> {
  const step = { category: `${extensionId}#carrel`, step: "ollama" };
  await vscode.commands.executeCommand("workbench.action.openWalkthrough", step, false);
  await lookForOllama(engine);
}

async function lookForOllama(engine: EngineClient): Promise<void> {
  const server = await engine.chatServer();
  const usable = server.models.some((model) => model.refused === undefined);
  if (server.state === "ready" && usable) return offerChoice(server);
  if (server.state === "ready" && server.install)
    return offerInstall(engine, server, await suggestion(engine, server.install));
  // Nothing failed: this is what the person came for, so it is no error, and the next look is one click away.
  const again = vscode.l10n.t("Look Again");
  const found = [server.detail, server.remedy].filter(Boolean).join(" ");
  const message = found || vscode.l10n.t("No model server answers at {0}.", server.url);
  const chosen = await vscode.window.showInformationMessage(message, again);
  if (chosen === again) await lookForOllama(engine);
}

async function offerChoice({ product = "", chosen: model }: ChatServer): Promise<void> {
  const choose = vscode.l10n.t("Choose Model…");
  const message = model
    ? vscode.l10n.t("{0} is ready: answers are written by {1}.", product, model)
    : vscode.l10n.t("{0} is ready. Choose the model that writes answers.", product);
  const chosen = await vscode.window.showInformationMessage(message, choose);
  if (chosen === choose) await vscode.commands.executeCommand(commandId("chooseModel"));
}

interface Suggestion {
  readonly command: string;
  readonly bytes: number;
  /** Why this one, on this machine. */
  readonly reason?: string;
}

/** The model that suits this machine; the usual one where the machine can't be looked at. */
async function suggestion(engine: EngineClient, usual: Suggestion): Promise<Suggestion> {
  try {
    const looking = engine.machine();
    vscode.window.setStatusBarMessage(
      vscode.l10n.t("$(loading~spin) Carrel looks at this machine…"),
      looking,
    );
    const { recommended } = await looking;
    return recommended ?? usual;
  } catch {
    // It makes the suggestion better, and nothing depends on it.
    return usual;
  }
}

async function offerInstall(
  engine: EngineClient,
  { product = "" }: ChatServer,
  { command, bytes, reason = "" }: Suggestion,
): Promise<void> {
  const download = vscode.l10n.t("Download…");
  const terminal = vscode.l10n.t("Put It into a Terminal");
  const machine = vscode.l10n.t("What Can This Machine Run?");
  const message = vscode.l10n.t(
    "{0} runs, but has no model that can write answers. To get one ({1} GB), run: {2} {3}",
    product,
    (bytes / 1e9).toFixed(1),
    command,
    reason && `(${reason})`,
  );
  const chosen = await vscode.window.showInformationMessage(message.trimEnd(), download, terminal, machine);
  if (chosen === machine) await vscode.commands.executeCommand(commandId("showMachine"));
  if (chosen === download) {
    const name = command.slice(command.lastIndexOf(" ") + 1);
    const [store, offer] = await Promise.all([engine.modelStore(), engine.modelOffer(name)]);
    await downloadModel(engine, store, offer);
  }
  if (chosen !== terminal) return;
  const shell = vscode.window.createTerminal(product);
  shell.show();
  shell.sendText(command, false);
}
