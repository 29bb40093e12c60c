import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ChatClient, ChatEvent, ModelFacts } from "../../models/chat/chatClient.ts";
import { cancelled } from "../../models/chat/errors.ts";
import { joinServers, type Member } from "../../models/chat/severalServers.ts";
import { createChatClient, keyFor } from "../../models/chatServers.ts";
import { CarrelError } from "../../protocol/channel.ts";
import type { ChatServer } from "../../protocol/data.ts";

const facts: ModelFacts = {
  name: "x",
  sizeBytes: 0,
  contextLength: undefined,
  bytesPerToken: undefined,
  thinking: "never",
  loadedContext: undefined,
};

/** A server at `url` with these models; without any it is down. `silent` ones never answer. */
function server(url: string, models: readonly string[], isSilent = false) {
  const asked: string[] = [];
  const client: ChatClient = {
    url,
    async server(chosen, signal): Promise<ChatServer> {
      asked.push(`look ${chosen}`);
      if (isSilent)
        return await new Promise((_, reject) => signal?.addEventListener("abort", () => reject(cancelled())));
      const listed = models.map((name) => ({ name, sizeBytes: 0, embeds: name.includes("embed") }));
      if (models.length === 0)
        return { url, state: "down", models: [], detail: `Nothing at ${url}.`, remedy: "Start it." };
      const found = chosen === "" ? models[0] : models.find((name) => name === chosen);
      const missing = { detail: `No ${chosen}.`, remedy: "Choose another." };
      return { url, state: "ready", models: listed, ...(found === undefined ? missing : { chosen: found }) };
    },
    async inspect(model) {
      asked.push(`inspect ${model}`);
      return facts;
    },
    async *chat({ model }): AsyncGenerator<ChatEvent> {
      asked.push(`chat ${model}`);
      yield { type: "done", promptTokens: 1, answerTokens: 1, cut: false };
    },
  };
  return { client, asked };
}

const first = { prefix: "", embeddingPrefix: "first:", setting: "first.url" };
const second = { prefix: "two:", embeddingPrefix: "two:", setting: "second.url" };

function join(one: ChatClient, other: ChatClient | undefined): ChatClient {
  const members: [Member & { client: ChatClient }, Member] = [
    { ...first, client: one },
    { ...second, client: other },
  ];
  return joinServers(members);
}

const here = "http://127.0.0.1:1";
const besides = "http://localhost:2";
const away = "http://192.168.1.20:8000";

