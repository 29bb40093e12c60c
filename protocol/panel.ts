import * as v from "valibot";
import type { Contract } from "./channel.ts";
import * as data from "./data.ts";

const nothing = v.object({});

/** The engine as the panel shows it. */
const engineState = v.object({
  state: v.picklist(["starting", "running", "restarting", "failed"]),
  /** For "restarting" and "failed": what happened, and what to do. */
  message: v.optional(v.string()),
});
export type EngineState = v.InferOutput<typeof engineState>;

/** What the chat panel asks of the extension. Everything here comes from a webview and is checked. */
export const panelHostContract = {
  requests: {
    /** The panel has loaded: what it must show at once. */
    ready: {
      params: nothing,
      result: v.object({
        engine: engineState,
        status: v.optional(data.indexStatus),
        folders: v.array(data.folder),
        /** Whether a document can be opened in its own program. */
        opensOutside: v.boolean(),
      }),
    },
    ask: {
      params: v.object({
        question: v.string(),
        history: v.array(data.turn),
        selection: v.optional(data.selection),
        filter: v.exactOptional(data.filter),
      }),
      result: data.answer,
      progress: data.answerEvent,
    },
    /** Lets the chat model read what could not be confirmed of an answer again. */
    readAgain: { params: data.readRequest, result: data.reading, progress: data.readingProgress },
    /** Opens the passage in an editor and highlights it; `original` opens a document in its own program. */
    openPassage: {
      params: v.object({ passage: data.hit, original: v.boolean() }),
      result: nothing,
    },
    /** Questions to offer; asked anew when the index has changed. */
    examples: { params: nothing, result: v.object({ examples: v.array(data.example) }) },
    chatServer: { params: nothing, result: data.chatServer },
    /** One of the extension's own commands that the panel offers as a button, or VS Code's to open a folder. */
    command: {
      params: v.object({
        name: v.picklist([
          "chooseModel",
          "chooseEmbeddingModel",
          "indexNow",
          "pauseIndexing",
          "resumeIndexing",
          "showStatus",
          "setUpOllama",
          "showLog",
          "restartEngine",
          "openFolder",
        ]),
      }),
      result: nothing,
    },
    copy: { params: v.object({ text: v.string() }), result: nothing },
  },
  notifications: {
    engine: engineState,
    status: data.indexStatus,
    /** Put a question into the panel, about a selection if there is one; `send` asks it at once. */
    prefill: v.object({ question: v.string(), selection: v.optional(data.selection), send: v.boolean() }),
    newConversation: nothing,
    /** What `chatServer` gives may be something else now: the settings have changed. */
    models: nothing,
    focus: nothing,
  },
} as const satisfies Contract;
export type PanelHostContract = typeof panelHostContract;

/** The extension only notifies the panel. */
export const panelContract = { requests: {}, notifications: {} } as const satisfies Contract;
export type PanelContract = typeof panelContract;
