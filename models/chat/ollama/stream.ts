import { type ChatResponse, Ollama as Client } from "ollama/browser";
import type { Fetch } from "../../egress/gate.ts";
import { boundedText } from "../boundedText.ts";
import type { ChatEvent, ChatRequest, ModelFacts } from "../chatClient.ts";
import { isLevelled } from "../modelNames.ts";
import { whileAlive, withinTime } from "../patience.ts";
import { ThoughtFilter } from "../thoughts.ts";
import { guardLines } from "./guard.ts";
import { brokenOff, serverError, stalled } from "./ollamaErrors.ts";

/**
 * From this share of the window on, prompt and answer may come to its end: their lengths are estimates. Only then
 * is the server told not to drop the beginning, for that wish loads a model anew that is loaded without it.
 */
const nearEnd = 0.95;
/** A token is at most a line; what a model thinks counts too, and some servers send it beside the limit. */
const linesPerToken = 8;
const spareLines = 10_000;
const maxErrorBytes = 100_000;

/** How the server is reached and for how long it may be silent (milliseconds). */
interface StreamAccess {
  readonly url: string;
  readonly fetch: Fetch;
  readonly idleMs: number;
  readonly aliveMs: number;
  /** For how long a server that lives may prepare an answer. */
  readonly startMs: number;
  /** For how long a begun answer may go on. */
  readonly answerMs: number;
  readonly isAlive: () => Promise<unknown>;
}

/**
 * Sends the prompt to a model and streams its answer. Ends with "done", or throws;
 * whatever ends it closes the connection, which makes the server stop.
 */
export async function* streamAnswer(request: ChatRequest, server: StreamAccess): AsyncGenerator<ChatEvent> {
  const connection = new AbortController();
  try {
    const client = new Client({ host: server.url, fetch: guardedFetch(request, server, connection) });
    yield* readAnswer(client, request);
  } finally {
    connection.abort();
  }
}

/** A fetch whose bad statuses are sentences and whose stream is guarded, for the `ollama` package. */
function guardedFetch(request: ChatRequest, server: StreamAccess, connection: AbortController): Fetch {
  return async (input, init) => {
    const signal = AbortSignal.any([request.signal, connection.signal]);
    const response = await whileAlive(server.fetch(input, { ...init, signal }), {
      everyMs: server.aliveMs,
      isAlive: server.isAlive,
      giveUp: () => connection.abort(stalled(server.aliveMs * 2)),
      longestMs: server.startMs,
      late: () => connection.abort(stalled(server.startMs)),
    });
    if (!response.ok || !response.body) {
      const error = boundedText(response, maxErrorBytes);
      const text = await withinTime(error, server.idleMs, () => stalled(server.idleMs));
      throw serverError(response.status, text, request.model, server.url);
    }
    const guard = {
      model: request.model,
      url: server.url,
      idleMs: server.idleMs,
      answerMs: server.answerMs,
      maxLines: mostTokens(request) * linesPerToken + spareLines,
      close: () => connection.abort(),
    };
    return new Response(guardLines(response.body, guard), { headers: response.headers });
  };
}

async function* readAnswer(client: Client, request: ChatRequest): AsyncGenerator<ChatEvent> {
  const { facts } = request;
  const body = {
    model: facts.name,
    messages: request.messages.map(({ role, content }) => ({ role, content })),
    stream: true as const,
    // Nothing is to be cut silently: an overlong prompt or answer must be an error (the package's types lack both).
    truncate: false,
    ...(request.promptTokens + mostTokens(request) > request.contextTokens * nearEnd ? { shift: false } : {}),
    ...thinking(facts),
    options: { num_ctx: request.contextTokens, num_predict: mostTokens(request), temperature: 0.2 },
  };
  const filter = new ThoughtFilter(facts.thinking !== "never");
  let done = false;
  for await (const part of (await client.chat(body)) as AsyncIterable<ChatResponse>) {
    if (part.message?.thinking) {
      filter.comeApart();
      yield { type: "thinking", text: part.message.thinking };
    }
    if (part.message?.content) yield* filter.push(part.message.content);
    if (!part.done) continue;
    done = true;
    yield* filter.end();
    yield {
      type: "done",
      promptTokens: part.prompt_eval_count ?? 0,
      answerTokens: part.eval_count ?? 0,
      cut: part.done_reason === "length",
    };
  }
  if (!done) throw brokenOff();
}

/** The server has one limit for thoughts and answer together. */
function mostTokens({ maxTokens, thoughtTokens }: ChatRequest): number {
  return maxTokens + thoughtTokens;
}

/**
 * Thinking costs minutes on a small machine, so it is turned off where that can be. A model that thinks in any
 * case is asked to: told not to, it writes its thoughts into the answer.
 */
function thinking(facts: ModelFacts): { think?: boolean | "low" } {
  if (facts.thinking === "never" || facts.thinking === "unasked") return {};
  if (facts.thinking === "optional") return { think: false };
  return { think: isLevelled(facts.name) ? "low" : true };
}
