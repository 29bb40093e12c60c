import type { InferOutput } from "valibot";
import { CarrelError, type RequestOptions } from "../protocol/channel.ts";
import type {
  Answer,
  AnswerEvent,
  ChatModel,
  ChatServer,
  Connections,
  DocumentText,
  Example,
  Filter,
  IndexStatus,
  IndexSummary,
  ModelOffer,
  ModelStore,
  OverviewText,
  PullProgress,
  Reading,
  ReadingProgress,
  ReadRequest,
  Skipped,
  Withheld,
} from "../protocol/data.ts";
import type { EngineContract } from "../protocol/engine.ts";
import type { MachineReport } from "../protocol/machine.ts";
import type { ScannedPage } from "../protocol/scans.ts";
import {
  type EngineChannel,
  EngineSupervisor,
  type SupervisedState,
  type SupervisorOptions,
} from "./engineSupervisor.ts";

type Requests = EngineContract["requests"];
export type IndexParams = InferOutput<Requests["index"]["params"]>;
export type SearchParams = InferOutput<Requests["search"]["params"]>;
/** A model on the server whose address the person was shown. */
type ShownModel = InferOutput<Requests["pullModel"]["params"]>;
export type AskParams = InferOutput<Requests["ask"]["params"]>;

/**
 * What the extension asks of the engine, a method for each request; the engine is started when one is
 * called. Every call ends: a result, an error, a cancellation (code "cancelled"), or the engine's end
 * ("gone"). Errors are CarrelErrors with words for a person.
 */
export class EngineClient {
  private lastStatus: IndexStatus | undefined;
  private readonly supervisor: EngineSupervisor;
  private readonly options: SupervisorOptions;

  constructor(options: SupervisorOptions) {
    this.options = options;
    this.supervisor = new EngineSupervisor(options);
    this.supervisor.onStatus((status) => {
      this.lastStatus = status;
    });
  }

  get state(): SupervisedState {
    return this.supervisor.state;
  }

  /** The index's last known state; undefined before the engine was first up. */
  get status(): IndexStatus | undefined {
    return this.lastStatus;
  }

  /** Hear each change of the engine's state. Returns a function that stops listening. */
  onState(listener: (state: SupervisedState) => void): () => void {
    return this.supervisor.onState(listener);
  }

  /** Hear each change of the index's state. Returns a function that stops listening. */
  onStatus(listener: (status: IndexStatus) => void): () => void {
    return this.supervisor.onStatus(listener);
  }

  async start(): Promise<void> {
    await this.supervisor.channel();
  }

  async restart(): Promise<void> {
    await this.supervisor.restart();
  }

  dispose(): void {
    this.supervisor.dispose();
  }

  index(params: IndexParams = {}, options: RequestOptions<IndexStatus> = {}): Promise<IndexSummary> {
    return this.call((channel) => channel.request("index", params, options));
  }

  async pause(): Promise<void> {
    await this.call((channel) => channel.request("pause", {}));
  }

  async resume(): Promise<void> {
    await this.call((channel) => channel.request("resume", {}));
  }

  async deleteIndex(): Promise<void> {
    await this.call((channel) => channel.request("deleteIndex", {}));
  }

  readStatus(): Promise<{ status: IndexStatus; skipped: Skipped[]; withheld: Withheld[] }> {
    return this.call((channel) => channel.request("status", {}));
  }

  search(params: SearchParams, signal?: AbortSignal): Promise<InferOutput<Requests["search"]["result"]>> {
    return this.call((channel) => channel.request("search", params, signal ? { signal } : {}));
  }

  ask(params: AskParams, options: RequestOptions<AnswerEvent> = {}): Promise<Answer> {
    return this.call((channel) => channel.request("ask", params, options));
  }

  readAgain(request: ReadRequest, options: RequestOptions<ReadingProgress>): Promise<Reading> {
    return this.call((channel) => channel.request("readAgain", request, options));
  }

