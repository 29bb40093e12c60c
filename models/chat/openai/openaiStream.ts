import * as v from "valibot";
import { CarrelError } from "../../../protocol/channel.ts";
import { boundedLines } from "../boundedLines.ts";
import { boundedText } from "../boundedText.ts";
import type { ChatEvent, ChatMessage, ChatRequest } from "../chatClient.ts";
import { ContextOverflowError } from "../errors.ts";
import { isLevelled } from "../modelNames.ts";
import { type answerLimits, whileAlive, withinTime } from "../patience.ts";
import { ThoughtFilter } from "../thoughts.ts";
import type { OpenaiApi } from "./openaiApi.ts";
import { brokenOff, endless, filtered, garbled, stalled } from "./openaiErrors.ts";
import { type StreamPart, streamPart } from "./openaiSchemas.ts";
import { serverEvents } from "./serverEvents.ts";

/** A token is an event of a few lines at most; what a model thinks counts too. */
const linesPerToken = 8;
const spareLines = 10_000;
const maxErrorBytes = 100_000;
/** After its last word a server has only its counts to say. */
const countsMs = 2_000;

/** Parts of a request that some servers do not know, and refuse. */
const wishes = [
  "stream_options",
  "chat_template_kwargs",
  "reasoning_effort",
  "temperature",
  "max_tokens",
  "system",
] as const;
export type Wish = (typeof wishes)[number];

interface StreamAccess {
  readonly api: OpenaiApi;
  readonly limits: ReturnType<typeof answerLimits>;
  readonly isAlive: () => Promise<unknown>;
  /** What this server has refused for this model; filled as it refuses more. */
  readonly refused: Set<Wish>;
  readonly mayThinkAloud: boolean;
  readonly takesTemplateArguments: boolean;
}

/**
 * Sends the prompt to a model and streams its answer. Ends with "done", or throws;
 * whatever ends it closes the connection, which makes the server stop.
 */
export async function* streamCompletion(
  request: ChatRequest,
  access: StreamAccess,
): AsyncGenerator<ChatEvent> {
  const { limits, isAlive } = access;
  const connection = new AbortController();
  const end = Promise.withResolvers<void>();
  // llama.cpp sends its headers at once and then reads the prompt, for minutes, and while it reads another one it
  // writes nothing. So silence says little, and the server is asked whether it lives.
  const watched = whileAlive(end.promise, {
    everyMs: limits.aliveMs,
    isAlive,
    giveUp: () => connection.abort(stalled(limits.aliveMs * 2)),
    longestMs: limits.startMs + limits.answerMs,
    late: () => connection.abort(endless()),
  });
  try {
    yield* readAnswer(await begin(request, access, connection), request, access, connection);
  } catch (error) {
    throw connection.signal.reason instanceof CarrelError ? connection.signal.reason : error;
  } finally {
    end.resolve();
    connection.abort();
    await watched;
  }
}

/** The server's answer once its headers are there. What it refuses to know is left out and asked for no more. */
async function begin(
  request: ChatRequest,
  access: StreamAccess,
  connection: AbortController,
): Promise<ReadableStream<Uint8Array>> {
  const { api, limits, refused } = access;
  for (;;) {
    const signal = AbortSignal.any([request.signal, connection.signal]);
    const sent = api.send("/v1/chat/completions", { body: bodyOf(request, access), signal });
    const response = await withinTime(sent, limits.startMs, () => stalled(limits.startMs));
    const isStream = !/^(?:application\/json|text\/html)/i.test(response.headers.get("content-type") ?? "");
    if (response.ok && response.body && isStream) return response.body;
    const read = boundedText(response, maxErrorBytes);
    const text = await withinTime(read, limits.idleMs, () => stalled(limits.idleMs));
    if (response.ok && !/"error"/.test(text)) throw garbled();
    const problem = api.problem(response.status, text, request.model);
    const wish = unknownWish(response.status, text, refused);
    if (wish === undefined || problem instanceof ContextOverflowError) throw problem;
    refused.add(wish);
  }
}

/** The part of a request that an error names as what the server does not take. */
function unknownWish(status: number, text: string, refused: ReadonlySet<Wish>): Wish | undefined {
  if (![400, 422, 500].includes(status)) return undefined;
  const isNamed = (wish: Wish): boolean =>
    wish === "system" ? /system\W+role|role\W+system/i.test(text) : text.includes(wish);
  return wishes.find((wish) => !refused.has(wish) && isNamed(wish));
}

