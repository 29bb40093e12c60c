import { cancelled } from "../../models/chat/errors.ts";
import { mayBeConfirmed } from "../../protocol/answerLabels.ts";
import type { CarrelError, RequestContext } from "../../protocol/channel.ts";
import type {
  Answer,
  AnswerEvent,
  ChatServer,
  CheckedSentence,
  Hit,
  Selection,
  Turn,
} from "../../protocol/data.ts";
import { withoutCitations } from "../../text/citations.ts";
import { aboveFloor, isWeak } from "./aboveFloor.ts";
import { checkAnswer } from "./checking.ts";
import { definitionsFor, type LookUp } from "./definitions.ts";
import { findPassages, type Search } from "./findPassages.ts";
import { joinPassages } from "./joinPassages.ts";
import { markSentences } from "./marks.ts";
import { readAgain } from "./secondReader.ts";
import { type Whole, withTheWhole } from "./whole.ts";
import { type WriteParts, type Written, writeAnswer } from "./writing.ts";

/** Chunks that are given to every model, and how many more to one that reads them in little time (docs/search.md). */
const passagesAsked = 8;
const mostMore = 8;
/** A sentence of an answer may draw two sentences of its source together. */
const marksForClaim = 2;

export interface AskRequest {
  readonly question: string;
  readonly history: readonly Turn[];
  readonly selection?: Selection | undefined;
  /** Overrides the chosen model; "" for none. */
  readonly model?: string | undefined;
}

export interface AskParts extends WriteParts {
  search: Search;
  /** For the definitions of what the passages speak of; none come along without it. */
  readonly lookUp?: LookUp;
  /** The user's choice of a model, or "" for the best installed one. */
  readonly chatModel: string;
  /** What a question about the files as a whole is answered from; undefined for another one. */
  whole?(request: AskRequest, signal: AbortSignal): Promise<Whole | undefined>;
  /** Whether the chat model reads again what could not be confirmed. */
  readonly secondReader?: boolean;
  /** What was searched, for a question without an answer: "412 files in 2 folders". */
  searched?(): string;
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
  const found = await searchFor(request, parts, context);
  const { searchedFor } = found;
  let { passages } = found;
  const searchMs = performance.now() - started;
  progress({ type: "passages", passages });
  const unwritten = (notice: string): Answer => {
    const timings = { searchMs, answerMs: performance.now() - started };
    return { ...unwrittenOf(found, notice), passages, timings };
  };
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
  const morePassages = moreOf(found, parts.speed?.morePassages(model, mostMore) ?? 0);
  const written = await writeAnswer({ ...request, passages, morePassages, model }, parts, context, started);
  passages = [...written.passages];
  throwIfCancelled(signal);
  if (written.text.trim() === "") {
    return { ...unwritten(noticeOf(written.problem, false)), model };
  }
  progress({ type: "stage", stage: "checking" });
  const sentences = checkAnswer(written.text, passages, request);
  const notice = noticeOfWritten(written, parts);
  const answer: Answer = {
    written: true,
    text: written.text,
    passages: markCited(written.text, sentences, passages),
    searchedFor,
    sentences,
    ...writtenBy(model, server),
    ...reservations(written, request, passages),
    ...(written.context ? { context: written.context } : {}),
    ...(notice === "" ? {} : { notice }),
    timings: {
      searchMs,
      ...(written.firstTokenMs === undefined ? {} : { firstTokenMs: written.firstTokenMs }),
      answerMs: performance.now() - started,
    },
  };
  return parts.secondReader ? withSecondReading(answer, { ...request, model }, parts, context) : answer;
}

/** The answer as it is after a second reading; it is shown as it is before, since this may take long. */
async function withSecondReading(
  answer: Answer,
  { question, model }: Pick<AskRequest, "question"> & { readonly model: string },
  parts: AskParts,
  { signal, progress }: RequestContext<AnswerEvent>,
): Promise<Answer> {
  // A model that has just failed would only be waited for.
  if (answer.incomplete || !answer.sentences.some(mayBeConfirmed)) return answer;
  progress({ type: "checked", answer });
  progress({ type: "stage", stage: "reading-again" });
  const reading = await readAgain(
    { ...answer, question },
    { ...parts, chatModel: model },
    { signal, progress: () => undefined },
  );
  const { sentences, reader } = reading;
  const notice = [answer.notice, reading.notice].filter((one) => one !== undefined).join(" ");
  return {
    ...answer,
    sentences,
    ...(reader === undefined ? {} : { reader }),
    ...(notice === "" ? {} : { notice }),
  };
}

