import * as vscode from "vscode";
import type { ChatModel, ChatServer } from "../protocol/data.ts";
import { commandId } from "./commandTable.ts";
import type { EngineClient } from "./engineClient.ts";
import { modelFacts } from "./reportText.ts";
import type { SettingName } from "./settings.ts";

interface ModelItem extends vscode.QuickPickItem {
  /** What is written to the setting; undefined for a row that can't be chosen. */
  readonly value?: string;
  readonly run?: () => Promise<void>;
}

/** Lets the person choose the chat model among those that the server has. */
export async function chooseChatModel(engine: EngineClient): Promise<void> {
  const server = await engine.chatServer();
  if (server.state !== "ready") return explainServer(server);
  const usable = server.models.filter((model) => model.refused === undefined);
  const refused = server.models.filter((model) => model.refused !== undefined);
  const items: ModelItem[] = [
    {
      label: vscode.l10n.t("Best installed model"),
      description: vscode.l10n.t("chosen by Carrel"),
      value: "",
    },
    ...usable.map((model) => chatItem(model, server)),
    ...(refused.length ? [separator(vscode.l10n.t("Not used by Carrel"))] : []),
    ...refused.map((model) => ({ label: `$(circle-slash) ${model.name}`, detail: model.refused ?? "" })),
    ...(usable.length ? [] : [setUpItem()]),
  ];
  const title = vscode.l10n.t("Model that writes answers ({0})", server.url);
  const chosen = await vscode.window.showQuickPick(items, { title, placeHolder: server.detail ?? "" });
  await apply("chatModel", chosen);
}

/** Lets the person choose the embedding model. Another one means a new index, built beside the old one. */
export async function chooseEmbeddingModel(engine: EngineClient, current: string): Promise<void> {
  const server = await engine.chatServer();
  const mark = (value: string): string => (value === current ? vscode.l10n.t("in use") : "");
  const items: ModelItem[] = [
    {
      label: vscode.l10n.t("Bundled model"),
      description: mark("bundled"),
      detail: vscode.l10n.t("Comes with Carrel, small and fast, needs nothing else."),
      value: "bundled",
    },
    separator(vscode.l10n.t("Ollama at {0}", server.url)),
    ...server.models
      .filter(({ embeds }) => embeds)
      .map((model) => ({
        label: model.name,
        description: [mark(`ollama:${model.name}`), modelFacts(model)].filter(Boolean).join(" · "),
        value: `ollama:${model.name}`,
      })),
    separator(vscode.l10n.t("On this machine")),
    {
      label: vscode.l10n.t("A folder with a transformers.js model…"),
      description: current !== "bundled" && !current.startsWith("ollama:") ? current : "",
      detail: vscode.l10n.t("A folder with config.json, tokenizer.json and an onnx file."),
      run: chooseFolder,
    },
  ];
  const chosen = await vscode.window.showQuickPick(items, {
    title: vscode.l10n.t("Model that finds passages"),
    placeHolder: vscode.l10n.t("With another model the workspace is indexed anew; search goes on meanwhile"),
  });
  await apply("embeddingModel", chosen);
}

async function chooseFolder(): Promise<void> {
  const [folder] =
    (await vscode.window.showOpenDialog({
      canSelectFolders: true,
      canSelectFiles: false,
      title: vscode.l10n.t("Folder of a transformers.js embedding model"),
    })) ?? [];
  if (folder) await writeSetting("embeddingModel", folder.fsPath);
}

async function apply(setting: SettingName, chosen: ModelItem | undefined): Promise<void> {
  if (chosen?.run) await chosen.run();
  else if (chosen?.value !== undefined) await writeSetting(setting, chosen.value);
}

/** Settings that name a model are the person's own, never a workspace's. */
async function writeSetting(setting: SettingName, value: string): Promise<void> {
  await vscode.workspace.getConfiguration("carrel").update(setting, value, vscode.ConfigurationTarget.Global);
}

function chatItem(model: ChatModel, server: ChatServer): ModelItem {
  const inUse = model.name === server.chosen ? vscode.l10n.t("in use") : "";
  return {
    label: model.name,
    description: [inUse, modelFacts(model)].filter(Boolean).join(" · "),
    value: model.name,
  };
}

function setUpItem(): ModelItem {
  return {
    label: vscode.l10n.t("$(add) How to install one…"),
    run: async () => {
      await vscode.commands.executeCommand(commandId("setUpOllama"));
    },
  };
}

function separator(label: string): ModelItem {
  return { label, kind: vscode.QuickPickItemKind.Separator };
}

async function explainServer(server: ChatServer): Promise<void> {
  const setUp = vscode.l10n.t("Set up Ollama");
  const message = [server.detail, server.remedy].filter(Boolean).join(" ");
  const fallback = vscode.l10n.t("No model server answers at {0}.", server.url);
  const chosen = await vscode.window.showWarningMessage(message || fallback, setUp);
  if (chosen === setUp) await vscode.commands.executeCommand(commandId("setUpOllama"));
}
