import { isReached } from "../../indexer/dueTime.ts";
import type { WalkOptions } from "../../indexer/files/walk.ts";
import { DamagedStoreError } from "../../indexer/store/store.ts";
import type { CarrelError } from "../../protocol/channel.ts";
import { Deletion } from "./deletion.ts";
import type { FolderEntry } from "./folderEntry.ts";
import { findFolders, type MissingFolder, type PresentFolder } from "./folders.ts";
import { Generation } from "./generation.ts";
import { IndexSet, type IndexSetParts } from "./indexSet.ts";
import type { Step } from "./loop.ts";
import { problemOf } from "./problem.ts";
import { QuietWork } from "./quietWork.ts";
import type { Release, Shared } from "./shared.ts";
import type { WantedModel } from "./wantedModel.ts";
import type { Wish } from "./wish.ts";

/** Folders that are missing are looked for this often, and readers look for news. */
const lookForMs = 3_000;

export interface ReconcilerParts extends IndexSetParts {
  readonly wish: Wish;
  readonly model: WantedModel;
}

/**
 * What is there, and the steps that bring it to what is wanted. `next` decides what comes first; each step does one
 * thing to one folder and can fail alone.
 */
export class Reconciler {
  /** The indexes that answer questions now. */
  serving: IndexSet | undefined;
  /** Those of a newly chosen embedding model, while they are being built. */
  successor: IndexSet | undefined;
  missing: readonly MissingFolder[] = [];
  /** Why the last deletion has left something behind. */
  deletionFailure: CarrelError | undefined;
  /** The revision of the wish at which the folders were last looked for. */
  foundAt = -1;
  readonly quiet: QuietWork;
  private present: readonly PresentFolder[] = [];
  private foundFor: Wish["folders"] | undefined;
  private nextFindAt = Number.POSITIVE_INFINITY;
  private nextFollowAt = Number.POSITIVE_INFINITY;
  private current: Shared<Generation> | undefined;
  private releaseCurrent: Release | undefined;
  private readonly parts: ReconcilerParts;
  /** Sets that are no longer used, until their last borrower has gone. */
  private readonly retiring = new Set<Promise<void>>();

  constructor(parts: ReconcilerParts) {
    this.parts = parts;
    this.quiet = new QuietWork({ wish: parts.wish, serving: () => this.serving, log: parts.log });
  }

  /** What searches borrow; undefined before the first model is there. */
  get generation(): Shared<Generation> | undefined {
    return this.current;
  }

  /** The set that is being brought up to date for good: the successor if there is one. */
  get newest(): IndexSet | undefined {
    return this.successor ?? this.serving;
  }

  get entries(): FolderEntry[] {
    return [...(this.serving?.entries ?? []), ...(this.successor?.entries ?? [])];
  }

  /** Whether the folders that are wanted now have been looked for, and their indexes opened. */
  get isFound(): boolean {
    return this.serving !== undefined && this.foundFor === this.parts.wish.folders;
  }

  next(now: number): Step | undefined {
    return (
      this.stepForModel() ??
      this.stepForFolders(now) ??
      this.stepForDeletion() ??
      this.stepForReaders(now) ??
      (this.parts.wish.asked && !this.parts.wish.paused ? this.stepForFiles(now) : undefined) ??
      this.stepForSuccession() ??
      this.quiet.step(now)
    );
  }

  /** When the next step will be due, after `next` found none at `now`. */
  dueAt(now: number): number {
    const times = [this.nextFindAt, this.hasReaders ? this.nextFollowAt : 0];
    for (const entry of this.entries) times.push(entry.retry.at, entry.nextRetryAt());
    times.push(...this.quiet.dueTimes());
    // What was due before and brought no step waits for a request, not for a time.
    return Math.min(Number.POSITIVE_INFINITY, ...times.filter((time) => time > now));
  }

  /** Whether this folder is not yet what the wish wants it to be; a reader's is another process's to do. */
  isToDo(entry: FolderEntry): boolean {
    return (
      entry.isWriter &&
      (entry.lookedAt < this.parts.wish.revision ||
        entry.hasTold ||
        entry.queue.size > 0 ||
        entry.isUnfinished ||
        entry.needsRebuild ||
        !entry.isVerified)
    );
  }

  /** A search has met damage that it could not tell apart: all that serves is looked at. */
  suspect(): void {
    this.nextFollowAt = 0;
    for (const entry of this.serving?.entries ?? []) entry.isSuspect = true;
  }

  /** Whether damage is still being looked for, or mended. */
  get isMending(): boolean {
    return (this.serving?.entries ?? []).some(
      (entry) =>
        entry.problem === undefined &&
        (entry.isSuspect ||
          entry.needsRebuild ||
          (entry.isWriter && (entry.hasTold || entry.queue.hasUrgent))),
    );
  }

