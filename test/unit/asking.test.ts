import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type AskParts, answerQuestion } from "../../engine/answer/asking.ts";
import { ReadingSpeed } from "../../engine/answer/promptPace.ts";
import { TokenRatios } from "../../engine/answer/tokenEstimate.ts";
import type { ChatClient, ChatEvent } from "../../models/chat/chatClient.ts";
import { ContextOverflowError } from "../../models/chat/errors.ts";
import { CarrelError } from "../../protocol/channel.ts";
import type { Answer, AnswerEvent, Hit } from "../../protocol/data.ts";
import { hitOf } from "../support/hits.ts";
import { OtherServer } from "../support/otherServer.ts";

const hit = hitOf("Either side may end the contract with thirty days' written notice.", { path: "lease.md" });
const done: ChatEvent = { type: "done", promptTokens: 300, answerTokens: 12, cut: false };

async function ask(
  chat: ChatClient,
  found: readonly Hit[] = [hit],
  question = "How long is the notice?",
  parts: Partial<AskParts> = {},
): Promise<{ answer: Answer; events: AnswerEvent[] }> {
  const events: AnswerEvent[] = [];
  const answer = await answerQuestion(
    { question, history: [] },
    {
      // What is the same in two places is given once.
      search: async () => found.map((one, i) => ({ ...one, text: `${one.text}${" Or so.".repeat(i)}` })),
      chat,
      chatModel: "",
      ratios: new TokenRatios(),
      memoryBytes: 8e9,
      ...parts,
    },
    { signal: new AbortController().signal, progress: (event) => events.push(event) },
  );
  return { answer, events };
}

describe("a question that the files have no answer to", () => {
  const weak = { ...hit, score: 0.05 };
  const never = new OtherServer(() => assert.fail("No model is asked."));
  it("is not answered from what comes nearest, of which three are kept aside", async () => {
    const { answer, events } = await ask(never, [weak, weak, weak, weak]);
    assert.equal(answer.written, false);
    assert.match(answer.notice ?? "", /^I did not find this in your files\./);
    assert.deepEqual(answer.passages, []);
    assert.equal(answer.nearest?.length, 3);
    assert.ok(events.every((event) => event.type !== "passages" || event.passages.length === 0));
  });
  it("is told from one about the files as a whole, which no passage matches", async () => {
    const questions = [
      "Tell me everything.",
      "What is in this workspace?",
      "What is in this workspace, in a few sentences?",
      "How is this project built and tested?",
      "Give me an overview of the files",
    ];
    for (const question of questions) {
      const reply = (): ChatEvent[] => [{ type: "text", text: "Contracts [1]." }, done];
      const { answer } = await ask(new OtherServer(reply), [weak, weak], question);
      assert.equal(answer.passages.length, 2, question);
    }
    const { answer } = await ask(never, [weak, weak], "How is this project financed in Mongolia?");
    assert.deepEqual(answer.passages, []);
  });
  it("is told from one where weak passages stand beside a good one", async () => {
    const reply = (): ChatEvent[] => [{ type: "text", text: "Thirty days [2]." }, done];
    const { answer } = await ask(new OtherServer(reply), [weak, hit, weak]);
    assert.equal(answer.passages.length, 3);
    assert.equal(answer.nearest, undefined);
  });
});

describe("citations in other brackets", () => {
  const text = "Thirty days' written notice【1】, as `a【1】` says; 【end";
  it("are those of the grammar, while they are written and in the end", async () => {
    for (const size of [1, 2, 7, 100]) {
      const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, i) =>
        text.slice(i * size, (i + 1) * size),
      );
      const reply = (): ChatEvent[] => [...pieces.map((one) => ({ type: "text" as const, text: one })), done];
      const { answer, events } = await ask(new OtherServer(reply));
      const expected = "Thirty days' written notice[1], as `a【1】` says; 【end";
      assert.equal(events.map((event) => (event.type === "text" ? event.text : "")).join(""), expected);
      assert.equal(answer.text, expected);
      assert.deepEqual(answer.sentences[0]?.cites, [1]);
    }
  });
  it("are not held back for ever: what was written before a fault stays", async () => {
    function* reply(): Generator<ChatEvent> {
      yield { type: "text", text: "Thirty days 【1" };
      throw new CarrelError("It broke off.", "Try again.");
    }
    const { answer } = await ask(new OtherServer(reply));
    assert.equal(answer.text, "Thirty days 【1");
  });
});

