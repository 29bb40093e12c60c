import type { Parser } from "../../indexer/read/pool.ts";
import type { FolderScans } from "../../indexer/scans/folderScans.ts";
import type { Recogniser } from "../../indexer/scans/recogniser.ts";
import type { SearchHit } from "../../indexer/search/search.ts";
import { CarrelError } from "../../protocol/channel.ts";
import { counted } from "../../protocol/counted.ts";
import type {
  Filter,
  Folder,
  IndexStatus,
  IndexSummary,
  SearchMode,
  Settings,
  Skipped,
  Withheld,
} from "../../protocol/data.ts";
import { type BorrowingSource, withIndexes } from "./borrowing.ts";
import type { FolderContents } from "./folderContents.ts";
import type { FolderEntry, Work } from "./folderEntry.ts";
import { folderNames, pathsOf } from "./folders.ts";
import type { SearchDetails } from "./generation.ts";
import { Loop } from "./loop.ts";
import { noticeOf, writtenElsewhere } from "./notices.ts";
import { errorOf } from "./problem.ts";
import type { Reading } from "./questionPatience.ts";
import { Reconciler } from "./reconciler.ts";
import { countsOf, skippedOf, statusOf, withheldOf } from "./status.ts";
import { readingOf, throwIfUnindexed, untilRead } from "./untilRead.ts";
import { Waiters } from "./waiters.ts";
import { type ModelParts, WantedModel } from "./wantedModel.ts";
import { changesWalk, emptyWish, type Wish } from "./wish.ts";

/** How often the client hears of progress, at most. */
const statusIntervalMs = 150;
/** A client that has just started its engine asks for an update within this time. */
const startingMs = 500;
/** The client is answered by then, though an embedding model is still being opened. */
const openWithinMs = 3_000;
/** A process that writes the index and does nothing for so long is not waited for. */
const idleWriterMs = 20_000;

export interface WorkspaceParts extends ModelParts {
  readonly parser: Parser;
  readonly recogniser: Recogniser;
  onStatus(status: IndexStatus): void;
}

/**
 * The indexes of the workspace's folders, seen from outside. Requests only record what is wanted; one loop brings
 * it about (loop.ts), one step after another, and nothing else changes what is there.
 */
export class Workspace {
  private readonly parts: WorkspaceParts;
  private readonly wish: Wish = emptyWish();
  private readonly model: WantedModel;
  private readonly reconciler: Reconciler;
  private readonly loop: Loop;
  private readonly waiters = new Waiters();
  private readonly source: BorrowingSource;
  private openedAt = Number.POSITIVE_INFINITY;
  private statusTimer: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(parts: WorkspaceParts) {
    this.parts = parts;
    this.model = new WantedModel(parts, () => this.loop.wake());
    this.reconciler = new Reconciler({
      wish: this.wish,
      model: this.model,
      parser: parts.parser,
      recogniser: parts.recogniser,
      storage: () => this.wish.storage,
      onProgress: () => this.sendStatus(),
      log: parts.log,
      wake: () => this.loop.wake(),
    });
    this.loop = new Loop({
      next: (now) => this.reconciler.next(now),
      dueAt: (now) => this.reconciler.dueAt(now),
      after: () => this.afterStep(),
      onFailure: (what, error) => parts.log("error", `${what} ${String(error)}`),
    });
    this.source = {
      wish: this.wish,
      reconciler: this.reconciler,
      waiters: this.waiters,
      works: () => this.works,
      isStarting: () => performance.now() - this.openedAt < startingMs,
      throwIfHopeless: () => this.throwIfHopeless(),
      wake: () => this.loop.wake(),
    };
  }

  /**
   * Opens the indexes of these folders under `storage`; starts no indexing. Throws a CarrelError when not even the
   * bundled embedding model can be had.
   */
  async open(storage: string, folders: readonly Folder[], settings: Settings): Promise<void> {
    const { wish } = this;
    wish.storage = storage;
    wish.folders = folders;
    wish.settings = settings;
    this.openedAt = performance.now();
    this.model.want(settings);
    this.loop.start();
    await this.waiters.within(openWithinMs, () => {
      this.throwIfHopeless();
      return this.reconciler.generation !== undefined && this.reconciler.isFound;
    });
    // Only now can the client ask for an index.
    this.openedAt = performance.now();
  }

  get folders(): readonly Folder[] {
    return this.wish.folders;
  }

  hasFolder(path: string): boolean {
    return this.wish.folders.some((folder) => folder.path === path);
  }

  /** The scanned pages of a folder, as the index that serves knows them. They are files apart, so nothing is borrowed. */
  scansOf(folder: string): FolderScans | undefined {
    const entry = this.reconciler.serving?.entries.find((one) => one.folder.path === folder);
    return entry?.index?.value.scans;
  }

  /** Resolves when searches find what is in these folders' indexes, and nothing else; indexing goes on after that. */
  async setFolders(folders: readonly Folder[]): Promise<void> {
    this.wish.folders = folders;
    this.loop.interrupt();
    await this.waiters.until(() => {
      this.throwIfHopeless();
      return this.reconciler.isFound;
    });
  }

