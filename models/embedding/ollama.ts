import * as v from "valibot";
import { CarrelError } from "../../protocol/channel.ts";
import {
  cancelled,
  cloudModel,
  explain,
  notInstalled,
  notOllama,
  serverError,
} from "../chat/ollama/errors.ts";
import {
  compareVersions,
  hasCloudName,
  showAnswer,
  tagsAnswer,
  versionAnswer,
  withTag,
} from "../chat/ollama/models.ts";
import type { Fetch } from "../egress/gate.ts";
import type { EmbeddingModel } from "./embeddingModel.ts";
import { normalise } from "./pooling.ts";
import { findModelRow } from "./registry.ts";

export interface OllamaEmbeddingOptions {
  /** Address of the server, such as http://127.0.0.1:11434. */
  readonly url: string;
  /** A fetch of the egress gate. */
  readonly fetch: Fetch;
}

const batchTexts = 32;
/** The first request loads the model, which takes minutes for a large one on a slow disk. */
const waitMs = 300_000;
/** From here on "name:tag:local" answers 404 when the model is a cloud's. */
const localSuffixVersion = "0.17.6";
const developmentVersion = "0.0.0";
/** Lengths of text, in characters, that are tried; a passage is rarely longer than the first. */
const lengths = [6000, 3000, 1500, 700];

const embedAnswer = v.object({
  embeddings: v.array(v.array(v.number())),
  remote_host: v.optional(v.string(), ""),
});

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
  const url = options.url.replace(/\/+$/, "");
  if (hasCloudName(name)) throw cloudModel(name);

  async function ask<S extends v.GenericSchema>(
    path: string,
    schema: S,
    body?: object,
    signal?: AbortSignal,
  ): Promise<v.InferOutput<S>> {
    const timeout = AbortSignal.timeout(waitMs);
    try {
      const response = await options.fetch(`${url}/api/${path}`, {
        ...(body ? { method: "POST", body: JSON.stringify(body) } : {}),
        headers: { "content-type": "application/json" },
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      });
      const text = await response.text();
      if (!response.ok) throw failure(response.status, text, name, url);
      const parsed = v.safeParse(schema, parseJson(text));
      if (!parsed.success) throw notOllama(url);
      return parsed.output;
    } catch (error) {
      if (signal?.aborted) throw cancelled();
      throw explain(error, url);
    }
  }

  const { version } = await ask("version", versionAnswer);
  const { models } = await ask("tags", tagsAnswer);
  const listed = models?.find((model) => withTag(model.name) === withTag(name));
  if (!listed) throw notInstalled(name);
  if (listed.remote_host !== "" || listed.remote_model !== "") throw cloudModel(name);
  const knowsLocal = version === developmentVersion || compareVersions(version, localSuffixVersion) >= 0;
  const model = knowsLocal ? `${withTag(listed.name)}:local` : listed.name;
  const shown = await ask("show", showAnswer, { model });
  if (shown.remote_host !== "" || shown.remote_model !== "") throw cloudModel(name);
  const capabilities = shown.capabilities ?? listed.capabilities ?? [];
  if (capabilities.length > 0 && !capabilities.includes("embedding")) throw cannotEmbed(name);

  async function embedRaw(texts: readonly string[], signal?: AbortSignal): Promise<Float32Array[]> {
    const body = { model, input: texts, truncate: true, keep_alive: "15m" };
    const answer = await ask("embed", embedAnswer, body, signal);
    if (answer.remote_host !== "") throw cloudModel(name);
    const vectors = answer.embeddings.map((vector) => normalise(Float32Array.from(vector)));
    const dimension = vectors[0]?.length ?? 0;
    if (
      vectors.length !== texts.length ||
      vectors.some((one) => one.length !== dimension || dimension === 0)
    ) {
      throw notOllama(url);
    }
    return vectors;
  }

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

/**
 * How many characters of ordinary text the model reads: the server cuts off what is too long and says nothing,
 * so two texts that differ only at the end tell by having the same vector.
 */
async function longestRead(embed: (texts: readonly string[]) => Promise<Float32Array[]>): Promise<number> {
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

function failure(status: number, body: string, name: string, url: string): CarrelError {
  if (/does not support embed/i.test(body)) return cannotEmbed(name);
  return serverError(status, body, name, url);
}

function cannotEmbed(name: string): CarrelError {
  return new CarrelError(
    `The model "${name}" can't be used for search: it does not embed text.`,
    "Choose an embedding model, for example: ollama pull embeddinggemma",
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
