import assert from "node:assert/strict";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, test } from "node:test";
import type { ChatClient, ChatClientOptions, ChatEvent } from "../../models/chat/chatClient.ts";
import { createOllama } from "../../models/chat/ollama/server.ts";
import { createOpenai } from "../../models/chat/openai/openaiServer.ts";
import { createGate } from "../../models/egress/gate.ts";

/* Servers that behave as none of the stand-ins do. */

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener);
  const own = server;
  await new Promise<void>((resolve) => own.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(own.address() as AddressInfo).port}`;
}

function optionsFor(url: string): ChatClientOptions {
  const fetch = createGate({ allowedHosts: [] }).fetchFor("a test");
  return { url, fetch, memoryBytes: 16e9, lookMs: 20_000, idleMs: 20_000, startMs: 20_000 };
}

function answers(body: unknown): string {
  return JSON.stringify(body);
}

async function ask(client: ChatClient, model: string): Promise<ChatEvent[]> {
  const { signal } = new AbortController();
  const facts = await client.inspect(model, signal);
  const messages = [{ role: "user" as const, content: "Say something." }];
  const lengths = { promptTokens: 20, contextTokens: 4096, maxTokens: 100, thoughtTokens: 0 };
  const events: ChatEvent[] = [];
  for await (const event of client.chat({ model, facts, messages, ...lengths, signal })) events.push(event);
  return events;
}

test("what a server says of its models in other ways than those that are known hides none of them", async () => {
  const url = await serve((request, response) => {
    const odd = [
      { id: "one", status: "downloaded" },
      { id: "two", meta: { n_ctx: "4096" }, owned_by: 7 },
      { id: "three", max_model_len: "8192", meta: "none" },
    ];
    if (request.url === "/v1/models") response.end(answers({ object: "list", data: odd }));
    else response.writeHead(404).end("{}");
  });
  const { state, models, detail } = await createOpenai(optionsFor(url)).server("");
  assert.equal(state, "ready", detail);
  assert.deepEqual(
    models.map(({ name }) => name),
    ["one", "two", "three"],
  );
});

test("a model that writes an empty thought is told not to think the next time too", async () => {
  const sent: { chat_template_kwargs?: unknown }[] = [];
  const url = await serve((request, response) => {
    let body = "";
    request.on("data", (piece) => {
      body += String(piece);
    });
    request.on("end", () => {
      if (request.url === "/v1/models")
        return response.end(answers({ data: [{ id: "qwen3-4b", owned_by: "vllm", max_model_len: 4096 }] }));
      if (request.url !== "/v1/chat/completions") return response.writeHead(404).end("{}");
      sent.push(JSON.parse(body));
      const pieces = ["<think>\n\n</think>\n\n", "Yes."].map((content) =>
        answers({ choices: [{ delta: { content }, finish_reason: null }] }),
      );
      const end = answers({ choices: [{ delta: {}, finish_reason: "stop" }] });
      response.writeHead(200, { "content-type": "text/event-stream" });
      return response.end([...pieces, end, "[DONE]"].map((data) => `data: ${data}\n\n`).join(""));
    });
  });
  const client = createOpenai(optionsFor(url));
  for (let time = 0; time < 2; time++) {
    const events = await ask(client, "qwen3-4b");
    assert.equal(events.map((event) => (event.type === "text" ? event.text : "")).join(""), "Yes.");
  }
  assert.deepEqual(
    sent.map((body) => body.chat_template_kwargs),
    [{ enable_thinking: false }, { enable_thinking: false }],
  );
});

test("a server is asked for all its models at once, so that a slow one is waited for once", async () => {
  const names = ["a:1b", "b:1b", "c:1b"];
  const waiting: (() => void)[] = [];
  const url = await serve((request, response) => {
    const say = (body: unknown): void => void response.end(answers(body));
    if (request.url === "/api/version") return say({ version: "0.35.0" });
    if (request.url === "/api/tags")
      return say({ models: names.map((name) => ({ name, size: 1e9, digest: name })) });
    if (request.url !== "/api/show") return response.writeHead(404).end("{}");
    // None is told of before all have been asked for.
    waiting.push(() => say({ capabilities: ["completion"] }));
    if (waiting.length === names.length) for (const tell of waiting) tell();
    return response;
  });
  const { models } = await createOllama({ ...optionsFor(url), lookMs: 2_000 }).server("");
  assert.deepEqual(
    models.map(({ name, refused }) => [name, refused]),
    names.map((name) => [name, undefined]),
  );
});

test("an answer of endless lines is given up before it fills the memory", async () => {
  let written = 0;
  const content = "x".repeat(1_000_000);
  const url = await serve((request, response) => {
    if (request.url === "/v1/models") return response.end(answers({ data: [{ id: "one" }] }));
    if (request.url !== "/v1/chat/completions") return response.writeHead(404).end("{}");
    response.writeHead(200, { "content-type": "text/event-stream" });
    const more = (): void => {
      written++;
      if (response.destroyed || written > 300) response.end();
      else response.write(`data: ${answers({ choices: [{ delta: { content } }] })}\n\n`, () => more());
    };
    more();
    return response;
  });
  await assert.rejects(ask(createOpenai(optionsFor(url)), "one"), /did not end its answer/);
  assert.ok(written < 300, "the connection was closed");
});
