/** Collects paths and hands them on together. */
export interface ChangeBatch {
  add(path: string): void;
  dispose(): void;
}

export interface ChangeBatchOptions {
  /** How long paths are collected after the first one, in milliseconds. */
  readonly pauseMs: number;
  /** From this many on, single paths are not worth telling: `onMany` is called in place of `onPaths`. */
  readonly most: number;
  readonly onPaths: (paths: string[]) => void;
  readonly onMany: () => void;
}

/** A switched branch or an install touches thousands of files at once; a save, two or three times one. */
export function createChangeBatch({ pauseMs, most, onPaths, onMany }: ChangeBatchOptions): ChangeBatch {
  const paths = new Set<string>();
  let timer: NodeJS.Timeout | undefined;

  const flush = (): void => {
    timer = undefined;
    const batch = [...paths];
    paths.clear();
    if (batch.length >= most) onMany();
    else onPaths(batch);
  };

  return {
    add(path) {
      // Beyond the limit the names are of no use, and a burst must not fill the memory.
      if (paths.size < most) paths.add(path);
      timer ??= setTimeout(flush, pauseMs);
    },
    dispose: () => clearTimeout(timer),
  };
}
