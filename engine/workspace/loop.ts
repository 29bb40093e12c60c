/** One thing that the loop does. What it was doing stays to be done when its signal is aborted. */
export interface Step {
  readonly what: string;
  /** True for what gives way to everything else, and is then begun again later. */
  readonly isIdleWork?: boolean;
  run(signal: AbortSignal, isYielding: () => boolean): Promise<void>;
}

export interface LoopParts {
  /** What is to be done now; undefined when there is nothing. It only decides, and changes nothing. */
  next(now: number): Step | undefined;
  /** When to look again though nobody wakes the loop, in milliseconds since the epoch. */
  dueAt(now: number): number;
  /** Called after each step, and when there was nothing to do. */
  after(): void;
  onFailure(what: string, error: unknown): void;
}

/** A clock that was changed, or a due time that nobody thought of, is met after this at the latest. */
const longestSleepMs = 30_000;
/** A step that fails without saying when to try again must not be tried a thousand times a second. */
const pauseAfterFailureMs = 500;

/**
 * Does one step after another, and sleeps when there is nothing to do. It is the only place from which the state
 * of the workspace's indexes is changed.
 */
export class Loop {
  private readonly parts: LoopParts;
  private current: { controller: AbortController; step: Step } | undefined;
  private isYielding = false;
  private isWoken = false;
  private isClosed = false;
  private wakeUp: () => void = () => undefined;
  private running: Promise<void> | undefined;

  constructor(parts: LoopParts) {
    this.parts = parts;
  }

  start(): void {
    this.running ??= this.run();
  }

  /** Something more is to be done: idle work gives way, other steps finish what they have begun. */
  wake(): void {
    this.isWoken = true;
    this.isYielding = true;
    if (this.current?.step.isIdleWork) this.current.controller.abort();
    this.wakeUp();
  }

  /** What is wanted has changed: the step that runs is ended, and what is to be done is decided anew. */
  interrupt(): void {
    this.current?.controller.abort();
    this.wake();
  }

  /** Ends the step that runs, and resolves when it has ended. */
  async close(): Promise<void> {
    this.isClosed = true;
    this.interrupt();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.isClosed) {
      this.isWoken = false;
      this.isYielding = false;
      const now = Date.now();
      const step = this.parts.next(now);
      if (step) await this.perform(step);
      this.parts.after();
      if (!step && !this.isWoken && !this.isClosed) await this.sleepUntil(this.parts.dueAt(now));
    }
  }

  private async perform(step: Step): Promise<void> {
    const controller = new AbortController();
    this.current = { controller, step };
    try {
      await step.run(controller.signal, () => this.isYielding);
    } catch (error) {
      if (!controller.signal.aborted) {
        this.parts.onFailure(step.what, error);
        await this.sleepUntil(Date.now() + pauseAfterFailureMs);
      }
    } finally {
      this.current = undefined;
    }
  }

  private sleepUntil(time: number): Promise<void> {
    const ms = Math.min(longestSleepMs, Math.max(0, time - Date.now()));
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wakeUp = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
