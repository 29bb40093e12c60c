import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import { parse } from "valibot";
import { type AskParts, type AskRequest, answerQuestion } from "../../engine/answer/asking.ts";
import { TokenRatios } from "../../engine/answer/tokenEstimate.ts";
import { createOllama } from "../../models/chat/ollama/server.ts";
import { createGate } from "../../models/egress/gate.ts";
import { type Answer, type AnswerEvent, answer as answerSchema, type Hit } from "../../protocol/data.ts";
import { failure } from "../support/failure.ts";
import type { FakeOllamaOptions, Fault } from "../support/fakeOllama.ts";
import { hitOf } from "../support/hits.ts";
import { fake, isCut } from "../support/sharedOllama.ts";

const passage = (text: string, path: string): Hit => hitOf(text, { path, endLine: 4 });
const library = [
  passage(
    "The lamp burns all night. Either side may end the contract with thirty days' written notice.",
    "lease.md",
  ),
  passage(
    "Holidays are granted by the team lead. Each employee has 28 days of holiday a year.",
    "handbook.md",
  ),
];

let searches: string[] = [];

beforeEach(() => {
  searches = [];
});

const gateFetch = () => createGate({ allowedHosts: [] }).fetchFor("answer a question");

interface Story {
  readonly answer: Answer;
  readonly events: AnswerEvent[];
}

async function ask(
  request: Partial<AskRequest>,
  options: FakeOllamaOptions = {},
  parts: Partial<AskParts> = {},
  signal = new AbortController().signal,
  onEvent: (event: AnswerEvent) => void = () => undefined,
): Promise<Story> {
  const clean = {
    fault: undefined,
    answer: undefined,
    models: undefined,
    tokenDelayMs: undefined,
    thinking: undefined,
  };
  fake.set({ ...clean, ...options } as FakeOllamaOptions);
  const hangs = options.fault?.startsWith("hang") ?? false;
  const chat = createOllama({
    url: fake.url,
    fetch: gateFetch(),
    memoryBytes: 16e9,
    lookMs: hangs ? 1_000 : 20_000,
    idleMs: hangs ? 500 : 20_000,
    aliveMs: 100,
  });
  const events: AnswerEvent[] = [];
  const answer = await answerQuestion(
    { question: "How many days of holiday does an employee have?", history: [], ...request },
    {
      search: async (query, k) => {
        searches.push(query);
        return library.slice(0, k);
      },
      chat,
      chatModel: "",
      ratios: new TokenRatios(),
      memoryBytes: 16e9,
      searched: () => "2 files in 1 folder",
      ...parts,
    },
    {
      signal,
      progress: (event) => {
        events.push(event);
        onEvent(event);
      },
    },
  );
  // What leaves the engine must pass the protocol's own check.
  assert.deepEqual(parse(answerSchema, answer), answer);
  return { answer, events };
}

const stages = ({ events }: Story): string[] =>
  events.flatMap((event) =>
    event.type === "stage" ? [event.stage] : event.type === "passages" ? ["(passages)"] : [],
  );
const streamed = ({ events }: Story): string =>
  events.map((event) => (event.type === "text" ? event.text : "")).join("");
const thoughts = ({ events }: Story): string =>
  events.map((event) => (event.type === "thought" ? event.text : "")).join("");

