import { after, before, beforeEach } from "node:test";
import type { ChatClient, ChatClientOptions, ChatEvent, ChatRequest } from "../../models/chat/chatClient.ts";
import { createOpenai } from "../../models/chat/openai/openaiServer.ts";
import { createGate, type Gate } from "../../models/egress/gate.ts";
import { type FakeOpenai, type FakeOpenaiOptions, startFakeOpenai } from "./fakeOpenai.ts";
import { eventually } from "./workspace.ts";

/*
 * A client of the stand-in for servers of OpenAI's protocol, which each test gets anew;
 * the tests of a file share the stand-in.
 */

const messages = [
  { role: "system" as const, content: "Be brief." },
  { role: "user" as const, content: "Say something." },
];
export const model = "smollm2-instruct";
export const secret = "sk-very-secret";

export let fake: FakeOpenai;
export let gate: Gate;
export let client: ChatClient;

before(async () => {
  fake = await startFakeOpenai();
});
after(() => fake.close());
beforeEach(() => reset());

export function reset(options: FakeOpenaiOptions = {}, own: Partial<ChatClientOptions> = {}): void {
  const clean: { [K in keyof FakeOpenaiOptions]-?: undefined } = {
    port: undefined,
    dialect: undefined,
    models: undefined,
    key: undefined,
    fault: undefined,
    answer: undefined,
    thinking: undefined,
    thoughtsIn: undefined,
    template: undefined,
    context: undefined,
    refuses: undefined,
    odd: undefined,
    router: undefined,
    tokenDelayMs: undefined,
    promptDelayMs: undefined,
  };
  fake.requests.length = 0;
  fake.set({ ...clean, answer: "One two three four five six.", ...options } as FakeOpenaiOptions);
  gate = createGate({ allowedHosts: [] });
  const hangs = options.fault?.startsWith("hang") ?? false;
  client = createOpenai({
    url: fake.url,
    fetch: gate.fetchFor("answer a question"),
    memoryBytes: 16e9,
    // Short where silence is what is tested; long elsewhere, so that a slow machine fails nothing.
    lookMs: hangs ? 1_000 : 60_000,
    idleMs: hangs ? 500 : 60_000,
    aliveMs: 50,
    startMs: hangs ? 700 : 60_000,
    answerMs: 60_000,
    ...own,
  });
}

export type Lengths = Partial<Pick<ChatRequest, "promptTokens" | "maxTokens" | "thoughtTokens">>;

/** As the engine does it: looks at the model, then asks it. */
export async function* stream(
  lengths: Lengths = {},
  signal = new AbortController().signal,
  asked = model,
): AsyncGenerator<ChatEvent> {
  const facts = await client.inspect(asked, signal);
  const usual = { promptTokens: 20, contextTokens: 4096, maxTokens: 500, thoughtTokens: 0 };
  yield* client.chat({ model: asked, facts, messages, ...usual, ...lengths, signal });
}

export async function chat(lengths?: Lengths, signal?: AbortSignal, asked?: string): Promise<ChatEvent[]> {
  const events: ChatEvent[] = [];
  for await (const event of stream(lengths, signal, asked)) events.push(event);
  return events;
}

export function said(events: readonly ChatEvent[], type: "text" | "thinking" = "text"): string {
  return events.map((event) => (event.type === type ? event.text : "")).join("");
}

export const prompts = () => fake.requests.filter(({ path }) => path === "/v1/chat/completions");

/** Waits until the server has seen that its client has gone. */
export async function isCut(path = "/v1/chat/completions"): Promise<void> {
  await eventually(`the end of a request for ${path}`, async () =>
    fake.requests.some((request) => request.path === path && request.aborted),
  );
}