  /** The text that was taken from the document at `path` in the folder at `folder`. */
  document(folder: string, path: string, signal?: AbortSignal): Promise<DocumentText> {
    return this.call((channel) => channel.request("document", { folder, path }, signal ? { signal } : {}));
  }

  /** What was read in the picture of a page of a PDF; nothing where it is no scan, or was not read. */
  scannedPage(
    folder: string,
    path: string,
    page: number,
    signal: AbortSignal,
  ): Promise<{ scan?: ScannedPage }> {
    return this.call((channel) => channel.request("scannedPage", { folder, path, page }, { signal }));
  }

  /** What the folder at `folder` holds, of what the filter lets through. */
  overview(folder: string, filter: Filter, signal: AbortSignal): Promise<OverviewText> {
    return this.call((channel) => channel.request("overview", { folder, filter }, { signal }));
  }

  /** Questions that the workspace's files answer. */
  examples(signal: AbortSignal): Promise<{ examples: Example[] }> {
    return this.call((channel) => channel.request("examples", {}, { signal }));
  }

  chatServer(): Promise<ChatServer> {
    return this.call((channel) => channel.request("chatServer", {}));
  }

  /** Looks at this machine and measures it, for about a second, and says what it can run. */
  machine(): Promise<MachineReport> {
    return this.call((channel) => channel.request("machine", {}));
  }

  modelStore(): Promise<ModelStore> {
    return this.call((channel) => channel.request("modelStore", {}));
  }

  modelOffer(name: string): Promise<ModelOffer> {
    return this.call((channel) => channel.request("modelOffer", { name }));
  }

  pullModel(wanted: ShownModel, options: RequestOptions<PullProgress>): Promise<ChatModel> {
    return this.call((channel) => channel.request("pullModel", wanted, options));
  }

  async deleteModel(wanted: ShownModel): Promise<void> {
    await this.call((channel) => channel.request("deleteModel", wanted));
  }

  async unloadModel(wanted: ShownModel): Promise<void> {
    await this.call((channel) => channel.request("unloadModel", wanted));
  }

  /** Connections that the engine made and refused since it started, and those of all engines that are kept. */
  connections(): Promise<Connections> {
    return this.call((channel) => channel.request("privacy", {}));
  }

  /** Absolute paths. Only a running engine is told: one that starts later looks at the disk itself. */
  async filesChanged(paths: string[]): Promise<void> {
    await this.callIfUp((channel) => channel.request("filesChanged", { paths }));
  }

  /** Gives a running engine the folders that `options.start` reads now. */
  async foldersChanged(): Promise<void> {
    const { folders } = this.options.start();
    await this.callIfUp((channel) => channel.request("setFolders", { folders }));
  }

  /** Gives a running engine the settings that `options.start` reads now; one that gave up tries again. */
  async settingsChanged(): Promise<void> {
    if (this.state.state === "failed") return this.restart();
    const { settings } = this.options.start();
    await this.callIfUp((channel) => channel.request("setSettings", { settings }));
  }

  /** Gives a running engine the keys that `options.start` reads now. */
  async serverKeysChanged(): Promise<void> {
    const { serverKeys = [] } = this.options.start();
    await this.callIfUp((channel) => channel.request("setServerKeys", { serverKeys }));
  }

  private async call<T>(send: (channel: EngineChannel) => Promise<T>): Promise<T> {
    const channel = await this.supervisor.channel();
    try {
      return await send(channel);
    } catch (error) {
      if (!(error instanceof CarrelError) || error.code !== "gone") throw error;
      throw new CarrelError(
        "Carrel's engine stopped before it had finished this.",
        "It is started again by itself; try again in a moment.",
        "gone",
      );
    }
  }

  private async callIfUp(send: (channel: EngineChannel) => Promise<unknown>): Promise<void> {
    const { state } = this.state;
    if (state === "running" || state === "starting") await this.call(send);
  }
}
