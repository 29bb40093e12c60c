/** Absolute paths that were told to have changed, until they have been looked at. */
export class ToldPaths {
  private waiting = new Set<string>();
  private looking: ReadonlySet<string> = new Set();

  /** How many are still to be looked at, or are being looked at. */
  get size(): number {
    return this.waiting.size + this.looking.size;
  }

  add(paths: Iterable<string>): void {
    for (const path of paths) this.waiting.add(path);
  }

  some(test: (path: string) => boolean): boolean {
    return [...this.waiting].some(test);
  }

  /**
   * Lets what was told until now be looked at. What is told meanwhile is left for the next time; a look that fails,
   * or is not done, leaves all of it to be looked at again.
   * @param look Resolves to whether it is done.
   */
  async lookAt(look: (paths: ReadonlySet<string>) => Promise<boolean>): Promise<void> {
    const paths = this.waiting;
    this.looking = paths;
    this.waiting = new Set();
    let isDone = false;
    try {
      isDone = await look(paths);
    } finally {
      if (!isDone) this.add(paths);
      this.looking = new Set();
    }
  }
}
