import { totalmem } from "node:os";
import type { ChatClient } from "../../models/chat/chatClient.ts";
import { ContextOverflowError, cancelled } from "../../models/chat/errors.ts";
import { CarrelError, type RequestContext } from "../../protocol/channel.ts";
import type {
  Answer,
  AnswerEvent,
  CheckedSentence,
  ContextUse,
  Hit,
  Selection,
  Turn,
} from "../../protocol/data.ts";
import { withoutCitations } from "../../text/citations.ts";
import { checkAnswer } from "./checking.ts";
import { markSentences } from "./marks.ts";
import { buildPrompt, largestContext, type Prompt, type TokenRatios } from "./prompt.ts";
import { searchQuery } from "./query.ts";

const passagesAsked = 8;
/** A sentence of an answer may draw two sentences of its source together. */
const marksForClaim = 2;

export interface AskRequest {
  readonly question: string;
  readonly history: readonly Turn[];
  readonly selection?: Selection | undefined;
  /** Overrides the chosen model; "" for none. */
  readonly model?: string | undefined;
}

export interface AskParts {
  search(query: string, k: number, signal: AbortSignal): Promise<Hit[]>;
  readonly chat: ChatClient;
  /** The user's choice of a model, or "" for the best installed one. */
  readonly chatModel: string;
  /** Kept from one question to the next, so that it can learn. */
  readonly ratios: TokenRatios;
  /** What was searched, for a question without an answer: "412 files in 2 folders". */
  searched?(): string;
  /** This machine's memory in bytes; the real one by default. */
  readonly memoryBytes?: number;
}

/**
 * Searches, then lets the chosen model write an answer from the passages and checks it. The passages are
 * always given: without a model, or when it fails, they are the answer and a notice says why. Throws a
 * CarrelError only when the search fails or the question is cancelled.
 */
export async function answerQuestion(
  request: AskRequest,
  parts: AskParts,
  context: RequestContext<AnswerEvent>,
): Promise<Answer> {
  const { signal, progress } = context;
  const started = performance.now();
  throwIfCancelled(signal);
  progress({ type: "stage", stage: "searching" });
  const query = searchQuery(request.question, request.history, request.selection);
  const hits = await parts.search(query, passagesAsked, signal);
  throwIfCancelled(signal);
  const passages = hits.map((hit) => ({ ...hit, marks: markSentences(query, hit.text, hit.kind) }));
  const searchMs = performance.now() - started;
  progress({ type: "passages", passages });

  const unwritten = (notice: string): Answer => ({
    written: false,
    text: "",
    passages,
    sentences: [],
    notice,
    timings: { searchMs, answerMs: performance.now() - started },
  });
  if (passages.length === 0 && request.selection === undefined) {
    return unwritten(`I did not find this in your files.${searchedSentence(parts)}`);
  }
  if (request.model === "")
    return unwritten("These are the passages that match best. No model was asked to write an answer.");

  const server = await parts.chat.server(request.model ?? parts.chatModel, signal);
  throwIfCancelled(signal);
  if (server.state !== "ready" || server.chosen === undefined) {
    const why = server.detail ?? "No model that can answer is installed.";
    return unwritten(`There is no written answer: ${why} ${server.remedy ?? ""}`.trim());
  }

  const model = server.chosen;
  const written = await write(request, passages, model, parts, context, started);
  throwIfCancelled(signal);
  if (written.text.trim() === "") {
    return { ...unwritten(noticeOf(written.problem, false)), model };
  }
  progress({ type: "stage", stage: "checking" });
  const sentences = checkAnswer(written.text, passages, request);
  const notice = written.problem
    ? noticeOf(written.problem, true)
    : written.cut
      ? "The answer reached its length limit and was cut. Ask for the rest, or ask about less at once."
      : isNotFound(written.text)
        ? searchedSentence(parts).trim()
        : "";
  return {
    written: true,
    text: written.text,
    passages: markCited(written.text, sentences, passages),
    sentences,
    model,
    ...(written.problem ? { incomplete: true } : {}),
    ...(written.context ? { context: written.context } : {}),
    ...(notice === "" ? {} : { notice }),
    timings: {
      searchMs,
      ...(written.firstTokenMs === undefined ? {} : { firstTokenMs: written.firstTokenMs }),
      answerMs: performance.now() - started,
    },
  };
}

interface Written {
  text: string;
  cut: boolean;
  firstTokenMs: number | undefined;
  context: ContextUse | undefined;
  /** Why the text is not complete. */
  problem: CarrelError | undefined;
}

