import type { ChatClientOptions } from "./chatClient.ts";

/**
 * The result of `work`, unless it takes longer than `ms` milliseconds.
 * @param late Makes the error that is thrown then.
 */
export async function withinTime<T>(work: Promise<T>, ms: number, late: () => Error): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const overdue = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), ms);
  });
  try {
    return await Promise.race([work, overdue]);
  } finally {
    clearTimeout(timer);
  }
}

interface Watch {
  readonly everyMs: number;
  /** A simple question, which a server that lives answers. */
  readonly isAlive: () => Promise<unknown>;
  /** Called when the server did not answer it twice in a row; must end the work. */
  readonly giveUp: () => void;
  /** Milliseconds after which even a server that lives is given up: called once, `late` must end the work. */
  readonly longestMs: number;
  readonly late: () => void;
}

/**
 * The result of `work` for as long as it takes up to a limit (a large model loads for minutes), while the server
 * answers a simple question every `everyMs` milliseconds.
 */
export async function whileAlive<T>(work: Promise<T>, watch: Watch): Promise<T> {
  let misses = 0;
  let asking = false;
  const timer = setInterval(() => {
    if (asking) return;
    asking = true;
    watch
      .isAlive()
      .then(
        () => {
          misses = 0;
        },
        () => {
          misses++;
          if (misses >= 2) watch.giveUp();
        },
      )
      .finally(() => {
        asking = false;
      });
  }, watch.everyMs);
  const limit = setTimeout(watch.late, watch.longestMs);
  try {
    return await work;
  } finally {
    clearInterval(timer);
    clearTimeout(limit);
  }
}

type Limits = "idleMs" | "aliveMs" | "startMs" | "answerMs";

/** For how long a server may be silent, prepare an answer and write it, in milliseconds. */
export function answerLimits({
  idleMs = 30_000,
  aliveMs = 10_000,
  startMs = 20 * 60_000,
  answerMs = 60 * 60_000,
}: Partial<Pick<ChatClientOptions, Limits>>): Required<Pick<ChatClientOptions, Limits>> {
  return { idleMs, aliveMs, startMs, answerMs };
}
