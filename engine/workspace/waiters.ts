import { CarrelError } from "../../protocol/channel.ts";

interface Waiter {
  readonly isDone: () => boolean;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/** Requests that wait until the loop has brought something about. */
export class Waiters {
  private readonly waiting = new Set<Waiter>();

  /**
   * Resolves when `isDone` says so; it is asked at once, and after each step of the loop. Rejects with what it
   * throws, or with a cancellation when `signal` is aborted.
   */
  until(isDone: () => boolean, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(cancelled());
      const settle = <T>(done: (value: T) => void): ((value: T) => void) => {
        return (value) => {
          this.waiting.delete(waiter);
          signal?.removeEventListener("abort", abort);
          done(value);
        };
      };
      const waiter: Waiter = { isDone, resolve: settle(resolve), reject: settle(reject) };
      const abort = (): void => waiter.reject(cancelled());
      signal?.addEventListener("abort", abort, { once: true });
      this.waiting.add(waiter);
      ask(waiter);
    });
  }

  /** The same, but resolves after `ms` at the latest: no step of the loop tells that time has passed. */
  async within(ms: number, isDone: () => boolean): Promise<void> {
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      this.askAll();
    }, ms);
    try {
      await this.until(() => isDone() || isLate);
    } finally {
      clearTimeout(timer);
    }
  }

  askAll(): void {
    for (const waiter of [...this.waiting]) ask(waiter);
  }

  rejectAll(error: unknown): void {
    for (const waiter of [...this.waiting]) waiter.reject(error);
  }
}

function ask({ isDone, resolve, reject }: Waiter): void {
  try {
    if (isDone()) resolve();
  } catch (error) {
    reject(error);
  }
}

function cancelled(): CarrelError {
  return new CarrelError("Cancelled.", "", "cancelled");
}