  /** The next try of all that has failed may begin at once. */
  hasten(): void {
    this.nextFollowAt = 0;
    this.quiet.hasten();
    this.parts.model.hasten();
    for (const entry of this.entries) {
      entry.retry.hasten();
      entry.problem = undefined;
    }
  }

  async close(): Promise<void> {
    this.publish(undefined);
    await Promise.all([this.serving?.close(), this.successor?.close(), ...this.retiring]);
  }

  private get hasReaders(): boolean {
    return this.entries.some((entry) => !entry.isWriter && entry.index);
  }

  private stepForModel(): Step | undefined {
    if (!this.parts.model.hasArrived) return undefined;
    return { what: "The embedding model can't be used.", run: () => this.takeModel() };
  }

  private async takeModel(): Promise<void> {
    const models = this.parts.model.take();
    if (!models) return;
    const { serving, successor } = this;
    const { id } = models.embedding;
    this.successor = undefined;
    this.quiet.modelCame();
    if (serving && serving.models.value.embedding.id === id) {
      // The same model again: an address has changed, or the wish has come back to it.
      serving.replaceModels(models);
    } else if (successor && successor.models.value.embedding.id === id) {
      successor.replaceModels(models);
      this.successor = successor;
    } else {
      const made = new IndexSet(models, this.parts);
      if (serving) this.successor = made;
      else this.serving = made;
    }
    if (successor && successor !== this.successor) this.retire(successor.discard());
    this.foundFor = undefined;
    this.publish(this.serving);
  }

  private stepForFolders(now: number): Step | undefined {
    const { wish } = this.parts;
    if (!this.serving) return undefined;
    const isDue =
      isReached(this.nextFindAt, now, lookForMs) ||
      this.foundAt < wish.revision ||
      this.foundFor !== wish.folders;
    if (isDue) return { what: "The folders can't be looked for.", run: () => this.findFolders() };
    const isOpen = this.sets.every((set) => this.present.every((one) => set.isServed(one, now)));
    return isOpen ? undefined : { what: "The indexes can't be opened.", run: () => this.followFolders() };
  }

  private async findFolders(): Promise<void> {
    const { folders, revision } = this.parts.wish;
    ({ present: this.present, missing: this.missing } = await findFolders(folders));
    this.nextFindAt = this.missing.length > 0 ? Date.now() + lookForMs : Number.POSITIVE_INFINITY;
    await this.followFolders();
    this.foundFor = folders;
    this.foundAt = revision;
  }

  private async followFolders(): Promise<void> {
    const gone = this.sets.flatMap((set) => set.takeGone(this.present));
    let hasChanged = gone.length > 0;
    if (hasChanged) this.publish(this.serving);
    for (const entry of gone) this.retire(entry.close());
    for (const set of this.sets) hasChanged = (await set.follow(this.present, Date.now())) || hasChanged;
    if (hasChanged) {
      this.nextFollowAt = Date.now() + lookForMs;
      this.publish(this.serving);
    }
  }

  private get sets(): IndexSet[] {
    return [this.serving, this.successor].flatMap((set) => set ?? []);
  }

  private stepForDeletion(): Step | undefined {
    if (!this.parts.wish.deleting) return undefined;
    return { what: "The index can't be deleted.", run: () => this.deleteAll() };
  }

  private async deleteAll(): Promise<void> {
    const deletion = new Deletion();
    // Nobody may borrow what is about to go; who has borrowed it already goes on with it to the end.
    this.publish(undefined);
    const { serving: old, successor } = this;
    if (old && successor) {
      this.serving = successor;
      this.successor = undefined;
      await deletion.of("The index of the embedding model before", () => old.discard());
    }
    for (const entry of this.serving?.entries ?? []) {
      if (entry.isWriter) await deletion.ofFolder(entry.folder, () => entry.rebuild());
    }
    // What has ended but for its last borrowers still has its locks.
    await Promise.all(this.retiring);
    const open = new Set(this.entries.filter(({ isWriter }) => isWriter).map(({ dir }) => dir));
    await deletion.ofOthers(this.parts.storage(), this.parts.wish.folders, open);
    this.deletionFailure = deletion.failure;
    this.parts.wish.deleting = false;
    this.publish(this.serving);
    if (this.deletionFailure !== undefined) throw this.deletionFailure;
  }

  private stepForReaders(now: number): Step | undefined {
    if (!this.hasReaders || !isReached(this.nextFollowAt, now, lookForMs)) return undefined;
    return { what: "The index of another process can't be read.", run: () => this.followWriters() };
  }

  private async followWriters(): Promise<void> {
    let hasNews = false;
    for (const entry of this.entries) {
      try {
        hasNews = (await entry.follow()) || hasNews;
      } catch (error) {
        // Waiting would mend nothing: who meets the damage again is told of it.
        entry.isSuspect = false;
        this.parts.log("warn", `The index of ${entry.realPath} could not be read anew: ${String(error)}`);
      }
    }
    this.nextFollowAt = Date.now() + lookForMs;
    if (hasNews) this.publish(this.serving);
  }

