import { setTimeout as delay } from "node:timers/promises";
import type { Parser } from "../../indexer/read/pool.ts";
import type { EmbeddingModel } from "../../models/embedding/embeddingModel.ts";
import { CarrelError } from "../../protocol/channel.ts";
import type { Folder, IndexStatus, IndexSummary, Settings, Skipped } from "../../protocol/data.ts";
import { defaultSettings } from "../../protocol/data.ts";
import { Library } from "./library.ts";

/** How often the client hears of progress, at most. */
const statusIntervalMs = 150;
/** A window that reads looks this often whether the one that writes has gone. */
const takeOverIntervalMs = 3_000;
/** A client that has just started its engine asks for an update within this time. */
const startingMs = 500;
const pollMs = 30;
/** The second pass begins when nothing was indexed for this long. */
const refineAfterMs = 2_000;

export interface IndexingParts {
  readonly parser: Parser;
  /** Opens the embedding model that a setting names. Throws a CarrelError when it can't be had. */
  openEmbedding(settings: Settings): Promise<EmbeddingModel>;
  /** The slower, better model that goes with this one, if any; nothing is loaded yet. */
  openRefining(embedding: EmbeddingModel): Promise<EmbeddingModel | undefined>;
  onStatus(status: IndexStatus): void;
  log(level: "info" | "warn" | "error", message: string): void;
}

interface Problem {
  readonly message: string;
  readonly remedy: string;
}

/** When to index and with which model: opening, updating, pausing, and changing the embedding model. */
export class Indexing {
  private readonly parts: IndexingParts;
  private storage = "";
  private folders: readonly Folder[] = [];
  private settings: Settings = defaultSettings;
  private library: Library | undefined;
  /** The index of a newly chosen embedding model, while it is being built; `library` serves until then. */
  private successor: Library | undefined;
  private paused = false;
  private modelProblem: Problem | undefined;
  private updateProblem: Problem | undefined;
  private updated = false;
  private updating: Promise<IndexSummary> | undefined;
  private nextUpdate: Promise<IndexSummary> | undefined;
  private stop = new AbortController();
  private statusTimer: NodeJS.Timeout | undefined;
  private takeOverTimer: NodeJS.Timeout | undefined;
  private refineTimer: NodeJS.Timeout | undefined;
  private refining = false;

  constructor(parts: IndexingParts) {
    this.parts = parts;
  }

  /** Opens the indexes of these folders under `storage`. Starts no indexing. */
  async open(storage: string, folders: readonly Folder[], settings: Settings): Promise<void> {
    this.storage = storage;
    this.folders = folders;
    this.settings = settings;
    this.library = await this.openLibrary(await this.openEmbedding(settings));
    this.takeOverTimer = setInterval(() => void this.takeOver(), takeOverIntervalMs);
    this.takeOverTimer.unref();
  }

  /** The indexes that answer questions now. */
  serving(): Library {
    if (!this.library) {
      throw new CarrelError("The engine has not been told which folders to serve.", "", "invalid");
    }
    return this.library;
  }

  hasFolder(path: string): boolean {
    return this.folders.some((folder) => folder.path === path);
  }

  /**
   * Waits while the first files of an empty index are being read, so that a question asked at once is not
   * answered with "nothing found". Returns as soon as there is something to find, or nothing more to wait for.
   */
  async whenSearchable(signal: AbortSignal): Promise<void> {
    const started = performance.now();
    const isStarting = (): boolean => performance.now() - started < startingMs;
    const waits = (): boolean =>
      !this.updated && !this.paused && (this.updating !== undefined || isStarting());
    while (this.serving().counts().chunks === 0 && waits() && !signal.aborted) {
      await delay(pollMs);
    }
  }

  /** What is searched, in words: "412 files in 2 folders". */
  description(): string {
    const { files } = this.serving().counts();
    const folders = this.folders.map((folder) => folder.name).join(", ");
    return `${files} ${files === 1 ? "file" : "files"} in ${folders}`;
  }

