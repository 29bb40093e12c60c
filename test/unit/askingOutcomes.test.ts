import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type AskParts, type AskRequest, answerQuestion } from "../../engine/answer/asking.ts";
import { buildPrompt, inert, largestContext, passageBlock } from "../../engine/answer/prompt.ts";
import { ReadingSpeed } from "../../engine/answer/promptPace.ts";
import { TokenRatios } from "../../engine/answer/tokenEstimate.ts";
import type { ChatEvent } from "../../models/chat/chatClient.ts";
import { ContextOverflowError } from "../../models/chat/errors.ts";
import type { Answer, AnswerEvent, Hit, Selection } from "../../protocol/data.ts";
import { hitOf } from "../support/hits.ts";
import { OtherServer } from "../support/otherServer.ts";

const lease = hitOf(
  "Either side may end the contract with thirty days' written notice. Dogs bark at night.",
  {
    path: "lease.md",
  },
);
const text = (written: string): ChatEvent => ({ type: "text", text: written });
const done: ChatEvent = { type: "done", promptTokens: 300, answerTokens: 12, cut: false };
const says = (written: string) => new OtherServer(() => [text(written), done]);
const selection: Selection = {
  path: "a.py",
  language: "python",
  startLine: 1,
  endLine: 2,
  text: "Cats sleep all day.",
};

async function ask(
  chat: OtherServer,
  { found = [lease], ...request }: Partial<AskRequest> & { found?: readonly Hit[] } = {},
  parts: Partial<AskParts> = {},
): Promise<{ answer: Answer; events: AnswerEvent[]; stages: string[] }> {
  const events: AnswerEvent[] = [];
  const answer = await answerQuestion(
    { question: "How long is the notice?", history: [], ...request },
    { search: async () => found, chat, chatModel: "", ratios: new TokenRatios(), memoryBytes: 8e9, ...parts },
    { signal: new AbortController().signal, progress: (event) => events.push(event) },
  );
  const stages = events.flatMap((event) => (event.type === "stage" ? [event.stage] : [event.type]));
  return { answer, events, stages };
}

