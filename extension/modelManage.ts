import * as vscode from "vscode";
import { CarrelError } from "../protocol/channel.ts";
import {
  type ChatModel,
  defaultSettings,
  type ModelOffer,
  type ModelStore,
  type PullProgress,
} from "../protocol/data.ts";
import type { EngineClient } from "./engineClient.ts";
import { chooseFrom } from "./focusReturn.ts";
import { sizeText } from "./modelSizes.ts";
import { modelFacts } from "./reportText.ts";
import type { SettingName } from "./settings.ts";

interface Row extends vscode.QuickPickItem {
  readonly run?: () => Promise<unknown>;
}

/** The models that a person uses now, by the settings. */
interface InUse {
  readonly chatModel: string;
  readonly embeddingModel: string;
}

/** Shows what the model server has; lets the person download, unload and delete models. */
export async function manageModels(engine: EngineClient, inUse: () => InUse): Promise<void> {
  const store = await engine.modelStore();
  const rows: Row[] = [
    ...store.models.map((model) => installedRow(engine, store, model, inUse)),
    { label: vscode.l10n.t("Download"), kind: vscode.QuickPickItemKind.Separator },
    ...store.offers.map((offer) => ({
      label: `$(cloud-download) ${offer.name}`,
      description: offerText(offer),
      detail: offer.embeds
        ? vscode.l10n.t("finds passages, in many languages")
        : vscode.l10n.t("writes answers"),
      run: () => downloadModel(engine, store, offer),
    })),
    {
      label: vscode.l10n.t("$(cloud-download) Another model…"),
      run: () => downloadByName(engine, store),
    },
  ];
  const title = vscode.l10n.t("Models of {0} at {1}", store.product, store.url);
  const chosen = await chooseFrom(rows, { title, matchOnDescription: true });
  await chosen?.run?.();
}

function installedRow(engine: EngineClient, store: ModelStore, model: ChatModel, inUse: () => InUse): Row {
  const loaded = store.loaded.find(({ name }) => name === model.name);
  const memory =
    loaded &&
    (loaded.sizeBytes > 0
      ? vscode.l10n.t("in memory, {0}", sizeText(loaded.sizeBytes))
      : vscode.l10n.t("in memory"));
  const refused = model.embeds ? undefined : model.refused;
  return {
    label: model.name,
    description: [modelFacts(model), memory].filter(Boolean).join(" · "),
    ...(refused === undefined ? {} : { detail: refused }),
    run: () => actOn(engine, store, model, inUse()),
  };
}

async function actOn(engine: EngineClient, store: ModelStore, model: ChatModel, inUse: InUse): Promise<void> {
  const { name, embedsAs } = model;
  const rows: Row[] = [
    ...(model.refused === undefined
      ? [{ label: vscode.l10n.t("$(comment) Write answers with it"), run: () => useFor("chatModel", name) }]
      : []),
    ...(embedsAs === undefined
      ? []
      : [
          {
            label: vscode.l10n.t("$(search) Find passages with it"),
            detail: vscode.l10n.t("The workspace is indexed anew; search goes on meanwhile."),
            run: () => useFor("embeddingModel", embedsAs),
          },
        ]),
    ...(store.loaded.some((one) => one.name === name)
      ? [
          {
            label: vscode.l10n.t("$(debug-stop) Free the memory that it takes"),
            detail: vscode.l10n.t("The next question loads it again."),
            run: () => unload(engine, store, name),
          },
        ]
      : []),
    {
      label: vscode.l10n.t("$(trash) Delete…"),
      description: sizeText(model.sizeBytes),
      run: () => deleteModel(engine, store, model, inUse),
    },
  ];
  const chosen = await chooseFrom(rows, { title: name });
  await chosen?.run?.();
}

async function downloadByName(engine: EngineClient, store: ModelStore): Promise<void> {
  const name = await vscode.window.showInputBox({
    title: vscode.l10n.t("Name of the model that {0} is to download", store.product),
    placeHolder: store.offers[0]?.name ?? "name:tag",
    prompt: vscode.l10n.t("Nothing is downloaded before you have seen from where."),
    validateInput: async (text) => {
      if (text.trim() === "") return undefined;
      return engine.modelOffer(text).then(
        () => undefined,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      );
    },
  });
  if (name === undefined || name.trim() === "") return;
  await downloadModel(engine, store, await engine.modelOffer(name));
}

