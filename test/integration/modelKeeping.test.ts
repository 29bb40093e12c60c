import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { keepingModels } from "../../engine/modelKeeping.ts";
import type { ModelKeeper } from "../../models/chat/chatClient.ts";
import { recommendedModel } from "../../models/chat/ollama/recommended.ts";
import { createOllama } from "../../models/chat/ollama/server.ts";
import { createGate, type Gate } from "../../models/egress/gate.ts";
import { CarrelError } from "../../protocol/channel.ts";
import type { PullProgress } from "../../protocol/data.ts";
import { failure } from "../support/failure.ts";
import type { FakeOllamaOptions } from "../support/fakeOllama.ts";
import { fake, isCut } from "../support/sharedOllama.ts";

let gate: Gate;
let keeper: ModelKeeper;

beforeEach(() => reset());

function reset(options: FakeOllamaOptions = {}): void {
  const clean = { models: undefined, fault: undefined, tokenDelayMs: undefined, sizesUnknown: undefined };
  fake.set({ ...clean, ...options } as FakeOllamaOptions);
  gate = createGate({ allowedHosts: [] });
  const client = createOllama({
    url: fake.url,
    fetch: gate.fetchFor("a model"),
    lookMs: 20_000,
    aliveMs: 50,
  });
  assert.ok(client.keeper);
  keeper = client.keeper;
}

interface Pulled {
  readonly name?: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: PullProgress) => void;
}

function pull({ name = "phi9:3b", signal = new AbortController().signal, onProgress }: Pulled = {}) {
  return keeper.pull(name, { signal, progress: onProgress ?? (() => undefined) });
}

const asked = (path: string): number => fake.requests.filter((one) => one.path === path).length;

/** Cancels a download when it has come this far. */
async function pullUntil(share: number): Promise<PullProgress[]> {
  const seen: PullProgress[] = [];
  const controller = new AbortController();
  const error = await failure(
    pull({
      signal: controller.signal,
      onProgress(progress) {
        seen.push(progress);
        if (progress.totalBytes > 0 && progress.doneBytes >= share * progress.totalBytes) controller.abort();
      },
    }),
  );
  assert.equal(error.code, "cancelled");
  return seen;
}

describe("what downloading a model means", () => {
  it("says from where, and how large it is where that is known", () => {
    assert.deepEqual(keeper.offer(recommendedModel.name), {
      name: recommendedModel.name,
      from: "registry.ollama.ai",
      sizeBytes: recommendedModel.bytes,
    });
    assert.deepEqual(keeper.offer(" someone/phi9 "), {
      name: "someone/phi9",
      from: "registry.ollama.ai",
      sizeBytes: 0,
    });
    assert.equal(keeper.offer("hf.co/someone/phi9-GGUF:Q4_K_M").from, "hf.co");
    assert.equal(keeper.offer("models.office:5000/team/phi9").from, "models.office:5000");
    assert.equal(asked("/api/pull"), 0);
  });

  for (const name of [
    "phi9:cloud",
    "gpt-oss:120b-cloud",
    "",
    "../x",
    "http://evil.example/a/b",
    "a b",
    "a/b/c/d",
  ]) {
    it(`is refused for ${JSON.stringify(name)}, before anything is asked`, async () => {
      assert.throws(() => keeper.offer(name), CarrelError);
      const { remedy } = await failure(pull({ name }));
      assert.notEqual(remedy, "");
      assert.equal(fake.requests.length, 0);
    });
  }
});

