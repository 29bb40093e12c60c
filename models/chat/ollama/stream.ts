import { type ChatResponse, Ollama as Client } from "ollama/browser";
import type { Fetch } from "../../egress/gate.ts";
import type { ChatEvent, ChatMessage } from "../chatClient.ts";
import { brokenOff, serverError, stalled } from "./errors.ts";
import { guardLines, thoughtFilter } from "./guard.ts";

/** What must be known about a model before it is asked. */
export interface ModelFacts {
  readonly name: string;
  readonly sizeBytes: number;
  readonly contextLength: number | undefined;
  /** Memory in bytes that each token of context takes. */
  readonly bytesPerToken: number | undefined;
  readonly thinks: boolean;
  /** The context that the model is loaded with now, in tokens; undefined when it is not loaded. */
  readonly loadedContext: number | undefined;
}

export interface ChatRequest {
  readonly model: string;
  readonly messages: readonly ChatMessage[];
  /** Context to load the model with, in tokens: prompt and answer must fit. */
  readonly numCtx: number;
  /** The longest answer, in tokens. */
  readonly maxTokens: number;
  readonly signal: AbortSignal;
}

/** How the server is reached and for how long it may be silent (milliseconds). */
export interface ChatServerAccess {
  readonly url: string;
  readonly fetch: Fetch;
  readonly idleMs: number;
  readonly aliveMs: number;
  readonly isAlive: () => Promise<void>;
}

/**
 * Sends the prompt to a model that `facts` describes and streams its answer. Ends with "done", or throws;
 * whatever ends it closes the connection, which makes the server stop.
 */
export async function* streamAnswer(
  facts: ModelFacts,
  request: ChatRequest,
  server: ChatServerAccess,
): AsyncGenerator<ChatEvent> {
  const connection = new AbortController();
  try {
    const client = new Client({ host: server.url, fetch: guardedFetch(request, server, connection) });
    yield* readAnswer(client, facts, request);
  } finally {
    connection.abort();
  }
}

/** A fetch whose bad statuses are sentences and whose stream is guarded, for the `ollama` package. */
function guardedFetch(request: ChatRequest, server: ChatServerAccess, connection: AbortController): Fetch {
  return async (input, init) => {
    const signal = AbortSignal.any([request.signal, connection.signal]);
    const response = await whileAlive(server.fetch(input, { ...init, signal }), {
      everyMs: server.aliveMs,
      isAlive: server.isAlive,
      giveUp: (error) => connection.abort(error),
    });
    if (!response.ok || !response.body) {
      throw serverError(response.status, await response.text(), request.model, server.url);
    }
    const guard = {
      model: request.model,
      url: server.url,
      idleMs: server.idleMs,
      close: () => connection.abort(),
    };
    return new Response(guardLines(response.body, guard), { headers: response.headers });
  };
}

async function* readAnswer(
  client: Client,
  facts: ModelFacts,
  request: ChatRequest,
): AsyncGenerator<ChatEvent> {
  const body = {
    model: facts.name,
    messages: request.messages.map(({ role, content }) => ({ role, content })),
    stream: true as const,
    // Nothing is to be cut silently: an overlong prompt or answer must be an error (the package's types lack both).
    truncate: false,
    shift: false,
    keep_alive: "15m",
    ...thinking(facts),
    options: { num_ctx: request.numCtx, num_predict: request.maxTokens, temperature: 0.2 },
  };
  const filter = thoughtFilter();
  let done = false;
  for await (const part of (await client.chat(body)) as AsyncIterable<ChatResponse>) {
    if (part.message?.thinking) yield { type: "thinking" };
    if (part.message?.content) {
      const { text, thinking: thinks } = filter.push(part.message.content);
      if (thinks) yield { type: "thinking" };
      if (text !== "") yield { type: "text", text };
    }
    if (!part.done) continue;
    done = true;
    const rest = filter.end();
    if (rest.trim() !== "") yield { type: "text", text: rest };
    yield {
      type: "done",
      promptTokens: part.prompt_eval_count ?? 0,
      answerTokens: part.eval_count ?? 0,
      cut: part.done_reason === "length",
    };
  }
  if (!done) throw brokenOff();
}

/** Thinking costs minutes on a small machine, so it is turned off; gpt-oss can only think less. */
function thinking(facts: ModelFacts): { think?: boolean | "low" } {
  if (!facts.thinks) return {};
  return { think: /gpt-?oss/i.test(facts.name) ? "low" : false };
}

/**
 * Waits for the first byte of an answer for as long as it takes (a large model loads for minutes), but gives
 * up when the server does not answer a simple question twice in a row.
 */
async function whileAlive<T>(
  work: Promise<T>,
  watch: { everyMs: number; isAlive: () => Promise<void>; giveUp: (error: Error) => void },
): Promise<T> {
  let misses = 0;
  let asking = false;
  const timer = setInterval(() => {
    if (asking) return;
    asking = true;
    watch
      .isAlive()
      .then(
        () => {
          misses = 0;
        },
        () => {
          misses++;
          if (misses >= 2) watch.giveUp(stalled(Math.round((watch.everyMs * 2) / 1000)));
        },
      )
      .finally(() => {
        asking = false;
      });
  }, watch.everyMs);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}
