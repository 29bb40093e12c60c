import assert from "node:assert/strict";
import { test } from "node:test";
import { answerQuestion } from "../../engine/answer/asking.ts";
import { TokenRatios } from "../../engine/answer/tokenEstimate.ts";
import type { ChatClient, ChatClientOptions } from "../../models/chat/chatClient.ts";
import { createOllama } from "../../models/chat/ollama/server.ts";
import { createGate } from "../../models/egress/gate.ts";
import type { Answer, Hit } from "../../protocol/data.ts";
import { type FakeOllamaOptions, startFakeOllama } from "../support/fakeOllama.ts";
import { hitOf } from "../support/hits.ts";
import { fake } from "../support/sharedOllama.ts";

/**
 * Whatever goes wrong with a model server: the question is answered with its passages, a notice says what happened
 * and what to do, and the next question, by the same client, is answered as if nothing had been.
 */

const passage = hitOf("Each employee has 28 days of holiday a year.", { path: "handbook.md" });
const answered = "Each employee has 28 days of holiday a year [1].";

type Limits = Partial<Pick<ChatClientOptions, "lookMs" | "idleMs" | "startMs" | "answerMs">>;

interface Fault {
  readonly server: FakeOllamaOptions;
  readonly notice: RegExp;
  /** The model that was chosen; the best installed one by default. */
  readonly chatModel?: string;
  /** Short ones, where it is silence or no end that goes wrong. */
  readonly limits?: Limits;
  /** Whether something of the answer had come. */
  readonly isPart?: true;
}

const chatty = { name: "gemma3:4b", capabilities: ["completion"] };
const thinker = { name: "qwq:32b", capabilities: ["completion", "thinking"], onlyThinks: true };

const faults: Record<string, Fault> = {
  "the connection is cut in the answer": {
    server: { fault: "cut-stream" },
    notice: /not complete: .*broke off/,
    isPart: true,
  },
  "the answer ends without its end": {
    server: { fault: "no-done" },
    notice: /not complete: .*broke off/,
    isPart: true,
  },
  "an error comes within the answer": {
    server: { fault: "error-line" },
    notice: /an error was encountered/,
    isPart: true,
  },
  "the model's process is killed in the answer": {
    server: { fault: "runner-killed" },
    notice: /process that runs "qwen3:4b".*ended/,
    isPart: true,
  },
  "the model's process can't start": {
    server: { fault: "runner-cannot-start" },
    notice: /illegal instruction.*processor/,
  },
  "something else comes within the answer": {
    server: { fault: "garbage-line" },
    notice: /not Ollama's protocol/,
    isPart: true,
  },
  "the model is deleted before it is asked": { server: { fault: "model-404" }, notice: /is not installed/ },
  "the queue is full": { server: { fault: "busy-503" }, notice: /too busy.*Wait/ },
  "the server fails": { server: { fault: "error-500" }, notice: /has terminated/ },
  "memory is short": { server: { fault: "no-memory" }, notice: /not enough memory.*smaller/ },
  "the answer stops coming": {
    server: { fault: "hang-in-stream" },
    notice: /sent nothing/,
    limits: { idleMs: 500 },
    isPart: true,
  },
  "the server hangs": { server: { fault: "hang-everything" }, notice: /too busy/, limits: { lookMs: 500 } },
  "the answer never begins": {
    server: { fault: "hang-before-headers" },
    notice: /sent nothing/,
    limits: { startMs: 500 },
  },
  "the answer never ends": { server: { fault: "endless-answer" }, notice: /did not end/, isPart: true },
  "only signs of life come": {
    server: { fault: "endless-blanks" },
    notice: /did not end/,
    limits: { answerMs: 500 },
  },
  "an error never ends": { server: { fault: "endless-error" }, notice: /no more/ },
  "the version never ends": { server: { fault: "endless-version" }, notice: /not Ollama/ },
  "the answer comes from a cloud": { server: { fault: "remote-in-response" }, notice: /in a cloud/ },
  "another program answers": {
    server: { fault: "not-ollama-json" },
    notice: /not Ollama.*carrel\.ollama\.url/,
  },
  "a web page answers": { server: { fault: "not-ollama-html" }, notice: /not Ollama/ },
  "no web server answers": { server: { fault: "no-http" }, notice: /not Ollama/ },
  "it sends us elsewhere": { server: { fault: "redirect" }, notice: /203\.0\.113\.9/ },
  "the prompt does not fit, even smaller": {
    server: { fault: "overflow" },
    notice: /longer than the model can read/,
  },
  "no model is installed": { server: { models: [] }, notice: /no model.*ollama pull/ },
  "the chosen model is not installed": {
    server: {},
    chatModel: "phi9:3b",
    notice: /"phi9:3b" is not installed/,
  },
  "only an embedding model is installed": {
    server: { models: [{ name: "bge:latest", capabilities: ["embedding"] }] },
    notice: /no model that can answer/,
  },
  "the chosen model is an embedding model": {
    server: {},
    chatModel: "nomic-embed-text",
    notice: /Can't write answers.*Choose another/,
  },
  "only a cloud's model is installed": { server: { models: [{ name: "x:cloud" }] }, notice: /no model/ },
  "the chosen model is a cloud's under a local name": {
    server: { models: [{ ...chatty, hiddenRemote: true }] },
    chatModel: "gemma3:4b",
    notice: /does not say that it runs on this machine/,
  },
  "thoughts use up all that may be written": {
    server: { models: [thinker], thinking: "hm ".repeat(9000) },
    notice: /thoughts used up/,
  },
  "the model writes nothing": { server: { models: [chatty], answer: "" }, notice: /wrote nothing/ },
};