describe("a question", () => {
  it("goes through its stages in order", async () => {
    const { stages, answer } = await ask(says("Thirty days [1]."));
    assert.deepEqual(stages, ["searching", "passages", "loading-model", "writing", "text", "checking"]);
    assert.deepEqual(answer.server, { url: "unix:/run/model" });
    assert.deepEqual(answer.searchedFor, ["How long is the notice?"]);
    assert.ok(
      !("notice" in answer) && !("weak" in answer) && !("incomplete" in answer) && !("nearest" in answer),
    );
    assert.ok(answer.timings.searchMs >= 0 && (answer.timings.firstTokenMs ?? -1) >= answer.timings.searchMs);
    const loaded = says("Thirty days [1].");
    loaded.loadedContext = 4096;
    assert.ok((await ask(loaded)).stages.includes("thinking"));
  });

  it("says which program answered, and where it runs when that is elsewhere", async () => {
    const server = new OtherServer(() => [text("Thirty days [1]."), done], {
      product: "Other",
      away: "far.test",
    });
    assert.deepEqual((await ask(server)).answer.server, {
      product: "Other",
      url: "unix:/run/model",
      away: "far.test",
    });
  });

  it("is asked of the model of its own, or of the chosen one", async () => {
    const server = says("Thirty days [1].");
    const wanted: string[] = [];
    const plain = server.server.bind(server);
    server.server = async (...[model]: unknown[]) => {
      wanted.push(String(model));
      return plain();
    };
    await ask(server, { model: "small" });
    await ask(server, {}, { chatModel: "large" });
    assert.deepEqual(wanted, ["small", "large"]);
    const { answer } = await ask(server, { model: "" });
    assert.equal(
      answer.notice,
      "These are the passages that match best. No model was asked to write an answer.",
    );
    assert.equal(answer.passages.length, 1);
    assert.ok(!("nearest" in answer) && !("model" in answer));
    assert.equal(wanted.length, 2);
  });

  it("without a ready model has the passages, and says so", async () => {
    for (const [state, notice] of [
      [{ state: "down" }, "There is no written answer: No model that can answer is installed."],
      [
        { state: "down", remedy: "Wake it." },
        "There is no written answer: No model that can answer is installed. Wake it.",
      ],
    ] as const) {
      const { answer } = await ask(new OtherServer(() => [], state));
      assert.equal(answer.notice, notice);
      assert.equal(answer.passages.length, 1);
    }
  });

  it("says what was searched where nothing was found, by the search or by the model", async () => {
    const searched = (): string => "412 files in 2 folders";
    const server = says("I did not find this in your files.");
    assert.equal(
      (await ask(server, { found: [] }, { searched })).answer.notice,
      "I did not find this in your files. Searched: 412 files in 2 folders.",
    );
    assert.equal((await ask(server, { found: [] })).answer.notice, "I did not find this in your files.");
    assert.equal((await ask(server, {}, { searched })).answer.notice, "Searched: 412 files in 2 folders.");
    assert.equal((await ask(server)).answer.notice, undefined);
    assert.equal((await ask(says("Thirty days [1]."), {}, { searched })).answer.notice, undefined);
    assert.equal(
      (await ask(says("Here: I did not find this in your files [1]."), {}, { searched })).answer.notice,
      undefined,
    );
  });

  it("is answered of a selection though nothing was found", async () => {
    const { answer } = await ask(says("Cats sleep all day."), { found: [], selection });
    assert.deepEqual(
      answer.sentences.map(({ verdict }) => verdict),
      ["supported"],
    );
    assert.equal(answer.weak, undefined);
  });

  it("is weakly answered from what hardly matches", async () => {
    const found = [{ ...lease, score: 0.25 }];
    assert.equal((await ask(says("Thirty days [1]."), { found })).answer.weak, true);
    assert.equal((await ask(says("Thirty days [1]."), { found, selection })).answer.weak, undefined);
  });

  it("is told that the answer was cut, or that none was written", async () => {
    const cut = new OtherServer(() => [text("Thirty days [1]."), { ...done, cut: true }]);
    const { answer } = await ask(cut);
    assert.equal(
      answer.notice,
      "The answer reached its length limit and was cut. Ask for the rest, or ask about less at once.",
    );
    assert.equal(answer.incomplete, undefined);
    const empty = await ask(new OtherServer(() => [text(" \n"), done]));
    assert.equal(
      empty.answer.notice,
      "The model wrote nothing. Ask again, or choose another model; the passages below match best.",
    );
    assert.equal(empty.answer.model, "tiny");
    assert.equal(empty.answer.written, false);
  });

  it("is told that a model only thought, or took back what it said", async () => {
    const thoughts = (isCut: boolean) =>
      new OtherServer(() => [
        { type: "thinking", text: "Hm." },
        { ...done, cut: isCut },
      ]);
    assert.match(
      (await ask(thoughts(true))).answer.notice ?? "",
      /^There is no written answer: The model's thoughts used up/,
    );
    assert.match(
      (await ask(thoughts(false))).answer.notice ?? "",
      /^There is no written answer: The model thought about it/,
    );
    const back = new OtherServer(() => [
      text("Sixty days [1]."),
      { type: "unsaid" },
      text("Thirty days [1]."),
      done,
    ]);
    const { answer, stages } = await ask(back);
    assert.equal(answer.text, "Thirty days [1].");
    assert.ok(stages.includes("unsaid"));
    const { stages: thinking } = await ask(
      new OtherServer(() => [
        { type: "thinking", text: "a" },
        { type: "thinking", text: "b" },
        text("Thirty days [1]."),
        done,
      ]),
    );
    assert.deepEqual(thinking.slice(2), [
      "loading-model",
      "thinking",
      "thought",
      "thought",
      "writing",
      "text",
      "checking",
    ]);
  });

  it("has its passages marked by what the supported sentences of the answer rest on", async () => {
    const marked = async (answer: string): Promise<string[]> => {
      const { answer: given } = await ask(says(answer), { question: "dogs?" });
      const [passage] = given.passages;
      return passage?.marks.map(([from, to]) => passage.text.slice(from, to)) ?? [];
    };
    const [notice, dogs] = [
      "Either side may end the contract with thirty days' written notice.",
      "Dogs bark at night.",
    ];
    assert.deepEqual(await marked("Thirty days' written notice ends the contract [1]."), [notice]);
    assert.deepEqual(
      await marked(
        "Thirty days' written notice ends the contract [1]. Dogs bark at night [1]. Dogs bark [1].",
      ),
      [notice, dogs],
    );
    assert.deepEqual(await marked("Sixty days' written notice ends the contract [1]."), [dogs]);
    assert.deepEqual(await marked("Thirty days' written notice ends the contract."), [dogs]);
  });

  it("counts its context, by the server where that counts", async () => {
    const counted = (await ask(says("Thirty days [1]."))).answer.context;
    assert.deepEqual(counted, {
      promptTokens: 300,
      contextWindow: 4096,
      passagesUsed: 1,
      passagesLeftOut: 0,
      turnsLeftOut: 0,
    });
    const { answer } = await ask(
      new OtherServer(() => [text("Thirty days [1]."), { ...done, promptTokens: 0 }]),
    );
    assert.ok((answer.context?.promptTokens ?? 0) > 200 && answer.context?.promptTokens !== 300);
    const none = await ask(new OtherServer(() => []));
    assert.equal(none.answer.context, undefined);
  });

  it("is read again where that is wanted and something is open", async () => {
    const server = new OtherServer((attempt) =>
      attempt === 1
        ? [text("A letter in advance of a month frees everybody [1]."), done]
        : [text("1: none"), done],
    );
    const { answer, stages } = await ask(server, {}, { secondReader: true });
    assert.deepEqual(stages.slice(-2), ["checked", "reading-again"]);
    assert.equal(answer.reader, "tiny");
    assert.equal(answer.notice, undefined);
    const sure = await ask(says("Thirty days' written notice [1]."), {}, { secondReader: true });
    assert.equal(sure.answer.reader, undefined);
    const failing = new OtherServer((attempt) => {
      if (attempt > 1) throw new ContextOverflowError(undefined);
      return [text("A letter in advance of a month frees everybody [1]."), { ...done, cut: true }];
    });
    assert.match(
      (await ask(failing, {}, { secondReader: true })).answer.notice ?? "",
      /^The answer reached .* at once\. Nothing was read again: /,
    );
  });

  it("ends at once where it is cancelled", async () => {
    const stop = new AbortController();
    stop.abort();
    const parts = {
      search: async () => assert.fail("It was searched."),
      chat: says(""),
      chatModel: "",
      ratios: new TokenRatios(),
    };
    const context = { signal: stop.signal, progress: () => undefined };
    await assert.rejects(answerQuestion({ question: "?", history: [] }, parts, context), {
      code: "cancelled",
    });
  });

  it("about the whole is answered from that, with no definitions", async () => {
    const overview = hitOf("All files.", { path: ".", overview: {} });
    const server = says("Contracts [1].");
    const { answer } = await ask(
      server,
      {},
      {
        whole: async () => ({ first: [overview], found: [], alone: true }),
        lookUp: async () => assert.fail("Looked up."),
      },
    );
    assert.deepEqual(
      answer.passages.map(({ path }) => path),
      ["."],
    );
  });

  it("is asked with more passages only where all of them fit beside what was said before", async () => {
    const found = Array.from({ length: 30 }, (_, i) =>
      hitOf(`Rule ${i}: ${"and so on ".repeat(60)}`, { path: `${i}.md` }),
    );
    const history = [{ question: "Who?", answer: `All. ${"the word ".repeat(300)}` }];
    const given = async (loadedContext: number): Promise<number> => {
      const server = says("Thirty days [1].");
      server.facts = { loadedContext, contextLength: loadedContext };
      const speed = new ReadingSpeed();
      speed.learn("tiny", 5_000, 1_000);
      const { answer } = await ask(server, { found, history }, { speed });
      return answer.passages.length;
    };
    assert.deepEqual(
      [await given(16_384), await given(8_192), await given(4_096)].map((n) => n > 8),
      [true, true, false],
    );
  });
});

