import * as v from "valibot";

/** Shapes of the answers of OpenAI-compatible servers, as far as they are read here. Only names can be relied on. */
const number = v.nullish(v.number());
const text = v.nullish(v.string());

/** What has another shape is taken for not told, so that it hides no model. */
function ifTold<S extends v.GenericSchema>(
  schema: S,
): v.SchemaWithFallback<v.NullishSchema<S, undefined>, undefined> {
  return v.fallback(v.nullish(schema), undefined);
}

const listedModel = v.object({
  id: v.string(),
  /** "llamacpp", "vllm" or another word for the server; a proxy says whatever it was told. */
  owned_by: ifTold(v.string()),
  /** vLLM: the context in tokens. */
  max_model_len: ifTold(v.number()),
  /** Whoever asks a price sells what runs elsewhere. */
  pricing: v.optional(v.unknown()),
  /** llama.cpp: "loaded" or not, where it has several; what is known of one that is. Its `size` is that of the weights, its `n_ctx` what one question has of the context. */
  status: ifTold(v.object({ value: text })),
  meta: ifTold(
    v.object({
      n_ctx: ifTold(v.number()),
      n_ctx_train: ifTold(v.number()),
      size: v.optional(v.unknown()),
    }),
  ),
});
export type ListedModel = v.InferOutput<typeof listedModel>;
/** Ollama without models lists null. */
export const modelsAnswer = v.object({ data: v.nullable(v.array(listedModel)) });

/** /props of llama.cpp. */
export const propsAnswer = v.object({
  /** "router" for a server that loads one of several models when it is asked; it says nothing of them here. */
  role: text,
  default_generation_settings: v.nullish(v.object({ n_ctx: number })),
  chat_template: v.optional(v.string(), ""),
  build_info: v.optional(v.string(), ""),
});

/** /version of vLLM, /api/version of Ollama. */
export const versionAnswer = v.object({ version: v.string() });

/** /api/v0/models of LM Studio. */
export const studioAnswer = v.object({
  data: v.array(
    v.object({
      id: v.string(),
      type: v.string(),
      state: v.string(),
      quantization: text,
      max_context_length: number,
      loaded_context_length: number,
    }),
  ),
});

/** What a prompt counts: /v1/chat/completions/input_tokens of llama.cpp, /tokenize of vLLM. */
export const inputTokensAnswer = v.object({ input_tokens: v.number() });
export const tokenizeAnswer = v.object({ count: v.number() });

const usage = v.nullish(v.object({ prompt_tokens: number, completion_tokens: number }));
/** A piece of a streamed answer. What is no string in it is no text. */
export const streamPart = v.object({
  error: v.optional(v.unknown()),
  choices: v.nullish(
    v.array(
      v.object({
        delta: v.nullish(
          v.object({
            content: v.optional(v.unknown()),
            reasoning_content: v.optional(v.unknown()),
            reasoning: v.optional(v.unknown()),
          }),
        ),
        finish_reason: text,
      }),
    ),
  ),
  usage,
});
export type StreamPart = v.InferOutput<typeof streamPart>;
