import * as vscode from "vscode";
import { type ChatModel, type ChatServer, defaultSettings, type OtherServer } from "../protocol/data.ts";
import { commandId } from "./commandTable.ts";
import { embeddingRows } from "./embeddingRows.ts";
import type { EngineClient } from "./engineClient.ts";
import { chooseFrom } from "./focusReturn.ts";
import { modelFacts } from "./reportText.ts";
import type { SettingName } from "./settings.ts";

interface ModelItem extends vscode.QuickPickItem {
  /** What is written to the setting; undefined for a row that can't be chosen. */
  readonly value?: string;
  /** The row asks for a folder, which becomes the value. */
  readonly isFolder?: true;
  readonly run?: () => Promise<void>;
}

/** Lets the person choose the chat model among those that the server has. */
export async function chooseChatModel(engine: EngineClient): Promise<void> {
  const server = await engine.chatServer();
  if (server.state !== "ready" && server.models.length === 0) return explainServer(server);
  const usable = server.models.filter((model) => model.refused === undefined);
  const refused = server.models.filter((model) => model.refused !== undefined);
  const items: ModelItem[] = [
    {
      label: vscode.l10n.t("Best installed model"),
      description: vscode.l10n.t("chosen by Carrel"),
      value: "",
    },
    ...chatItems(usable, server),
    ...(refused.length ? [separator(vscode.l10n.t("Not used by Carrel"))] : []),
    ...refused.map((model) => ({ label: `$(circle-slash) ${model.name}`, detail: model.refused ?? "" })),
    ...(usable.length ? [] : [setUpItem()]),
    separator(""),
    machineItem(),
    manageItem(),
  ];
  const isAlone = server.others === undefined;
  const title = isAlone
    ? vscode.l10n.t("Model that writes answers ({0})", server.url)
    : vscode.l10n.t("Model that writes answers");
  const placeHolder = [server, ...(server.others ?? [])].flatMap(({ detail }) => detail ?? []).join(" ");
  const chosen = await chooseFrom(items, { title, placeHolder });
  if (chosen?.run) await chosen.run();
  else if (chosen?.value !== undefined) await writeSetting("chatModel", chosen.value);
}

/** Lets the person choose the embedding model. Another one means a new index, built beside the old one. */
export async function chooseEmbeddingModel(engine: EngineClient, current: string): Promise<void> {
  const server = await engine.chatServer();
  const title = vscode.l10n.t("Model that finds passages");
  const chosen = await chooseFrom(embeddingItems(server, current), {
    title,
    placeHolder: vscode.l10n.t("With another model the workspace is indexed anew; search goes on meanwhile"),
    matchOnDescription: true,
  });
  if (chosen?.run) return chosen.run();
  const value = chosen?.value ?? (chosen?.isFolder ? await askForFolder() : undefined);
  if (value === undefined || value === current) return;
  await writeSetting("embeddingModel", value);
  const isBundled = value === defaultSettings.embeddingModel;
  const name = isBundled ? vscode.l10n.t("Bundled model") : value.replace(/^(?:ollama|openai):/, "");
  const message = vscode.l10n.t(
    "{0}: the index is built anew with this model, beside the old one, which answers until the new one is whole.",
    name,
  );
  void vscode.window.showInformationMessage(message);
}

function embeddingItems(server: ChatServer, current: string): ModelItem[] {
  const inUse = vscode.l10n.t("in use");
  const rows = embeddingRows(server.models, current);
  const isFolder = current !== defaultSettings.embeddingModel && !/^(?:ollama|openai):/.test(current);
  return [
    {
      label: vscode.l10n.t("Bundled model"),
      description: [
        vscode.l10n.t("English"),
        ...(current === defaultSettings.embeddingModel ? [inUse] : []),
      ].join(" · "),
      detail: vscode.l10n.t("Comes with Carrel, small and fast, needs nothing else."),
      value: defaultSettings.embeddingModel,
    },
    separator(server.others ? vscode.l10n.t("Model servers") : placeName(server)),
    ...rows.map(({ model, value, isInUse }) => {
      const languages = model.manyLanguages ? vscode.l10n.t("many languages") : "";
      const facts = [languages, isInUse ? inUse : "", modelFacts(model)];
      return { label: model.name, description: facts.filter(Boolean).join(" · "), value };
    }),
    ...(rows.some(({ model }) => model.manyLanguages) ? [] : [manyLanguagesItem(server)]),
    separator(vscode.l10n.t("On this machine")),
    {
      label: vscode.l10n.t("A folder with a transformers.js model…"),
      description: isFolder ? current : "",
      detail: vscode.l10n.t("A folder with config.json, tokenizer.json and an onnx file."),
      isFolder: true,
    },
  ];
}

function manyLanguagesItem({ state }: ChatServer): ModelItem {
  return {
    label: vscode.l10n.t("$(add) How to get one that knows many languages…"),
    run: async () => {
      await vscode.commands.executeCommand(commandId(state === "ready" ? "manageModels" : "setUpOllama"));
    },
  };
}

async function askForFolder(): Promise<string | undefined> {
  const title = vscode.l10n.t("Folder of a transformers.js embedding model");
  const chosen = await vscode.window.showOpenDialog({ canSelectFolders: true, canSelectFiles: false, title });
  return chosen?.[0]?.fsPath;
}

/** Settings that name a model are the person's own, never a workspace's. */
async function writeSetting(setting: SettingName, value: string): Promise<void> {
  await vscode.workspace.getConfiguration("carrel").update(setting, value, vscode.ConfigurationTarget.Global);
}

/** The models, below the name of their server where there are several. */
function chatItems(models: readonly ChatModel[], server: ChatServer): ModelItem[] {
  if (!server.others) return models.map((model) => chatItem(model, server));
  return [server, ...server.others].flatMap((place) => {
    const own = models.filter((model) => model.server === place.url);
    return own.length === 0
      ? []
      : [separator(placeName(place)), ...own.map((model) => chatItem(model, server))];
  });
}

function placeName({ product, url }: OtherServer): string {
  return product ? vscode.l10n.t("{0} at {1}", product, url) : url;
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

function machineItem(): ModelItem {
  return {
    label: vscode.l10n.t("$(dashboard) What can this machine run?"),
    run: async () => {
      await vscode.commands.executeCommand(commandId("showMachine"));
    },
  };
}

function manageItem(): ModelItem {
  return {
    label: vscode.l10n.t("$(cloud-download) Download, unload or delete models…"),
    run: async () => {
      await vscode.commands.executeCommand(commandId("manageModels"));
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