describe("asking a question", () => {
  it("searches, streams an answer, and checks its citations", async () => {
    const story = await ask({});
    const { answer } = story;
    assert.ok(answer.written);
    assert.equal(answer.text, "Each employee has 28 days of holiday a year [2].");
    assert.equal(streamed(story), answer.text);
    assert.deepEqual(
      answer.sentences.map(({ verdict, cites }) => [verdict, cites]),
      [["supported", [2]]],
    );
    assert.deepEqual(stages(story), ["searching", "(passages)", "loading-model", "writing", "checking"]);
    assert.equal(answer.model, "qwen3:4b");
    assert.equal(answer.notice, undefined);
    assert.equal(answer.context?.contextWindow, 4096);
    assert.equal(answer.context?.passagesUsed, 2);
    assert.ok((answer.context?.promptTokens ?? 0) > 100);
    assert.ok((answer.timings.firstTokenMs ?? 0) > 0);
    const marked = answer.passages[1];
    assert.deepEqual(
      marked?.marks.map(([start, end]) => marked.text.slice(start, end)),
      ["Each employee has 28 days of holiday a year."],
    );
  });

  it("asks the server for each thing once", async () => {
    await ask({}, {}, { chat: createOllama({ url: fake.url, fetch: gateFetch(), memoryBytes: 16e9 }) });
    const paths = fake.requests.map(({ path }) => path.replace("/api/", ""));
    assert.deepEqual(paths.sort(), ["chat", "ps", "show", "status", "tags", "version"]);
  });

  it("does not load the model anew for the next question", async () => {
    await ask({});
    assert.ok(!stages(await ask({})).includes("loading-model"));
  });

  it("flags a sentence that its passage contradicts", async () => {
    const { answer } = await ask({}, { answer: "Each employee has 35 days of holiday [2]." });
    assert.deepEqual(answer.sentences[0]?.differences, [
      { kind: "number", said: "35 days", source: "28 days" },
    ]);
    assert.equal(answer.sentences[0]?.verdict, "contradicted");
  });

  it("says when the passages hardly match, but not of the files as a whole or of a selection", async () => {
    const found = (score: number) => ({ search: async () => library.map((one) => ({ ...one, score })) });
    assert.equal((await ask({}, {}, found(0.25))).answer.weak, true);
    assert.equal((await ask({}, {}, found(0.8))).answer.weak, undefined);
    const about = await ask({ question: "What is in this workspace?" }, {}, found(0.25));
    assert.equal(about.answer.weak, undefined);
    const selection = { path: "a.py", language: "python", startLine: 1, endLine: 1, text: "print(42)" };
    assert.equal((await ask({ selection }, {}, found(0.25))).answer.weak, undefined);
  });

  it("says what was searched when the model did not find it", async () => {
    const { answer } = await ask({ question: "Who invented the telescope?" });
    assert.equal(answer.text, "I did not find this in your files.");
    assert.deepEqual(answer.sentences, []);
    assert.equal(answer.notice, "Searched: 2 files in 1 folder.");
  });

  it("asks no model when nothing was found", async () => {
    const { answer } = await ask({}, {}, { search: async () => [] });
    assert.equal(answer.written, false);
    assert.match(answer.notice ?? "", /^I did not find this in your files\. Searched: 2 files/);
    assert.equal(fake.requests.length, 0);
  });

  it("explains a selection though nothing was found", async () => {
    const selection = { path: "a.py", language: "python", startLine: 1, endLine: 1, text: "print(42)" };
    const { answer } = await ask(
      { question: "Explain this", selection },
      { answer: "It calls `print` with 42." },
      { search: async () => [] },
    );
    assert.equal(answer.sentences[0]?.verdict, "supported");
    const body = fake.requests.find(({ path }) => path === "/api/chat")?.body;
    assert.match(body?.messages?.at(-1)?.content ?? "", /print\(42\)/);
  });

  it("searches for a follow-up alone and with what the question before was about", async () => {
    const { answer } = await ask({
      question: "And for managers?",
      history: [{ question: "How long is the holiday?", answer: "28 days [1]." }],
    });
    assert.deepEqual(searches, ["And for managers?", "holiday: And for managers?"]);
    assert.deepEqual(answer.searchedFor, searches);
    const body = fake.requests.find(({ path }) => path === "/api/chat")?.body;
    assert.deepEqual(
      body?.messages?.map(({ role }) => role),
      ["system", "user", "assistant", "user"],
    );
  });

  it("asks once more with what the server counted when the prompt was too long", async () => {
    const { answer } = await ask({}, { fault: "overflow-once" });
    assert.ok(answer.written);
    const contexts = fake.requests
      .filter(({ path }) => path === "/api/chat")
      .map(({ body }) => body.options?.num_ctx);
    assert.equal(contexts.length, 2);
    assert.ok((contexts[1] ?? 0) > (contexts[0] ?? 0), String(contexts));
  });

  it("says that thinking goes on, and keeps it out of the answer", async () => {
    const models = [{ name: "gpt-oss:20b", capabilities: ["completion", "thinking"] }];
    const story = await ask({}, { models, thinking: "It may be 99." });
    assert.ok(stages(story).includes("thinking"));
    assert.equal(thoughts(story), "It may be 99.");
    assert.equal(story.answer.text, "Each employee has 28 days of holiday a year [2].");
  });

  const thinker = { name: "qwq:32b", capabilities: ["completion", "thinking"], onlyThinks: true };
  it("gives thoughts a budget of their own", async () => {
    await ask({}, { models: [thinker], thinking: "It may be 99." });
    const limit = (): unknown =>
      fake.requests.findLast(({ path }) => path === "/api/chat")?.body.options?.num_predict;
    assert.equal(limit(), 1024 + 2048);
    await ask({});
    assert.equal(limit(), 1024);
  });

  it("takes thoughts back that it showed as an answer, and checks none of them", async () => {
    const models = [{ ...thinker, template: "{{ .Prompt }}" }];
    const story = await ask({}, { models, thinking: "Each employee has 99 days [2]." });
    const unsaid = story.events.findIndex(({ type }) => type === "unsaid");
    assert.match(streamed({ ...story, events: story.events.slice(0, unsaid) }), /99 days/);
    assert.equal(story.answer.text, "Each employee has 28 days of holiday a year [2].");
    assert.equal(streamed({ ...story, events: story.events.slice(unsaid) }), story.answer.text);
    assert.equal(story.answer.sentences.length, 1);
  });

  it("says so when a model used up its answer for thoughts, or only thought", async () => {
    const endless = await ask({}, { models: [thinker], thinking: "Hm, again. ".repeat(3000) });
    assert.equal(endless.answer.written, false);
    assert.match(endless.answer.notice ?? "", /^There is no written answer: .*thoughts used up.*instruct/);
    assert.equal(endless.answer.passages.length, 2);
    const silent = await ask({}, { models: [thinker], thinking: "Hm.", answer: "" });
    assert.match(silent.answer.notice ?? "", /^There is no written answer: .*wrote no answer.*instruct/);
  });
});