  setSettings(settings: Settings): void {
    const before = this.wish.settings;
    this.wish.settings = settings;
    this.model.want(settings);
    if (changesWalk(before, settings)) this.wish.revision += 1;
    this.loop.interrupt();
  }

  /** Model servers are asked with other keys from now on. */
  keysChanged(): void {
    this.model.renew();
  }

  pause(): void {
    this.wish.paused = true;
    this.loop.interrupt();
  }

  resume(): void {
    this.askForIndex();
  }

  /** Deletes the index, and builds none until one is asked for. Resolves when it is gone from disk. */
  async clear(): Promise<void> {
    const foreign = this.reconciler.serving?.entries.find((entry) => !entry.isWriter && entry.index);
    if (foreign) throw errorOf(foreign.readOnly ?? writtenElsewhere(foreign));
    const { wish } = this;
    wish.deleting = true;
    wish.deleted = true;
    wish.asked = false;
    wish.refineNow = false;
    wish.ocrNow = false;
    this.loop.interrupt();
    await this.waiters.until(() => !wish.deleting);
    if (this.reconciler.deletionFailure !== undefined) throw this.reconciler.deletionFailure;
  }

  /** Resolves when what was changed at these absolute paths is in the index; at once when nothing is written here. */
  async filesChanged(paths: readonly string[]): Promise<void> {
    if (!this.works) return;
    // A folder that leaves the workspace meanwhile is not waited for.
    const entries = new Set(this.reconciler.entries.filter((entry) => entry.isWriter));
    for (const entry of entries) entry.tell(paths);
    this.loop.wake();
    await this.waiters.until(
      () => !this.works || this.reconciler.entries.every((entry) => !entries.has(entry) || isTold(entry)),
    );
  }

  /**
   * Brings the index up to date with what is on disk when this is called, with refined vectors, with scans read, or
   * from nothing if asked for. Resolves early, with what is there, when indexing is paused meanwhile. @throws CarrelError when it
   * can't be done.
   */
  async index(
    signal: AbortSignal,
    progress: (status: IndexStatus) => void,
    {
      refine = false,
      ocr = false,
      rebuild = false,
    }: {
      readonly refine?: boolean | undefined;
      readonly ocr?: boolean | undefined;
      readonly rebuild?: boolean | undefined;
    } = {},
  ): Promise<IndexSummary> {
    if (rebuild) await this.clear();
    const started = performance.now();
    const before = new Map(this.reconciler.entries.map((entry) => [entry, { ...entry.work }]));
    const revision = this.askForIndex();
    this.wish.refineNow ||= refine;
    this.wish.ocrNow ||= ocr;
    this.loop.wake();
    const timer = setInterval(() => progress(this.status()), statusIntervalMs);
    try {
      await this.waiters.until(() => this.isIndexed(revision, started, { refine, ocr }), signal);
      return this.summary(before, started);
    } finally {
      clearInterval(timer);
    }
  }

  status(): IndexStatus {
    const { wish, reconciler, model } = this;
    return statusOf({ wish, reconciler, modelProblem: model.fatalProblem ?? model.problem });
  }

  skipped(): Skipped[] {
    return skippedOf(this.reconciler);
  }

  /** What was held back as secret: the first 500 places. */
  withheld(): Withheld[] {
    return withheldOf(this.reconciler);
  }

  /** How many files have been read, and of how many, while the index is built for the first time. */
  readShare(): Reading | undefined {
    const { serving } = this.reconciler;
    return serving && !serving.isComplete ? readingOf(serving) : undefined;
  }

  /** Waits for the first index where that takes only seconds; see untilRead.ts. */
  untilRead(signal: AbortSignal, onReading: (reading: Reading) => void): Promise<void> {
    return untilRead(this.source, signal, onReading);
  }

  /** For a search that has found nothing. @throws CarrelError "unindexed" when nothing could be found. */
  throwIfUnindexed(): void {
    throwIfUnindexed(this.source);
  }

  /** What is searched, in words: "412 files in 2 folders". */
  description(): string {
    const { files } = countsOf(this.reconciler.serving);
    const folders = this.wish.folders.map((folder) => folder.name).join(", ");
    return `${counted(files, "file")} in ${folders}`;
  }

  /**
   * The `k` best chunks. While an empty index is being built it waits for the first files, and while an index is
   * opened or exchanged for the next one. @throws CarrelError when there is no index and none will be built, or when
   * building it has failed.
   */
  async search(
    query: string,
    k: number,
    mode: SearchMode,
    signal: AbortSignal,
    details: SearchDetails = {},
  ): Promise<SearchHit[]> {
    const readNow = details.isQuestion === true && this.wish.settings.refine;
    const wanted = this.foldersOf(details.filter);
    const found = await withIndexes(this.source, signal, (generation) =>
      generation.search(query, k, mode, { ...details, wanted, readNow, signal }),
    );
    return this.named(found);
  }

