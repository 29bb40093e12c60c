import { isReached } from "../../indexer/dueTime.ts";
import type { FolderEntry } from "./folderEntry.ts";
import type { IndexSet } from "./indexSet.ts";
import type { Step } from "./loop.ts";
import { type Problem, problemOf } from "./problem.ts";
import { scanWish, type Wish } from "./wish.ts";

/** The second pass begins when nothing was indexed for this long, and old versions go a little later. */
const refineAfterMs = 2_000;
const tidyAfterMs = 45_000;

export interface QuietParts {
  readonly wish: Wish;
  readonly serving: () => IndexSet | undefined;
  readonly log: (level: "warn", message: string) => void;
}

/**
 * What is done to the indexes that serve when nothing else is to be done: the second pass, reading scans, dropping
 * old versions. Who asks for the first two need not wait until nothing was written for a while.
 */
export class QuietWork {
  private readonly parts: QuietParts;
  private lastWriteAt = 0;
  private refineFailed = false;
  private failedScans: { readonly under: Wish["settings"]; readonly problem: Problem } | undefined;

  constructor(parts: QuietParts) {
    this.parts = parts;
  }

  /** Something was written just now. */
  wrote(): void {
    this.lastWriteAt = Date.now();
  }

  /** What has failed may be tried again. */
  hasten(): void {
    this.refineFailed = false;
    this.failedScans = undefined;
  }

  /** The second pass may be done with a model that has just come. */
  modelCame(): void {
    this.refineFailed = false;
  }

  /** Whether the second pass has something to do here, and can. */
  mayRefine(entry: FolderEntry): boolean {
    const { wish, serving } = this.parts;
    const isWanted = wish.settings.refine || wish.refineNow;
    return (
      isWanted && !this.refineFailed && entry.needsRefine && serving()?.models.value.refining !== undefined
    );
  }

  /** Whether scans are read, in the background or since somebody asked for it. */
  get readsScans(): boolean {
    const { settings, ocrNow } = this.parts.wish;
    return settings.ocr || ocrNow;
  }

  /** Why scans are not read though they are to be, until the settings change or somebody asks for an update. */
  get scansProblem(): Problem | undefined {
    const { failedScans } = this;
    return failedScans?.under === this.parts.wish.settings && this.readsScans
      ? failedScans.problem
      : undefined;
  }

  /** Whether there are scans to be read here, and can be. */
  mayReadScans(entry: FolderEntry): boolean {
    if (!this.readsScans || this.scansProblem) return false;
    return entry.index?.value.scans.hasWaiting(scanWish(this.parts.wish.settings)) ?? false;
  }

  /** When something will have waited long enough, in milliseconds since the epoch. */
  dueTimes(): number[] {
    const times: number[] = [];
    for (const entry of this.parts.serving()?.entries ?? []) {
      if (this.mayRefine(entry) || this.mayReadScans(entry)) times.push(this.lastWriteAt + refineAfterMs);
      if (entry.needsTidy) times.push(this.lastWriteAt + tidyAfterMs);
    }
    return times;
  }

  step(now: number): Step | undefined {
    const { wish, serving } = this.parts;
    const works = wish.asked && !wish.paused;
    const entries = (serving()?.entries ?? []).filter((entry) => entry.isWriter && entry.index);
    const unrefined = works && entries.find((entry) => this.mayRefine(entry));
    if (unrefined && (wish.refineNow || this.isQuiet(now, refineAfterMs))) {
      return {
        what: "The second pass stopped.",
        isIdleWork: true,
        run: (signal) => this.refine(unrefined, signal),
      };
    }
    const unread = !unrefined && works && entries.find((entry) => this.mayReadScans(entry));
    if (unread && (wish.ocrNow || this.isQuiet(now, refineAfterMs))) {
      return {
        what: "Reading scans stopped.",
        isIdleWork: true,
        run: (signal) => this.readScans(unread, signal),
      };
    }
    const untidy = entries.find((entry) => entry.needsTidy);
    if (!untidy || !this.isQuiet(now, tidyAfterMs)) return undefined;
    return { what: "Old versions could not be dropped.", run: () => untidy.tidy() };
  }

  /** Whether nothing was written for so long. */
  private isQuiet(now: number, ms: number): boolean {
    return isReached(this.lastWriteAt + ms, now, ms);
  }

  private async refine(entry: FolderEntry, signal: AbortSignal): Promise<void> {
    try {
      await entry.refine(signal);
    } catch (error) {
      this.refineFailed = true;
      this.parts.log("warn", `The second pass stopped, and search does without it: ${String(error)}`);
    }
  }

  private async readScans(entry: FolderEntry, signal: AbortSignal): Promise<void> {
    const under = this.parts.wish.settings;
    try {
      await entry.readScans(scanWish(under), signal);
    } catch (error) {
      if (signal.aborted) return;
      const problem = problemOf("Scans are not read:", error);
      this.failedScans = { under, problem };
      this.parts.log("warn", problem.message);
    }
  }
}
