import { CarrelError } from "../../protocol/channel.ts";
import type { IndexSet } from "./indexSet.ts";
import { errorOf } from "./problem.ts";
import { Patience, type Reading } from "./questionPatience.ts";
import type { Reconciler } from "./reconciler.ts";
import { countsOf } from "./status.ts";
import type { Waiters } from "./waiters.ts";
import type { Wish } from "./wish.ts";

/** How often a question looks how far the index has come. */
const lookMs = 250;

export interface ReadingSource {
  readonly wish: Wish;
  readonly reconciler: Reconciler;
  readonly waiters: Waiters;
  /** Whether a client that has just come may still ask for an index. */
  isStarting(): boolean;
  /** Throws when no index can be had at all. */
  throwIfHopeless(): void;
}

/**
 * Waits for the first index where that takes only seconds. Resolves when a question is to be asked, of what is there
 * by then; ends early when indexing is paused, or fails. While nothing is there at all it waits on.
 * @param onReading Hears how far it is, whenever that changes.
 * @throws CarrelError "unindexed" when there is nothing and will be nothing; another one when indexing has failed
 * before there was anything.
 */
export async function untilRead(
  source: ReadingSource,
  signal: AbortSignal,
  onReading: (reading: Reading) => void,
): Promise<void> {
  const patience = new Patience(performance.now());
  let told = "";
  const tell = (reading: Reading): void => {
    const news = JSON.stringify(reading);
    if (news !== told) onReading(reading);
    told = news;
  };
  const isDone = (): boolean => {
    const { wish, reconciler } = source;
    const { serving } = reconciler;
    source.throwIfHopeless();
    if (wish.deleting) return false;
    throwIfUnindexed(source);
    if (serving?.isComplete && reconciler.isFound) return true;
    const hasChunks = serving?.hasChunks ?? false;
    if (hasChunks && isStopped(source)) return true;
    const problem = serving?.entries.find((entry) => entry.problem)?.problem;
    if (problem && hasChunks) return true;
    if (problem) throw errorOf(problem);
    const reading = serving ? readingOf(serving) : { files: 0, of: 0 };
    tell(reading);
    const willCome = serving?.entries.some((entry) => reconciler.isToDo(entry)) ?? true;
    return !patience.goesOn(performance.now(), reading) && (hasChunks || !willCome);
  };
  const timer = setInterval(() => source.waiters.askAll(), lookMs);
  try {
    await source.waiters.until(isDone, signal);
  } finally {
    clearInterval(timer);
  }
}

/** How far a set of indexes is; where another process writes one, nobody here knows how much there is to be read. */
export function readingOf(set: IndexSet): Reading {
  const { files, skipped } = countsOf(set);
  const waiting = set.entries.reduce((sum, { queue }) => sum + queue.size, 0);
  const isLooking = set.entries.some(({ isWriter, lookedAt }) => !isWriter || lookedAt < 0);
  const read = files + skipped;
  return { files: read, of: isLooking ? 0 : read + waiting };
}

/** @throws CarrelError "unindexed" when there is nothing to be found, and nothing that would change that. */
export function throwIfUnindexed(source: Pick<ReadingSource, "wish" | "reconciler" | "isStarting">): void {
  const { wish, reconciler } = source;
  if (wish.deleted && !wish.deleting) throw unindexed("The index of this workspace was deleted.");
  const { serving } = reconciler;
  if (!isStopped(source) || serving?.hasChunks || (serving?.isComplete && reconciler.isFound)) return;
  throw unindexed(wish.paused ? "Indexing is paused before any file was read." : "No file was read yet.");
}

/** Whether no index is being built, nor will be unless somebody asks for one. */
function isStopped({ wish, isStarting }: Pick<ReadingSource, "wish" | "isStarting">): boolean {
  return wish.paused || !(wish.asked || isStarting());
}

/** The error for what needs an index where there is none. */
export function unindexed(message: string): CarrelError {
  return new CarrelError(
    `${message} There is nothing to search in.`,
    "Run “Carrel: Index Workspace Now” in VS Code, or “carrel index” in a terminal.",
    "unindexed",
  );
}
