import { relatedFloor } from "../indexer/search/matchScore.ts";
import type { ModelKeeper } from "../models/chat/chatClient.ts";
import { CarrelError, type Handlers, type RequestContext } from "../protocol/channel.ts";
import { counted } from "../protocol/counted.ts";
import type {
  Answer,
  AnswerEvent,
  ChatServer,
  Check,
  Connection,
  Hit,
  Reading,
  ReadingProgress,
  ReadRequest,
  SearchMode,
  ServerKey,
  Settings,
} from "../protocol/data.ts";
import type { EngineContract } from "../protocol/engine.ts";
import { filterLabels } from "../protocol/filters.ts";
import type { MachineReport } from "../protocol/machine.ts";
import { aboveFloor } from "./answer/aboveFloor.ts";
import type { AskParts } from "./answer/asking.ts";
import { makeExamples } from "./answer/examples.ts";
import { markSentences } from "./answer/marks.ts";
import { overviewText, wholeOf } from "./answer/whole.ts";
import type { KeptConnections } from "./connectionFile.ts";
import { keepingModels } from "./modelKeeping.ts";
import { mendOpen } from "./privateStorage.ts";
import { isOrigin } from "./related.ts";
import { saltOf } from "./salt.ts";
import type { SearchDetails } from "./workspace/generation.ts";
import { Workspace, type WorkspaceParts } from "./workspace/workspace.ts";

type AskParams = Parameters<Handlers<EngineContract>["ask"]>[0];

/** What the engine is made of; the process entry builds it, tests bring their own. */
export interface EngineParts extends WorkspaceParts {
  readonly version: string;
  /** Applies settings that name hosts and models. */
  applySettings(settings: Settings): void;
  /** Takes the keys of model servers in place of those that it had. */
  applyKeys(keys: readonly ServerKey[]): void;
  answer(
    request: AskParams,
    asking: Pick<AskParts, "search" | "lookUp" | "searched" | "whole">,
    context: RequestContext<AnswerEvent>,
  ): Promise<Answer>;
  readAgain(request: ReadRequest, context: RequestContext<ReadingProgress>): Promise<Reading>;
  chatServer(): Promise<ChatServer>;
  /** What this machine can run. */
  machine(signal: AbortSignal): Promise<MachineReport>;
  /** What gets and deletes models on the model server, where that can be told to. */
  keeper(): ModelKeeper | undefined;
  connections(): Connection[];
  /** Says where things are stored, before anything else is asked. */
  openStorage(storage: string): void;
  keptConnections(): Promise<KeptConnections>;
  doctor(storage: string): Promise<Check[]>;
}

export interface RunningEngine {
  readonly handlers: Handlers<EngineContract>;
  /** Ends all work and releases the indexes. */
  close(): Promise<void>;
}

/** The requests of one client, answered from one set of folders. */
export function createEngine(parts: EngineParts): RunningEngine {
  const workspace = new Workspace(parts);
  const place = { storage: "" };

  const handlers: Handlers<EngineContract> = {
    ...settingUp(workspace, parts, place),
    index: (wanted, { signal, progress }) => workspace.index(signal, progress, wanted),
    pause() {
      workspace.pause();
      return {};
    },
    resume() {
      workspace.resume();
      return {};
    },
    async deleteIndex() {
      await workspace.clear();
      return {};
    },
    status: () => ({
      status: workspace.status(),
      skipped: workspace.skipped(),
      withheld: workspace.withheld(),
    }),
    async filesChanged({ paths }) {
      await workspace.filesChanged(paths);
      return {};
    },
    ...finding(workspace, parts),
    ...showing(workspace, parts),
    readAgain: (request, context) => parts.readAgain(request, context),
    chatServer: () => parts.chatServer(),
    machine: (_, { signal }) => parts.machine(signal),
    ...keepingModels(() => parts.keeper()),
    doctor: async () => ({ checks: await parts.doctor(place.storage) }),
    async privacy() {
      const { connections: kept, since } = await parts.keptConnections();
      return { connections: parts.connections(), kept, ...(since === undefined ? {} : { keptSince: since }) };
    },
  };

  return {
    handlers,
    async close() {
      await workspace.close();
      await Promise.all([parts.parser.close(), parts.recogniser.close()]);
    },
  };
}