  /** Lets the indexes of all folders be read, or of those that the filter names; waits and throws as a search does. */
  readContents<T>(
    filter: Filter,
    signal: AbortSignal,
    read: (folders: readonly FolderContents[]) => Promise<T>,
  ): Promise<T> {
    const wanted = this.foldersOf(filter);
    return withIndexes(this.source, signal, (generation) => read(generation.contents(wanted)));
  }

  private foldersOf(filter: Filter | undefined): string[] | undefined {
    return filter?.folders && pathsOf(this.wish.folders, filter.folders);
  }

  private named(hits: readonly SearchHit[]): SearchHit[] {
    const names = folderNames(this.wish.folders);
    return hits.map((hit) => {
      const folderName = names.get(hit.folder);
      return folderName === undefined ? hit : { ...hit, folderName };
    });
  }

  /** Ends all work and releases the indexes. */
  async close(): Promise<void> {
    this.isClosed = true;
    clearTimeout(this.statusTimer);
    await this.loop.close();
    this.waiters.rejectAll(new CarrelError("Carrel's engine is ending.", "", "gone"));
    await this.model.close();
    await this.reconciler.close();
  }

  private get works(): boolean {
    return this.wish.asked && !this.wish.paused;
  }

  private askForIndex(): number {
    const { wish } = this;
    wish.paused = false;
    wish.asked = true;
    wish.deleted = false;
    wish.revision += 1;
    this.reconciler.hasten();
    this.loop.wake();
    this.sendStatus();
    return wish.revision;
  }

  private isIndexed(
    revision: number,
    started: number,
    { refine, ocr }: { readonly refine: boolean; readonly ocr: boolean },
  ): boolean {
    this.throwIfHopeless();
    const { reconciler } = this;
    if (!this.works) return true;
    if (!this.model.isSettled || reconciler.foundAt < revision || !reconciler.isFound) return false;
    const entries = reconciler.newest?.entries ?? [];
    const [missing] = reconciler.missing;
    if (missing && entries.length === 0) throw errorOf(missing.problem);
    if (!entries.every((entry) => entry.problem ?? this.isEntryIndexed(entry, revision, started)))
      return false;
    const failed = entries.find((entry) => entry.problem)?.problem;
    if (failed) throw errorOf(failed);
    if (reconciler.successor) return false;
    const own = entries.filter((entry) => entry.isWriter);
    if (refine && own.some((entry) => reconciler.quiet.mayRefine(entry))) return false;
    return !ocr || !own.some((entry) => reconciler.quiet.mayReadScans(entry));
  }

  private isEntryIndexed(entry: FolderEntry, revision: number, started: number): boolean {
    if (entry.isWriter) return entry.lookedAt >= revision && !this.reconciler.isToDo(entry);
    if (entry.readOnly) throw errorOf(entry.readOnly);
    // Another process writes. What it has noted as whole it keeps up to date.
    if (entry.index?.value.isComplete) return entry.followedAt >= started;
    if (performance.now() - Math.max(started, entry.newsAt) > idleWriterMs)
      throw errorOf(writtenElsewhere(entry));
    return false;
  }

  private summary(before: ReadonlyMap<FolderEntry, Work>, started: number): IndexSummary {
    const { serving } = this.reconciler;
    const { files, chunks } = countsOf(serving);
    const done = { changed: 0, removed: 0, bytes: 0 };
    for (const entry of serving?.entries ?? []) {
      const at = before.get(entry) ?? { changed: 0, removed: 0, bytes: 0 };
      done.changed += entry.work.changed - at.changed;
      done.removed += entry.work.removed - at.removed;
      done.bytes += entry.work.bytes - at.bytes;
    }
    const seconds = (performance.now() - started) / 1000;
    const { scansProblem } = this.reconciler.quiet;
    const scanNotice = scansProblem && `${scansProblem.message} ${scansProblem.remedy}`;
    const notice = noticeOf(serving?.entries ?? []) ?? scanNotice;
    return {
      files,
      chunks,
      ...done,
      skipped: this.skipped(),
      seconds,
      ...(notice === undefined ? {} : { notice }),
    };
  }

  private throwIfHopeless(): void {
    if (this.model.fatalProblem && !this.reconciler.serving) throw errorOf(this.model.fatalProblem);
  }

  private afterStep(): void {
    const entries = this.reconciler.newest?.entries ?? [];
    if (this.works && this.reconciler.isFound && !entries.some((entry) => this.reconciler.isToDo(entry))) {
      this.wish.refineNow &&= entries.some((entry) => this.reconciler.quiet.mayRefine(entry));
      this.wish.ocrNow &&= entries.some((entry) => this.reconciler.quiet.mayReadScans(entry));
    }
    this.waiters.askAll();
    this.sendStatus();
  }

  private sendStatus(): void {
    if (this.isClosed) return;
    this.statusTimer ??= setTimeout(() => {
      this.statusTimer = undefined;
      this.parts.onStatus(this.status());
    }, statusIntervalMs);
  }
}

/** Whether all that was told is in the index, or can't be brought there for now. */
function isTold(entry: FolderEntry): boolean {
  return !entry.isWriter || entry.problem !== undefined || !(entry.hasTold || entry.queue.hasUrgent);
}
