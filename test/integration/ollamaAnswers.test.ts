import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ContextOverflowError } from "../../models/chat/errors.ts";
import { serverError } from "../../models/chat/ollama/ollamaErrors.ts";
import { failure } from "../support/failure.ts";
import type { Fault } from "../support/fakeOllama.ts";
import { chat, messages, ollama, plain, reset, stream, textOf, thoughtsOf } from "../support/ollamaClient.ts";
import { fake, isAsked, isCut } from "../support/sharedOllama.ts";

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
    await isAsked();
    fake.set({ fault: "hang-everything" });
    assert.match((await pending).message, /sent nothing/);
  });

  it("is cancelled while it prepares and while it streams, and closes the connection", async () => {
    for (const options of [{ fault: "hang-before-headers" as const }, { tokenDelayMs: 20 }]) {
      fake.requests.length = 0;
      reset(options);
      const controller = new AbortController();
      const pending = failure(chat("qwen3:4b", controller.signal));
      await isAsked();
      controller.abort();
      assert.equal((await pending).code, "cancelled");
      await isCut();
    }
  });

  it("closes the connection when the reader leaves", async () => {
    reset({ tokenDelayMs: 20 });
    for await (const event of stream()) {
      if (event.type === "text") break;
    }
    await isCut();
  });
});
