import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { ContextOverflowError } from "../../models/chat/errors.ts";
import { serverError } from "../../models/chat/openai/openaiErrors.ts";
import { failure } from "../support/failure.ts";
import { startFakeOpenai } from "../support/fakeOpenai.ts";
import type { OpenaiFault } from "../support/fakeOpenaiFaults.ts";
import { chat, client, fake, isCut, model, prompts, reset, said, stream } from "../support/openaiClient.ts";
import { eventually } from "../support/workspace.ts";

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
    await eventually("the question", async () =>
      own.requests.some(({ path }) => path === "/v1/chat/completions"),
    );
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
