import * as v from "valibot";
import { CarrelError } from "../../protocol/channel.ts";
import { ContextOverflowError, cancelled } from "../chat/errors.ts";
import { type Api, createApi } from "../chat/ollama/api.ts";
import { hasCloudName, modelNumbers, ownContext, withTag } from "../chat/ollama/models.ts";
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
import { normalise } from "./pooling.ts";
import { findModelRow } from "./registry.ts";

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

const batchTexts = 32;
/** A server that lives tells at once what it has. */
const longestLookMs = 10_000;
/** The first request loads the model, which takes minutes for a large one on a slow disk. */
const longestEmbedMs = 300_000;
/** Lengths of text, in characters, that are tried; a passage is rarely longer than the first. */
const lengths = [6000, 3000, 1500, 700];
/** A passage with its line of context has up to so many characters. */
const longestPassage = 2000;
/** That is so many tokens, in nearly all texts; a larger context costs memory and is never filled. */
const enoughTokens = 2048;
/** A text this short, in characters, fits into any context; what is refused then is refused for another reason. */
const shortest = 16;

const embedAnswer = v.object({
  embeddings: v.array(v.array(v.number())),
  remote_host: v.optional(v.string(), ""),
});

/** Embeds texts as they are: no longer than the model reads, and at most `batchTexts`. */
type EmbedRaw = (texts: readonly string[], signal?: AbortSignal) => Promise<Float32Array[]>;

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
  const embedRaw = rawEmbedding(api, { model, name, context });
  const [probe] = await embedRaw(["dimension"]);
  const dimension = probe?.length ?? 0;
  const longest = await longestRead(embedRaw);
  const row = findModelRow(name);
  const prefixes = { query: row?.queryPrefix ?? "", passage: row?.passagePrefix ?? "" };
  const digest = listed.digest.replace(/^sha256:/, "").slice(0, 12);
  const settings = row ? row.name : "plain";
  return {
    id: `ollama:${withTag(listed.name)}@${digest}-${settings}-${longest}-${context ?? "own"}`,
    dimension,
    ...(longest < longestPassage ? { note: cutNote(longest, context) } : {}),
    async embed(texts, input, signal) {
      const pieces = texts.flatMap((text, at) => {
        const whole = prefixes[input] + text;
        return piecesOf(whole, longest).map((piece) => ({ at, piece }));
      });
      const out = texts.map(() => new Float32Array(dimension));
      for (let from = 0; from < pieces.length; from += batchTexts) {
        if (signal?.aborted) throw cancelled();
        const batch = pieces.slice(from, from + batchTexts);
        const vectors = await embedFitting(
          embedRaw,
          batch.map(({ piece }) => piece),
          signal,
        );
        for (const [i, { at }] of batch.entries()) add(out[at], vectors[i], name);
      }
      return out.map(normalise);
    },
    async close() {},
  };
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
  const listed = models?.find((one) => withTag(one.name) === withTag(name));
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
    const vectors = answer.embeddings.map((vector) => normalise(Float32Array.from(vector)));
    const dimension = vectors[0]?.length ?? 0;
    const uneven = vectors.some((one) => one.length !== dimension || dimension === 0);
    if (vectors.length !== texts.length || uneven) throw notOllama(api.url);
    return vectors;
  };
}

/** The same vectors, also for texts that are longer than the model reads: those in halves, and halves of these. */
async function embedFitting(
  embed: EmbedRaw,
  texts: readonly string[],
  signal: AbortSignal | undefined,
): Promise<Float32Array[]> {
  try {
    return await embed(texts, signal);
  } catch (error) {
    const [text = ""] = texts;
    const isTooLong = error instanceof ContextOverflowError && (texts.length > 1 || text.length > shortest);
    if (!isTooLong) throw error;
  }
  if (texts.length > 1) {
    // Which of them it is is not told.
    const middle = Math.ceil(texts.length / 2);
    const first = await embedFitting(embed, texts.slice(0, middle), signal);
    return [...first, ...(await embedFitting(embed, texts.slice(middle), signal))];
  }
  const [text = ""] = texts;
  const halves = await embedFitting(embed, piecesOf(text, Math.ceil(text.length / 2)), signal);
  const mean = new Float32Array(halves[0]?.length ?? 0);
  for (const half of halves) add(mean, half, "");
  return [normalise(mean)];
}

function cutNote(characters: number, context: number | undefined): string {
  const tokens = context === undefined ? "" : ` (${context} tokens)`;
  return `It reads about ${characters} characters at once${tokens}; longer passages are embedded in parts`;
}

/**
 * How many characters of ordinary text the model reads. A server says when a text is too long; an old one cuts it
 * off and says nothing, so two texts that differ only at the end tell by having the same vector.
 */
async function longestRead(embed: EmbedRaw): Promise<number> {
  const filler = "the contract ends when either party gives written notice of ninety days before a quarter ";
  for (const length of lengths) {
    const tail = Math.round(length / 10);
    const head = repeat(filler, length - tail);
    const pair = [
      head + repeat("photosynthesis in green leaves ", tail),
      head + repeat("why banks raise interest rates ", tail),
    ];
    const [one, other] = await embed(pair).catch((error: unknown) => {
      if (error instanceof ContextOverflowError) return [];
      throw error;
    });
    if (one && other && dot(one, other) < 0.99999) return length;
  }
  return Math.min(...lengths) / 2;
}

function repeat(words: string, length: number): string {
  return words.repeat(Math.ceil(length / words.length)).slice(0, length);
}

/** Cuts a text at spaces into pieces of at most `longest` characters. */
export function piecesOf(text: string, longest: number): string[] {
  const pieces: string[] = [];
  let rest = text;
  while (rest.length > longest) {
    const space = rest.lastIndexOf(" ", longest);
    const cut = space > longest / 2 ? space : longest;
    pieces.push(rest.slice(0, cut));
    rest = rest.slice(cut);
  }
  return [...pieces, rest];
}

function add(sum: Float32Array | undefined, vector: Float32Array | undefined, name: string): void {
  if (!sum || !vector || sum.length !== vector.length) {
    throw new CarrelError(
      `The model "${name}" gives vectors of changing length.`,
      "Choose the embedding model again: it was replaced while it was used.",
    );
  }
  for (const [i, value] of vector.entries()) sum[i] = (sum[i] ?? 0) + value;
}

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}
