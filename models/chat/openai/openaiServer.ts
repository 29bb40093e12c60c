import { totalmem } from "node:os";
import type { ChatModel, ChatServer } from "../../../protocol/data.ts";
import type { ChatClient, ChatClientOptions, ChatRequest } from "../chatClient.ts";
import { ContextOverflowError, cancelled, notReady, ServerStateError } from "../errors.ts";
import { answerLimits } from "../patience.ts";
import { dependsOnMachine, pickModel } from "../pickModel.ts";
import { showsThought } from "../thoughts.ts";
import { createOpenaiApi } from "./openaiApi.ts";
import { OpenaiCatalogue } from "./openaiCatalogue.ts";
import { explain, notListed, stalled } from "./openaiErrors.ts";
import { modelsAnswer } from "./openaiSchemas.ts";
import { streamCompletion, type Wish } from "./openaiStream.ts";

/** From this share of the window on the server is asked how long a prompt is: the estimate may be below it. */
const nearEnd = 0.9;
/**
 * A server with one thread can't tell that it lives while it reads a prompt, and one with several slots writes
 * nothing while it reads another one's; for so long they are believed.
 */
const longestSilenceMs = 3 * 60_000;

/** A client of a server that speaks OpenAI's protocol: llama.cpp's, vLLM, LM Studio and others. */
export function createOpenai(options: ChatClientOptions): ChatClient {
  const { key, fetch } = options;
  const api = createOpenaiApi({ url: options.url, fetch, key, waitMs: options.lookMs ?? 5_000 });
  const catalogue = new OpenaiCatalogue(api);
  const { url } = api;
  const memoryBytes = options.memoryBytes ?? totalmem();
  /** What the server has refused, for each model. */
  const refused = new Map<string, Set<Wish>>();

  return {
    url,

    async server(chosen, signal) {
      try {
        const { dialect, models, loaded } = await catalogue.list(signal);
        const { product, version } = dialect;
        const known = dependsOnMachine(models, chosen) ? await options.machine?.() : undefined;
        const pick = (among: readonly ChatModel[]): string | undefined =>
          pickModel(among, chosen, known ?? memoryBytes, sameName);
        const picked = pick(loaded) ?? pick(models);
        return {
          ...{ url, state: "ready", product, models },
          ...(version === undefined ? {} : { version }),
          ...(picked === undefined ? advice(models, chosen, url) : { chosen: picked }),
        } satisfies ChatServer;
      } catch (error) {
        return notReady(explain(error, url), url);
      }
    },

    inspect: (model, signal) => catalogue.inspect(model, signal),

    async *chat(request) {
      const name = request.facts.name;
      const known = refused.get(name) ?? new Set();
      refused.set(name, known);
      try {
        const access = {
          api,
          limits: answerLimits({ idleMs: longestSilenceMs, ...options }),
          isAlive: believing((signal) => api.ask("/v1/models", modelsAnswer, { signal }), request.signal),
          refused: known,
          mayThinkAloud: catalogue.mayThinkAloud(name),
          takesTemplateArguments: catalogue.takesTemplateArguments(),
        };
        for await (const event of streamCompletion(await fitted(request, catalogue), access)) {
          if (showsThought(event)) catalogue.alwaysThinks(name);
          yield event;
        }
      } catch (error) {
        if (request.signal.aborted) throw cancelled();
        throw explain(error, url);
      }
    },
  };
}

/**
 * The request with an answer that fits behind its prompt, as the server counts it. The context was chosen when the
 * server was started; some refuse what goes beyond it, some end the answer early.
 */
async function fitted(request: ChatRequest, catalogue: OpenaiCatalogue): Promise<ChatRequest> {
  const { facts, messages, promptTokens, maxTokens, thoughtTokens, signal } = request;
  const context = facts.loadedContext;
  if (context === undefined || promptTokens + maxTokens + thoughtTokens < context * nearEnd) return request;
  const counted = await catalogue.count(facts.name, messages, signal);
  if (counted === undefined) return request;
  const room = context - counted;
  if (room < Math.min(128, context / 8)) throw new ContextOverflowError(counted);
  return {
    ...request,
    maxTokens: Math.min(maxTokens, room),
    thoughtTokens: Math.min(thoughtTokens, Math.max(0, room - maxTokens)),
  };
}

/** A sign of life: an answer, or for some minutes a connection that is held though nothing is answered. */
function believing(
  ask: (signal: AbortSignal) => Promise<unknown>,
  signal: AbortSignal,
): () => Promise<unknown> {
  let silentSince: number | undefined;
  return async () => {
    try {
      const answer = await ask(signal);
      silentSince = undefined;
      return answer;
    } catch (error) {
      const isHeld = error instanceof ServerStateError && error.state === "busy";
      silentSince ??= performance.now();
      if (!isHeld || performance.now() - silentSince > longestSilenceMs) throw stalled(longestSilenceMs);
      return undefined;
    }
  };
}

function advice(
  models: readonly ChatModel[],
  chosen: string,
  url: string,
): { detail: string; remedy: string } {
  const asked = models.find(({ name }) => name === chosen);
  if (asked?.refused !== undefined)
    return { detail: `"${chosen}" is not used: ${asked.refused}`, remedy: "Choose another model." };
  if (chosen !== "") {
    const { message, remedy } = notListed(chosen, url);
    return { detail: message, remedy };
  }
  return {
    detail: `The model server at ${url} has no model that can answer.`,
    remedy: "Load a model that can chat there.",
  };
}

function sameName(name: string): string {
  return name;
}