const usual: FakeOllamaOptions = { models: [chatty], answer: answered };

function setServer(options: FakeOllamaOptions): void {
  const clean = { fault: undefined, models: undefined, thinking: undefined, ...{ answer: answered } };
  fake.set({ ...clean, ...options } as FakeOllamaOptions);
}

function client(url: string, limits: Limits = {}): ChatClient {
  const patient = { lookMs: 20_000, idleMs: 20_000, aliveMs: 100, memoryBytes: 16e9 };
  const fetch = createGate({ allowedHosts: [] }).fetchFor("answer a question");
  return createOllama({ url, fetch, ...patient, ...limits });
}

async function ask(chat: ChatClient, chatModel = ""): Promise<Answer> {
  const search = async (): Promise<Hit[]> => [passage];
  const parts = { search, chat, chatModel, ratios: new TokenRatios(), memoryBytes: 16e9 };
  const request = { question: "How many days of holiday does an employee have?", history: [] };
  const context = { signal: new AbortController().signal, progress: () => undefined };
  return await answerQuestion(request, parts, context);
}

function checkFailed({ passages, notice = "", written, incomplete }: Answer, fault: Fault): void {
  assert.deepEqual(
    passages.map(({ path }) => path),
    ["handbook.md"],
  );
  assert.match(notice, fault.notice);
  assert.match(notice, /[.!?…] [A-Z][^.]{8,}/, "what happened, and then what to do");
  assert.doesNotMatch(notice, /:local|[{}]/);
  assert.equal(written, fault.isPart === true, notice);
  assert.equal(incomplete === true, fault.isPart === true, notice);
}

for (const [name, fault] of Object.entries(faults)) {
  test(`when ${name}, the passages are the answer, and the next question is answered`, async () => {
    const impatient = client(fake.url, fault.limits);
    setServer(fault.server);
    checkFailed(await ask(impatient, fault.chatModel), fault);
    // A client that does not wait long would fail on a slow machine by that.
    const chat = fault.limits ? client(fake.url) : impatient;
    setServer(usual);
    const next = await ask(chat);
    assert.equal(next.text, answered, next.notice);
  });
}

test("when nobody listens, and when the server has gone and is back", async () => {
  const gone = await startFakeOllama(usual);
  const chat = client(gone.url);
  assert.equal((await ask(chat)).text, answered);
  await gone.close();
  checkFailed(await ask(chat), { server: {}, notice: /No model server answers at .*Start Ollama/ });
  const back = await startFakeOllama({ ...usual, port: gone.port });
  try {
    assert.equal((await ask(chat)).text, answered);
  } finally {
    await back.close();
  }
});