  /** Whatever was told goes before what is only waiting, and what serves before what is being built. */
  private stepForFiles(now: number): Step | undefined {
    const ready = this.entries.filter((entry) => entry.isWriter && entry.index && entry.retry.isDue(now));
    const { revision } = this.parts.wish;
    const first = (test: (entry: FolderEntry) => boolean): FolderEntry | undefined => ready.find(test);
    const damaged = first((entry) => entry.needsRebuild);
    if (damaged) return this.fileStep(damaged, () => this.rebuild(damaged));
    const suspect = first((entry) => entry.isSuspect);
    if (suspect) return this.fileStep(suspect, (signal) => suspect.verify(signal));
    const told = first((entry) => entry.lookedAt >= 0 && (entry.hasTold || entry.hasDueRetry(now)));
    if (told) return this.fileStep(told, () => told.lookAtTold(this.walkOptions(), now));
    const urgent = first((entry) => entry.queue.hasUrgent);
    if (urgent) return this.readStep(urgent);
    const newest = ready.filter((entry) => this.newest?.entries.includes(entry));
    const order = [...newest, ...ready.filter((entry) => !newest.includes(entry))];
    const unseen = order.find((entry) => entry.lookedAt < revision);
    if (unseen)
      return this.fileStep(unseen, (signal) => unseen.lookAtAll(this.walkOptions(), revision, signal));
    const unread = order.find((entry) => entry.queue.size > 0);
    if (unread) return this.readStep(unread);
    const unfinished = order.find((entry) => entry.isUnfinished);
    if (unfinished) return this.fileStep(unfinished, (signal) => unfinished.finish(signal));
    const unverified = order.find((entry) => !entry.isVerified);
    return unverified && this.fileStep(unverified, (signal) => unverified.verify(signal));
  }

  private walkOptions(): WalkOptions {
    const { exclude, maxFileBytes } = this.parts.wish.settings;
    return { exclude, maxFileBytes };
  }

  private readStep(entry: FolderEntry): Step {
    const { maxFileBytes } = this.parts.wish.settings;
    return this.fileStep(entry, (signal, isYielding) =>
      entry.readFiles(maxFileBytes, { signal, isYielding }),
    );
  }

  private async rebuild(entry: FolderEntry): Promise<void> {
    this.publish(undefined);
    try {
      await entry.rebuild();
    } finally {
      this.publish(this.serving);
    }
  }

  /** A step on one folder: its failure is the folder's problem, and is tried again later. */
  private fileStep(entry: FolderEntry, run: Step["run"]): Step {
    return {
      what: `Indexing stopped.`,
      run: async (signal, isYielding) => {
        try {
          await run(signal, isYielding);
          this.quiet.wrote();
          if (signal.aborted) return;
          entry.problem = undefined;
          if (!this.isToDo(entry)) entry.retry.succeeded();
        } catch (error) {
          if (signal.aborted) return;
          this.entryFailed(entry, error);
        }
      },
    };
  }

  private entryFailed(entry: FolderEntry, error: unknown): void {
    if (error instanceof DamagedStoreError) entry.isSuspect = true;
    entry.problem = problemOf("Indexing stopped:", error);
    entry.retry.failed(Date.now());
    this.parts.log("error", entry.problem.message);
    // The folder may be what is missing.
    this.nextFindAt = Math.min(this.nextFindAt, Date.now());
  }

  private stepForSuccession(): Step | undefined {
    const { successor, serving } = this;
    if (!successor || !serving) return undefined;
    const { asked, paused } = this.parts.wish;
    const isBuilt =
      successor.isComplete && (!asked || paused || !successor.entries.some((entry) => this.isToDo(entry)));
    return isBuilt || !serving.hasChunks
      ? { what: "The new index can't take over.", run: () => this.succeed(successor, serving) }
      : undefined;
  }

  private async succeed(successor: IndexSet, serving: IndexSet): Promise<void> {
    this.takeOver(successor, serving);
    this.publish(successor);
  }

  private takeOver(successor: IndexSet, serving: IndexSet): void {
    this.serving = successor;
    this.successor = undefined;
    this.retire(serving.discard());
  }

  private publish(set: IndexSet | undefined): void {
    this.releaseCurrent?.();
    this.current = set && Generation.of(set, (message) => this.parts.log("warn", message));
    this.releaseCurrent = this.current?.hold();
  }

  private retire(ending: Promise<void>): void {
    const ended = ending
      .catch((error: unknown) => this.parts.log("warn", `An old index stays on disk: ${String(error)}`))
      .finally(() => this.retiring.delete(ended));
    this.retiring.add(ended);
  }
}