/** Streams the answer. A failure of the model is part of the result, because what was written stays. */
async function write(
  request: AskRequest,
  passages: readonly Hit[],
  model: string,
  parts: AskParts,
  context: RequestContext<AnswerEvent>,
  started: number,
): Promise<Written> {
  const written: Written = {
    text: "",
    cut: false,
    firstTokenMs: undefined,
    context: undefined,
    problem: undefined,
  };
  try {
    const facts = await parts.chat.inspect(model, context.signal);
    const limits = {
      largestContext: largestContext(facts, parts.memoryBytes ?? totalmem()),
      loadedContext: facts.loadedContext,
    };
    let ratio = parts.ratios.of(model);
    for (let attempt = 1; ; attempt++) {
      const prompt = buildPrompt({ ...request, passages }, { ...limits, ratio });
      try {
        const stage = facts.loadedContext === prompt.numCtx ? "thinking" : "loading-model";
        context.progress({ type: "stage", stage });
        await stream(prompt, model, parts, context, started, written);
        return written;
      } catch (error) {
        // The server counted more than was expected: what it counted is known now, so once more with that.
        if (!(error instanceof ContextOverflowError) || attempt > 1 || written.text !== "") throw error;
        if (error.promptTokens !== undefined)
          parts.ratios.learn(model, prompt.estimatedTokens, error.promptTokens);
        const real = error.promptTokens ?? prompt.numCtx * 1.25;
        ratio = Math.max(parts.ratios.of(model), (real / prompt.estimatedTokens) * 1.05);
        // A loaded context that was too small after all is not to be taken again.
        limits.loadedContext = undefined;
      }
    }
  } catch (error) {
    throwIfCancelled(context.signal);
    written.problem =
      error instanceof CarrelError
        ? error
        : new CarrelError(error instanceof Error ? error.message : String(error));
    return written;
  }
}

async function stream(
  prompt: Prompt,
  model: string,
  parts: AskParts,
  { signal, progress }: RequestContext<AnswerEvent>,
  started: number,
  written: Written,
): Promise<void> {
  const use: ContextUse = {
    promptTokens: prompt.expectedTokens,
    contextWindow: prompt.numCtx,
    passagesUsed: prompt.passagesUsed,
    passagesLeftOut: prompt.passagesLeftOut,
    turnsLeftOut: prompt.turnsLeftOut,
  };
  let thinking = false;
  const { messages, numCtx, maxTokens } = prompt;
  for await (const event of parts.chat.chat({ model, messages, numCtx, maxTokens, signal })) {
    switch (event.type) {
      case "thinking":
        if (!thinking) progress({ type: "stage", stage: "thinking" });
        thinking = true;
        break;
      case "text":
        if (written.firstTokenMs === undefined) {
          written.firstTokenMs = performance.now() - started;
          progress({ type: "stage", stage: "writing" });
        }
        written.text += event.text;
        written.context = use;
        progress({ type: "text", text: event.text });
        break;
      case "done":
        written.cut = event.cut;
        written.context = event.promptTokens > 0 ? { ...use, promptTokens: event.promptTokens } : use;
        parts.ratios.learn(model, prompt.estimatedTokens, event.promptTokens);
    }
  }
}

function noticeOf(problem: CarrelError | undefined, partly: boolean): string {
  if (!problem)
    return "The model wrote nothing. Ask again, or choose another model; the passages below match best.";
  const what = partly ? "The answer is not complete" : "There is no written answer";
  return `${what}: ${problem.message} ${problem.remedy}`.trim();
}

function searchedSentence(parts: AskParts): string {
  const searched = parts.searched?.() ?? "";
  return searched === "" ? "" : ` Searched: ${searched}.`;
}

/**
 * The passages with other marks where the answer cites them: the sentences that its supported sentences rest on
 * take the place of those that match the question, so that a click on a citation shows what to check it by.
 */
function markCited(text: string, checked: readonly CheckedSentence[], passages: readonly Hit[]): Hit[] {
  return passages.map((hit, index) => {
    const citing = checked.filter(
      ({ verdict, cites }) => verdict === "supported" && cites.includes(index + 1),
    );
    const found = citing.flatMap(({ range: [start, end] }) =>
      markSentences(withoutCitations(text.slice(start, end)), hit.text, hit.kind, marksForClaim),
    );
    const marks = [...new Map(found.map((range) => [range[0], range])).values()].sort((a, b) => a[0] - b[0]);
    return marks.length > 0 ? { ...hit, marks } : hit;
  });
}

function isNotFound(text: string): boolean {
  return /^\s*I did not find this in your files/i.test(text);
}

function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw cancelled();
}