describe("how many passages a model is given", () => {
  const many = Array.from({ length: 30 }, (_, i): Hit => ({ ...hit, path: `${i}.md` }));
  const reply = (): ChatEvent[] => [{ type: "text", text: "Thirty days [1]." }, done];
  const given = (server: OtherServer): number =>
    server.requests.at(-1)?.messages.at(-1)?.content.split("<passage number").slice(1).length ?? 0;
  const fast = (): ReadingSpeed => {
    const speed = new ReadingSpeed();
    speed.learn("tiny", 5_000, 1_000);
    return speed;
  };

  it("is more for one that reads fast and is loaded with room for them, and said so at once", async () => {
    const server = new OtherServer(reply);
    server.loadedContext = 16_384;
    const { answer, events } = await ask(server, many, undefined, { speed: fast() });
    assert.equal(given(server), 16);
    assert.equal(answer.passages.length, 16);
    const shown = events.flatMap((event) => (event.type === "passages" ? [event.passages.length] : []));
    assert.deepEqual(shown, [8, 16]);
  });

  it("is the usual number where nothing is known, where it is slow, and where it would be loaded anew", async () => {
    const slow = fast();
    slow.learn("tiny", 50, 1_000);
    for (const [loadedContext, speed] of [
      [16_384, undefined],
      [16_384, new ReadingSpeed()],
      [16_384, slow],
      [undefined, fast()],
      [1_500, fast()],
    ] as const) {
      const server = new OtherServer(reply);
      server.loadedContext = loadedContext;
      const { answer } = await ask(server, many, undefined, { ...(speed ? { speed } : {}) });
      assert.equal(given(server), 8);
      assert.equal(answer.passages.length, 8);
    }
  });

  it("is the usual number again when more of them did not fit after all", async () => {
    const server = new OtherServer((attempt) => {
      if (attempt === 1) throw new ContextOverflowError(1_500);
      return reply();
    });
    server.loadedContext = 16_384;
    const { answer } = await ask(server, many, undefined, { speed: fast() });
    assert.deepEqual([given(server), answer.passages.length], [8, 8]);
  });

  it("follows from how long a model took, when it was loaded, and from the slowest of three", async () => {
    const speed = new ReadingSpeed();
    const server = new OtherServer(reply);
    await ask(server, many, undefined, { speed });
    assert.equal(speed.morePassages("tiny", 8), 0, "It was loaded for this question.");
    server.loadedContext = 4_096;
    await ask(server, many, undefined, { speed });
    assert.equal(speed.morePassages("tiny", 8), 8);
    assert.equal(speed.morePassages("another", 8), 0);
    speed.learn("tiny", 280, 1_000);
    assert.equal(speed.morePassages("tiny", 8), 4);
    for (let i = 0; i < 3; i++) speed.learn("tiny", 5_000, 1_000);
    assert.equal(speed.morePassages("tiny", 8), 8);
  });

  it("has the definitions beside them, once", async () => {
    const defining: Hit = { ...hit, path: "terms.md", text: "“Notice” means a letter." };
    const using: Hit = {
      ...hit,
      path: "terms.md",
      startLine: 5,
      endLine: 6,
      text: "The notice: the Notice is in writing.",
    };
    const server = new OtherServer(reply);
    server.loadedContext = 16_384;
    const parts = { lookUp: async () => [defining], search: async () => [using, ...many] };
    const { answer } = await ask(server, [], undefined, { ...parts, speed: fast() });
    assert.deepEqual(
      answer.passages.map(({ text }) => text).filter((text) => /means/.test(text)),
      [defining.text],
    );
    // Among the first sixteen it stands by itself.
    const others = many.slice(0, 9).map((one, i) => ({ ...one, text: `${one.text} ${i}` }));
    const withIt = { ...parts, search: async () => [using, ...others, defining] };
    const second = await ask(server, [], undefined, { ...withIt, speed: fast() });
    assert.equal(second.answer.passages.filter(({ text }) => /means/.test(text)).length, 1);
    assert.equal(second.answer.passages.length, 11);
  });
});

describe("a question to a server of another kind than is known", () => {
  it("is answered and checked", async () => {
    const server = new OtherServer(() => [{ type: "text", text: "Thirty days' notice [1]." }, done]);
    const { answer } = await ask(server);
    assert.equal(answer.text, "Thirty days' notice [1].");
    assert.deepEqual(
      answer.sentences.map(({ verdict, cites }) => [verdict, cites]),
      [["supported", [1]]],
    );
    assert.equal(answer.model, "tiny");
    assert.equal(answer.context?.promptTokens, 300);
    // The length that a model of an unknown size is given.
    assert.equal(answer.context?.contextWindow, 4096);
  });

  it("is asked again, with more room, when its prompt did not fit, and once only", async () => {
    const server = new OtherServer((attempt) => {
      if (attempt === 1) throw new ContextOverflowError(undefined);
      return [{ type: "text", text: "Thirty days [1]." }, done];
    });
    assert.equal((await ask(server)).answer.text, "Thirty days [1].");
    assert.equal(server.requests.length, 2);
    const never = new OtherServer(() => {
      throw new ContextOverflowError(9_999);
    });
    const { answer } = await ask(never);
    assert.equal(never.requests.length, 2);
    assert.match(answer.notice ?? "", /^There is no written answer: .*longer than the model can read/);
  });

  it("keeps what was written when the server fails", async () => {
    const server = new OtherServer(function* () {
      yield { type: "text", text: "Thirty days" };
      throw new CarrelError("The wire was cut.", "Mend it.");
    });
    const { answer } = await ask(server);
    assert.equal(answer.text, "Thirty days");
    assert.equal(answer.incomplete, true);
    assert.equal(answer.notice, "The answer is not complete: The wire was cut. Mend it.");
  });

  it("is not asked again after any other failure", async () => {
    const server = new OtherServer(() => {
      throw new CarrelError("The wire was cut.", "Mend it.");
    });
    const { answer } = await ask(server);
    assert.equal(server.requests.length, 1);
    assert.equal(answer.notice, "There is no written answer: The wire was cut. Mend it.");
  });

  it("has the server's own words where nothing can be written", async () => {
    const server = new OtherServer(() => [], { state: "down", detail: "It sleeps.", remedy: "Wake it." });
    const { answer } = await ask(server);
    assert.equal(answer.written, false);
    assert.equal(answer.notice, "There is no written answer: It sleeps. Wake it.");
    assert.equal(server.requests.length, 0);
  });
});
