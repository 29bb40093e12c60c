import * as v from "valibot";
import type { ChatClientOptions } from "../chat/chatClient.ts";
import { createOpenaiApi } from "../chat/openai/openaiApi.ts";
import { OpenaiCatalogue } from "../chat/openai/openaiCatalogue.ts";
import { notOpenai } from "../chat/openai/openaiErrors.ts";
import type { EmbeddingModel } from "./embeddingModel.ts";
import { servedModel, unitVectors } from "./servedModel.ts";

type OpenaiEmbeddingOptions = Pick<ChatClientOptions, "url" | "fetch" | "key" | "lookMs"> & {
  /** Milliseconds that one batch may take. */
  readonly embedMs?: number;
};

/** A server that lives tells at once what it has. */
const longestLookMs = 10_000;
/** The first request may load the model. */
const longestEmbedMs = 300_000;

const embeddingsAnswer = v.object({
  data: v.array(v.object({ embedding: v.array(v.number()), index: v.nullish(v.number()) })),
});

/**
 * An embedding model of a server that speaks OpenAI's protocol. Servers tell no revision of a model: its identity is
 * its name, the size of its weights where that is told, and its dimension.
 * @throws CarrelError when the server is down, or the model is not there, can't embed, or runs elsewhere.
 */
export async function loadOpenaiEmbedding(
  name: string,
  { url, fetch, key, lookMs = longestLookMs, embedMs = longestEmbedMs }: OpenaiEmbeddingOptions,
): Promise<EmbeddingModel> {
  const looking = new OpenaiCatalogue(createOpenaiApi({ url, fetch, key, waitMs: lookMs }));
  const { sizeBytes, context } = await looking.embedding(name);
  const api = createOpenaiApi({ url, fetch, key, waitMs: embedMs });
  return await servedModel(
    async (texts, signal) => {
      const body = { model: name, input: texts, encoding_format: "float" };
      const { data } = await api.ask("/v1/embeddings", embeddingsAnswer, { body, called: name, signal });
      const inOrder = data.toSorted((a, b) => (a.index ?? 0) - (b.index ?? 0));
      const vectors = unitVectors(
        inOrder.map(({ embedding }) => embedding),
        texts.length,
      );
      if (!vectors) throw notOpenai(api.url);
      return vectors;
    },
    { name, identity: `openai:${name}@${sizeBytes}`, context },
  );
}
