import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { loadOpenaiEmbedding } from "../../models/embedding/openaiEmbedding.ts";
import { failure } from "../support/failure.ts";
import { startFakeOpenai } from "../support/fakeOpenai.ts";
import type { FakeDialect, OpenaiFault } from "../support/fakeOpenaiFaults.ts";
import {
  chat,
  client,
  fake,
  gate,
  isCut,
  model,
  prompts,
  reset,
  said,
  secret,
} from "../support/openaiClient.ts";

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
