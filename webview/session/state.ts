import { CarrelError } from "../../protocol/channel.ts";
import type {
  Answer,
  AnswerEvent,
  ChatServer,
  Example,
  Hit,
  IndexStatus,
  Selection,
  Turn,
} from "../../protocol/data.ts";
import { filterLabels, readFilters } from "../../protocol/filters.ts";
import type { EngineState } from "../../protocol/panel.ts";

/** What the panel shows: a pure function of the actions so far. Everything in it is plain data. */

export type Stage = Extract<AnswerEvent, { type: "stage" }>["stage"];

export interface Failure {
  readonly message: string;
  readonly remedy: string;
  /** There is no index, and none will be built unless the person wants one. */
  readonly isUnindexed?: boolean | undefined;
}

/** One question and what came of it. */
export interface Exchange {
  readonly id: number;
  readonly question: string;
  readonly selection?: Selection | undefined;
  /** "stopped": by the person, or because the panel was closed; what had been written stays. */
  readonly state: "asking" | "done" | "stopped" | "failed";
  readonly stage?: Stage | undefined;
  /** How far the first index is, while it waits for that. */
  readonly reading?: { readonly files: number; readonly of: number } | undefined;
  /** The person wants it asked again when all files have been read. */
  readonly isAgainWanted?: boolean | undefined;
  /** What has been written so far, or the whole answer. */
  readonly text: string;
  /** What the model thought before it wrote: no part of the answer, nor of what the next question is told. */
  readonly thoughts?: string | undefined;
  readonly passages: readonly Hit[];
  readonly answer?: Answer | undefined;
  readonly failure?: Failure | undefined;
  /** Its second reading while it goes on, or why it ended before its end. */
  readonly rereading?:
    | { readonly done: number; readonly of: number }
    | { readonly notice: string }
    | undefined;
}

export interface PanelState {
  readonly engine: EngineState;
  readonly index?: IndexStatus | undefined;
  readonly chat?: ChatServer | undefined;
  /** False when no folder is open, so that there is nothing to ask about. */
  readonly hasFolder: boolean;
  /** Whether a document can be opened in its own program. */
  readonly opensOutside: boolean;
  /** What went wrong with something other than an answer, such as opening a file. */
  readonly trouble?: Failure | undefined;
  /** Questions that the files of this workspace answer; none while they are not known. */
  readonly examples: readonly Example[];
  readonly exchanges: readonly Exchange[];
  readonly draft: string;
  readonly selection?: Selection | undefined;
  /** The person does not want to read again in which languages the files are. */
  readonly isLanguageHintDismissed: boolean;
  /** What a screen reader is told next. */
  readonly announcement: string;
  /** Grows with each request to put the cursor into the ask box. */
  readonly focusRequests: number;
}

export const initialState: PanelState = {
  engine: { state: "starting" },
  hasFolder: true,
  opensOutside: false,
  examples: [],
  exchanges: [],
  draft: "",
  isLanguageHintDismissed: false,
  announcement: "",
  focusRequests: 0,
};

/** How many earlier questions go with a new one. The engine leaves out what does not fit. */
const maxHistory = 20;

export const stageLabels: Record<Stage, string> = {
  searching: "Searching…",
  "loading-model": "Loading the model…",
  thinking: "Thinking…",
  writing: "Writing…",
  checking: "Checking sources…",
  "reading-again": "Reading the sources again…",
};

export const waitingText = "Waiting until your files are read.";
export const againText = "It is asked again as soon as all files are read.";

/** The earlier questions and answers that go with the next question. */
export function historyOf(exchanges: readonly Exchange[]): Turn[] {
  return exchanges
    .filter((exchange) => exchange.state === "done" || (exchange.state === "stopped" && exchange.text !== ""))
    .slice(-maxHistory)
    .map(({ question, text, selection }) => ({
      question: understood(question).text,
      answer: text,
      ...(selection ? { selection } : {}),
    }));
}

/** What was typed, as it is understood: without its filters, with their labels, or with what is wrong with them. */
export interface Understood {
  readonly text: string;
  readonly labels: readonly string[];
  readonly failure?: Failure;
}

/** Reads what is typed, or was, for people to see. */
export function understood(typed: string): Understood {
  try {
    const { text, filter } = readFilters(typed);
    return { text, labels: filterLabels(filter) };
  } catch (error) {
    return { text: typed, labels: [], failure: describe(error) };
  }
}

/** Whatever was thrown, as it is shown. */
export function describe(error: unknown): Failure {
  if (error instanceof CarrelError) {
    const { message, remedy, code } = error;
    return { message, remedy, ...(code === "unindexed" ? { isUnindexed: true } : {}) };
  }
  return { message: error instanceof Error ? error.message : String(error), remedy: "" };
}

/** The answer that is being read again at a click, if any; there is at most one. */
export function readingOf(state: PanelState): Exchange | undefined {
  return state.exchanges.find(({ rereading }) => rereading && "of" in rereading);
}

/** The question that is being answered, if any; there is at most one. */
export function current(state: PanelState): Exchange | undefined {
  const last = state.exchanges.at(-1);
  return last?.state === "asking" ? last : undefined;
}