function bodyOf(request: ChatRequest, { refused, takesTemplateArguments }: StreamAccess): object {
  const { facts } = request;
  const most = request.maxTokens + request.thoughtTokens;
  const all: Record<Exclude<Wish, "system">, unknown> = {
    stream_options: { include_usage: true },
    // Thinking costs minutes on a small machine, so it is turned off where that can be.
    chat_template_kwargs:
      facts.thinking === "optional" && takesTemplateArguments ? { enable_thinking: false } : undefined,
    reasoning_effort: isLevelled(facts.name) ? "low" : undefined,
    temperature: 0.2,
    max_tokens: most,
  };
  const wanted = Object.entries(all).filter(([name]) => !refused.has(name as Wish));
  return {
    model: facts.name,
    messages: refused.has("system") ? withoutSystem(request.messages) : request.messages,
    stream: true,
    ...Object.fromEntries(wanted),
    ...(refused.has("max_tokens") ? { max_completion_tokens: most } : {}),
  };
}

/** The same for templates that know no rules but what the user says. */
function withoutSystem(messages: readonly ChatMessage[]): ChatMessage[] {
  const rules = messages.filter(({ role }) => role === "system").map(({ content }) => content);
  const [first, ...others] = messages.filter(({ role }) => role !== "system");
  return first ? [{ role: first.role, content: [...rules, first.content].join("\n\n") }, ...others] : [];
}

async function* readAnswer(
  body: ReadableStream<Uint8Array>,
  request: ChatRequest,
  { api, limits, mayThinkAloud }: StreamAccess,
  connection: AbortController,
): AsyncGenerator<ChatEvent> {
  let hasBegun = false;
  const lines = boundedLines(body, {
    idleMs: () => (hasBegun ? limits.idleMs : limits.startMs),
    answerMs: limits.answerMs,
    maxLines: (request.maxTokens + request.thoughtTokens) * linesPerToken + spareLines,
    close: () => connection.abort(),
    errors: { stalled, endless, garbled },
  });
  const filter = new ThoughtFilter(mayThinkAloud);
  let ending: string | undefined;
  let counts: StreamPart["usage"];
  for await (const data of untilQuiet(serverEvents(lines), () => ending !== undefined)) {
    if (data.trim() === "[DONE]") {
      ending ??= "stop";
      break;
    }
    const part = parsePart(data);
    if (part.error !== undefined && part.error !== null) throw api.problem(200, data, request.model);
    counts = part.usage ?? counts;
    const [choice] = part.choices ?? [];
    const { delta } = choice ?? {};
    const thought = [delta?.reasoning_content, delta?.reasoning].find(isText);
    hasBegun ||= thought !== undefined || isText(delta?.content);
    if (thought !== undefined) {
      filter.comeApart();
      yield { type: "thinking", text: thought };
    }
    if (isText(delta?.content)) yield* filter.push(delta.content);
    ending = choice?.finish_reason ?? ending;
  }
  if (ending === undefined || ending === "abort" || ending === "error") throw brokenOff();
  yield* filter.end();
  if (ending === "content_filter") throw filtered();
  yield {
    type: "done",
    promptTokens: counts?.prompt_tokens ?? 0,
    answerTokens: counts?.completion_tokens ?? 0,
    cut: ending === "length",
  };
}

/** The same events; once the answer has ended, silence and a broken connection are an end like any other. */
async function* untilQuiet(events: AsyncGenerator<string>, hasEnded: () => boolean): AsyncGenerator<string> {
  try {
    for (;;) {
      const next = events.next();
      const { done, value } = hasEnded() ? await withinTime(next, countsMs, brokenOff) : await next;
      if (done) return;
      yield value;
    }
  } catch (error) {
    if (!hasEnded()) throw error;
  } finally {
    // A reader that still waits ends with the connection, which is closed next.
    events.return(undefined).catch(() => undefined);
  }
}

function parsePart(data: string): StreamPart {
  let parsed: unknown;
  try {
    parsed = JSON.parse(data);
  } catch {
    throw garbled();
  }
  const known = v.safeParse(streamPart, parsed);
  if (!known.success) throw garbled();
  return known.output;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}
