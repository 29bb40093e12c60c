/** Lets go of something shared. Calling it again does nothing. */
export type Release = () => void;

/** Something that several hold at once. It is ended, once, when the last of them has let it go. */
export class Shared<T> {
  readonly value: T;
  /** Resolves when it has been ended; a failure to end it has been told to `onFailure`. */
  readonly ended: Promise<void>;
  private holders = 0;
  private isEnding = false;
  private finish: () => void = () => undefined;
  private readonly end: (value: T) => Promise<void>;
  private readonly onFailure: (error: unknown) => void;

  constructor(value: T, end: (value: T) => Promise<void>, onFailure: (error: unknown) => void) {
    this.value = value;
    this.end = end;
    this.onFailure = onFailure;
    this.ended = new Promise((resolve) => {
      this.finish = resolve;
    });
  }

  /** Throws when it has been ended: whoever holds a reference must hold the thing too. */
  hold(): Release {
    if (this.isEnding) throw new Error("This has been ended already.");
    this.holders += 1;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.holders -= 1;
      if (this.holders === 0) void this.endNow();
    };
  }

  private async endNow(): Promise<void> {
    this.isEnding = true;
    try {
      await this.end(this.value);
    } catch (error) {
      this.onFailure(error);
    }
    this.finish();
  }
}
