import type { Answer, AnswerEvent, ChatServer, Hit, IndexStatus, Selection, Turn } from "../protocol/data.ts";
import type { EngineState } from "../protocol/panel.ts";

/** What the panel shows: a pure function of the actions so far. Everything in it is plain data. */

export type Stage = Extract<AnswerEvent, { type: "stage" }>["stage"];

export interface Failure {
  readonly message: string;
  readonly remedy: string;
}

/** One question and what came of it. */
export interface Exchange {
  readonly id: number;
  readonly question: string;
  readonly selection?: Selection | undefined;
  /** "stopped": by the person, or because the panel was closed; what had been written stays. */
  readonly state: "asking" | "done" | "stopped" | "failed";
  readonly stage?: Stage | undefined;
  /** What has been written so far, or the whole answer. */
  readonly text: string;
  readonly passages: readonly Hit[];
  readonly answer?: Answer | undefined;
  readonly failure?: Failure | undefined;
}

export interface PanelState {
  readonly engine: EngineState;
  readonly index?: IndexStatus | undefined;
  readonly chat?: ChatServer | undefined;
  /** False when no folder is open, so that there is nothing to ask about. */
  readonly hasFolder: boolean;
  /** What went wrong with something other than an answer, such as opening a file. */
  readonly trouble?: Failure | undefined;
  readonly exchanges: readonly Exchange[];
  readonly draft: string;
  readonly selection?: Selection | undefined;
  /** What a screen reader is told next. */
  readonly announcement: string;
  /** Grows with each request to put the cursor into the ask box. */
  readonly focusRequests: number;
}

export type Action =
  | { type: "engine"; engine: EngineState }
  | { type: "index"; index: IndexStatus }
  | { type: "chat"; chat: ChatServer }
  | { type: "folders"; count: number }
  | { type: "trouble"; failure: Failure | undefined }
  | { type: "draft"; text: string }
  | { type: "selection"; selection: Selection | undefined }
  | { type: "prefill"; question: string; selection: Selection | undefined }
  | { type: "ask"; id: number; question: string; selection: Selection | undefined }
  | { type: "event"; id: number; event: AnswerEvent }
  | { type: "answered"; id: number; answer: Answer }
  | { type: "stopped"; id: number }
  | { type: "failed"; id: number; failure: Failure }
  | { type: "remove"; id: number }
  | { type: "announce"; text: string }
  | { type: "focus" }
  | { type: "newConversation" };

export const initialState: PanelState = {
  engine: { state: "starting" },
  hasFolder: true,
  exchanges: [],
  draft: "",
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
};

/** The state after an action. Answers to questions that are no longer shown change nothing. */
export function reduce(state: PanelState, action: Action): PanelState {
  switch (action.type) {
    case "engine":
      return { ...state, engine: action.engine };
    case "index":
      return { ...state, index: action.index };
    case "chat":
      return { ...state, chat: action.chat };
    case "folders":
      return { ...state, hasFolder: action.count > 0 };
    case "trouble":
      return {
        ...state,
        trouble: action.failure,
        announcement: action.failure ? said(action.failure) : state.announcement,
      };
    case "draft":
      return { ...state, draft: action.text };
    case "selection":
      return { ...state, selection: action.selection };
    case "prefill":
      return {
        ...state,
        draft: action.question,
        selection: action.selection,
        focusRequests: state.focusRequests + 1,
      };
    case "ask": {
      const exchange: Exchange = {
        id: action.id,
        question: action.question,
        selection: action.selection,
        state: "asking",
        text: "",
        passages: [],
      };
      return {
        ...state,
        exchanges: [...state.exchanges, exchange],
        draft: "",
        selection: undefined,
        trouble: undefined,
        announcement: "",
      };
    }
    case "event":
      return reduceEvent(state, action.id, action.event);
    case "answered":
      return change(state, action.id, () => ({
        state: "done",
        stage: undefined,
        text: action.answer.text,
        passages: action.answer.passages,
        answer: action.answer,
      }));
    case "stopped":
      return change(state, action.id, () => ({ state: "stopped", stage: undefined }), "Stopped.");
    case "failed":
      return change(
        state,
        action.id,
        () => ({ state: "failed", stage: undefined, failure: action.failure }),
        said(action.failure),
      );
    case "remove":
      return { ...state, exchanges: state.exchanges.filter((exchange) => exchange.id !== action.id) };
    case "announce":
      return { ...state, announcement: action.text };
    case "focus":
      return { ...state, focusRequests: state.focusRequests + 1 };
    case "newConversation":
      return {
        ...state,
        exchanges: [],
        selection: undefined,
        announcement: "New conversation.",
        focusRequests: state.focusRequests + 1,
      };
  }
}

/** The earlier questions and answers that go with the next question. */
export function historyOf(exchanges: readonly Exchange[]): Turn[] {
  return exchanges
    .filter((exchange) => exchange.state === "done" || (exchange.state === "stopped" && exchange.text !== ""))
    .slice(-maxHistory)
    .map((exchange) => ({ question: exchange.question, answer: exchange.text }));
}

/** The question that is being answered, if any; there is at most one. */
export function current(state: PanelState): Exchange | undefined {
  const last = state.exchanges.at(-1);
  return last?.state === "asking" ? last : undefined;
}

function said(failure: Failure): string {
  return `${failure.message} ${failure.remedy}`.trim();
}

function reduceEvent(state: PanelState, id: number, event: AnswerEvent): PanelState {
  switch (event.type) {
    case "stage":
      return change(state, id, () => ({ stage: event.stage }), stageLabels[event.stage]);
    case "passages":
      return change(state, id, () => ({ passages: event.passages }));
    case "text":
      return change(state, id, (exchange) => ({ text: exchange.text + event.text }));
  }
}

/** Changes the exchange with this id if it is still being answered. Others keep their identity. */
function change(
  state: PanelState,
  id: number,
  update: (exchange: Exchange) => Partial<Exchange>,
  announcement?: string,
): PanelState {
  const index = state.exchanges.findIndex((exchange) => exchange.id === id && exchange.state === "asking");
  const exchange = state.exchanges[index];
  if (!exchange) return state;
  return {
    ...state,
    exchanges: state.exchanges.with(index, { ...exchange, ...update(exchange) }),
    announcement: announcement ?? state.announcement,
  };
}
