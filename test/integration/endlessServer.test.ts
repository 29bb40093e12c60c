import assert from "node:assert/strict";
import { test } from "node:test";
import type { ChatClient, ChatClientOptions, ChatEvent } from "../../models/chat/chatClient.ts";
import { createOllama } from "../../models/chat/ollama/server.ts";
import { createGate } from "../../models/egress/gate.ts";
import { loadOllamaEmbedding } from "../../models/embedding/ollama.ts";
import { CarrelError } from "../../protocol/channel.ts";
import { fake, isCut } from "../support/sharedOllama.ts";

/** Long where a limit is not what is tested, so that a slow machine fails nothing. */
const patient = { lookMs: 60_000, idleMs: 60_000, aliveMs: 50, startMs: 60_000, answerMs: 60_000 };

function fetch(): ChatClientOptions["fetch"] {
  return createGate({ allowedHosts: [] }).fetchFor("a test");
}

function client(limits: Partial<ChatClientOptions> = {}): ChatClient {
  return createOllama({ url: fake.url, fetch: fetch(), ...patient, ...limits });
}

async function answer(from: ChatClient): Promise<ChatEvent[]> {
  const events: ChatEvent[] = [];
  const messages = [{ role: "user" as const, content: "Say something." }];
  const { signal } = new AbortController();
  const request = {
    model: "qwen3:4b",
    facts: await from.inspect("qwen3:4b"),
    messages,
    promptTokens: 10,
    contextTokens: 4096,
    maxTokens: 10,
    thoughtTokens: 0,
    signal,
  };
  for await (const event of from.chat(request)) events.push(event);
  return events;
}

function says(message: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof CarrelError, String(error));
    assert.match(error.message, message);
    assert.notEqual(error.remedy, "");
    return true;
  };
}

test("a server that lives but never begins its answer is given up", async () => {
  fake.set({ fault: "hang-before-headers" });
  await assert.rejects(answer(client({ startMs: 300 })), says(/sent nothing/));
  await isCut("/api/chat");
});

test("an answer that goes on far beyond what was asked for is given up", async () => {
  fake.set({ fault: "endless-answer" });
  await assert.rejects(answer(client()), says(/did not end its answer/));
  await isCut("/api/chat");
});

test("an answer that sends signs of life and nothing else is given up", async () => {
  fake.set({ fault: "endless-blanks" });
  await assert.rejects(answer(client({ answerMs: 500 })), says(/did not end its answer/));
  await isCut("/api/chat");
});

test("an error that never ends is read as far as it says something", async () => {
  fake.set({ fault: "endless-error" });
  await assert.rejects(answer(client()), says(/no more/));
  await isCut("/api/chat");
});

test("an answer to a simple question that never ends is not kept in memory", async () => {
  fake.set({ fault: "endless-version" });
  const { state } = await client().server("");
  assert.equal(state, "unknown-server");
  await isCut("/api/version");
});

test("an embedding model is not waited for without end", async () => {
  const options = { url: fake.url, fetch: fetch() };
  fake.set({ fault: "hang-everything" });
  await assert.rejects(
    loadOllamaEmbedding("nomic-embed-text", { ...options, lookMs: 300 }),
    says(/too busy/),
  );
  fake.set({ fault: "hang-in-embed" });
  const limits = { lookMs: 60_000, embedMs: 300 };
  await assert.rejects(loadOllamaEmbedding("nomic-embed-text", { ...options, ...limits }), says(/too busy/));
  await isCut("/api/embed");
});