/** Asks, downloads with its progress shown, and offers to use what has come. */
export async function downloadModel(
  engine: EngineClient,
  store: ModelStore,
  offer: ModelOffer,
): Promise<void> {
  const button =
    store.away === undefined ? vscode.l10n.t("Download") : vscode.l10n.t("Download on {0}", store.away);
  const message = vscode.l10n.t("Download {0}?", offer.name);
  const asked = { modal: true, detail: downloadDetail(store, offer) };
  if ((await vscode.window.showWarningMessage(message, asked, button)) !== button) return;
  const model = await pullShown(engine, store, offer);
  if (!model) {
    void vscode.window.showInformationMessage(
      vscode.l10n.t(
        "The download of {0} was stopped. What has come is kept, and goes on from there.",
        offer.name,
      ),
    );
    return;
  }
  const use = model.embedsAs
    ? vscode.l10n.t("Find Passages with It")
    : vscode.l10n.t("Write Answers with It");
  const done = vscode.l10n.t("{0} is there ({1}).", model.name, sizeText(model.sizeBytes));
  if ((await vscode.window.showInformationMessage(done, use)) !== use) return;
  if (model.embedsAs !== undefined) await useFor("embeddingModel", model.embedsAs);
  else await useFor("chatModel", model.name);
}

/** The promise of privacy.md, at the place where it counts. */
function downloadDetail({ product, url, away }: ModelStore, offer: ModelOffer): string {
  const size =
    offer.sizeBytes > 0
      ? vscode.l10n.t("{0} will download {1} from {2}.", product, sizeText(offer.sizeBytes), offer.from)
      : vscode.l10n.t(
          "{0} will download it from {1}. How large it is is known when the download has begun.",
          product,
          offer.from,
        );
  const own = vscode.l10n.t(
    "Carrel itself opens no connection but to {0} at {1}.",
    product,
    URL.parse(url)?.host ?? url,
  );
  const far =
    away === undefined
      ? ""
      : vscode.l10n.t("{0} runs on {1}, not on this machine: the model is stored there.", product, away);
  return [size, own, far].filter(Boolean).join(" ");
}

/** Undefined where the person stopped it. */
async function pullShown(
  engine: EngineClient,
  store: ModelStore,
  offer: ModelOffer,
): Promise<ChatModel | undefined> {
  const title = vscode.l10n.t("{0} downloads {1} from {2}", store.product, offer.name, offer.from);
  const options = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  return vscode.window.withProgress(options, async (notification, token) => {
    const controller = new AbortController();
    token.onCancellationRequested(() => controller.abort());
    let shown = 0;
    const onProgress = (progress: PullProgress): void => {
      const share = progress.totalBytes > 0 ? (100 * progress.doneBytes) / progress.totalBytes : 0;
      notification.report({ message: progressText(progress), increment: Math.max(0, share - shown) });
      shown = Math.max(shown, share);
    };
    try {
      const wanted = { name: offer.name, url: store.url };
      return await engine.pullModel(wanted, { signal: controller.signal, onProgress });
    } catch (error) {
      if (error instanceof CarrelError && error.code === "cancelled") return undefined;
      throw error;
    }
  });
}

function progressText({ stage, doneBytes, totalBytes }: PullProgress): string {
  if (stage === "asking") return vscode.l10n.t("asking for it…");
  if (stage === "checking") return vscode.l10n.t("checking what came ({0})…", sizeText(totalBytes));
  return vscode.l10n.t("{0} of {1}", sizeText(doneBytes), sizeText(totalBytes));
}

function offerText({ sizeBytes, from }: ModelOffer): string {
  return vscode.l10n.t("{0} from {1}", sizeText(sizeBytes), from);
}

async function unload(engine: EngineClient, { url }: ModelStore, name: string): Promise<void> {
  await engine.unloadModel({ name, url });
  const { loaded } = await engine.modelStore();
  if (!loaded.some((one) => one.name === name)) return;
  void vscode.window.showInformationMessage(
    vscode.l10n.t("{0} is answering somebody. Its memory becomes free when that has ended.", name),
  );
}

async function deleteModel(
  engine: EngineClient,
  store: ModelStore,
  { name, sizeBytes, embedsAs }: ChatModel,
  inUse: InUse,
): Promise<void> {
  const answers = inUse.chatModel === name;
  const finds = inUse.embeddingModel === embedsAs;
  const button = vscode.l10n.t("Delete");
  const detail = [
    vscode.l10n.t(
      "Up to {0} become free where {1} at {2} keeps its models. To have it again it must be downloaded again.",
      sizeText(sizeBytes),
      store.product,
      URL.parse(store.url)?.host ?? store.url,
    ),
    answers ? vscode.l10n.t("You chose it to write your answers: the best of the others will.") : "",
    finds
      ? vscode.l10n.t("It finds your passages: the bundled model will, and the workspace is indexed anew.")
      : "",
  ];
  const message = vscode.l10n.t("Delete {0} from {1}?", name, store.product);
  const asked = { modal: true, detail: detail.filter(Boolean).join(" ") };
  if ((await vscode.window.showWarningMessage(message, asked, button)) !== button) return;
  await engine.deleteModel({ name, url: store.url });
  if (answers) await useFor("chatModel", defaultSettings.chatModel);
  if (finds) await useFor("embeddingModel", defaultSettings.embeddingModel);
}

/** Settings that name a model are the person's own, never a workspace's. */
async function useFor(setting: SettingName, value: string): Promise<void> {
  await vscode.workspace.getConfiguration("carrel").update(setting, value, vscode.ConfigurationTarget.Global);
}