interface Found {
  readonly passages: Hit[];
  /** Those of `passages` that define what the others speak of. */
  readonly definitions: readonly Hit[];
  readonly nearest: Hit[];
  /** More chunks than passages were made of, best first. */
  readonly ranked: readonly Hit[];
  readonly searchedFor: string[];
}

async function searchFor(
  request: AskRequest,
  { search, lookUp, whole: wholeOf }: AskParts,
  { signal, progress }: RequestContext<AnswerEvent>,
): Promise<Found> {
  throwIfCancelled(signal);
  progress({ type: "stage", stage: "searching" });
  const { question } = request;
  const { passages, ranked, searchedFor } = await findPassages(request, search, passagesAsked, signal);
  throwIfCancelled(signal);
  const whole = await wholeOf?.(request, signal);
  throwIfCancelled(signal);
  const { hits, nearest } = aboveFloor(question, passages);
  if (whole) {
    return { passages: withTheWhole(whole, hits), definitions: [], nearest: [], ranked: [], searchedFor };
  }
  const definitions = lookUp ? await definitionsFor(question, hits, lookUp, signal) : [];
  throwIfCancelled(signal);
  return { passages: [...hits, ...definitions], definitions, nearest, ranked, searchedFor };
}

function unwrittenOf({ nearest, searchedFor }: Found, notice: string): Omit<Answer, "passages" | "timings"> {
  return {
    written: false,
    text: "",
    ...(nearest.length > 0 ? { nearest } : {}),
    searchedFor,
    sentences: [],
    notice,
  };
}

/** Passages of more chunks, with the same definitions. */
function moreOf({ ranked, definitions }: Found, more: number): Hit[] | undefined {
  if (more === 0 || ranked.length === 0) return undefined;
  const passages = joinPassages(ranked, passagesAsked + more);
  const isIn = (one: Hit): boolean =>
    passages.some(
      ({ folder, path, startLine, endLine }) =>
        folder === one.folder && path === one.path && startLine <= one.startLine && endLine >= one.endLine,
    );
  return [...passages, ...definitions.filter((one) => !isIn(one))];
}

/** Which model wrote, and where it runs. */
function writtenBy(model: string, { product, url, away }: ChatServer): Pick<Answer, "model" | "server"> {
  const program = product === undefined ? {} : { product };
  return { model, server: { ...program, url, ...(away === undefined ? {} : { away }) } };
}

/** What makes an answer worth less than it looks. */
function reservations(
  { problem }: Written,
  { question, selection }: AskRequest,
  passages: readonly Hit[],
): Pick<Answer, "incomplete" | "weak"> {
  const weak = selection === undefined && isWeak(question, passages);
  return { ...(problem ? { incomplete: true } : {}), ...(weak ? { weak } : {}) };
}

function noticeOfWritten({ text, problem, cut }: Written, parts: AskParts): string {
  if (problem) return noticeOf(problem, true);
  if (cut)
    return "The answer reached its length limit and was cut. Ask for the rest, or ask about less at once.";
  return isNotFound(text) ? searchedSentence(parts).trim() : "";
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
  return passages.map((passage, index) => {
    const citing = checked.filter(
      ({ verdict, cites }) => verdict === "supported" && cites.includes(index + 1),
    );
    const found = citing.flatMap(({ range: [start, end] }) =>
      markSentences(withoutCitations(text.slice(start, end)), passage.text, passage.kind, marksForClaim),
    );
    const marks = [...new Map(found.map((range) => [range[0], range])).values()].sort((a, b) => a[0] - b[0]);
    return marks.length > 0 ? { ...passage, marks } : passage;
  });
}

function isNotFound(text: string): boolean {
  return /^\s*I did not find this in your files/i.test(text);
}

function throwIfCancelled(signal: AbortSignal): void {
  if (signal.aborted) throw cancelled();
}
