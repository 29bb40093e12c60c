import * as v from "valibot";
import { type Api, createApi } from "../chat/ollama/api.ts";
import { canonicalName, hasCloudName, modelNumbers, ownContext, withTag } from "../chat/ollama/models.ts";
import { cannotEmbed, cloudModel, notInstalled, notOllama } from "../chat/ollama/ollamaErrors.ts";
import {
  type ListedModel,
  type ShownModel,
  showAnswer,
  tagsAnswer,
  versionAnswer,
} from "../chat/ollama/schemas.ts";
import { localName } from "../chat/ollama/serverVersion.ts";
import type { Fetch } from "../egress/gate.ts";
import type { EmbeddingModel } from "./embeddingModel.ts";
import { type EmbedRaw, servedModel, unitVectors } from "./servedModel.ts";

interface OllamaEmbeddingOptions {
  /** Address of the server, such as http://127.0.0.1:11434. */
  readonly url: string;
  /** A fetch of the egress gate. */
  readonly fetch: Fetch;
  /** Milliseconds that a look at the server and its models may take. */
  readonly lookMs?: number;
  /** Milliseconds that one batch may take. */
  readonly embedMs?: number;
}

/** A server that lives tells at once what it has. */
const longestLookMs = 10_000;
/** The first request loads the model, which takes minutes for a large one on a slow disk. */
const longestEmbedMs = 300_000;
/** A passage with its context line is so many tokens, in nearly all texts; a larger context costs memory and is never filled. */
const enoughTokens = 2048;
const embedAnswer = v.object({
  embeddings: v.array(v.array(v.number())),
  remote_host: v.optional(v.string(), ""),
});

/**
 * An embedding model of an Ollama server. Its identity is its name, digest and context. What is longer than it
 * reads is embedded in pieces, whose mean stands for the text; the server is told to cut off nothing by itself.
 * @throws CarrelError when the server is down or not Ollama, or the model is not installed, can't embed, or
 * runs in a cloud.
 */
export async function loadOllamaEmbedding(
  name: string,
  options: OllamaEmbeddingOptions,
): Promise<EmbeddingModel> {
  const { url, fetch, lookMs = longestLookMs, embedMs = longestEmbedMs } = options;
  const { listed, model, context } = await findLocalModel(createApi({ url, fetch, waitMs: lookMs }), name);
  const api = createApi({ url, fetch, waitMs: embedMs });
  return await servedModel(rawEmbedding(api, { model, name, context }), {
    name,
    identity: `ollama:${withTag(listed.name)}@${listed.digest.replace(/^sha256:/, "").slice(0, 12)}`,
    context,
  });
}

interface FoundModel {
  readonly listed: ListedModel;
  readonly model: string;
  readonly context: number | undefined;
}

/** The model as the server lists it, its context in tokens, and the name by which only a model of that very server is asked. */
async function findLocalModel(api: Api, name: string): Promise<FoundModel> {
  if (hasCloudName(name)) throw cloudModel(name);
  const { version } = await api.ask("version", versionAnswer);
  const { models } = await api.ask("tags", tagsAnswer);
  const listed = models?.find((one) => canonicalName(one.name) === canonicalName(name));
  if (!listed) throw notInstalled(name);
  if (listed.remote_host !== "" || listed.remote_model !== "") throw cloudModel(name);
  const model = localName(listed.name, version);
  const shown = await api.ask("show", showAnswer, { body: { model }, called: name });
  if (shown.remote_host !== "" || shown.remote_model !== "") throw cloudModel(name);
  const capabilities = shown.capabilities ?? listed.capabilities ?? [];
  if (capabilities.length > 0 && !capabilities.includes("embedding")) throw cannotEmbed(name);
  return { listed, model, context: contextOf(shown) };
}

/** The context to load it with: its own wish, or enough, as far as it was trained for that. */
function contextOf(shown: ShownModel): number | undefined {
  const trained = modelNumbers(shown.model_info).contextLength;
  const wished = ownContext(shown);
  if (trained === undefined) return wished;
  return Math.min(trained, wished ?? enoughTokens);
}

interface RawModel {
  readonly model: string;
  /** What errors call it. */
  readonly name: string;
  /** In tokens; the server's own choice where nothing is known. */
  readonly context: number | undefined;
}

function rawEmbedding(api: Api, { model, name, context }: RawModel): EmbedRaw {
  const options = context === undefined ? {} : { options: { num_ctx: context } };
  return async (texts, signal) => {
    const body = { model, input: texts, truncate: false, ...options };
    const answer = await api.ask("embed", embedAnswer, { body, called: name, signal });
    if (answer.remote_host !== "") throw cloudModel(name);
    const vectors = unitVectors(answer.embeddings, texts.length);
    if (!vectors) throw notOllama(api.url);
    return vectors;
  };
}
