import { DamagedStoreError } from "../../indexer/store/store.ts";
import type { Generation } from "./generation.ts";
import { errorOf } from "./problem.ts";
import type { Release, Shared } from "./shared.ts";
import { type ReadingSource, unindexed } from "./untilRead.ts";

/** How often a search without an index looks whether somebody may still ask for one: no step of the loop tells. */
const lookMs = 125;
/** A search meets damage again when what was mended is damaged too. */
const mostAttempts = 3;

export interface BorrowingSource extends ReadingSource {
  /** Whether an index is wanted, and may be worked on. */
  works(): boolean;
  /** Tells the loop that there is something to do. */
  wake(): void;
}

interface Borrowed {
  readonly generation: Shared<Generation>;
  readonly release: Release;
}

/**
 * Reads with the indexes that serve now, and holds them until it has ended. What meets damage is tried again when
 * the loop has mended it. Waits while an empty index is being built or exchanged.
 * @throws CarrelError when there is no index and none will be built, or when building it has failed.
 */
export async function withIndexes<T>(
  source: BorrowingSource,
  signal: AbortSignal,
  read: (generation: Generation) => Promise<T>,
): Promise<T> {
  const { reconciler, waiters } = source;
  for (let attempt = 1; ; attempt++) {
    const { generation, release } = await borrow(source, signal);
    try {
      return await read(generation.value);
    } catch (error) {
      const canMend = error instanceof DamagedStoreError && source.works() && attempt < mostAttempts;
      if (!canMend || signal.aborted) throw error;
    } finally {
      release();
    }
    reconciler.suspect();
    source.wake();
    await waiters.until(() => !source.works() || !reconciler.isMending, signal);
  }
}

async function borrow(source: BorrowingSource, signal: AbortSignal): Promise<Borrowed> {
  const { wish, reconciler, waiters } = source;
  let borrowed: Borrowed | undefined;
  const isReady = (): boolean => {
    source.throwIfHopeless();
    if (wish.deleted && !wish.deleting) throw unindexed("The index of this workspace was deleted.");
    const { generation } = reconciler;
    if (!generation || !isWorthSearching(source, generation.value)) return false;
    // Held at once: when the one who waits goes on, it may be another one's turn.
    borrowed = { generation, release: generation.hold() };
    return true;
  };
  const timer = setInterval(() => waiters.askAll(), lookMs);
  try {
    await waiters.until(isReady, signal);
  } finally {
    clearInterval(timer);
  }
  if (!borrowed) throw new Error("There is nothing to borrow.");
  return borrowed;
}

/** Whether there is something to find, or nothing more to wait for. @throws CarrelError when that has failed. */
function isWorthSearching(source: BorrowingSource, generation: Generation): boolean {
  const { wish, reconciler } = source;
  if (generation.chunks > 0 || wish.paused) return true;
  if (!source.works()) return !source.isStarting();
  if (!reconciler.isFound || reconciler.foundAt < wish.revision) return false;
  const entries = reconciler.newest?.entries ?? [];
  if (entries.some((entry) => entry.problem === undefined && reconciler.isToDo(entry))) return false;
  const problem = entries.find((entry) => entry.problem)?.problem;
  if (problem) throw errorOf(problem);
  return true;
}