  async setFolders(folders: readonly Folder[]): Promise<void> {
    this.folders = folders;
    await this.serving().setFolders(folders);
    await this.successor?.setFolders(folders);
    this.sendStatus();
  }

  pause(): void {
    this.paused = true;
    this.stopWork();
  }

  resume(): void {
    this.paused = false;
    this.updateInBackground();
  }

  async clear(): Promise<void> {
    this.stopWork();
    await (this.nextUpdate ?? this.updating)?.catch(() => undefined);
    await this.serving().clear();
    this.updated = false;
    this.sendStatus();
  }

  async filesChanged(paths: readonly string[]): Promise<void> {
    if (this.paused) return;
    const { signal } = this.stop;
    await Promise.all([this.serving().changed(paths, signal), this.successor?.changed(paths, signal)]);
    this.refineLater();
  }

  /** Ends all work and releases the indexes. */
  async close(): Promise<void> {
    clearInterval(this.takeOverTimer);
    clearTimeout(this.statusTimer);
    this.stopWork();
    await Promise.allSettled([this.successor?.close(), this.library?.close()]);
  }

  skipped(): Skipped[] {
    return this.serving().skipped();
  }

  /** Applies new settings; what they change about the index is done in the background. */
  async setSettings(settings: Settings): Promise<void> {
    const before = this.settings;
    this.settings = settings;
    this.serving().setWalkOptions(walkOptions(settings));
    if (settings.embeddingModel !== before.embeddingModel) {
      this.stopWork();
      await (this.nextUpdate ?? this.updating)?.catch(() => undefined);
      const embedding = await this.openEmbedding(settings);
      await this.successor?.close();
      this.successor = undefined;
      if (embedding.id === this.serving().embedding.id) await embedding.close();
      else this.successor = await this.openLibrary(embedding);
      this.updateInBackground();
    } else if (
      settings.refine !== before.refine ||
      settings.maxFileBytes !== before.maxFileBytes ||
      settings.exclude.join("\n") !== before.exclude.join("\n")
    ) {
      this.stopWork();
      this.updateInBackground();
    }
    this.sendStatus();
  }

  /** Brings the index up to date, with refined vectors if asked for, and reports on the way. */
  async index(
    signal: AbortSignal,
    progress: (status: IndexStatus) => void,
    refine = false,
  ): Promise<IndexSummary> {
    this.paused = false;
    const timer = setInterval(() => progress(this.status()), statusIntervalMs);
    try {
      const summary = await this.update();
      signal.throwIfAborted();
      if (refine) await this.refine(AbortSignal.any([signal, this.stop.signal]));
      signal.throwIfAborted();
      return summary;
    } finally {
      clearInterval(timer);
    }
  }

  /**
   * One update at a time. Who asks while one runs gets the next, which sees all that was on disk when it was
   * asked for; more who ask meanwhile share it.
   */
  private update(): Promise<IndexSummary> {
    const { signal } = this.stop;
    if (this.updating) {
      this.nextUpdate ??= this.updating
        .catch(() => undefined)
        .then(() => {
          this.nextUpdate = undefined;
          return this.startUpdate(signal);
        });
      return this.nextUpdate;
    }
    return this.startUpdate(signal);
  }

  private startUpdate(signal: AbortSignal): Promise<IndexSummary> {
    this.updating = this.runUpdate(signal).finally(() => {
      this.updating = undefined;
      this.sendStatus();
    });
    return this.updating;
  }

  private async runUpdate(signal: AbortSignal): Promise<IndexSummary> {
    this.updateProblem = undefined;
    try {
      const library = this.successor ?? this.serving();
      const summary = await library.update(signal);
      if (!signal.aborted) {
        this.updated = true;
        if (this.successor) await this.succeed(library);
        this.refineLater();
      }
      return summary;
    } catch (error) {
      if (!signal.aborted) {
        this.updateProblem = {
          message: `Indexing stopped: ${error instanceof Error ? error.message : String(error)}`,
          remedy:
            error instanceof CarrelError && error.remedy
              ? error.remedy
              : "Run “Carrel: Index Workspace Now”.",
        };
      }
      throw error;
    }
  }

