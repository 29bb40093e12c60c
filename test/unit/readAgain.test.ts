import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type ReadParts, readAgain } from "../../engine/answer/secondReader.ts";
import { TokenRatios } from "../../engine/answer/tokenEstimate.ts";
import type { ChatEvent, ChatRequest } from "../../models/chat/chatClient.ts";
import { ContextOverflowError } from "../../models/chat/errors.ts";
import { CarrelError } from "../../protocol/channel.ts";
import type { CheckedSentence, Hit, Reading, ReadingProgress, ReadRequest } from "../../protocol/data.ts";
import { hitOf } from "../support/hits.ts";
import { OtherServer } from "../support/otherServer.ts";

const words = "Whoever is ill for longer than three days hands in a note.";
const said = "With a sickness beyond three days, people must write a note [1].";
const passages = [1, 2, 3, 4, 5, 6].map((n): Hit => hitOf(words, { path: `${n}.md`, endLine: 4 }));

/** An answer of so many sentences, each of which cites what is given for it, and none of which is confirmed. */
function requestOf(cited: readonly (readonly number[])[], rest: Partial<ReadRequest> = {}): ReadRequest {
  const sentences = cited.map((cites, index): CheckedSentence => {
    const start = index * said.length;
    const range: [number, number] = [start, start + said.length];
    return { range, cites: [...cites], verdict: "unconfirmed", missing: ["sickness"], differences: [] };
  });
  return { question: "Who writes?", text: said.repeat(cited.length), sentences, passages, ...rest };
}

const text = (written: string): ChatEvent => ({ type: "text", text: written });
const done: ChatEvent = { type: "done", promptTokens: 500, answerTokens: 12, cut: false };
const confirms = (): ChatEvent[] => [text(`1: "${words}"`), done];

async function read(
  server: OtherServer,
  request: ReadRequest,
  parts: Partial<ReadParts> = {},
): Promise<Reading & { steps: ReadingProgress[] }> {
  const steps: ReadingProgress[] = [];
  const reading = await readAgain(
    request,
    { chat: server, chatModel: "", ratios: new TokenRatios(), memoryBytes: 8e9, ...parts },
    { signal: new AbortController().signal, progress: (step) => steps.push(step) },
  );
  return { ...reading, steps };
}

const asked = ({ messages }: ChatRequest): string => messages.at(-1)?.content ?? "";
/** "1,2 of 3" for the sentences of a request and the passages that it has. */
const shape = (request: ChatRequest): string => {
  const numbers = [...asked(request).matchAll(/^(\d) \(passages? [\d, ]+\)/gm)].map(([, number]) => number);
  const given = [...asked(request).matchAll(/<passage number="(\d)"/g)].map(([, number]) => number);
  return `${numbers.join(",")} of ${given.join(",")}`;
};
const confirmed = ({ sentences }: Reading): number[] =>
  sentences.flatMap((sentence, index) => (sentence.confirmed ? [index] : []));

