import type { ChatMessage } from "../chatClient.ts";
import type { OpenaiApi } from "./openaiApi.ts";
import { isOllama, KeyWantedError } from "./openaiErrors.ts";
import {
  inputTokensAnswer,
  type ListedModel,
  propsAnswer,
  studioAnswer,
  tokenizeAnswer,
  versionAnswer,
} from "./openaiSchemas.ts";

/** What a server tells of a model beyond its name. */
export interface ModelNote {
  /** Tokens that one question has; undefined where the server does not tell or has not loaded it. */
  readonly context?: number | undefined;
  /** The most that it was trained for, or can be loaded with. */
  readonly trained?: number | undefined;
  readonly sizeBytes?: number | undefined;
  readonly quantization?: string | undefined;
  readonly embeds?: boolean | undefined;
  /** False for one that is on the disk and not in memory. */
  readonly isLoaded?: boolean | undefined;
  /** The template of its prompts, which tells whether it thinks. */
  readonly template?: string | undefined;
}

/** Which program a server is, and what it can do that others can't. */
export interface Dialect {
  readonly product: string;
  readonly version?: string | undefined;
  /** Whether a request may set arguments of the prompt's template (`chat_template_kwargs`). */
  readonly takesTemplateArguments: boolean;
  note(model: ListedModel): ModelNote;
  /** The tokens of a prompt, counted by the server; undefined where it can't. */
  count?(model: string, messages: readonly ChatMessage[], signal: AbortSignal): Promise<number>;
}

/**
 * Finds out which program answers, by the owner that its list of models names and by what only one of them has.
 * @throws CarrelError for Ollama, which is spoken to otherwise.
 */
export async function recognise(
  api: OpenaiApi,
  models: readonly ListedModel[],
  signal: AbortSignal | undefined,
): Promise<Dialect> {
  const owners = models.map(({ owned_by }) => owned_by);
  if (owners.includes("llamacpp")) return await llamaCpp(api, signal);
  if (owners.includes("vllm")) return await vllm(api, signal);
  const studio = await api.ask("/api/v0/models", studioAnswer, { signal }).catch(unlessMeant(signal));
  if (studio) return lmStudio(studio.data);
  const ollama = await api.ask("/api/version", versionAnswer, { signal }).catch(unlessMeant(signal));
  if (ollama) throw isOllama(api.url);
  return { product: "OpenAI-compatible server", takesTemplateArguments: false, note: plainNote };
}

async function llamaCpp(api: OpenaiApi, signal: AbortSignal | undefined): Promise<Dialect> {
  const props = await api.ask("/props", propsAnswer, { signal }).catch(unlessMeant(signal));
  const own = props?.role === "router" ? undefined : props;
  return {
    product: "llama.cpp",
    version: props?.build_info || undefined,
    takesTemplateArguments: true,
    note: ({ meta, status }) => ({
      context: meta?.n_ctx || own?.default_generation_settings?.n_ctx || undefined,
      trained: meta?.n_ctx_train ?? undefined,
      isLoaded: status ? status.value === "loaded" : undefined,
      sizeBytes: typeof meta?.size === "number" ? meta.size : undefined,
      template: own?.chat_template,
    }),
    async count(model, messages, signal) {
      const path = "/v1/chat/completions/input_tokens";
      const { input_tokens } = await api.ask(path, inputTokensAnswer, { body: { model, messages }, signal });
      return input_tokens;
    },
  };
}

async function vllm(api: OpenaiApi, signal: AbortSignal | undefined): Promise<Dialect> {
  const told = await api.ask("/version", versionAnswer, { signal }).catch(unlessMeant(signal));
  return {
    product: "vLLM",
    version: told?.version,
    takesTemplateArguments: true,
    note: plainNote,
    async count(model, messages, signal) {
      const { count } = await api.ask("/tokenize", tokenizeAnswer, { body: { model, messages }, signal });
      return count;
    },
  };
}

interface StudioModel {
  readonly id: string;
  readonly type: string;
  readonly state: string;
  readonly quantization?: string | null | undefined;
  readonly max_context_length?: number | null | undefined;
  readonly loaded_context_length?: number | null | undefined;
}

function lmStudio(listed: readonly StudioModel[]): Dialect {
  const byId = new Map(listed.map((one) => [one.id, one]));
  return {
    product: "LM Studio",
    takesTemplateArguments: false,
    note({ id }) {
      const known = byId.get(id);
      if (!known) return {};
      return {
        context: known.loaded_context_length ?? undefined,
        trained: known.max_context_length ?? undefined,
        quantization: known.quantization ?? undefined,
        embeds: known.type === "embeddings",
        isLoaded: known.state === "loaded",
      };
    },
  };
}

function plainNote({ max_model_len }: ListedModel): ModelNote {
  return { context: max_model_len ?? undefined };
}

/**
 * What a server does not have is not known; a cancellation goes on. So does the wish for a key: llama.cpp lists its
 * models without one, and answers nothing else.
 */
function unlessMeant(signal: AbortSignal | undefined): (error: unknown) => undefined {
  return (error) => {
    if (signal?.aborted || error instanceof KeyWantedError) throw error;
    return undefined;
  };
}
