import { basename, join } from "node:path";
import { explainEmpty } from "../../indexer/files/explainEmpty.ts";
import { type WalkOptions, walkFolder } from "../../indexer/files/walk.ts";
import type { WalkedFile } from "../../indexer/files/walkedFile.ts";
import type { Stop } from "../../indexer/fileWriter.ts";
import { FolderIndex } from "../../indexer/folderIndex.ts";
import { deleteIndexFiles, removeEmptyIndex } from "../../indexer/openIndex.ts";
import type { Parser } from "../../indexer/read/pool.ts";
import type { ScanWish } from "../../indexer/scans/folderScans.ts";
import type { Recogniser } from "../../indexer/scans/recogniser.ts";
import { indexPlace } from "../../indexer/store/indexPlace.ts";
import { takeWriteLock, type WriteLock } from "../../indexer/store/lock.ts";
import { isLeftOut } from "../../indexer/store/rows.ts";
import { DamagedStoreError, type FileRow } from "../../indexer/store/store.ts";
import { dropUnusedIndexes } from "../../indexer/store/unusedIndexes.ts";
import { counted } from "../../protocol/counted.ts";
import type { Folder } from "../../protocol/data.ts";
import type { SampledPassage } from "../../text/foreignLanguages.ts";
import { FileQueue } from "./fileQueue.ts";
import type { PresentFolder } from "./folders.ts";
import { lookAtPaths, type Seen } from "./lookAtPaths.ts";
import type { Problem } from "./problem.ts";
import { Retry } from "./retry.ts";
import { type Release, Shared } from "./shared.ts";
import { ToldPaths } from "./toldPaths.ts";
import type { Models } from "./wantedModel.ts";

const firstRetryMs = 3_000;
const longestRetryMs = 120_000;
/** Damaged files that a message names. */
const mostNamed = 5;

export interface EntryParts {
  readonly storage: () => string;
  /** Asked anew for each step: another instance of the same model may have come. */
  readonly models: () => Models;
  readonly parser: Parser;
  readonly recogniser: Recogniser;
  readonly onProgress: () => void;
  readonly log: (level: "info" | "warn" | "error", message: string) => void;
  /** Called when something has been found that needs the loop: damage, for instance. */
  readonly wake: () => void;
}

/** What has been done since the entry was opened; only grows. */
export interface Work {
  changed: number;
  removed: number;
  bytes: number;
}

/**
 * One workspace folder in one set of indexes: its write lock, its open index, and what is still to be done to
 * bring it up to date. Only the loop calls its methods, one at a time.
 */
export class FolderEntry {
  readonly realPath: string;
  readonly dir: string;
  /** As the workspace names it; the same place may get another name. */
  folder: Folder;
  /** Why the last step failed; it is tried again at `retry`. */
  problem: Problem | undefined;
  /** Why nothing can be written here, though it can be searched. */
  readOnly: Problem | undefined;
  readonly retry = new Retry(firstRetryMs, longestRetryMs);
  readonly work: Work = { changed: 0, removed: 0, bytes: 0 };
  /** A sentence for a person when the folder holds nothing to index. */
  emptyReason: string | undefined;
  /** The languages of some of its texts, as of when it was last put in order. */
  languages: readonly SampledPassage[] = [];
  /** The revision of the wish that the last whole look began with; -1 before the first. */
  lookedAt = -1;
  /** For a reader: when it last looked at what the writer has written, and last found something new; `performance.now()`. */
  followedAt = 0;
  newsAt = 0;
  isVerified = false;
  /** Set when a read has met damage that it can't tell apart: all is verified, by a reader opened anew. */
  isSuspect = false;
  /** Set after writes, until the text index has been brought up to date. */
  isUnfinished = false;
  needsRebuild = false;
  /** Set after writes, until the second pass has gone over all chunks. */
  needsRefine = true;
  /** Set after writes, until older versions have been dropped from disk. */
  needsTidy = false;
  private readonly parts: EntryParts;
  private lock: WriteLock | undefined;
  private shared: Shared<FolderIndex> | undefined;
  private release: Release | undefined;
  private readonly told = new ToldPaths();
  readonly queue = new FileQueue();

  constructor({ folder, realPath }: PresentFolder, parts: EntryParts) {
    this.folder = folder;
    this.realPath = realPath;
    this.parts = parts;
    this.dir = indexPlace(parts.storage(), parts.models().embedding.id, realPath);
  }

  get index(): Shared<FolderIndex> | undefined {
    return this.shared;
  }

  get isWriter(): boolean {
    return this.lock !== undefined;
  }

  get hasTold(): boolean {
    return this.told.size > 0;
  }

  /** Takes the lock if it is free, and opens the index. Throws a CarrelError when that can't be done. */
  async open(): Promise<void> {
    if (!this.lock) {
      const attempt = await takeWriteLock(this.dir);
      this.lock = attempt.state === "taken" ? attempt.lock : undefined;
      this.readOnly = attempt.state === "unavailable" ? attempt.problem : undefined;
    }
    try {
      this.use(await this.openIndex());
    } catch (error) {
      await this.releaseLock();
      throw error;
    }
  }

