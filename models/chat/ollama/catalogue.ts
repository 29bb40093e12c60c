import { CarrelError } from "../../../protocol/channel.ts";
import type { ChatModel } from "../../../protocol/data.ts";
import type { ModelFacts } from "../chatClient.ts";
import { cancelled } from "../errors.ts";
import type { Api } from "./api.ts";
import { hasCloudName, makesEmbeddings, modelNumbers, refusalOf, thinkingOf, withTag } from "./models.ts";
import { cannotChat, cloudModel, notInstalled } from "./ollamaErrors.ts";
import {
  type ListedModel,
  psAnswer,
  type ShownModel,
  showAnswer,
  tagsAnswer,
  versionAnswer,
} from "./schemas.ts";
import { localName } from "./serverVersion.ts";

/** What is known of the models that a server has. */
interface Catalogue {
  /** Every listed model, with why it is not used where it is not. */
  list(version: string, signal?: AbortSignal): Promise<ChatModel[]>;
  /** One model. Throws a CarrelError for one that is not installed, can't chat or runs in a cloud. */
  inspect(model: string, signal?: AbortSignal): Promise<ModelFacts>;
  /** Notes that a model, by its name in these facts, thought though it was asked not to. */
  alwaysThinks(name: string): void;
}

export function createCatalogue(api: Api): Catalogue {
  /** /api/show by digest: a model with the same digest is the same model. */
  const shown = new Map<string, ShownModel>();
  const thinkers = new Set<string>();

  async function show(listed: ListedModel, version: string, signal?: AbortSignal): Promise<ShownModel> {
    const known = shown.get(listed.digest);
    if (known && listed.digest !== "") return known;
    const body = { model: localName(listed.name, version) };
    const answer = await api.ask("show", showAnswer, { signal, body });
    shown.set(listed.digest, answer);
    return answer;
  }

  async function describe(listed: ListedModel, version: string, signal?: AbortSignal): Promise<ChatModel> {
    let refused = refusalOf(listed, undefined);
    let info: ShownModel | undefined;
    // Old servers list no capabilities, and new ones were seen to list an embedding model as one that answers,
    // so that each model is asked once; never a cloud's one, for that question would go to the cloud.
    if (refused === undefined) {
      info = await show(listed, version, signal).catch(() => undefined);
      if (signal?.aborted) throw cancelled();
      refused = info ? refusalOf(listed, info) : "Ollama does not say that it runs on this machine.";
    }
    return describeModel(listed, info, refused);
  }

  return {
    async list(version, signal) {
      const { models } = await api.ask("tags", tagsAnswer, { signal });
      const described: ChatModel[] = [];
      for (const listed of models ?? []) described.push(await describe(listed, version, signal));
      return described;
    },

    async inspect(model, signal) {
      if (hasCloudName(model)) throw cloudModel(model);
      const { version } = await api.ask("version", versionAnswer, { signal });
      const loading = api.ask("ps", psAnswer, { signal }).catch(() => ({ models: [] }));
      const [tags, ps] = await Promise.all([api.ask("tags", tagsAnswer, { signal }), loading]);
      const listed = tags.models?.find((one) => withTag(one.name) === withTag(model));
      if (!listed) throw notInstalled(model);
      if (listed.remote_host !== "" || listed.remote_model !== "") throw cloudModel(model);
      const info = await show(listed, version, signal).catch((error: unknown) => {
        throw error instanceof CarrelError && error.code !== "cancelled" ? named(error, model) : error;
      });
      if (refusalOf(listed, info) !== undefined)
        throw info.remote_host || info.remote_model ? cloudModel(model) : cannotChat(model);
      const loaded = ps.models?.find((one) => withTag(one.name) === withTag(model));
      const name = localName(listed.name, version);
      const facts = { name, loadedContext: loaded?.context_length || undefined, ...factsOf(listed, info) };
      return thinkers.has(name) ? { ...facts, thinking: "always" } : facts;
    },

    alwaysThinks(name) {
      thinkers.add(name);
    },
  };
}

function factsOf(listed: ListedModel, info: ShownModel): Omit<ModelFacts, "name" | "loadedContext"> {
  const capabilities = info.capabilities ?? listed.capabilities ?? [];
  const thinking = thinkingOf(listed.name, capabilities, info);
  return { sizeBytes: listed.size, ...modelNumbers(info.model_info), thinking };
}

function describeModel(
  listed: ListedModel,
  info: ShownModel | undefined,
  refused: string | undefined,
): ChatModel {
  const contextLength = listed.details?.context_length ?? modelNumbers(info?.model_info).contextLength;
  return {
    name: listed.name,
    sizeBytes: listed.size,
    ...(listed.details?.parameter_size ? { parameters: listed.details.parameter_size } : {}),
    ...(listed.details?.quantization_level ? { quantization: listed.details.quantization_level } : {}),
    ...(contextLength === undefined ? {} : { contextLength }),
    ...(refused === undefined ? {} : { refused }),
    ...(makesEmbeddings(listed, info) ? { embeds: true } : {}),
  };
}

/** Errors speak of the model by the name that the user knows, without the suffix that only the server needs. */
export function named(error: CarrelError, model: string): CarrelError {
  if (!error.message.includes(":local")) return error;
  const clean = (text: string): string => text.replaceAll(`${withTag(model)}:local`, model);
  return new CarrelError(clean(error.message), clean(error.remedy), error.code);
}