describe("downloading a model", () => {
  it("tells how much of all parts has come, and ends with the model", async () => {
    const seen: PullProgress[] = [];
    const model = await pull({ onProgress: (progress) => seen.push(progress) });
    assert.equal(model.name, "phi9:3b");
    assert.deepEqual(seen[0], { stage: "asking", doneBytes: 0, totalBytes: 0 });
    const done = seen.map(({ doneBytes }) => doneBytes);
    assert.deepEqual(
      done,
      done.toSorted((a, b) => a - b),
    );
    const last = { stage: "checking", doneBytes: 2_000_001_000, totalBytes: 2_000_001_000 };
    assert.deepEqual(seen.at(-1), last);
    assert.ok((await keeper.look()).models.some(({ name }) => name === "phi9:3b"));
  });

  it("opens no connection but to the server", async () => {
    await pull();
    const places = new Set(gate.connections().map(({ host, port }) => `${host}:${port}`));
    assert.deepEqual([...places], [`127.0.0.1:${fake.port}`]);
  });

  it("closes the connection when it is cancelled, and goes on from there", async () => {
    reset({ tokenDelayMs: 1 });
    await pullUntil(0.5);
    await isCut("/api/pull");
    const seen: PullProgress[] = [];
    await pull({ onProgress: (progress) => seen.push(progress) });
    const first = seen.find(({ totalBytes }) => totalBytes > 0);
    assert.ok(first && first.doneBytes >= first.totalBytes / 2, "what had come is kept");
  });

  it("may be asked for twice at once, of which one is cancelled", async () => {
    reset({ tokenDelayMs: 1 });
    const [, model] = await Promise.all([pullUntil(0.3), pull()]);
    assert.equal(model.name, "phi9:3b");
  });

  const faults: [FakeOllamaOptions["fault"], RegExp, RegExp][] = [
    ["pull-offline", /did not reach registry\.ollama\.ai.*no such host/, /internet.*HTTPS_PROXY.*goes on/],
    ["pull-refused", /did not reach registry\.ollama\.ai.*refused/, /internet/],
    ["pull-unknown", /no model "phi9:3b" at registry\.ollama\.ai/, /ollama\.com\/library/],
    ["pull-too-old", /newer Ollama/, /Update/],
    ["pull-no-space", /no room for "phi9:3b"/, /Make room.*OLLAMA_MODELS/],
    ["pull-damaged", /damaged/, /again/],
    ["pull-retries", /connection from Ollama to registry\.ollama\.ai broke.*EOF/, /goes on from there/],
    ["pull-untrusted", /does not trust/, /proxy/],
    ["pull-odd", /could not download "phi9:3b": something else\./, /log/],
    ["pull-cut", /broke off/, /goes on from what/],
    ["pull-no-success", /broke off/, /goes on from what/],
    ["pull-garbage", /not Ollama's protocol/, /carrel\.ollama\.url/],
    ["pull-cloud", /does not use it.*on this machine/, /Delete it/],
    ["not-ollama-json", /not Ollama/, /carrel\.ollama\.url/],
    ["redirect", /203\.0\.113\.9/, /model server itself/],
  ];
  for (const [fault, message, remedy] of faults) {
    it(`ends with a sentence when the fault is ${fault}`, async () => {
      reset(fault === undefined ? {} : { fault });
      const error = await failure(pull());
      assert.match(error.message, message);
      assert.match(error.remedy, remedy);
      assert.match(error.message, /[.!?…]$/);
    });
  }

  it("gives up a server that has stopped, and is cancelled while one is silent", async () => {
    reset({ fault: "pull-hang" });
    const controller = new AbortController();
    const silent = pull({
      signal: controller.signal,
      onProgress: ({ doneBytes, totalBytes }) =>
        doneBytes * 2 >= totalBytes && totalBytes > 0 && controller.abort(),
    });
    assert.equal((await failure(silent)).code, "cancelled");
    const client = createOllama({ url: fake.url, fetch: gate.fetchFor("x"), lookMs: 200, aliveMs: 50 });
    const stopping = client.keeper?.pull("phi9:3b", {
      signal: new AbortController().signal,
      progress: ({ doneBytes }) => doneBytes > 0 && fake.set({ fault: "hang-everything" }),
    });
    assert.match((await failure(stopping ?? Promise.resolve())).message, /broke off/);
  });

  it("says that nobody is there when nobody is", async () => {
    const client = createOllama({ url: "http://127.0.0.1:1", fetch: gate.fetchFor("x") });
    const context = { signal: new AbortController().signal, progress: () => undefined };
    assert.match(
      (await failure(client.keeper?.pull("phi9:3b", context) ?? Promise.resolve())).message,
      /No model server/,
    );
  });
});

describe("what is there", () => {
  it("lists what is installed, what is in memory, and what could be got", async () => {
    await load("qwen3:4b");
    const { models, loaded, offers, url, product, away } = await keeper.look();
    assert.deepEqual(
      models.map(({ name }) => name),
      ["qwen3:4b", "nomic-embed-text:latest"],
    );
    assert.deepEqual([url, product, away], [fake.url, "Ollama", undefined]);
    assert.deepEqual(
      loaded.map(({ name, sizeBytes }) => [name, sizeBytes]),
      [["qwen3:4b", 3_000_000_000]],
    );
    assert.ok(loaded[0]?.until);
    assert.ok(offers.some(({ name }) => name === recommendedModel.name));
    await pull({ name: recommendedModel.name });
    assert.ok(!(await keeper.look()).offers.some(({ name }) => name === recommendedModel.name));
  });

  it("lets go of a model in memory, and of one that is not in memory without a word", async () => {
    await load("qwen3:4b");
    await keeper.unload("QWEN3:4b");
    assert.deepEqual((await keeper.look()).loaded, []);
    await keeper.unload("qwen3:4b");
    assert.equal(asked("/api/generate"), 1);
  });

  it("deletes a model, and first lets go of it", async () => {
    await load("qwen3:4b");
    await keeper.remove("qwen3:4b");
    const { models, loaded } = await keeper.look();
    assert.deepEqual(
      models.map(({ name }) => name),
      ["nomic-embed-text:latest"],
    );
    assert.deepEqual(loaded, []);
    assert.match((await failure(keeper.remove("qwen3:4b"))).message, /not installed/);
  });
});

describe("the requests", () => {
  const context = { signal: new AbortController().signal, progress: () => undefined };
  it("do nothing on another server than the one that a person was shown", async () => {
    const requests = keepingModels(() => keeper);
    const elsewhere = { name: "qwen3:4b", url: "http://127.0.0.1:1" };
    for (const name of ["pullModel", "deleteModel", "unloadModel"] as const) {
      const work = Promise.resolve().then(() => requests[name](elsewhere, context));
      assert.match((await failure(work)).message, /Nothing was done/);
    }
    assert.equal(fake.requests.length, 0);
    await requests.deleteModel({ name: "qwen3:4b", url: fake.url }, context);
    assert.equal(asked("/api/delete"), 1);
  });

  it("say so where the server can't be told to", async () => {
    const requests = keepingModels(() => undefined);
    const work = Promise.resolve().then(() => requests.modelStore({}, context));
    assert.match((await failure(work)).message, /can't be told/);
  });
});

async function load(model: string): Promise<void> {
  const messages = [{ role: "user", content: "Say something." }];
  const body = JSON.stringify({ model, messages });
  await (await fetch(`${fake.url}/api/chat`, { method: "POST", body })).text();
}