  /** For a reader: takes the lock when it is free, or reads what the writer has written meanwhile. True when something is new. */
  async follow(): Promise<boolean> {
    if (this.lock || !this.shared) return false;
    const attempt = await takeWriteLock(this.dir);
    this.readOnly = attempt.state === "unavailable" ? attempt.problem : undefined;
    if (attempt.state === "taken") {
      this.lock = attempt.lock;
      // It was another one's to look for damage in what it wrote.
      this.isVerified = false;
    } else if (!this.isSuspect && !(await this.shared.value.hasNews().catch(() => true))) {
      await this.shared.value.countRefined();
      this.followedAt = performance.now();
      return false;
    }
    try {
      // What this process knows of the rows is from when it opened them.
      await this.reopen();
    } catch (error) {
      await this.releaseLock();
      throw error;
    }
    this.followedAt = performance.now();
    this.newsAt = this.followedAt;
    return true;
  }

  /** Opens the index anew; searches that have begun go on with the old one. */
  async reopen(): Promise<void> {
    const index = await this.openIndex();
    this.drop();
    this.use(index);
  }

  /** Deletes the index from disk, once nobody reads it any more, and starts an empty one. */
  async rebuild(): Promise<void> {
    // First: what fails in the middle leaves an index to be opened later, which has to be filled then.
    this.forgetWork();
    await this.deleteFiles();
    this.use(await this.openIndex());
  }

  tell(paths: Iterable<string>): void {
    this.told.add(paths);
  }

  /** Walks the whole folder: what has gone is taken out, what is new or changed waits to be read. */
  async lookAtAll(options: WalkOptions, revision: number, signal: AbortSignal): Promise<void> {
    const index = this.opened();
    // What is told from now on may have happened after the walk has passed.
    await this.told.lookAt(async (told) => {
      const walked = await walkFolder(this.realPath, { ...options, signal });
      if (signal.aborted) return false;
      this.emptyReason = explainEmpty(walked);
      const present = new Set([...walked.files, ...walked.skipped].map(({ path }) => path));
      await this.remove([...index.knownPaths()].filter((path) => !present.has(path)));
      await index.skip(walked.skipped);
      const toBeRead = walked.files.filter((file) => this.isToBeRead(file));
      this.queue.replace(toBeRead, walked.files.length);
      // Somebody waits for what was told.
      for (const file of toBeRead) if (told.has(join(this.realPath, file.path))) this.queue.putFirst(file);
      this.isUnfinished = true;
      this.lookedAt = revision;
      return true;
    });
  }

  /**
   * Looks at the paths that were told, and at those whose reason may have passed. Those that are to be read go
   * before all others.
   */
  async lookAtTold(options: WalkOptions, now: number): Promise<void> {
    this.tell(
      this.opened()
        .takeDueRetries(now)
        .map((path) => join(this.realPath, path)),
    );
    if (this.told.some(isIgnoreFile)) {
      // The look at all that follows is one at these paths too.
      this.lookedAt = -1;
      return;
    }
    await this.told.lookAt(async (told) => {
      await this.take(await lookAtPaths(this.realPath, told, options));
      return true;
    });
  }

  private async take({ places, files, skipped }: Seen): Promise<void> {
    const index = this.opened();
    const known = new Set(places.flatMap((place) => index.filesUnder(place)));
    await this.remove([...known].filter((path) => !files.has(path) && !skipped.has(path)));
    await index.skip([...skipped.values()]);
    // What waited to be read may be gone, too.
    for (const place of places) this.queue.dropBelow(place);
    // A file that was told is read though its size and times say that it is the same.
    for (const file of files.values()) this.queue.putFirst(file);
  }

  /** Reads the files that wait, the urgent ones first. Ends when there are none, or when it is to stop. */
  async readFiles(maxFileBytes: number, stop: Stop): Promise<void> {
    const { files, done } = this.queue.reading();
    const { embedding } = this.parts.models();
    await this.opened().write(files, embedding, maxFileBytes, stop, (written, touched) => {
      for (const { path } of [...written, ...touched]) done(path);
      this.wrote(written);
    });
  }

  /** Brings the text index up to date, and notes that the folder is whole in the index. */
  async finish(signal: AbortSignal): Promise<void> {
    await this.opened().finish();
    await this.opened().setComplete();
    this.isUnfinished = false;
    await this.sampleLanguages();
    if (!signal.aborted) await dropUnusedIndexes(this.dir, (message) => this.parts.log("warn", message));
  }

  /** Only a hint hangs on it: an index whose texts can't be read now is looked after elsewhere. */
  private async sampleLanguages(): Promise<void> {
    try {
      this.languages = await this.opened().sampleLanguages();
    } catch (error) {
      this.parts.log("warn", `The languages of ${this.realPath} could not be told: ${String(error)}`);
    }
  }

