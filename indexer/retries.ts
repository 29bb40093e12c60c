import { isReached } from "./dueTime.ts";
import type { FileRow } from "./store/rows.ts";

/** What may pass (a time-out, a lock, a permission) is tried again after this, doubled each time. */
const firstRetryMs = 30_000;
const longestRetryMs = 3_600_000;

/** When to try again what failed for the `tries` + first time. */
export function retryOf(tries: number): Pick<FileRow, "tries" | "retryAtMs"> {
  const wait = Math.min(longestRetryMs, firstRetryMs * 2 ** Math.min(tries, 20));
  return { tries: tries + 1, retryAtMs: Date.now() + wait };
}

/** Whether a file's next try may begin, given its `retryAtMs`. */
export function isRetryDue(at: number, now: number): boolean {
  return isReached(at, now, longestRetryMs);
}

/** Files whose reason may pass, with the time of their next try, in milliseconds since the epoch. */
export class Retries {
  private readonly at = new Map<string, number>();

  /** @param at 0 for a file that is not tried again before it changes. */
  put(path: string, at: number): void {
    if (at > 0) this.at.set(path, at);
    else this.at.delete(path);
  }

  drop(path: string): void {
    this.at.delete(path);
  }

  hasDue(now: number): boolean {
    for (const at of this.at.values()) if (isRetryDue(at, now)) return true;
    return false;
  }

  /** Those that are due; each is named once for each due time. */
  takeDue(now: number): string[] {
    const due = [...this.at].filter(([, at]) => isRetryDue(at, now)).map(([path]) => path);
    for (const path of due) this.at.delete(path);
    return due;
  }

  /** When the next one is due; infinite when there is none. */
  nextAt(): number {
    let next = Number.POSITIVE_INFINITY;
    // All of them as arguments of Math.min would be too many where a disk refuses a hundred thousand files.
    for (const at of this.at.values()) next = Math.min(next, at);
    return next;
  }
}
