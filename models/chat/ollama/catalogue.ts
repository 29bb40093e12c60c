import { CarrelError } from "../../../protocol/channel.ts";
import type { ChatModel } from "../../../protocol/data.ts";
import type { ModelFacts } from "../chatClient.ts";
import { cancelled } from "../errors.ts";
import type { Api } from "./api.ts";
import {
  activeShare,
  canonicalName,
  hasCloudName,
  makesEmbeddings,
  modelNumbers,
  refusalOf,
  type Thinking,
  thinkingOf,
} from "./models.ts";
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

/** What a server was seen to have, and when (milliseconds of `performance.now`). */
interface Look {
  readonly version: string;
  readonly listed: readonly ListedModel[];
  readonly at: number;
}

/** A question looks at the server, and right after that at its model: that is one look, not two. */
const oneLookMs = 5_000;

/** What is known of the models that a server has. */
export class Catalogue {
  private readonly api: Api;
  /** /api/show by digest: a model with the same digest is the same model. */
  private readonly shown = new Map<string, ShownModel>();
  private readonly thinkers = new Set<string>();
  private last: Look | undefined;

  constructor(api: Api) {
    this.api = api;
  }

  /** The server's version, and every listed model, with why it is not used where it is not. */
  async list(signal?: AbortSignal): Promise<{ version: string; models: ChatModel[] }> {
    const { version, listed } = await this.look(signal);
    // At once: a server that is slow to tell of one is waited for once, not for each.
    const models = await Promise.all(listed.map((one) => this.describe(one, version, signal)));
    return { version, models };
  }

  /** One model. Throws a CarrelError for one that is not installed, can't chat or runs in a cloud. */
  async inspect(model: string, signal?: AbortSignal): Promise<ModelFacts> {
    if (hasCloudName(model)) throw cloudModel(model);
    const isFresh = this.last !== undefined && performance.now() - this.last.at < oneLookMs;
    const known = isFresh ? this.last : undefined;
    // One that has just been installed is not in a look of before.
    const { version, listed } = known && findListed(known.listed, model) ? known : await this.look(signal);
    const found = findListed(listed, model);
    if (!found) throw notInstalled(model);
    if (found.remote_host !== "" || found.remote_model !== "") throw cloudModel(model);
    const info = await this.show(found, version, signal).catch((error: unknown) => {
      throw error instanceof CarrelError && error.code !== "cancelled" ? named(error, model) : error;
    });
    if (refusalOf(found, info) !== undefined)
      throw info.remote_host || info.remote_model ? cloudModel(model) : cannotChat(model);
    const ps = await this.api.ask("ps", psAnswer, { signal }).catch(() => ({ models: [] }));
    const loaded = ps.models?.find((one) => canonicalName(one.name) === canonicalName(model));
    const name = localName(found.name, version);
    const facts = { name, loadedContext: loaded?.context_length || undefined, ...factsOf(found, info) };
    if (!this.thinkers.has(name)) return facts;
    return { ...facts, thinking: facts.thinking === "never" ? "unasked" : "always" };
  }

  /** A model as the server lists it now, whatever it is made for. Throws a CarrelError where it is not there. */
  async find(model: string, signal?: AbortSignal): Promise<ListedModel> {
    const { listed } = await this.look(signal);
    const found = findListed(listed, model);
    if (!found) throw notInstalled(model);
    return found;
  }

  /** Notes that a model, by its name in these facts, thought though it was not asked to. */
  thinksUnasked(name: string): void {
    this.thinkers.add(name);
  }

  private async look(signal: AbortSignal | undefined): Promise<Look> {
    this.last = undefined;
    // The only answer that tells Ollama from other servers, so it comes first and alone.
    const { version } = await this.api.ask("version", versionAnswer, { signal });
    const { models } = await this.api.ask("tags", tagsAnswer, { signal });
    this.last = { version, listed: models ?? [], at: performance.now() };
    return this.last;
  }

  private async show(
    listed: ListedModel,
    version: string,
    signal: AbortSignal | undefined,
  ): Promise<ShownModel> {
    const known = this.shown.get(listed.digest);
    if (known && listed.digest !== "") return known;
    const body = { model: localName(listed.name, version) };
    const answer = await this.api.ask("show", showAnswer, { signal, body });
    this.shown.set(listed.digest, answer);
    return answer;
  }

  private async describe(
    listed: ListedModel,
    version: string,
    signal: AbortSignal | undefined,
  ): Promise<ChatModel> {
    let refused = refusalOf(listed, undefined);
    let info: ShownModel | undefined;
    // Old servers list no capabilities, and new ones were seen to list an embedding model as one that answers,
    // so that each model is asked once; never a cloud's one, for that question would go to the cloud.
    if (refused === undefined) {
      info = await this.show(listed, version, signal).catch(() => undefined);
      if (signal?.aborted) throw cancelled();
      refused = info ? refusalOf(listed, info) : "Ollama does not say that it runs on this machine.";
    }
    return describeModel(listed, info, refused);
  }
}

function findListed(listed: readonly ListedModel[] | undefined, model: string): ListedModel | undefined {
  return listed?.find((one) => canonicalName(one.name) === canonicalName(model));
}

function factsOf(
  listed: ListedModel,
  info: ShownModel,
): Omit<ModelFacts, "name" | "loadedContext"> & { readonly thinking: Thinking } {
  const capabilities = info.capabilities ?? listed.capabilities ?? [];
  const thinking = thinkingOf(listed.name, capabilities, info);
  return { sizeBytes: listed.size, ...modelNumbers(info.model_info), thinking };
}

function describeModel(
  listed: ListedModel,
  info: ShownModel | undefined,
  refused: string | undefined,
): ChatModel {
  const numbers = modelNumbers(info?.model_info);
  const contextLength = listed.details?.context_length ?? numbers.contextLength;
  const share = activeShare(info?.model_info);
  return {
    name: listed.name,
    sizeBytes: listed.size,
    ...(listed.details?.parameter_size ? { parameters: listed.details.parameter_size } : {}),
    ...(listed.details?.quantization_level ? { quantization: listed.details.quantization_level } : {}),
    ...(contextLength === undefined ? {} : { contextLength }),
    ...(numbers.bytesPerToken === undefined ? {} : { bytesPerToken: numbers.bytesPerToken }),
    ...(share === undefined ? {} : { activeShare: share }),
    ...(info === undefined || refused !== undefined ? {} : { thinking: factsOf(listed, info).thinking }),
    ...(refused === undefined ? {} : { refused }),
    ...(makesEmbeddings(listed, info) ? { embeds: true } : {}),
  };
}

/** Errors speak of the model by the name that the user knows, without the suffix that only the server needs. */
export function named(error: CarrelError, model: string): CarrelError {
  if (!error.message.includes(":local")) return error;
  const clean = (text: string): string => text.replaceAll(/[^\s"'`]+:local\b/g, model);
  return new CarrelError(clean(error.message), clean(error.remedy), error.code);
}
