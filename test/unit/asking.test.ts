import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { answerQuestion } from "../../engine/answer/asking.ts";
import { TokenRatios } from "../../engine/answer/tokenEstimate.ts";
import type { ChatClient, ChatEvent, ChatRequest, ModelFacts } from "../../models/chat/chatClient.ts";
import { ContextOverflowError } from "../../models/chat/errors.ts";
import { CarrelError } from "../../protocol/channel.ts";
import type { Answer, AnswerEvent, ChatServer, Hit } from "../../protocol/data.ts";

const hit: Hit = {
  folder: "/w",
  path: "lease.md",
  kind: "prose",
  language: "markdown",
  startLine: 1,
  endLine: 2,
  score: 1,
  text: "Either side may end the contract with thirty days' written notice.",
  marks: [],
};
const facts: ModelFacts = {
  name: "tiny",
  sizeBytes: 0,
  contextLength: undefined,
  bytesPerToken: undefined,
  thinking: "never",
  loadedContext: undefined,
};
const done: ChatEvent = { type: "done", promptTokens: 300, answerTokens: 12, cut: false };

/** A kind of model server that the product does not know: it has no HTTP, no versions and no sizes. */
class OtherServer implements ChatClient {
  readonly url = "unix:/run/model";
  readonly requests: ChatRequest[] = [];
  private readonly state: Partial<ChatServer>;
  private readonly reply: (attempt: number) => Iterable<ChatEvent>;

  constructor(reply: (attempt: number) => Iterable<ChatEvent>, state: Partial<ChatServer> = {}) {
    this.reply = reply;
    this.state = state;
  }

  async server(): Promise<ChatServer> {
    return { url: this.url, state: "ready", models: [], chosen: "tiny", ...this.state };
  }

  async inspect(): Promise<ModelFacts> {
    return facts;
  }

  async *chat(request: ChatRequest): AsyncGenerator<ChatEvent> {
    this.requests.push(request);
    yield* this.reply(this.requests.length);
  }
}

async function ask(
  chat: ChatClient,
  found: readonly Hit[] = [hit],
  question = "How long is the notice?",
): Promise<{ answer: Answer; events: AnswerEvent[] }> {
  const events: AnswerEvent[] = [];
  const answer = await answerQuestion(
    { question, history: [] },
    { search: async () => found, chat, chatModel: "", ratios: new TokenRatios(), memoryBytes: 8e9 },
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
