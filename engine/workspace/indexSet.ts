import type { Parser } from "../../indexer/read/pool.ts";
import type { Recogniser } from "../../indexer/scans/recogniser.ts";
import { type EntryParts, FolderEntry } from "./folderEntry.ts";
import type { PresentFolder } from "./folders.ts";
import { problemOf } from "./problem.ts";
import { type Release, Shared } from "./shared.ts";
import { closeModels, type Models } from "./wantedModel.ts";

export interface IndexSetParts {
  /** Where indexes are kept: an absolute path, never inside the workspace. */
  readonly storage: () => string;
  readonly parser: Parser;
  readonly recogniser: Recogniser;
  readonly onProgress: () => void;
  readonly log: (level: "info" | "warn" | "error", message: string) => void;
  readonly wake: () => void;
}

/** The indexes of all workspace folders for one embedding model. Only the loop calls its methods. */
export class IndexSet {
  private readonly parts: IndexSetParts;
  private readonly byPlace = new Map<string, FolderEntry>();
  private shared: Shared<Models>;
  private release: Release;

  constructor(models: Models, parts: IndexSetParts) {
    this.parts = parts;
    this.shared = this.share(models);
    this.release = this.shared.hold();
  }

  get models(): Shared<Models> {
    return this.shared;
  }

  get entries(): FolderEntry[] {
    return [...this.byPlace.values()];
  }

  /** Whether each folder has been in the index as a whole. */
  get isComplete(): boolean {
    return this.entries.every((entry) => entry.index?.value.isComplete);
  }

  get hasChunks(): boolean {
    return this.entries.some((entry) => (entry.index?.value.counts().chunks ?? 0) > 0);
  }

  /** Takes another instance of the same model: one with another address, for instance. */
  replaceModels(models: Models): void {
    this.release();
    this.shared = this.share(models);
    this.release = this.shared.hold();
  }

  /** Whether there is nothing to be done for this folder: it is open, or its next try is not due. */
  isServed({ folder, realPath }: PresentFolder, now: number): boolean {
    const entry = this.byPlace.get(realPath);
    if (!entry || entry.folder.path !== folder.path || entry.folder.name !== folder.name) return false;
    return entry.index !== undefined || !entry.retry.isDue(now);
  }

  /** Takes out the folders that are no longer there. They are the caller's to close, once nobody is sent there. */
  takeGone(present: readonly PresentFolder[]): FolderEntry[] {
    const gone = this.entries.filter((entry) => !present.some(({ realPath }) => realPath === entry.realPath));
    for (const { realPath } of gone) this.byPlace.delete(realPath);
    return gone;
  }

  /** Opens what is new. True when anything has changed. */
  async follow(present: readonly PresentFolder[], now: number): Promise<boolean> {
    let hasChanged = false;
    for (const one of present) {
      const known = this.byPlace.get(one.realPath);
      if (known && (known.folder.path !== one.folder.path || known.folder.name !== one.folder.name)) {
        known.folder = one.folder;
        hasChanged = true;
      }
      if (known?.index || (known && !known.retry.isDue(now))) continue;
      const entry = known ?? new FolderEntry(one, this.entryParts());
      this.byPlace.set(one.realPath, entry);
      await this.open(entry);
      hasChanged = true;
    }
    return hasChanged;
  }

  /** Lets go of all indexes and of the model. Resolves when nobody uses them any more. */
  async close(): Promise<void> {
    await this.endAfter(this.entries.map((entry) => entry.close()));
  }

  /** The same, and deletes them from disk: another embedding model has taken their place. */
  async discard(): Promise<void> {
    await this.endAfter(this.entries.map((entry) => entry.discard()));
  }

  /** Lets go of the model when all entries have ended, and throws then what one of them failed with. */
  private async endAfter(endings: readonly Promise<void>[]): Promise<void> {
    const outcomes = await Promise.allSettled(endings);
    this.byPlace.clear();
    this.release();
    await this.shared.ended;
    const failed = outcomes.find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
  }

  private async open(entry: FolderEntry): Promise<void> {
    try {
      await entry.open();
      entry.problem = undefined;
      entry.retry.succeeded();
    } catch (error) {
      entry.problem = problemOf(`The index of "${entry.folder.name}" can't be opened:`, error);
      entry.retry.failed(Date.now());
      this.parts.log("error", entry.problem.message);
    }
  }

  private entryParts(): EntryParts {
    return { ...this.parts, models: () => this.shared.value };
  }

  private share(models: Models): Shared<Models> {
    return new Shared(models, closeModels, (error) => this.parts.log("warn", String(error)));
  }
}
