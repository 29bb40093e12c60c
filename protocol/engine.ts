import * as v from "valibot";
import type { Contract } from "./channel.ts";
import * as data from "./data.ts";
import { machineReport } from "./machine.ts";
import { scannedPage } from "./scans.ts";

const nothing = v.object({});

/** What the engine process understands. Its only client is the extension or the terminal that started it. */
export const engineContract = {
  requests: {
    /** First request: opens the indexes of these folders under `storage` (an absolute path). Starts no indexing. */
    initialize: {
      params: v.object({
        storage: v.string(),
        folders: v.array(data.folder),
        settings: data.settings,
        serverKeys: v.exactOptional(v.array(data.serverKey)),
      }),
      result: v.object({ version: v.string(), status: data.indexStatus }),
    },
    setFolders: { params: v.object({ folders: v.array(data.folder) }), result: nothing },
    setSettings: { params: v.object({ settings: data.settings }), result: nothing },
    /** The keys of model servers, in place of those that it had. They are kept in memory alone, and told to nobody. */
    setServerKeys: { params: v.object({ serverKeys: v.array(data.serverKey) }), result: nothing },
    /**
     * Brings the index up to date with the disk. Ends when it is; with `refine` when the bundled transformer
     * has read all passages too, with `ocr` when the pictures of scanned pages are read. With `rebuild` the index is deleted first.
     */
    index: {
      params: v.object({
        refine: v.optional(v.boolean()),
        ocr: v.optional(v.boolean()),
        rebuild: v.optional(v.boolean()),
      }),
      result: data.indexSummary,
      progress: data.indexStatus,
    },
    pause: { params: nothing, result: nothing },
    resume: { params: nothing, result: nothing },
    deleteIndex: { params: nothing, result: nothing },
    status: {
      params: nothing,
      result: v.object({
        status: data.indexStatus,
        skipped: v.array(data.skipped),
        /** The first 500; more are masked all the same. */
        withheld: v.array(data.withheld),
      }),
    },
    /** Files that were saved, made or deleted, as absolute paths. */
    filesChanged: { params: v.object({ paths: v.array(v.string()) }), result: nothing },
    search: {
      params: v.object({
        query: v.string(),
        k: v.number(),
        mode: data.searchMode,
        /**
         * Leave out passages of this file (absolute path) that overlap these lines; of a PDF that is shown as it is, and
         * whose lines nobody knows, those of these pages that hold some of this text.
         */
        except: v.optional(
          v.object({
            path: v.string(),
            startLine: v.number(),
            endLine: v.number(),
            onPages: v.exactOptional(v.object({ from: v.number(), to: v.number(), text: v.string() })),
          }),
        ),
        /** Look at nothing else. A folder that the workspace does not have is an error. */
        filter: v.exactOptional(data.filter),
        /** How many chunks before and after each hit come with it. */
        neighbours: v.exactOptional(v.number()),
      }),
      result: v.object({
        /** Empty when nothing matches better than what is found for questions that have no answer here. */
        hits: v.array(data.hit),
        /** Then, the little that comes nearest; else empty. */
        nearest: v.array(data.hit),
        ms: v.number(),
      }),
    },
    ask: {
      params: v.object({
        question: v.string(),
        history: v.array(data.turn),
        selection: v.optional(data.selection),
        filter: v.exactOptional(data.filter),
        /** Overrides the chosen chat model for this question; "" for none. */
        model: v.optional(v.string()),
      }),
      result: data.answer,
      progress: data.answerEvent,
    },
    /** Lets the chat model read what could not be confirmed of an answer again. */
    readAgain: { params: data.readRequest, result: data.reading, progress: data.readingProgress },
    document: { params: v.object({ folder: v.string(), path: v.string() }), result: data.documentText },
    /** The words of a page of a PDF that is a picture of text, with their boxes; none where it was not read. */
    scannedPage: {
      params: v.object({ folder: v.string(), path: v.string(), page: v.number() }),
      result: v.object({ scan: v.exactOptional(scannedPage) }),
    },
    /** What the folder at this path holds, of what the filter lets through. */
    overview: {
      params: v.object({ folder: v.string(), filter: data.filter }),
      result: data.overviewText,
    },
    /** Three or four questions that the workspace's own files answer; a general one while nothing is indexed. */
    examples: { params: nothing, result: v.object({ examples: v.array(data.example) }) },
    chatServer: { params: nothing, result: data.chatServer },
    /** What this machine can run: looks at it and measures it, for about a second. */
    machine: { params: nothing, result: machineReport },
    /** What the model server that can get and delete models has. An error where there is none. */
    modelStore: { params: nothing, result: data.modelStore },
    /** What downloading the model of this name would mean. Asks nobody; an error for a name that must not be got. */
    modelOffer: { params: v.object({ name: v.string() }), result: data.modelOffer },
    /**
     * These three do what a person has just said to, on the server whose address the person was shown: another one
     * than that refuses. A download that is cancelled is kept as far as it came.
     */
    pullModel: {
      params: v.object({ name: v.string(), url: v.string() }),
      result: data.chatModel,
      progress: data.pullProgress,
    },
    deleteModel: { params: v.object({ name: v.string(), url: v.string() }), result: nothing },
    unloadModel: { params: v.object({ name: v.string(), url: v.string() }), result: nothing },
    doctor: { params: nothing, result: v.object({ checks: v.array(data.check) }) },
    privacy: { params: nothing, result: data.connections },
  },
  notifications: {
    status: data.indexStatus,
    log: v.object({ level: v.picklist(["info", "warn", "error"]), message: v.string() }),
  },
} as const satisfies Contract;
export type EngineContract = typeof engineContract;

/** The engine asks nothing of its client. */
export const engineClientContract = { requests: {}, notifications: {} } as const satisfies Contract;
export type EngineClientContract = typeof engineClientContract;