describe("a question without a written answer", () => {
  const unwritten: [string, Partial<AskRequest>, FakeOllamaOptions, Partial<AskParts>, RegExp][] = [
    ["when no model is wanted", { model: "" }, {}, {}, /No model was asked/],
    ["when no model is installed", {}, { models: [] }, {}, /ollama pull/],
    [
      "when the chosen model is not installed",
      {},
      {},
      { chatModel: "phi9" },
      /"phi9" is not installed.*ollama pull phi9/,
    ],
    [
      "when only a cloud model is there",
      {},
      { models: [{ name: "x:cloud" }] },
      {},
      /no model that can answer/,
    ],
    [
      "when the chosen model is a cloud's",
      { model: "x:cloud" },
      { models: [{ name: "x:cloud" }] },
      {},
      /cloud/,
    ],
  ];
  for (const [when, request, options, parts, notice] of unwritten) {
    it(`gives the passages and says why, ${when}`, async () => {
      const { answer } = await ask(request, options, parts);
      assert.equal(answer.written, false);
      assert.equal(answer.text, "");
      assert.equal(answer.passages.length, 2);
      assert.match(answer.notice ?? "", notice);
      assert.ok(!fake.requests.some(({ path }) => path === "/api/chat"));
    });
  }

  it("gives the passages when no server runs, and says how to get one", async () => {
    const chat = createOllama({
      url: "http://127.0.0.1:1",
      fetch: gateFetch(),
    });
    const { answer } = await ask({}, {}, { chat });
    assert.equal(answer.written, false);
    assert.equal(answer.passages.length, 2);
    assert.match(answer.notice ?? "", /No model server answers.*install it from ollama\.com.*ollama pull/);
  });

  const faults: [Fault, boolean, RegExp][] = [
    ["cut-stream", true, /not complete: .*broke off/],
    ["no-done", true, /not complete: .*broke off/],
    ["error-line", true, /not complete: .*error was encountered/],
    ["garbage-line", true, /not complete: .*not Ollama's protocol/],
    ["hang-in-stream", true, /not complete: .*sent nothing/],
    ["model-404", false, /no written answer: .*not installed/],
    ["busy-503", false, /no written answer: .*too busy/],
    ["error-500", false, /no written answer: .*terminated/],
    ["no-memory", false, /no written answer: .*not enough memory/],
    ["remote-in-response", false, /no written answer: .*cloud/],
    ["overflow", false, /no written answer: .*longer than/],
    ["hang-everything", false, /no written answer: .*too busy/],
    ["not-ollama-json", false, /no written answer: .*not Ollama/],
    ["not-ollama-html", false, /no written answer: .*not Ollama/],
    ["no-http", false, /no written answer: .*not Ollama/],
    ["redirect", false, /no written answer: .*203\.0\.113\.9/],
  ];
  for (const [fault, partly, notice] of faults) {
    it(`keeps the passages${partly ? " and what was written" : ""} when the fault is ${fault}`, async () => {
      const { answer } = await ask({}, { fault });
      assert.equal(answer.written, partly);
      assert.equal(answer.incomplete, partly ? true : undefined);
      assert.equal(answer.passages.length, 2);
      assert.match(answer.notice ?? "", notice);
    });
  }
});

it("marks in a cited passage what supports the answer, and in others what matches the question", async () => {
  const { answer } = await ask(
    { question: "When may the contract end, and what about holidays?" },
    { answer: "Thirty days' written notice is needed on either side [1]." },
  );
  const marked = answer.passages.map(({ text, marks }) =>
    marks.map(([start, end]) => text.slice(start, end)),
  );
  assert.equal(answer.sentences[0]?.verdict, "supported");
  assert.deepEqual(marked[0], ["Either side may end the contract with thirty days' written notice."]);
  assert.ok(marked[1]?.includes("Holidays are granted by the team lead."));

  const lamp = await ask(
    { question: "When may the contract end?" },
    { answer: "The lamp burns all night [1]." },
  );
  const [passageWithLamp] = lamp.answer.passages;
  assert.deepEqual(
    passageWithLamp?.marks.map(([start, end]) => passageWithLamp.text.slice(start, end)),
    ["The lamp burns all night."],
  );
});

describe("cancelling a question", () => {
  const cancelledBy = async (
    when: (event: AnswerEvent) => boolean,
    options: FakeOllamaOptions = {},
  ): Promise<void> => {
    const controller = new AbortController();
    const asked = ask({}, options, {}, controller.signal, (event) => {
      if (when(event)) controller.abort();
    });
    assert.equal((await failure(asked)).code, "cancelled");
  };

  it("works before the search has ended", () =>
    cancelledBy((event) => event.type === "stage" && event.stage === "searching"));
  it("works before a model is asked", async () => {
    await cancelledBy((event) => event.type === "passages");
    assert.ok(!fake.requests.some(({ path }) => path === "/api/chat"));
  });
  it("works while the model is loading", () =>
    cancelledBy((event) => event.type === "stage" && event.stage !== "searching", {
      fault: "hang-before-headers",
    }));
  it("works while the answer streams, and ends the server's work", async () => {
    await cancelledBy((event) => event.type === "text", { tokenDelayMs: 20 });
    await isCut();
  });
});