/** The requests that say what is to be indexed, and how; the first of them says where. */
function settingUp(
  workspace: Workspace,
  parts: EngineParts,
  place: { storage: string },
): Pick<Handlers<EngineContract>, "initialize" | "setFolders" | "setSettings" | "setServerKeys"> {
  const apply = (settings: Settings): void => {
    parts.applySettings(settings);
    const letThrough = { salt: saltOf(place.storage), allowed: settings.secretsAllow };
    parts.parser.letThrough(letThrough);
    parts.recogniser.letThrough(letThrough);
  };
  return {
    async initialize({ storage, folders, settings, serverKeys = [] }) {
      place.storage = storage;
      parts.openStorage(storage);
      const { open } = await mendOpen(storage);
      if (open.length > 0)
        parts.log("warn", `Others may read ${counted(open.length, "entry", "entries")} of ${storage}.`);
      parts.applyKeys(serverKeys);
      apply(settings);
      await workspace.open(storage, folders, settings);
      return { version: parts.version, status: workspace.status() };
    },
    async setFolders({ folders }) {
      await workspace.setFolders(folders);
      return {};
    },
    setSettings({ settings }) {
      apply(settings);
      workspace.setSettings(settings);
      return {};
    },
    setServerKeys({ serverKeys }) {
      parts.applyKeys(serverKeys);
      workspace.keysChanged();
      return {};
    },
  };
}

/** The requests that look for passages and show them. */
function finding(
  workspace: Workspace,
  parts: EngineParts,
): Pick<Handlers<EngineContract>, "search" | "ask" | "overview" | "examples"> {
  const search = async (
    query: string,
    k: number,
    mode: SearchMode,
    signal: AbortSignal,
    details: SearchDetails,
  ): Promise<Hit[]> => {
    const found = await workspace.search(query, k, mode, signal, details);
    return found.map((one) => ({ ...one, marks: markSentences(query, one.text, one.kind) }));
  };
  return {
    async search({ query, k, mode, except, ...details }, { signal }) {
      const started = performance.now();
      const found = await search(query, except ? k + 10 : k, mode, signal, details);
      if (found.length === 0) workspace.throwIfUnindexed();
      const ms = performance.now() - started;
      if (except) {
        const related = found.filter((hit) => !isOrigin(hit, except) && hit.score >= relatedFloor);
        return { hits: related.slice(0, k), nearest: [], ms };
      }
      return { ...aboveFloor(query, found), ms };
    },
    async ask(request, context) {
      const { signal, progress } = context;
      await workspace.untilRead(signal, (reading) => progress({ type: "reading", ...reading }));
      let read: Answer["read"];
      const asking = {
        async search(query: string, k: number, signal: AbortSignal) {
          read ??= workspace.readShare();
          return workspace.search(query, k, "hybrid", signal, { filter: request.filter, isQuestion: true });
        },
        whole: (_: unknown, signal: AbortSignal) => wholeOf(workspace, workspace.folders, request, signal),
        async lookUp(words: string, k: number, file: Pick<Hit, "path"> | undefined, signal: AbortSignal) {
          const filter = file ? { ...request.filter, paths: [file.path] } : request.filter;
          return workspace.search(words, k, "lexical", signal, { filter });
        },
        searched: () => {
          const labels = filterLabels(request.filter ?? {}).join(" ");
          return workspace.description() + (labels && `, of which only ${labels}`);
        },
      };
      const answer = await parts.answer(request, asking, context);
      return read ? { ...answer, read } : answer;
    },
    examples: async (_, { signal }) => ({ examples: await makeExamples(workspace, signal) }),
    overview: ({ folder, filter }, { signal }) => overviewText(workspace, folder, filter, signal),
  };
}

/** The requests that show a document. */
function showing(
  workspace: Workspace,
  { parser }: EngineParts,
): Pick<Handlers<EngineContract>, "document" | "scannedPage"> {
  return {
    async document({ folder, path }) {
      requireFolder(workspace, folder);
      return parser.documentText(folder, path, await workspace.scansOf(folder)?.known(path));
    },
    async scannedPage({ folder, path, page }) {
      requireFolder(workspace, folder);
      const scan = await workspace.scansOf(folder)?.page(path, page);
      return scan ? { scan } : {};
    },
  };
}

function requireFolder(workspace: Workspace, folder: string): void {
  if (workspace.hasFolder(folder)) return;
  throw new CarrelError(`${folder} is not a folder of this workspace.`, "Open its folder first.");
}
