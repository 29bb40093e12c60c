import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { pullCommand, recommendedModel } from "../../models/chat/ollama/recommended.ts";
import { createOllama } from "../../models/chat/ollama/server.ts";
import { loadOllamaEmbedding } from "../../models/embedding/ollama.ts";
import { failure } from "../support/failure.ts";
import type { FakeOllamaOptions, Fault } from "../support/fakeOllama.ts";
import { chat, gate, ollama, prompts, reset } from "../support/ollamaClient.ts";
import { fake } from "../support/sharedOllama.ts";

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
    assert.deepEqual(
      server.models.map(({ name, refused }) => [name, refused !== undefined]),
      [
        ["gpt-oss:120b-cloud", true],
        ["innocent:7b", true],
      ],
    );
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