describe("what a second reader is asked", () => {
  it("is each sentence that could not be confirmed, with its passages, once", async () => {
    const server = new OtherServer(() => confirms());
    const request = requestOf([[2], [3, 9], [9], []]);
    const { sentences, ...rest } = await read(server, {
      ...request,
      sentences: [
        ...request.sentences,
        { ...request.sentences[0]!, verdict: "contradicted" },
        { ...request.sentences[0]!, missing: ["35"] },
      ],
    });
    assert.deepEqual(server.requests.map(shape), ["1,2 of 2,3"]);
    const prompt = asked(server.requests[0]!);
    assert.ok(prompt.startsWith("Passages from my files:\n\n<passage"), prompt);
    assert.match(
      prompt,
      /\n\nThe sentences answer this question: Who writes\?\n\nSentences:\n1 \(passage 2\): With a sickness beyond three days, people must write a note\.\n2 \(passage 3\): With .* a note\.\n\nWrite one line/,
    );
    assert.deepEqual(
      server.requests[0]?.messages.map(({ role }) => role),
      ["system", "user", "assistant", "user"],
    );
    assert.deepEqual(rest, { reader: "tiny", steps: [{ done: 0, of: 2 }] });
    const [first, second] = sentences;
    assert.deepEqual(first, {
      ...request.sentences[0],
      verdict: "supported",
      missing: [],
      confirmed: { passage: 2, range: [0, words.length - 1] },
    });
    assert.deepEqual(second, request.sentences[1]);
  });

  it("is nothing where nothing can be confirmed: no server is asked", async () => {
    const server = new OtherServer(() => assert.fail("It was asked."));
    server.server = () => assert.fail("It was looked for.");
    const request = requestOf([[9], []]);
    assert.deepEqual(await read(server, request), { sentences: request.sentences, steps: [] });
  });

  it("is six sentences and four passages at once", async () => {
    const shapes = async (cited: readonly (readonly number[])[]): Promise<string[]> => {
      const server = new OtherServer(() => [text("none"), done]);
      await read(server, requestOf(cited));
      return server.requests.map(shape);
    };
    assert.deepEqual(await shapes(new Array(7).fill([1])), ["1,2,3,4,5,6 of 1", "1 of 1"]);
    assert.deepEqual(await shapes([[1], [2], [4], [3], [5], [1]]), ["1,2,3,4 of 1,2,3,4", "1,2 of 1,5"]);
    assert.deepEqual(await shapes([[1, 2, 3, 4, 5, 6]]), ["1 of 1,2,3,4"]);
  });

  it("says how far it is, and takes of each reply what it confirms", async () => {
    const server = new OtherServer((attempt) =>
      attempt === 1 ? [text(`2: "${words}"\n3: none\n6: nonsense\n6: "${words}"`), done] : confirms(),
    );
    const reading = await read(server, requestOf(new Array(7).fill([1])));
    assert.deepEqual(reading.steps, [
      { done: 0, of: 7 },
      { done: 6, of: 7 },
    ]);
    assert.deepEqual(confirmed(reading), [1, 5, 6]);
  });

  it("is not the whole of an endless sentence, nor what would end its passage", async () => {
    const server = new OtherServer(() => [text("none"), done]);
    const long = `</passage> ${"word ".repeat(400)}[1].`;
    const request = requestOf([[1]]);
    const sentences = request.sentences.map((one) => ({
      ...one,
      range: [0, long.length] as [number, number],
    }));
    await read(server, { ...request, text: long, sentences, question: "</passage>?" });
    const prompt = asked(server.requests[0]!);
    const [, line = ""] = /^1 \(passage 1\): (.*)$/m.exec(prompt) ?? [];
    assert.equal(line.length, 800);
    assert.equal(prompt.match(/<\/passage>/g)?.length, 1);
  });
});

describe("the room for a second reading", () => {
  const lengthsOf = async (facts: OtherServer["facts"]): Promise<number[]> => {
    const server = new OtherServer(() => confirms());
    server.facts = facts;
    await read(server, requestOf([[1], [2]]));
    const { contextTokens = 0, maxTokens = 0, thoughtTokens = 0 } = server.requests[0] ?? {};
    return [contextTokens, maxTokens, thoughtTokens];
  };
  it("is for the words of each sentence, and for thoughts where the model has some", async () => {
    assert.deepEqual(await lengthsOf({}), [4096, 240, 0]);
    assert.deepEqual(await lengthsOf({ thinking: "optional" }), [4096, 240, 0]);
    for (const thinking of ["always", "unasked"] as const)
      assert.deepEqual(await lengthsOf({ thinking }), [4096, 240, 1024]);
    assert.deepEqual(await lengthsOf({ thinking: "always", contextLength: 3000 }), [3000, 240, 750]);
    assert.deepEqual(await lengthsOf({ loadedContext: 6000 }), [6000, 240, 0]);
  });

  it("is learned from what the server counts", async () => {
    const ratios = new TokenRatios();
    const promptTokens = async (): Promise<number> => {
      const server = new OtherServer(() => [text("none"), { ...done, promptTokens: 5_000 }]);
      await read(server, requestOf([[1]]), { ratios });
      return server.requests[0]?.promptTokens ?? 0;
    };
    const before = await promptTokens();
    assert.ok((await promptTokens()) > before * 2);
  });

  it("is made by halves where the prompt is too long for the model", async () => {
    for (const promptTokens of [undefined, 9_000]) {
      const server = new OtherServer((attempt) => {
        if (attempt === 1) throw new ContextOverflowError(promptTokens);
        return confirms();
      });
      server.facts = { contextLength: 32_768, bytesPerToken: 1 };
      const reading = await read(server, requestOf([[1], [2], [3]]));
      assert.deepEqual(server.requests.map(shape), ["1,2,3 of 1,2,3", "1,2 of 1,2", "1 of 3"]);
      assert.deepEqual(confirmed(reading), [0, 2]);
    }
    // Four long passages are more than it is asked for at all.
    const long = passages.map((one) => ({ ...one, text: `${words} ${"word and ".repeat(900)}` }));
    const server = new OtherServer(() => confirms());
    const reading = await read(server, requestOf([[1], [2]], { passages: long }));
    assert.deepEqual(server.requests.map(shape), ["1 of 1", "1 of 2"]);
    assert.deepEqual(confirmed(reading), [0, 1]);
  });

  it("ends where a single sentence is too long", async () => {
    const long = passages.map((one) => ({ ...one, text: "word and ".repeat(9_000) }));
    const reading = await read(new OtherServer(() => confirms()), requestOf([[1]], { passages: long }));
    assert.match(reading.notice ?? "", /^Nothing was read again: .*longer than the model can read/);
    assert.equal(reading.reader, undefined);
  });
});

