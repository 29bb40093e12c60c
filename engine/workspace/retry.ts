import { isReached } from "../../indexer/dueTime.ts";

/** Growing waits between tries of something that may pass: a server that is down, a folder that is missing. */
export class Retry {
  private tries = 0;
  private dueAt = 0;
  private readonly firstMs: number;
  private readonly longestMs: number;

  constructor(firstMs: number, longestMs: number) {
    this.firstMs = firstMs;
    this.longestMs = longestMs;
  }

  /** When the next try is due, in milliseconds since the epoch; 0 when nothing has failed. */
  get at(): number {
    return this.dueAt;
  }

  isDue(now: number): boolean {
    return isReached(this.dueAt, now, this.longestMs);
  }

  failed(now: number): void {
    this.dueAt = now + waitOf(this.tries, this.firstMs, this.longestMs);
    this.tries += 1;
  }

  /** The next try may begin at once; the waits after it go on growing. */
  hasten(): void {
    this.dueAt = 0;
  }

  succeeded(): void {
    this.tries = 0;
    this.dueAt = 0;
  }
}

/** The wait after so many tries, doubled each time. */
function waitOf(tries: number, firstMs: number, longestMs: number): number {
  return Math.min(longestMs, firstMs * 2 ** Math.min(tries, 30));
}
