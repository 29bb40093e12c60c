import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import type { ChatClient, ChatEvent, ChatRequest } from "../../models/chat/chatClient.ts";
import { ContextOverflowError } from "../../models/chat/errors.ts";
import { serverError } from "../../models/chat/ollama/ollamaErrors.ts";
import { pullCommand, recommendedModel } from "../../models/chat/ollama/recommended.ts";
import { createOllama } from "../../models/chat/ollama/server.ts";
import { createGate, type Gate } from "../../models/egress/gate.ts";
import { loadOllamaEmbedding } from "../../models/embedding/ollama.ts";
import { CarrelError } from "../../protocol/channel.ts";
import {
  type FakeOllama,
  type FakeOllamaOptions,
  type Fault,
  startFakeOllama,
} from "../support/fakeOllama.ts";

const messages = [{ role: "user" as const, content: "Say something." }];
const plain: FakeOllamaOptions = { answer: "One two three four five six." };

let fake: FakeOllama;
let gate: Gate;
let ollama: ChatClient;

before(async () => {
  fake = await startFakeOllama();
});
after(() => fake.close());
beforeEach(() => {
  fake.requests.length = 0;
  reset();
});

function reset(options: FakeOllamaOptions = {}): void {
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

type Lengths = Partial<Pick<ChatRequest, "promptTokens" | "maxTokens">>;

/** As the engine does it: looks at the model, then asks it. */
async function* stream(
  { promptTokens = 20, maxTokens = 500 }: Lengths = {},
  model = "qwen3:4b",
  signal = new AbortController().signal,
): AsyncGenerator<ChatEvent> {
  const facts = await ollama.inspect(model, signal);
  const lengths = { promptTokens, contextTokens: 4096, maxTokens, thoughtTokens: 0 };
  yield* ollama.chat({ model, facts, messages, ...lengths, signal });
}

async function chat(model?: string, signal?: AbortSignal, lengths?: Lengths): Promise<ChatEvent[]> {
  const events: ChatEvent[] = [];
  for await (const event of stream(lengths, model, signal)) events.push(event);
  return events;
}

function textOf(events: readonly ChatEvent[]): string {
  return events.map((event) => (event.type === "text" ? event.text : "")).join("");
}

function thoughtsOf(events: readonly ChatEvent[]): string {
  return events.map((event) => (event.type === "thinking" ? event.text : "")).join("");
}

async function failure(work: Promise<unknown>): Promise<CarrelError> {
  const thrown: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(thrown instanceof CarrelError, `expected a CarrelError, got ${String(thrown)}`);
  return thrown;
}

const prompts = (): number => fake.requests.filter(({ path }) => path === "/api/chat").length;

describe("looking at the model server", () => {
  it("lists the models, refuses those that can't answer, and picks one", async () => {
    const server = await ollama.server("");
    assert.equal(server.state, "ready");
    assert.equal(server.version, "0.35.2");
    assert.equal(server.chosen, "qwen3:4b");
    assert.equal(server.detail, undefined);
    assert.match(server.models.find(({ name }) => name.startsWith("nomic"))?.refused ?? "", /embeddings/);
    assert.equal(server.models[0]?.contextLength, 40_960);
    const shows = (): number => fake.requests.filter(({ path }) => path === "/api/show").length;
    assert.equal(shows(), 1, "a model that the list refuses already is not asked");
    await ollama.server("");
    assert.equal(shows(), 1, "and no model twice");
  });

  it("says what it is, and how to install a model where none can be used", async () => {
    const ready = await ollama.server("");
    assert.equal(ready.product, "Ollama");
    assert.equal(ready.install, undefined);
    for (const models of [[], [{ name: "x:cloud" }], [{ name: "bge", capabilities: ["embedding"] }]]) {
      reset({ models });
      const server = await ollama.server("");
      assert.deepEqual(server.install, { command: pullCommand(), bytes: recommendedModel.bytes });
      assert.ok(server.remedy?.includes(pullCommand()), server.remedy);
    }
  });

  it("believes /api/show rather than the list", async () => {
    const models = [
      { name: "bge:latest", capabilities: ["embedding"], listedCapabilities: ["completion"] },
      { name: "sly:7b", hiddenRemote: true },
    ];
    reset({ models });
    const server = await ollama.server("");
    assert.match(server.models[0]?.refused ?? "", /embeddings/);
    assert.match(server.models[1]?.refused ?? "", /runs on this machine/);
    assert.equal(server.chosen, undefined);
  });

  it("asks an old server for each model's capabilities", async () => {
    reset({ oldTags: true, version: "0.5.0" });
    const server = await ollama.server("");
    assert.match(server.models.find(({ name }) => name.startsWith("nomic"))?.refused ?? "", /embeddings/);
    assert.equal(server.models[0]?.contextLength, 40_960);
    assert.match(server.detail ?? "", /0\.5\.0 has known security holes/);
    assert.match(server.remedy ?? "", /Update/);
  });

  it("warns below 0.35.0 and not from there on", async () => {
    for (const [version, warned] of [
      ["0.34.9", true],
      ["0.35.0", false],
      ["0.100.0", false],
      ["1.0.0-rc1", false],
    ] as const) {
      reset({ version });
      assert.equal((await ollama.server("")).detail !== undefined, warned, version);
    }
  });

  it("advises to turn the cloud off when it is on", async () => {
    reset({ cloudDisabled: false });
    const server = await ollama.server("");
    assert.equal(server.state, "ready");
    assert.match(server.remedy ?? "", /OLLAMA_NO_CLOUD=1/);
  });

  it("advises to get no model by a name that is none", async () => {
    for (const name of ["../../etc/passwd", "a b", "x; rm -rf ~", "-x"]) {
      const { remedy = "" } = await ollama.server(name);
      assert.ok(!remedy.includes(name) && remedy !== "", remedy);
    }
  });

  it("says so when no model, or not the chosen one, is installed", async () => {
    reset({ models: [] });
    assert.match((await ollama.server("")).detail ?? "", /no model/);
    reset();
    const server = await ollama.server("llama9:7b");
    assert.equal(server.chosen, undefined);
    assert.match(server.detail ?? "", /"llama9:7b" is not installed/);
    assert.match((await ollama.server("nomic-embed-text")).detail ?? "", /not used/);
    const cloud = await ollama.server("gpt-oss:120b-cloud");
    assert.match(cloud.detail ?? "", /in a cloud/);
    assert.doesNotMatch(cloud.remedy ?? "", /ollama pull/, "nobody is told to get what is then refused");
  });

  const states: [Fault, string, RegExp][] = [
    ["not-ollama-json", "unknown-server", /not Ollama/],
    ["not-ollama-html", "unknown-server", /not Ollama/],
    ["no-http", "unknown-server", /not Ollama/],
    ["hang-everything", "busy", /too busy/],
    ["redirect", "refused", /203\.0\.113\.9/],
  ];
  for (const [fault, state, detail] of states) {
    it(`calls it ${state} when the fault is ${fault}`, async () => {
      reset({ fault });
      const server = await ollama.server("");
      assert.equal(server.state, state);
      assert.match(server.detail ?? "", detail);
      assert.notEqual(server.remedy ?? "", "");
    });
  }

  it("calls it down when nobody listens or the address is none", async () => {
    for (const url of ["http://127.0.0.1:1", "nonsense::", ""]) {
      const down = createOllama({ url, fetch: gate.fetchFor("a look") });
      const server = await down.server("");
      assert.equal(server.state, "down", url);
      assert.notEqual(server.remedy ?? "", "");
    }
  });

  it("calls it refused when the address is another machine's, and connects to nothing", async () => {
    const far = createOllama({ url: "http://203.0.113.9:11434", fetch: gate.fetchFor("a look") });
    const server = await far.server("");
    assert.equal(server.state, "refused");
    assert.match(server.remedy ?? "", /allowedHosts/);
    assert.deepEqual(
      gate.connections().map(({ allowed }) => allowed),
      [false],
    );
  });

  it("can be cancelled", async () => {
    reset({ fault: "hang-everything" });
    const controller = new AbortController();
    const pending = failure(ollama.server("", controller.signal));
    controller.abort();
    assert.equal((await pending).code, "cancelled");
  });
});

describe("asking a model", () => {
  it("streams the answer and ends with the counts", async () => {
    const events = await chat();
    assert.equal(textOf(events), plain.answer);
    assert.ok(events.filter(({ type }) => type === "text").length > 3, "in pieces");
    const done = events.at(-1);
    assert.ok(done?.type === "done" && done.promptTokens > 0 && done.answerTokens === 6 && !done.cut);
  });

  it("sends the context, and that nothing may be cut silently", async () => {
    await chat();
    const body = fake.requests.find(({ path }) => path === "/api/chat")?.body;
    assert.equal(body?.model, "qwen3:4b:local");
    assert.equal(body?.options?.num_ctx, 4096);
    assert.equal(body?.options?.num_predict, 500);
    assert.equal(body?.truncate, false);
    assert.equal(body?.stream, true);
    assert.equal(body?.think, false);
    assert.ok(body && !("keep_alive" in body), "how long a model stays loaded is the user's own setting");
  });

  it("shares a loaded model with other clients, but where the window may come to its end", async () => {
    const other = { model: "qwen3:4b", messages, options: { num_ctx: 4096 } };
    await fetch(`${fake.url}/api/chat`, { method: "POST", body: JSON.stringify(other) });
    const loads = fake.loads();
    await chat("qwen3:4b", undefined, { promptTokens: 3300, maxTokens: 500 });
    assert.equal(fake.loads(), loads);
    await chat("qwen3:4b", undefined, { promptTokens: 3500, maxTokens: 500 });
    assert.equal(fake.requests.findLast(({ path }) => path === "/api/chat")?.body.shift, false);
    assert.equal(fake.loads(), loads + 1);
  });

  it("knows a model by every name by which the server knows it", async () => {
    for (const name of ["QWEN3:4b", "library/qwen3:4b", "registry.ollama.ai/library/qwen3:4B"]) {
      assert.equal(textOf(await chat(name)), plain.answer, name);
      assert.equal((await ollama.server(name)).chosen, "qwen3:4b", name);
    }
  });

  it("finds a model that came a moment after it has looked", async () => {
    await ollama.server("");
    fake.set({ models: [{ name: "new:1b", capabilities: ["completion"] }] });
    assert.equal(textOf(await chat("new:1b")), plain.answer);
    const looks = fake.requests.filter(({ path }) => path === "/api/tags").length;
    await chat("new:1b");
    assert.equal(fake.requests.filter(({ path }) => path === "/api/tags").length, looks);
  });

  it("uses the plain name where the server knows no suffix", async () => {
    reset({ version: "0.17.5" });
    await chat();
    assert.equal(fake.requests.find(({ path }) => path === "/api/chat")?.body.model, "qwen3:4b");
  });

  it("does not speak of thinking to a model that can't", async () => {
    reset({ models: [{ name: "gemma3:4b", capabilities: ["completion"] }] });
    await chat("gemma3:4b");
    assert.ok(!("think" in (fake.requests.find(({ path }) => path === "/api/chat")?.body ?? {})));
  });

  it("keeps thoughts out of the answer, sent apart or within the text", async () => {
    const models = [{ name: "gpt-oss:20b", family: "gptoss", capabilities: ["completion", "thinking"] }];
    reset({ models, thinking: "Let me see. It may be four." });
    let events = await chat("gpt-oss:20b");
    assert.equal(textOf(events), plain.answer);
    assert.equal(thoughtsOf(events), "Let me see. It may be four.");
    reset({ answer: "<think>\nLet me see: 4?\n</think>\n\nThe answer is 5." });
    events = await chat();
    assert.equal(textOf(events), "The answer is 5.");
    assert.equal(thoughtsOf(events), "\nLet me see: 4?\n");
  });

  const thinking = "It may be four.";
  const thinker = { name: "qwq:32b", capabilities: ["completion", "thinking"], onlyThinks: true };
  const asked = (): unknown => fake.requests.findLast(({ path }) => path === "/api/chat")?.body.think;
  it("asks a model that can only think for its thoughts apart", async () => {
    reset({ models: [thinker], thinking });
    const events = await chat("qwq:32b");
    assert.equal(asked(), true);
    assert.equal(textOf(events), plain.answer);
    assert.equal(thoughtsOf(events), thinking);
  });

  it("takes back what a lone closing tag tells to be thoughts, and asks otherwise from then on", async () => {
    // Its template does not say that it always thinks.
    reset({ models: [{ ...thinker, template: "{{ .Prompt }}" }], thinking });
    const events = await chat("qwq:32b");
    assert.equal(asked(), false);
    const unsaid = events.findIndex(({ type }) => type === "unsaid");
    assert.equal(textOf(events.slice(0, unsaid)).trim(), thinking);
    assert.equal(textOf(events.slice(unsaid)), plain.answer);
    assert.equal((await ollama.inspect("qwq:32b")).thinking, "always");
    assert.equal(thoughtsOf(await chat("qwq:32b")), thinking);
    assert.equal(asked(), true);
  });

  it("finds the thoughts of a model that the server does not know to think, and gives them room from then on", async () => {
    // As an imported model is seen whose own template was exchanged for a plain one.
    reset({ models: [{ ...thinker, capabilities: ["completion"] }], thinking });
    const events = await chat("qwq:32b");
    assert.ok(events.some(({ type }) => type === "unsaid"));
    assert.equal(textOf(events.slice(events.findIndex(({ type }) => type === "unsaid"))), plain.answer);
    assert.equal((await ollama.inspect("qwq:32b")).thinking, "unasked");
    await chat("qwq:32b");
    assert.equal(asked(), undefined, "a server that does not know it refuses to be asked");
  });

  it("gives room to the thoughts of a model that thinks in tags though it was asked not to", async () => {
    const answer = "<think>\nLet me see.\n</think>\n\nThe answer is 5.";
    reset({ models: [{ name: "tags:1b", capabilities: ["completion", "thinking"] }], answer });
    assert.equal(textOf(await chat("tags:1b")), "The answer is 5.");
    assert.equal((await ollama.inspect("tags:1b")).thinking, "always");
  });

  it("leaves a closing tag alone in a model that does not think", async () => {
    const answer = "The parser ends at </think> and goes on.";
    reset({ models: [{ name: "gemma3:4b", capabilities: ["completion"] }], answer });
    assert.equal(textOf(await chat("gemma3:4b")), answer);
  });

  it("says when the answer ended at its length limit", async () => {
    let cut = false;
    for await (const event of stream({ maxTokens: 3 })) {
      if (event.type === "done") cut = event.cut;
    }
    assert.ok(cut);
  });

  const faults: [Fault, RegExp][] = [
    ["cut-stream", /broke off/],
    ["no-done", /broke off/],
    ["error-line", /an error was encountered while running the model/],
    ["garbage-line", /not Ollama's protocol/],
    ["model-404", /"qwen3:4b" is not installed/],
    ["busy-503", /too busy/],
    ["error-500", /runner process has terminated/],
    ["no-memory", /not enough memory/],
    ["hang-in-stream", /sent nothing/],
    ["hang-everything", /too busy/],
    ["remote-in-response", /cloud/],
    ["not-ollama-json", /not Ollama/],
    ["not-ollama-html", /not Ollama/],
    ["redirect", /203\.0\.113\.9/],
    ["overflow", /longer than the model can read/],
  ];
  for (const [fault, expected] of faults) {
    it(`ends with a sentence when the fault is ${fault}`, async () => {
      reset({ fault });
      const error = await failure(chat());
      assert.match(error.message, expected);
      assert.doesNotMatch(error.message, /:local|[{}]/);
      assert.match(error.message, /[.!?…]$/, "a sentence ends before the remedy begins");
      assert.notEqual(error.remedy, "");
    });
  }

  const bodies: [string, string, RegExp][] = [
    ["plain", "out of order", /reported: out of order\.$/],
    [
      "packed twice",
      JSON.stringify({ error: JSON.stringify({ error: { message: "It broke!" } }) }),
      /: It broke!$/,
    ],
    ["packed with a message alone", JSON.stringify({ error: '{"message":"no room"}' }), /: no room\.$/],
    ["a page", "<html>Bad Gateway</html>", /answered with error 500\.$/],
    ["of an unknown shape", '{"code":7}', /reported: \{"code":7\}\.$/],
  ];
  for (const [shape, body, expected] of bodies) {
    it(`reads an error body that is ${shape}`, () => {
      assert.match(serverError(500, body, "x", fake.url).message, expected);
    });
  }

  it("tells the prompt's real length when the server does", async () => {
    reset({ fault: "overflow" });
    const error = await failure(chat());
    assert.ok(error instanceof ContextOverflowError);
    assert.equal(error.promptTokens, 4296);
  });

  it("waits for a model that loads for long, while the server is alive", async () => {
    reset({ startDelayMs: 400 });
    assert.equal(textOf(await chat()), plain.answer);
    const looks = fake.requests.filter(({ path }) => path === "/api/version").length;
    assert.ok(looks >= 3, `${looks} looks`);
  });

  it("gives up on a server that stops answering while it prepares", async () => {
    reset({ fault: "hang-before-headers" });
    const pending = failure(chat());
    while (prompts() === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    fake.set({ fault: "hang-everything" });
    assert.match((await pending).message, /sent nothing/);
  });

  it("is cancelled while it prepares and while it streams, and closes the connection", async () => {
    for (const options of [{ fault: "hang-before-headers" as const }, { tokenDelayMs: 20 }]) {
      fake.requests.length = 0;
      reset(options);
      const controller = new AbortController();
      const pending = failure(chat("qwen3:4b", controller.signal));
      while (prompts() === 0) await new Promise((resolve) => setTimeout(resolve, 5));
      controller.abort();
      assert.equal((await pending).code, "cancelled");
      const request = fake.requests.find(({ path }) => path === "/api/chat");
      while (!request?.aborted) await new Promise((resolve) => setTimeout(resolve, 5));
    }
  });

  it("closes the connection when the reader leaves", async () => {
    reset({ tokenDelayMs: 20 });
    for await (const event of stream()) {
      if (event.type === "text") break;
    }
    const request = fake.requests.find(({ path }) => path === "/api/chat");
    while (!request?.aborted) await new Promise((resolve) => setTimeout(resolve, 5));
  });
});

describe("models that run in a cloud", () => {
  const hidden = { name: "innocent:7b", hiddenRemote: true, capabilities: ["completion"] };
  const clouds: [string, NonNullable<FakeOllamaOptions["models"]>[number], FakeOllamaOptions][] = [
    ["by its tag", { name: "gpt-oss:120b-cloud", size: 384 }, {}],
    ["by its plain tag", { name: "glm-9:cloud", size: 384 }, {}],
    ["by remote_host in the list", { name: "innocent:7b", remoteHost: "https://ollama.com:443" }, {}],
    ["by remote_model in the list", { name: "innocent:7b", remoteModel: "x", remoteHost: " " }, {}],
    ["by /api/show of a new server", hidden, {}],
    ["by /api/show of an old server", hidden, { version: "0.12.0" }],
    ["by /api/show of a very old server", hidden, { version: "0.12.0", oldTags: true }],
  ];
  for (const [how, model, options] of clouds) {
    it(`are known ${how}, and get no prompt`, async () => {
      reset({ models: [model], ...options });
      await failure(chat(model.name));
      assert.equal(prompts(), 0);
      const asked = fake.requests.filter(({ body }) => /cloud/.test(body.model ?? ""));
      assert.deepEqual(asked, [], "a name that the server would send on is not even asked for");
    });
  }

  it("are listed with the reason and never picked", async () => {
    reset({
      models: [
        { name: "gpt-oss:120b-cloud", size: 384 },
        { name: "innocent:7b", remoteHost: "https://ollama.com:443", remoteModel: "gpt-oss:120b" },
      ],
    });
    const server = await ollama.server("");
    assert.equal(server.chosen, undefined);
    assert.ok(server.models.every(({ refused }) => refused !== undefined));
    assert.match((await ollama.server("innocent:7b")).detail ?? "", /not used: Runs on another server/);
  });
});

describe("embedding by the server", () => {
  const listed = {
    name: "all-minilm:latest",
    family: "bert",
    capabilities: ["embedding"],
    contextLength: 256,
  };
  const load = (name = "all-minilm"): ReturnType<typeof loadOllamaEmbedding> =>
    loadOllamaEmbedding(name, { url: fake.url, fetch: gate.fetchFor("a test") });
  const head = "The contract ends when either party gives written notice before a quarter. ".repeat(60);

  it("has another vector for the same head with another tail", async () => {
    reset({ models: [listed] });
    const model = await load();
    const texts = ["green leaves turn light into sugar", "banks raise their interest rates"];
    const vectors = await model.embed(
      texts.map((tail) => head + tail),
      "passage",
    );
    assert.notDeepEqual(vectors[0], vectors[1]);
    assert.match(model.note ?? "", /256 tokens/);
    // The same server, asked as it is by default, cuts off both tails.
    const body = JSON.stringify({ model: "all-minilm", input: texts.map((tail) => head + tail) });
    const answer = await fetch(`${fake.url}/api/embed`, { method: "POST", body });
    const { embeddings } = (await answer.json()) as { embeddings: number[][] };
    assert.deepEqual(embeddings[0], embeddings[1]);
  });

  it("ends with a sentence for a model that is not there or does not embed", async () => {
    reset();
    assert.match((await failure(load("bge-m3"))).message, /not installed/);
    assert.match((await failure(load("qwen3:4b"))).message, /does not embed/);
  });
});