  /** Gives the chunks vectors of the better model, as long as `signal` allows. */
  async refine(signal: AbortSignal): Promise<void> {
    const { refining } = this.parts.models();
    if (refining) await this.opened().refine(refining, signal);
    if (!signal.aborted) this.needsRefine = false;
  }

  /** Reads some pages that are pictures of text, after which their file waits to be put into the index anew. */
  async readScans(wish: ScanWish, signal: AbortSignal): Promise<void> {
    const path = await this.opened().readScans(wish, this.parts.recogniser, signal);
    if (path !== undefined) this.tell([join(this.realPath, path)]);
  }

  async tidy(): Promise<void> {
    this.needsTidy = false;
    await this.opened().tidy();
  }

  async verify(signal: AbortSignal): Promise<void> {
    try {
      await this.opened().verify(signal);
    } catch (error) {
      if (!(error instanceof DamagedStoreError)) throw error;
      this.damaged(undefined);
    }
    if (signal.aborted) return;
    this.isVerified = true;
    this.isSuspect = false;
    this.needsRefine = true;
  }

  /** Whether a file whose reason may have passed is to be tried again now. */
  hasDueRetry(now: number): boolean {
    return this.isWriter && (this.shared?.value.hasDueRetry(now) ?? false);
  }

  /** When the next try of a file whose reason may have passed is due, in milliseconds since the epoch; infinite when there is none. */
  nextRetryAt(): number {
    return this.lock && this.shared ? this.shared.value.nextRetryAt() : Number.POSITIVE_INFINITY;
  }

  /** Lets go of the index and of the lock. Resolves when nobody reads the index any more. */
  async close(): Promise<void> {
    const ended = this.shared?.ended;
    this.drop();
    await ended;
    await this.releaseLock();
  }

  /** The same, and deletes the index from disk if it is this process that writes it. */
  async discard(): Promise<void> {
    try {
      if (this.lock) {
        await this.deleteFiles();
        await removeEmptyIndex(this.dir);
      }
    } finally {
      await this.close();
    }
  }

  private async deleteFiles(): Promise<void> {
    const ended = this.shared?.ended;
    this.drop();
    await ended;
    await deleteIndexFiles(this.dir);
  }

  private forgetWork(): void {
    this.queue.clear();
    this.lookedAt = -1;
    this.isUnfinished = false;
    this.isVerified = false;
    this.problem = undefined;
    this.retry.succeeded();
  }

  private wrote(files: readonly FileRow[]): void {
    this.needsRefine = true;
    this.needsTidy = true;
    for (const file of files) {
      this.work.bytes += Math.max(file.size, 0);
      if (!isLeftOut(file)) this.work.changed += 1;
    }
  }

  private isToBeRead(file: WalkedFile): boolean {
    const index = this.opened();
    // Who asks for all to be looked at may have mended what was in the way: it is tried now, not when it is due.
    return (index.files.get(file.path)?.retryAtMs ?? 0) > 0 || index.hasChanged(file);
  }

  private async remove(paths: readonly string[]): Promise<void> {
    if (paths.length === 0) return;
    await this.opened().remove(paths);
    this.wrote([]);
    for (const path of paths) this.queue.drop(path);
    this.work.removed += paths.length;
  }

  private opened(): FolderIndex {
    if (!this.shared) throw new Error("The index of this folder is not open.");
    return this.shared.value;
  }

  private openIndex(): Promise<FolderIndex> {
    const { parser, onProgress, log } = this.parts;
    const { embedding, refining } = this.parts.models();
    return FolderIndex.open({
      folder: this.realPath,
      dir: this.dir,
      writes: this.lock !== undefined,
      embedding,
      refining,
      parser,
      onProgress,
      onDamage: (paths) => this.damaged(paths),
      log: (message) => log("warn", message),
    });
  }

  private damaged(paths: readonly string[] | undefined): void {
    const what =
      paths === undefined ? "as a whole, and is built anew" : `in what it holds of ${listed(paths)}`;
    this.parts.log("warn", `The index of ${this.realPath} is damaged ${what}.`);
    if (paths === undefined) this.needsRebuild = true;
    else this.tell(paths.map((path) => join(this.realPath, path)));
    this.parts.wake();
  }

  private use(index: FolderIndex): void {
    this.shared = new Shared(
      index,
      (one) => one.close(),
      (error) => this.parts.log("warn", `An index could not be closed: ${String(error)}`),
    );
    this.release = this.shared.hold();
    this.needsRebuild = false;
    this.isSuspect = false;
    if (index.counts().chunks === 0) this.isVerified = true;
  }

  private drop(): void {
    this.release?.();
    this.release = undefined;
    this.shared = undefined;
  }

  private async releaseLock(): Promise<void> {
    await this.lock?.release();
    this.lock = undefined;
  }
}

function listed(paths: readonly string[]): string {
  const named = paths.slice(0, mostNamed).join(", ");
  const more = paths.length - mostNamed;
  return `${named}${more > 0 ? ` and ${counted(more, "more file")}` : ""}, which is read again`;
}

function isIgnoreFile(path: string): boolean {
  return [".gitignore", ".carrelignore"].includes(basename(path));
}