describe("the prompt of a question", () => {
  const limits = { largestContext: 4096, loadedContext: undefined, thinks: false };
  const expected = (estimated: ReadonlyMap<string, number>): number =>
    [...estimated.values()].reduce((a, b) => a + b, 0);
  const prompt = (words: number, thinks = false, largest = 4096) =>
    buildPrompt(
      {
        question: "q",
        history: [],
        passages: Array.from({ length: words }, () => hitOf("the word ".repeat(50))),
      },
      { ...limits, thinks, largestContext: largest, expected },
    );

  it("leaves room for the answer and for thoughts, and for some answer in any case", () => {
    const silent = prompt(40);
    const thinking = prompt(40, true);
    assert.ok(silent.passagesLeftOut > 0 && thinking.passagesLeftOut > silent.passagesLeftOut);
    assert.ok(silent.expectedTokens <= 3072 && silent.expectedTokens > 2800);
    assert.ok(thinking.expectedTokens <= 2048 && thinking.expectedTokens > 1800);
    assert.deepEqual([silent.maxTokens, thinking.maxTokens, thinking.thoughtTokens], [1024, 1024, 1024]);
    const huge = buildPrompt(
      { question: "the word ".repeat(4000), history: [], passages: [] },
      { ...limits, expected },
    );
    assert.equal(huge.maxTokens, 128);
    assert.equal(prompt(1, true, 32_768).thoughtTokens, 2048);
    assert.ok(prompt(99, false, 8192).expectedTokens > 6500 && prompt(9, false, 400).expectedTokens > 250);
    assert.equal(prompt(1, true, 1001).thoughtTokens, 250);
  });

  it("has the last six turns, and the newest of them where there is no room", () => {
    const history = Array.from({ length: 9 }, (_, i) => ({
      question: `question ${i}`,
      answer: `answer ${i} [1]`,
    }));
    const { messages, turnsLeftOut } = buildPrompt(
      { question: "q", history, passages: [] },
      { ...limits, expected },
    );
    assert.deepEqual(
      messages.slice(1, -1).map(({ content }) => content),
      history.slice(3).flatMap(({ question, answer }) => [question, answer.replace(" [1]", "")]),
    );
    assert.equal(turnsLeftOut, 3);
    const long = history.map((turn) => ({ ...turn, answer: "the word ".repeat(400) }));
    const short = buildPrompt({ question: "q", history: long, passages: [lease] }, { ...limits, expected });
    assert.equal(short.messages[1]?.content, `question ${9 - (9 - short.turnsLeftOut)}`);
    assert.equal(short.passagesUsed, 1);
  });

  it("has a selection of 8,000 letters whole, and names of 200 letters", () => {
    const last = (length: number, path = "a.py"): string =>
      buildPrompt(
        {
          question: "q",
          history: [],
          passages: [],
          selection: { ...selection, path, text: "x".repeat(length) },
        },
        { ...limits, largestContext: 32_768, expected },
      ).messages.at(-1)?.content ?? "";
    assert.doesNotMatch(last(8_000), /…/);
    assert.match(last(8_001), /x{8000}\n\[…\]\n/);
    assert.match(
      last(5),
      /^I selected this in my editor:\n<selection source="a\.py lines 1-2">\nxxxxx\n<\/selection>\n\nQuestion: q$/,
    );
    assert.match(last(5, "y".repeat(300)), /source="y{200} lines/);
    assert.match(
      passageBlock(hitOf("All.", { overview: {} }), 2),
      /^<passage number="2" source="all indexed files">\nAll\.\n<\/passage>$/,
    );
    assert.equal(inert("< passage> </SELECTION> <passages> <b>"), "‹ passage> ‹/SELECTION> <passages> <b>");
  });

  it("is for a context that memory holds beside the model", () => {
    const model = { contextLength: 40_960, bytesPerToken: 100_000, sizeBytes: 1e9 };
    for (const [memory, context] of [
      [(1e9 + 4096 * 1e5) / 0.75 + 1, 4096],
      [(1e9 + 8192 * 1e5) / 0.75 + 1, 8192],
      [(1e9 + 16_384 * 1e5) / 0.75 + 1, 16_384],
      [(1e9 + 16_384 * 1e5) / 0.75 - 1e6, 8192],
    ] as const)
      assert.equal(largestContext(model, memory), context);
    assert.equal(largestContext({ ...model, contextLength: undefined }, 64e9), 4096);
    assert.equal(largestContext({ ...model, loadedContext: 6_000 }, 64e9), 32_768);
    assert.equal(largestContext({ ...model, isContextFixed: true }, 64e9), 32_768);
  });
});
