import { beforeEach } from "node:test";
import type { ChatClient, ChatEvent, ChatRequest } from "../../models/chat/chatClient.ts";
import { createOllama } from "../../models/chat/ollama/server.ts";
import { createGate, type Gate } from "../../models/egress/gate.ts";
import type { FakeOllamaOptions } from "./fakeOllama.ts";
import { fake } from "./sharedOllama.ts";

/*
 * A client of the stand-in for Ollama, which each test gets anew; the tests of a file share the stand-in.
 */

export const messages = [{ role: "user" as const, content: "Say something." }];
export const plain: FakeOllamaOptions = { answer: "One two three four five six." };

export let gate: Gate;
export let ollama: ChatClient;

beforeEach(() => reset());

export function reset(options: FakeOllamaOptions = {}): void {
  const clean = {
    version: undefined,
    models: undefined,
    cloudDisabled: undefined,
    fault: undefined,
    thinking: undefined,
    startDelayMs: undefined,
    tokenDelayMs: undefined,
    oldTags: undefined,
  };
  fake.set({ ...clean, ...plain, ...options } as FakeOllamaOptions);
  gate = createGate({ allowedHosts: [] });
  const hangs = options.fault?.startsWith("hang") ?? false;
  ollama = createOllama({
    url: fake.url,
    fetch: gate.fetchFor("answer a question"),
    memoryBytes: 16e9,
    // Short where silence is what is tested; long elsewhere, so that a slow machine fails nothing.
    lookMs: hangs ? 1_000 : 20_000,
    idleMs: hangs ? 500 : 20_000,
    aliveMs: 50,
  });
}

export type Lengths = Partial<Pick<ChatRequest, "promptTokens" | "maxTokens">>;

/** As the engine does it: looks at the model, then asks it. */
export async function* stream(
  { promptTokens = 20, maxTokens = 500 }: Lengths = {},
  model = "qwen3:4b",
  signal = new AbortController().signal,
): AsyncGenerator<ChatEvent> {
  const facts = await ollama.inspect(model, signal);
  const lengths = { promptTokens, contextTokens: 4096, maxTokens, thoughtTokens: 0 };
  yield* ollama.chat({ model, facts, messages, ...lengths, signal });
}

export async function chat(model?: string, signal?: AbortSignal, lengths?: Lengths): Promise<ChatEvent[]> {
  const events: ChatEvent[] = [];
  for await (const event of stream(lengths, model, signal)) events.push(event);
  return events;
}

export function textOf(events: readonly ChatEvent[]): string {
  return events.map((event) => (event.type === "text" ? event.text : "")).join("");
}

export function thoughtsOf(events: readonly ChatEvent[]): string {
  return events.map((event) => (event.type === "thinking" ? event.text : "")).join("");
}

export const prompts = (): number => fake.requests.filter(({ path }) => path === "/api/chat").length;