describe("several model servers", () => {
  it("are one list, in which each name has one server", async () => {
    const joined = join(server(here, ["a", "embed"]).client, server(besides, ["a"]).client);
    const { models, chosen, url, others } = await joined.server("");
    assert.deepEqual(
      models.map(({ name, server, embedsAs }) => [name, server, embedsAs]),
      [
        ["a", here, undefined],
        ["embed", here, "first:embed"],
        ["two:a", besides, undefined],
      ],
    );
    assert.deepEqual([chosen, url], ["a", here]);
    assert.deepEqual(
      others?.map((one) => [one.url, one.state]),
      [[besides, "ready"]],
    );
  });

  it("are asked by their own names for their models", async () => {
    const one = server(here, ["a"]);
    const other = server(besides, ["a"]);
    const joined = join(one.client, other.client);
    assert.equal((await joined.server("two:a")).chosen, "two:a");
    await joined.inspect("two:a");
    const lengths = { promptTokens: 1, contextTokens: 1, maxTokens: 1, thoughtTokens: 0 };
    const { signal } = new AbortController();
    for await (const _ of joined.chat({ model: "two:a", facts, messages: [], ...lengths, signal })) void _;
    assert.deepEqual(other.asked, ["look a", "inspect a", "chat a"]);
    assert.deepEqual(one.asked, ["look "]);
  });

  it("stand in for each other on this machine, and say who answers", async () => {
    const joined = join(server(here, []).client, server(besides, ["a"]).client);
    const { state, chosen, url, others } = await joined.server("");
    assert.deepEqual([state, chosen, url], ["ready", "two:a", besides]);
    assert.equal(others?.[0]?.detail, `Nothing at ${here}.`);
  });

  it("do not stand in for a model that was chosen", async () => {
    const joined = join(server(here, []).client, server(besides, ["a"]).client);
    const down = await joined.server("a");
    assert.deepEqual([down.state, down.chosen, down.url], ["down", undefined, here]);
    const missing = await joined.server("two:b");
    assert.deepEqual([missing.chosen, missing.detail], [undefined, "No b."]);
  });

  it("elsewhere are never a fallback, and wear a label", async () => {
    const joined = join(server(here, []).client, server(away, ["a"]).client);
    const unchosen = await joined.server("");
    assert.deepEqual([unchosen.state, unchosen.chosen, unchosen.away], ["down", undefined, undefined]);
    assert.match(unchosen.detail ?? "", /192\.168\.1\.20:8000 is not this machine/);
    assert.equal(unchosen.models[0]?.away, "192.168.1.20");
    const chosen = await joined.server("two:a");
    assert.deepEqual([chosen.chosen, chosen.away], ["two:a", "192.168.1.20"]);
    // The other way round too.
    const turned = await join(server(away, ["a"]).client, server(here, []).client).server("");
    assert.equal(turned.chosen, undefined);
  });

  it("elsewhere are used where a person has set up no other", async () => {
    const { chosen, away: host } = await join(server(away, ["a"]).client, undefined).server("");
    assert.deepEqual([chosen, host], ["a", "192.168.1.20"]);
  });

  it("that are silent hold up nobody who does not need them", async () => {
    const silent = server(away, ["a"], true);
    const joined = join(server(here, ["a"]).client, silent.client);
    const { chosen, others } = await joined.server("");
    assert.equal(chosen, "a");
    assert.match(others?.[0]?.detail ?? "", /did not answer in time/);
  });

  it("stop looking when the question is cancelled", async () => {
    const stop = new AbortController();
    const looking = join(server(here, [], true).client, undefined).server("", stop.signal);
    stop.abort();
    await assert.rejects(looking, { code: "cancelled" });
  });

  it("that are not set up are named", async () => {
    const joined = join(server(here, ["a"]).client, undefined);
    const { chosen, detail, remedy } = await joined.server("two:a");
    assert.equal(chosen, undefined);
    assert.match(detail ?? "", /No server is set up for the model "two:a"/);
    assert.match(remedy ?? "", /second\.url/);
    await assert.rejects(joined.inspect("two:a"), CarrelError);
  });
});

describe("the key of a server", () => {
  const keys = [{ url: "http://127.0.0.1:8080/v1", key: "secret" }];

  it("belongs to scheme, host and port", () => {
    assert.equal(keyFor("http://127.0.0.1:8080", keys), "secret");
    assert.equal(keyFor("127.0.0.1:8080/", keys), "secret");
    for (const other of [
      "http://127.0.0.1:8081",
      "https://127.0.0.1:8080",
      "http://evil.example:8080",
      "",
      "::",
    ])
      assert.equal(keyFor(other, keys), undefined, other);
  });

  it("goes to no other server that is set up", async () => {
    const seen: [string, string | null][] = [];
    const fetch = (async (input, init) => {
      const { host } = new URL(String(input));
      seen.push([host, new Headers(init?.headers).get("authorization")]);
      return Response.json({}, { status: 500 });
    }) as typeof globalThis.fetch;
    const settings = { modelServerUrl: "http://127.0.0.1:11434", openaiUrl: "http://127.0.0.1:8080" };
    await createChatClient(settings, { fetch }, keys).server("");
    assert.deepEqual(
      seen.filter(([, key]) => key !== null),
      [["127.0.0.1:8080", "Bearer secret"]],
    );
    assert.ok(seen.some(([host]) => host === "127.0.0.1:11434"));
  });
});
