/** How many files of a first index are read, of how many; of none while they are being looked for. */
export interface Reading {
  readonly files: number;
  readonly of: number;
}

/** A question waits for what is expected to be there within this time. */
const worthMs = 10_000;
/** It waits no longer in all, whatever was expected. */
const mostMs = 15_000;
/** Files that have not been found by then are many. */
const lookingMs = 5_000;
/** Files come in batches, the first of which is small and late: before this time they tell nothing. */
const leastMs = 3_000;
/** No machine reads more files in a second. */
const fastest = 4_000;

/** Decides for one question how long it is to wait for the first index, by how fast that grows. */
export class Patience {
  private readonly started: number;
  private begun: number | undefined;
  private first: { readonly files: number; readonly at: number } | undefined;

  /** @param started When the question was asked, in milliseconds of any clock. */
  constructor(started: number) {
    this.started = started;
  }

  /** Whether the question should wait on. To be asked often: it learns from what it is told. */
  goesOn(now: number, { files, of }: Reading): boolean {
    const waited = now - this.started;
    if (waited > mostMs) return false;
    if (of === 0) return waited <= lookingMs;
    this.begun ??= now;
    if (files > 0) this.first ??= { files, at: now };
    const left = of - files;
    if (left > (fastest * worthMs) / 1000) return false;
    if (now - this.begun < leastMs) return true;
    return left <= this.filesInMs(now, files) * worthMs;
  }

  /** How many files are read in a millisecond: since the first batch where there was another one. */
  private filesInMs(now: number, files: number): number {
    const { first, begun = now } = this;
    if (first && files > first.files) return (files - first.files) / (now - first.at);
    return files / Math.max(1, now - begun);
  }
}
