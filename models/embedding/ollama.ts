import * as v from "valibot";
import { CarrelError } from "../../protocol/channel.ts";
import { cancelled } from "../chat/errors.ts";
import { type Api, createApi } from "../chat/ollama/api.ts";
import { hasCloudName, withTag } from "../chat/ollama/models.ts";
import { cannotEmbed, cloudModel, notInstalled, notOllama } from "../chat/ollama/ollamaErrors.ts";
import { type ListedModel, showAnswer, tagsAnswer, versionAnswer } from "../chat/ollama/schemas.ts";
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

const embedAnswer = v.object({
  embeddings: v.array(v.array(v.number())),
  remote_host: v.optional(v.string(), ""),
});

/** Embeds texts as they are: no longer than the model reads, and at most `batchTexts`. */
type EmbedRaw = (texts: readonly string[], signal?: AbortSignal) => Promise<Float32Array[]>;

/**
 * An embedding model of an Ollama server. Its identity is its name and digest. What a server would cut off
 * silently is embedded in pieces, whose mean stands for the text.
 * @throws CarrelError when the server is down or not Ollama, or the model is not installed, can't embed, or
 * runs in a cloud.
 */
export async function loadOllamaEmbedding(
  name: string,
  options: OllamaEmbeddingOptions,
): Promise<EmbeddingModel> {
  const { url, fetch, lookMs = longestLookMs, embedMs = longestEmbedMs } = options;
  const { listed, model } = await findLocalModel(createApi({ url, fetch, waitMs: lookMs }), name);
  const api = createApi({ url, fetch, waitMs: embedMs });
  const embedRaw = rawEmbedding(api, model, name);
  const [probe] = await embedRaw(["dimension"]);
  const dimension = probe?.length ?? 0;
  const longest = await longestRead(embedRaw);
  const row = findModelRow(name);
  const prefixes = { query: row?.queryPrefix ?? "", passage: row?.passagePrefix ?? "" };
  const digest = listed.digest.replace(/^sha256:/, "").slice(0, 12);
  const settings = row ? row.name : "plain";
  return {
    id: `ollama:${withTag(listed.name)}@${digest}-${settings}-${longest}`,
    dimension,
    async embed(texts, input, signal) {
      const pieces = texts.flatMap((text, at) => {
        const whole = prefixes[input] + text;
        return piecesOf(whole, longest).map((piece) => ({ at, piece }));
      });
      const out = texts.map(() => new Float32Array(dimension));
      for (let from = 0; from < pieces.length; from += batchTexts) {
        if (signal?.aborted) throw cancelled();
        const batch = pieces.slice(from, from + batchTexts);
        const vectors = await embedRaw(
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

/** The model as the server lists it, and the name by which only a model of that very server is asked. */
async function findLocalModel(api: Api, name: string): Promise<{ listed: ListedModel; model: string }> {
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
  return { listed, model };
}

function rawEmbedding(api: Api, model: string, name: string): EmbedRaw {
  return async (texts, signal) => {
    const body = { model, input: texts, truncate: true };
    const answer = await api.ask("embed", embedAnswer, { body, called: name, signal });
    if (answer.remote_host !== "") throw cloudModel(name);
    const vectors = answer.embeddings.map((vector) => normalise(Float32Array.from(vector)));
    const dimension = vectors[0]?.length ?? 0;
    const uneven = vectors.some((one) => one.length !== dimension || dimension === 0);
    if (vectors.length !== texts.length || uneven) throw notOllama(api.url);
    return vectors;
  };
}

/**
 * How many characters of ordinary text the model reads: the server cuts off what is too long and says nothing,
 * so two texts that differ only at the end tell by having the same vector.
 */
async function longestRead(embed: EmbedRaw): Promise<number> {
  const filler = "the contract ends when either party gives written notice of ninety days before a quarter ";
  for (const length of lengths) {
    const tail = Math.round(length / 10);
    const head = repeat(filler, length - tail);
    const [one, other] = await embed([
      head + repeat("photosynthesis in green leaves ", tail),
      head + repeat("why banks raise interest rates ", tail),
    ]);
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
