import { readAgainText } from "../../protocol/answerLabels.ts";
import type {
  Answer,
  AnswerEvent,
  ChatServer,
  Example,
  IndexStatus,
  Reading,
  ReadingProgress,
  Selection,
} from "../../protocol/data.ts";
import type { EngineState } from "../../protocol/panel.ts";
import {
  againText,
  type Exchange,
  type Failure,
  type PanelState,
  stageLabels,
  waitingText,
} from "./state.ts";

/** What changes the conversation. */
type ExchangeAction =
  | { type: "ask"; id: number; question: string; selection: Selection | undefined }
  | { type: "event"; id: number; event: AnswerEvent }
  | { type: "answered"; id: number; answer: Answer }
  | { type: "stopped"; id: number }
  | { type: "failed"; id: number; failure: Failure }
  | { type: "again"; id: number; isWanted: boolean }
  | { type: "reading"; id: number; progress: ReadingProgress }
  | { type: "readAgain"; id: number; reading: Reading }
  | { type: "readingEnded"; id: number; failure?: Failure }
  | { type: "remove"; id: number }
  | { type: "newConversation" };

/** What changes the panel around the conversation. */
type PanelAction =
  | { type: "engine"; engine: EngineState }
  | { type: "index"; index: IndexStatus }
  | { type: "chat"; chat: ChatServer }
  | { type: "folders"; count: number; opensOutside: boolean }
  | { type: "examples"; examples: readonly Example[] }
  | { type: "trouble"; failure: Failure | undefined }
  | { type: "draft"; text: string }
  | { type: "selection"; selection: Selection | undefined }
  | { type: "prefill"; question: string; selection: Selection | undefined }
  | { type: "announce"; text: string }
  | { type: "languageHintDismissed" }
  | { type: "focus" };

export type Action = ExchangeAction | PanelAction;

/** The state after an action. Answers to questions that are no longer shown change nothing. */
export function reduce(state: PanelState, action: Action): PanelState {
  switch (action.type) {
    case "engine":
      return { ...state, engine: action.engine };
    case "index":
      return { ...state, index: action.index, examples: action.index.files === 0 ? [] : state.examples };
    case "examples":
      return { ...state, examples: action.examples };
    case "chat":
      return { ...state, chat: action.chat };
    case "folders":
      return { ...state, hasFolder: action.count > 0, opensOutside: action.opensOutside };
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
    case "announce":
      return { ...state, announcement: action.text };
    case "languageHintDismissed":
      return { ...state, isLanguageHintDismissed: true, focusRequests: state.focusRequests + 1 };
    case "focus":
      return { ...state, focusRequests: state.focusRequests + 1 };
    default:
      return reduceExchanges(state, action);
  }
}

function reduceExchanges(state: PanelState, action: ExchangeAction): PanelState {
  switch (action.type) {
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
        reading: undefined,
        text: action.answer.text,
        passages: action.answer.passages,
        answer: action.answer,
      }));
    case "stopped":
    case "failed":
      return reduceEnd(state, action);
    case "again":
      return {
        ...state,
        exchanges: state.exchanges.map((exchange) =>
          exchange.id === action.id ? { ...exchange, isAgainWanted: action.isWanted } : exchange,
        ),
        announcement: action.isWanted ? againText : "",
      };
    case "reading":
    case "readAgain":
    case "readingEnded":
      return reduceReading(state, action);
    case "remove":
      return { ...state, exchanges: state.exchanges.filter((exchange) => exchange.id !== action.id) };
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

/** The end before the answer; one that was only being read again is there. */
function reduceEnd(
  state: PanelState,
  action: Extract<ExchangeAction, { type: "stopped" | "failed" }>,
): PanelState {
  if (action.type === "stopped") {
    const end = ({ answer }: Exchange) => ({ state: answer ? "done" : "stopped", stage: undefined }) as const;
    return change(state, action.id, end, "Stopped.");
  }
  const { failure } = action;
  const notice = said(failure);
  return change(
    state,
    action.id,
    ({ answer }) =>
      answer
        ? { state: "done", stage: undefined, rereading: { notice } }
        : { state: "failed", stage: undefined, failure },
    notice,
  );
}

type ReadingAction = Extract<ExchangeAction, { type: "reading" | "readAgain" | "readingEnded" }>;

/** The second reading of an answer that is there. */
function reduceReading(state: PanelState, action: ReadingAction): PanelState {
  const isMeant = ({ id, answer }: Exchange): boolean => id === action.id && answer !== undefined;
  switch (action.type) {
    case "reading":
      return update(state, isMeant, () => ({ rereading: action.progress }));
    case "readAgain": {
      const { sentences, reader, notice } = action.reading;
      const found = reader === undefined ? { sentences } : { sentences, reader };
      return update(
        state,
        isMeant,
        ({ answer }) => ({
          ...(answer ? { answer: { ...answer, ...found } } : {}),
          rereading: notice === undefined ? undefined : { notice },
        }),
        notice ?? readAgainText(found),
      );
    }
    case "readingEnded": {
      const notice = action.failure && said(action.failure);
      return update(
        state,
        isMeant,
        () => ({ rereading: notice === undefined ? undefined : { notice } }),
        notice ?? "Stopped.",
      );
    }
  }
}

function said(failure: Failure): string {
  return `${failure.message} ${failure.remedy}`.trim();
}

function reduceEvent(state: PanelState, id: number, event: AnswerEvent): PanelState {
  switch (event.type) {
    case "stage":
      return change(state, id, () => ({ stage: event.stage, reading: undefined }), stageLabels[event.stage]);
    case "reading": {
      // A screen reader hears that it waits, and not each number.
      const said = state.exchanges.some((one) => one.id === id && one.reading) ? undefined : waitingText;
      const { files, of } = event;
      return change(state, id, () => ({ reading: { files, of } }), said);
    }
    case "passages":
      return change(state, id, () => ({ passages: event.passages }));
    case "text":
      return change(state, id, (exchange) => ({ text: exchange.text + event.text }));
    case "thought":
      return change(state, id, ({ thoughts = "" }) => ({ thoughts: thoughts + event.text }));
    case "unsaid":
      return change(state, id, ({ thoughts = "", text }) => ({ thoughts: thoughts + text, text: "" }));
    case "checked":
      return change(state, id, () => ({
        text: event.answer.text,
        passages: event.answer.passages,
        answer: event.answer,
      }));
  }
}

/** Changes the exchange with this id if it is still being answered. */
function change(
  state: PanelState,
  id: number,
  changes: (exchange: Exchange) => Partial<Exchange>,
  announcement?: string,
): PanelState {
  return update(
    state,
    (exchange) => exchange.id === id && exchange.state === "asking",
    changes,
    announcement,
  );
}

/** Changes the exchange that is meant, if it is there. Others keep their identity. */
function update(
  state: PanelState,
  isMeant: (exchange: Exchange) => boolean,
  changes: (exchange: Exchange) => Partial<Exchange>,
  announcement?: string,
): PanelState {
  const index = state.exchanges.findIndex(isMeant);
  const exchange = state.exchanges[index];
  if (!exchange) return state;
  return {
    ...state,
    exchanges: state.exchanges.with(index, { ...exchange, ...changes(exchange) }),
    announcement: announcement ?? state.announcement,
  };
}