  private async succeed(library: Library): Promise<void> {
    const old = this.library;
    this.library = library;
    this.successor = undefined;
    await old?.discard();
  }

  private updateInBackground(): void {
    this.update().catch((error: unknown) => this.parts.log("error", String(error)));
  }

  private async refine(signal: AbortSignal): Promise<void> {
    this.refining = true;
    await this.serving()
      .refine(signal)
      .finally(() => {
        this.refining = false;
      });
  }

  /** The second pass waits until nothing changes, and until one that runs has ended: it may have missed a change. */
  private refineLater(): void {
    clearTimeout(this.refineTimer);
    const { signal } = this.stop;
    if (!this.settings.refine || this.paused) return;
    this.refineTimer = setTimeout(() => {
      if (signal.aborted) return;
      if (this.refining || this.serving().isBusy) return this.refineLater();
      this.refine(signal).catch((error: unknown) => this.parts.log("warn", String(error)));
    }, refineAfterMs);
    this.refineTimer.unref();
  }

  private stopWork(): void {
    clearTimeout(this.refineTimer);
    this.stop.abort();
    this.stop = new AbortController();
    this.sendStatus();
  }

  private async takeOver(): Promise<void> {
    if (!this.library || this.library.isWriter) return;
    try {
      if (await this.library.tryTakeOver()) this.updateInBackground();
      this.sendStatus();
    } catch (error) {
      this.parts.log("warn", `Could not look at the index: ${String(error)}`);
    }
  }

  private async openLibrary(embedding: EmbeddingModel): Promise<Library> {
    const library = new Library({
      storage: this.storage,
      embedding,
      refining: await this.openRefining(embedding),
      parser: this.parts.parser,
      walk: walkOptions(this.settings),
      onProgress: () => this.sendStatus(),
      log: (message) => this.parts.log("warn", message),
    });
    await library.setFolders(this.folders);
    return library;
  }

  private async openRefining(embedding: EmbeddingModel): Promise<EmbeddingModel | undefined> {
    try {
      return await this.parts.openRefining(embedding);
    } catch (error) {
      this.parts.log("warn", String(error));
      return undefined;
    }
  }

  /** The model of the settings; the bundled one, and a problem that says so, when it can't be had. */
  private async openEmbedding(settings: Settings): Promise<EmbeddingModel> {
    this.modelProblem = undefined;
    try {
      return await this.parts.openEmbedding(settings);
    } catch (error) {
      if (settings.embeddingModel === defaultSettings.embeddingModel) throw error;
      const why = error instanceof Error ? error.message : String(error);
      this.modelProblem = {
        message: `The embedding model "${settings.embeddingModel}" can't be used, the bundled one stands in. ${why}`,
        remedy: error instanceof CarrelError ? error.remedy : "Choose another embedding model.",
      };
      this.parts.log("warn", this.modelProblem.message);
      const { embeddingModel } = defaultSettings;
      return this.parts.openEmbedding({ ...settings, embeddingModel });
    }
  }

  status(): IndexStatus {
    const library = this.successor?.isBusy ? this.successor : this.serving();
    const counts = library.counts();
    const problem = this.updateProblem ?? this.modelProblem;
    const state = problem
      ? "problem"
      : this.paused
        ? "paused"
        : library.isBusy && (counts.total > 0 || counts.files === 0)
          ? "indexing"
          : counts.files > 0 || this.updated
            ? "ready"
            : "empty";
    return {
      ...counts,
      state,
      writer: library.isWriter,
      embedding: library.embedding.id,
      ...(problem ? { problem: problem.message, remedy: problem.remedy } : {}),
    };
  }

  private sendStatus(): void {
    this.statusTimer ??= setTimeout(() => {
      this.statusTimer = undefined;
      if (this.library) this.parts.onStatus(this.status());
    }, statusIntervalMs);
  }
}

function walkOptions(settings: Settings): { exclude: readonly string[]; maxFileBytes: number } {
  return { exclude: settings.exclude, maxFileBytes: settings.maxFileBytes };
}
