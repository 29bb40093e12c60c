import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import type { ChatClient, ChatClientOptions, ChatEvent, ChatRequest } from "../../models/chat/chatClient.ts";
import { ContextOverflowError } from "../../models/chat/errors.ts";
import { serverError } from "../../models/chat/openai/openaiErrors.ts";
import { createOpenai } from "../../models/chat/openai/openaiServer.ts";
import { createGate, type Gate } from "../../models/egress/gate.ts";
import { loadOpenaiEmbedding } from "../../models/embedding/openaiEmbedding.ts";
import { CarrelError } from "../../protocol/channel.ts";
import { type FakeOpenai, type FakeOpenaiOptions, startFakeOpenai } from "../support/fakeOpenai.ts";
import type { FakeDialect, OpenaiFault } from "../support/fakeOpenaiFaults.ts";

const messages = [
  { role: "system" as const, content: "Be brief." },
  { role: "user" as const, content: "Say something." },
];
const model = "smollm2-instruct";
const secret = "sk-very-secret";

let fake: FakeOpenai;
let gate: Gate;
let client: ChatClient;

before(async () => {
  fake = await startFakeOpenai();
});
after(() => fake.close());
beforeEach(() => reset());

function reset(options: FakeOpenaiOptions = {}, own: Partial<ChatClientOptions> = {}): void {
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

type Lengths = Partial<Pick<ChatRequest, "promptTokens" | "maxTokens" | "thoughtTokens">>;

/** As the engine does it: looks at the model, then asks it. */
async function* stream(
  lengths: Lengths = {},
  signal = new AbortController().signal,
  asked = model,
): AsyncGenerator<ChatEvent> {
  const facts = await client.inspect(asked, signal);
  const usual = { promptTokens: 20, contextTokens: 4096, maxTokens: 500, thoughtTokens: 0 };
  yield* client.chat({ model: asked, facts, messages, ...usual, ...lengths, signal });
}

async function chat(lengths?: Lengths, signal?: AbortSignal, asked?: string): Promise<ChatEvent[]> {
  const events: ChatEvent[] = [];
  for await (const event of stream(lengths, signal, asked)) events.push(event);
  return events;
}

function said(events: readonly ChatEvent[], type: "text" | "thinking" = "text"): string {
  return events.map((event) => (event.type === type ? event.text : "")).join("");
}

async function failure(work: Promise<unknown>): Promise<CarrelError> {
  const thrown: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(thrown instanceof CarrelError, `expected a CarrelError, got ${String(thrown)}`);
  if (thrown.code !== "cancelled") assert.notEqual(thrown.remedy, "", thrown.message);
  return thrown;
}

const prompts = () => fake.requests.filter(({ path }) => path === "/v1/chat/completions");

/** Waits until the server has seen that its client has gone. */
async function isCut(path = "/v1/chat/completions"): Promise<void> {
  while (!fake.requests.some((request) => request.path === path && request.aborted))
    await new Promise((done) => setTimeout(done, 10));
}

describe("looking at an OpenAI-compatible server", () => {
  it("tells which program it is, and what a model reads at once", async () => {
    const told: [FakeDialect, string, string | undefined, number | undefined][] = [
      ["llama.cpp", "llama.cpp", "b1-7e4c0a9", 2048],
      ["vllm", "vLLM", "0.11.0", 2048],
      ["lmstudio", "LM Studio", undefined, 2048],
      ["plain", "OpenAI-compatible server", undefined, undefined],
    ];
    for (const [dialect, product, version, context] of told) {
      reset({ dialect, context: 2048 });
      const server = await client.server("");
      assert.deepEqual(
        [server.state, server.product, server.version, server.chosen],
        ["ready", product, version, model],
      );
      assert.equal(server.models[0]?.contextLength, context);
      const facts = await client.inspect(model);
      assert.deepEqual([facts.loadedContext, facts.contextLength], [context, context]);
      assert.equal(facts.isContextFixed, context !== undefined);
    }
  });

  it("looks once for the server and its model", async () => {
    await client.server("");
    await client.inspect(model);
    assert.equal(fake.requests.filter(({ path }) => path === "/v1/models").length, 1);
  });

  it("refuses what runs in a cloud, and what can't chat", async () => {
    const refused = ["pcc", "apple/pcc", "gpt-oss:120b-cloud", "priced", "embedder"];
    const models = refused.map((id) => ({
      id,
      embeds: id === "embedder",
      ...(id === "priced" ? { pricing: { prompt: "0.1" } } : {}),
    }));
    reset({ dialect: "lmstudio", models: [...models, { id: "pccess-3b" }] });
    const server = await client.server("");
    assert.equal(server.chosen, "pccess-3b");
    for (const id of refused) {
      assert.ok(server.models.find(({ name }) => name === id)?.refused, id);
      assert.match((await failure(client.inspect(id))).message, /is not used/);
      assert.match((await client.server(id)).detail ?? "", /is not used/);
    }
    assert.deepEqual(
      server.models.filter(({ embeds }) => embeds).map(({ name }) => name),
      ["embedder"],
    );
  });

  it("prefers models that are loaded", async () => {
    for (const several of [{ dialect: "lmstudio" as const }, { router: true }]) {
      reset({ ...several, models: [{ id: "a-model", loaded: false }, { id: "b-model" }] });
      assert.equal((await client.server("")).chosen, "b-model");
      assert.equal((await client.server("a-model")).chosen, "a-model");
      assert.equal((await client.inspect("a-model")).loadedContext, undefined);
      assert.equal((await client.inspect("b-model")).loadedContext, 4096);
    }
  });

  it("says what is wrong with a server", async () => {
    const cases: [OpenaiFault, string, RegExp, RegExp][] = [
      ["html", "unknown-server", /does not speak OpenAI/, /carrel\.openai\.url/],
      ["not-json", "unknown-server", /does not speak OpenAI/, /carrel\.openai\.url/],
      ["no-http", "unknown-server", /does not speak OpenAI/, /carrel\.openai\.url/],
      ["endless-models", "unknown-server", /does not speak OpenAI/, /carrel\.openai\.url/],
      ["ollama", "unknown-server", /Ollama answers/, /carrel\.ollama\.url/],
      ["loading-503", "busy", /still loading/, /moment/],
      ["hang-everything", "busy", /too busy/, /Wait/],
      ["redirect", "refused", /203\.0\.113\.9/, /redirects/],
    ];
    for (const [fault, state, detail, remedy] of cases) {
      reset({ fault, ...(fault === "ollama" ? { dialect: "plain" as const } : {}) });
      const server = await client.server("");
      assert.equal(server.state, state, fault);
      assert.match(server.detail ?? "", detail);
      assert.match(server.remedy ?? "", remedy);
    }
    assert.ok(!gate.connections().some(({ host }) => host === "203.0.113.9"));
    reset({ fault: "ollama", dialect: "plain", models: [] });
    assert.match((await client.server("")).detail ?? "", /Ollama answers/);
    reset({ models: [] });
    const empty = await client.server("");
    assert.deepEqual([empty.state, empty.chosen], ["ready", undefined]);
    assert.match(empty.detail ?? "", /has no model that can answer/);
  });

  it("says that no server answers, and that an address is none", async () => {
    for (const [url, detail] of [
      ["http://127.0.0.1:9", /No model server answers at http:\/\/127\.0\.0\.1:9\./],
      ["http://", /is not the address/],
    ] as const) {
      reset({}, { url });
      const server = await client.server("");
      assert.equal(server.state, "down");
      assert.match(server.detail ?? "", detail);
    }
  });

  it("asks no host that is not allowed", async () => {
    reset({}, { url: "http://api.openai.com/v1" });
    const server = await client.server("");
    assert.equal(server.state, "refused");
    assert.match(server.detail ?? "", /refused to connect to api\.openai\.com:80/);
    assert.deepEqual(
      gate.connections().map(({ opened }) => opened),
      [false],
    );
  });

  it("takes an address with and without /v1", async () => {
    reset({}, { url: `${fake.url}/v1/` });
    assert.equal((await client.server("")).state, "ready");
    assert.equal(client.url, fake.url);
  });
});

describe("a key", () => {
  it("is wanted, sent with everything, and told to nobody", async () => {
    for (const dialect of ["llama.cpp", "vllm", "lmstudio", "plain"] as const) {
      reset({ dialect, key: secret });
      const without = await client.server("");
      assert.equal(without.state, "refused", dialect);
      assert.match(without.detail ?? "", /wants a key/);
      assert.match(without.remedy ?? "", /Carrel: Set Server Key….*CARREL_OPENAI_KEY/);
      reset({ dialect, key: secret }, { key: "wrong" });
      assert.match((await client.server("")).detail ?? "", /does not accept the key/);
    }
    reset({ key: secret }, { key: secret });
    const server = await client.server("");
    assert.equal(said(await chat()), "One two three four five six.");
    assert.deepEqual(new Set(fake.requests.map(({ key }) => key)), new Set([secret]));
    assert.ok(!JSON.stringify([server, gate.connections()]).includes(secret));
  });

  it("is cut out of what a server repeats, and never part of an error about itself", async () => {
    reset({ key: secret, fault: "echo-key" }, { key: secret });
    const error = await failure(chat());
    assert.match(error.message, /Bad upstream for key …/);
    reset({}, { key: `${secret}\nX: y` });
    const bad = await client.server("");
    assert.match(bad.detail ?? "", /characters that no key has/);
    assert.ok(!JSON.stringify(bad).includes(secret));
    assert.equal(fake.requests.length, 0);
  });

  it("goes to no other host by a redirect", async () => {
    const other = await startFakeOpenai();
    try {
      reset({ fault: "redirect" }, { key: secret });
      await client.server("");
      assert.equal(fake.requests.length, 1);
      assert.equal(other.requests.length, 0);
    } finally {
      await other.close();
    }
  });
});

describe("an answer", () => {
  it("comes in pieces, with the server's own counts", async () => {
    for (const dialect of ["llama.cpp", "vllm", "lmstudio", "plain"] as const) {
      reset({ dialect });
      const events = await chat();
      assert.equal(said(events), "One two three four five six.");
      const done = events.at(-1);
      assert.ok(done?.type === "done" && done.promptTokens > 0 && done.answerTokens === 6 && !done.cut);
      assert.ok(events.length > 4, "in pieces");
    }
  });

  it("is read whole from comments, CRLF, and letters and events that are cut apart", async () => {
    const answer = "Grüße aus Zürich: 東京 and 🙂 remain whole.";
    reset({ odd: true, answer });
    const events = await chat();
    assert.equal(said(events), answer);
    const done = events.at(-1);
    assert.ok(done?.type === "done" && done.promptTokens > 0);
  });

  it("is waited for while its prompt is read, however long the headers have been there", async () => {
    reset({ promptDelayMs: 1_500 }, { idleMs: 1_000 });
    assert.equal(said(await chat()), "One two three four five six.");
  });

  it("that reaches its limit says so", async () => {
    const done = (await chat({ maxTokens: 3 })).at(-1);
    assert.ok(done?.type === "done" && done.cut && done.answerTokens === 3);
  });

  it("that is empty ends all the same", async () => {
    reset({ answer: "" });
    assert.deepEqual(
      (await chat()).map(({ type }) => type),
      ["done"],
    );
  });

  it("is complete once its end was told, though the server keeps the connection", async () => {
    reset({ fault: "no-done" });
    const events = await chat();
    assert.equal(said(events), "One two three four five six.");
    assert.equal(events.at(-1)?.type, "done");
  });

  it("stops when the question is cancelled, and so does the server", async () => {
    reset({ tokenDelayMs: 20 });
    const stop = new AbortController();
    const pieces: string[] = [];
    const error = await failure(
      (async () => {
        for await (const event of stream({}, stop.signal)) {
          if (event.type === "text") pieces.push(event.text);
          stop.abort();
        }
      })(),
    );
    assert.equal(error.code, "cancelled");
    assert.equal(pieces.length, 1);
    await isCut();
  });

  it("stops when nobody reads on", async () => {
    reset({ tokenDelayMs: 20 });
    for await (const event of stream()) if (event.type === "text") break;
    await isCut();
  });

  it("can be had from a server that was started anew between two questions", async () => {
    const own = await startFakeOpenai({ answer: "Before." });
    reset({}, { url: own.url });
    assert.equal(said(await chat()), "Before.");
    await own.close();
    assert.equal((await client.server("")).state, "down");
    const again = await startFakeOpenai({ port: own.port, dialect: "vllm", answer: "After." });
    try {
      assert.equal((await client.server("")).product, "vLLM");
      assert.equal(said(await chat()), "After.");
    } finally {
      await again.close();
    }
  });
});

describe("a failing answer", () => {
  it("says what went wrong", async () => {
    const cases: [OpenaiFault, RegExp][] = [
      ["model-404", /"smollm2-instruct" is not on the model server/],
      ["busy-429", /too busy/],
      ["error-500", /Compute error\./],
      ["no-memory", /not enough memory/],
      ["json-200", /Model is not loaded/],
      ["error-in-stream", /Compute error\./],
      ["error-field", /Compute error\./],
      ["cut-stream", /broke off/],
      ["no-finish", /broke off/],
      ["abort", /broke off/],
      ["content-filter", /filter/],
      ["garbage-event", /not OpenAI's protocol/],
      ["huge-line", /not OpenAI's protocol/],
      ["hang-before-headers", /sent nothing/],
      ["hang-after-headers", /sent nothing/],
      ["hang-in-stream", /sent nothing/],
      ["endless-answer", /did not end/],
      ["endless-error", /no more/],
    ];
    for (const [fault, message] of cases) {
      reset({ fault });
      assert.match((await failure(chat({ maxTokens: 10 }))).message, message, fault);
    }
  });

  it("that sends signs of life and nothing else is given up", async () => {
    reset({ fault: "endless-comments" }, { answerMs: 500 });
    assert.match((await failure(chat())).message, /did not end/);
    await isCut();
  });

  it("keeps what was written before", async () => {
    for (const fault of ["cut-stream", "error-in-stream", "abort"] as const) {
      reset({ fault });
      const pieces: string[] = [];
      await failure(
        (async () => {
          for await (const event of stream()) if (event.type === "text") pieces.push(event.text);
        })(),
      );
      assert.match(pieces.join(""), /^One two three/, fault);
    }
  });

  it("is given up in the middle when the server is silent and does not say that it lives", async () => {
    const own = await startFakeOpenai({ fault: "hang-in-stream", answer: "One two three four." });
    try {
      reset({}, { url: own.url });
      const pieces: string[] = [];
      const error = await failure(
        (async () => {
          for await (const event of stream()) {
            if (event.type === "text") pieces.push(event.text);
            own.set({ fault: "html" });
          }
        })(),
      );
      assert.match(error.message, /sent nothing/);
      assert.equal(pieces.join(""), "One two");
    } finally {
      await own.close();
    }
  });

  it("ends when the server dies before it began to answer", async () => {
    const own = await startFakeOpenai({ fault: "hang-before-headers" });
    reset({}, { url: own.url });
    const failed = failure(chat());
    while (!own.requests.some(({ path }) => path === "/v1/chat/completions"))
      await new Promise((done) => setTimeout(done, 10));
    await own.close();
    assert.match((await failed).message, /broke off|sent nothing|No model server/);
  });
});

describe("thoughts", () => {
  it("are told from the answer in all shapes", async () => {
    for (const thoughtsIn of ["reasoning_content", "reasoning", "tags", "lone-tag"] as const) {
      reset({ dialect: "vllm", thinking: "I wonder.", thoughtsIn });
      const events = await chat();
      const unsaid = events.findLastIndex(({ type }) => type === "unsaid");
      assert.equal(said(events.slice(unsaid + 1)).trim(), "One two three four five six.", thoughtsIn);
      if (thoughtsIn === "lone-tag") assert.ok(unsaid > 0);
      else assert.equal(said(events, "thinking").trim(), "I wonder.");
      assert.equal((await client.inspect(model)).thinking, "always", "which is remembered");
    }
  });

  it("are told not to come where the template knows that wish", async () => {
    reset({ template: "{% if enable_thinking %}<think>{% endif %}", thinking: "I wonder." });
    assert.equal((await client.inspect(model)).thinking, "optional");
    assert.equal(said(await chat(), "thinking"), "");
    assert.deepEqual(prompts()[0]?.body.chat_template_kwargs, { enable_thinking: false });
    reset({ template: "<think>", thinking: "I wonder." });
    assert.equal((await client.inspect(model)).thinking, "always");
    await chat();
    assert.equal(prompts()[0]?.body.chat_template_kwargs, undefined);
  });

  it("that use up all leave no answer", async () => {
    reset({ thinking: "I wonder and wonder and wonder." });
    const events = await chat({ maxTokens: 3, thoughtTokens: 2 });
    assert.equal(said(events), "");
    const done = events.at(-1);
    assert.ok(done?.type === "done" && done.cut);
    assert.equal(prompts()[0]?.body.max_tokens, 5);
  });

  it("are expected of models with such names where no template is told", async () => {
    const names = { "Qwen3-8B": "optional", "Qwen3-4B-Instruct-2507": "never", "DeepSeek-R1-7B": "always" };
    reset({ dialect: "vllm", models: Object.keys(names).map((id) => ({ id })) });
    for (const [id, thinking] of Object.entries(names))
      assert.equal((await client.inspect(id)).thinking, thinking, id);
  });
});

describe("the context", () => {
  it("that is too short is an error with the real count where it is told", async () => {
    for (const [dialect, isTold] of [
      ["llama.cpp", true],
      ["vllm", true],
      ["lmstudio", true],
      ["plain", false],
    ] as const) {
      reset({ dialect, fault: "overflow", context: 2048 });
      const error = await failure(chat());
      assert.ok(error instanceof ContextOverflowError, dialect);
      assert.equal(error.promptTokens, isTold ? 2248 : undefined, dialect);
    }
  });

  it("is asked for near its end: an answer gets what is left, and none is begun without room", async () => {
    for (const dialect of ["llama.cpp", "vllm"] as const) {
      reset({ dialect, context: 300, answer: "word ".repeat(400) });
      const done = (await chat({ promptTokens: 200, maxTokens: 500 })).at(-1);
      assert.ok(done?.type === "done" && done.cut && done.promptTokens < 60);
      assert.equal(prompts()[0]?.body.max_tokens, 300 - done.promptTokens);
      reset({ dialect, context: 20 });
      const error = await failure(chat({ promptTokens: 60 }));
      assert.ok(error instanceof ContextOverflowError && error.promptTokens === done.promptTokens);
      assert.equal(prompts().length, 0, "nothing was asked in vain");
    }
  });

  it("is not counted where the prompt is far from its end", async () => {
    await chat();
    assert.ok(!fake.requests.some(({ path }) => /token/.test(path)));
  });

  it("is understood in the words of many servers", () => {
    const cases: [string, number | undefined][] = [
      ["This model's maximum context length is 4096 tokens and your request has 5000 input tokens", 5000],
      ["maximum context length is 8 tokens. However, your prompt contains at least 9 input tokens", 9],
      ["The decoder prompt (length 4012) is longer than the maximum model length of 4096", 4012],
      ["Requested tokens (5012) exceed context window of 4096", 5012],
      ["Reached context length of 4096 tokens with this model", undefined],
    ];
    for (const [words, tokens] of cases) {
      const error = serverError(400, JSON.stringify({ error: { message: words } }), "m", "u");
      assert.ok(error instanceof ContextOverflowError, words);
      assert.equal(error.promptTokens, tokens, words);
    }
  });
});

describe("a server that refuses parts of a request", () => {
  it("is asked without them, and remembered", async () => {
    reset({ refuses: ["stream_options", "temperature", "max_tokens", "system"] });
    const events = await chat({ maxTokens: 4 });
    assert.equal(said(events), "One two three four");
    assert.equal(prompts().length, 5);
    const body = prompts().at(-1)?.body;
    assert.equal(body?.max_completion_tokens, 4);
    assert.deepEqual(body?.messages, [{ role: "user", content: "Be brief.\n\nSay something." }]);
    await chat();
    assert.equal(prompts().length, 6, "the second question is asked once");
  });

  it("is not asked for ever", async () => {
    reset({ refuses: ["messages"] });
    assert.match((await failure(chat())).message, /messages/);
    assert.equal(prompts().length, 1);
  });
});

describe("embedding by an OpenAI-compatible server", () => {
  const load = (name = model, own: Partial<Parameters<typeof loadOpenaiEmbedding>[1]> = {}) =>
    loadOpenaiEmbedding(name, { url: fake.url, fetch: gate.fetchFor("a test"), ...own });

  it("cuts nothing off, whether the server says that a text is too long or not", async () => {
    for (const dialect of ["llama.cpp", "vllm", "lmstudio"] as const) {
      reset({ dialect, context: 100 });
      const made = await load();
      assert.match(made.id, /^openai:smollm2-instruct@\d+-plain-\d+-100$/);
      assert.match(made.note ?? "", /embedded in parts/);
      const head = "the contract ends when notice is given ".repeat(40);
      const [one, other, alone] = await made.embed(
        [`${head} photosynthesis in leaves`, `${head} banks raise interest`, "photosynthesis in leaves"],
        "passage",
      );
      assert.ok(one && other && alone);
      const near = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);
      assert.ok(near(one, other) < 0.9999, `${dialect}: same head, other tail, other vector`);
      assert.ok(near(one, alone) > near(other, alone), dialect);
    }
  });

  it("ends with a sentence", async () => {
    assert.match((await failure(load("nope"))).message, /is not on the model server/);
    reset({ models: [{ id: "pcc" }] });
    assert.match((await failure(load("pcc"))).message, /cloud/);
    reset({ key: secret });
    assert.match((await failure(load())).message, /wants a key/);
    assert.equal((await load(model, { key: secret })).dimension, 64);
    reset({ fault: "hang-in-embed" });
    assert.match((await failure(load(model, { embedMs: 300 }))).message, /too busy/);
    await isCut("/v1/embeddings");
    reset({ fault: "html" });
    assert.match((await failure(load())).message, /does not speak OpenAI/);
  });
});