describe("a second reading that fails", () => {
  it("says why, and keeps what it has", async () => {
    const server = new OtherServer((attempt) => {
      if (attempt === 2) throw new CarrelError("The wire was cut.", "Mend it.");
      return confirms();
    });
    const reading = await read(server, requestOf(new Array(7).fill([1])));
    assert.deepEqual(confirmed(reading), [0]);
    assert.equal(reading.reader, "tiny");
    assert.equal(reading.notice, "Only 6 of 7 sentences were read again: The wire was cut. Mend it.");
    const never = new OtherServer(() => {
      throw new Error("It broke.");
    });
    const request = requestOf([[1]]);
    const { steps, ...nothing } = await read(never, request);
    assert.deepEqual(nothing, { sentences: request.sentences, notice: "Nothing was read again: It broke." });
    assert.equal(steps.length, 1);
  });

  it("says what the server says where no model is ready", async () => {
    const asleep = { state: "down", detail: "It sleeps.", remedy: "Wake it." } as const;
    const reading = await read(new OtherServer(confirms, asleep), requestOf([[1]]));
    assert.equal(reading.notice, "Nothing was read again: It sleeps. Wake it.");
    const { chosen: _, ...without } = await new OtherServer(confirms).server();
    const server = new OtherServer(confirms);
    server.server = async () => without;
    assert.equal(
      (await read(server, requestOf([[1]]))).notice,
      "Nothing was read again: No model that can read is installed.",
    );
  });

  it("says that it took too long, and is cancelled with the request", async () => {
    const stuck = new OtherServer(confirms);
    stuck.chat = async function* ({ signal }: ChatRequest): AsyncGenerator<ChatEvent> {
      yield text("1: ");
      await new Promise((_, fail) => {
        if (signal.aborted) fail(signal.reason);
        signal.addEventListener("abort", () => fail(signal.reason));
      });
    };
    assert.match((await read(stuck, requestOf([[1]]), { longestMs: 50 })).notice ?? "", /took too long/);
    const stop = new AbortController();
    const parts = { chat: stuck, chatModel: "", ratios: new TokenRatios() };
    const context = { signal: stop.signal, progress: () => stop.abort() };
    await assert.rejects(readAgain(requestOf([[1]]), parts, context), { code: "cancelled" });
  });

  it("counts nothing that the model thought or took back", async () => {
    const server = new OtherServer(() => [
      { type: "thinking", text: `1: "${words}"` },
      text(`1: "${words}"`),
      { type: "unsaid" },
      text("1: none"),
      done,
    ]);
    const reading = await read(server, requestOf([[1]]));
    assert.deepEqual(confirmed(reading), []);
    assert.equal(reading.reader, "tiny");
  });
});
