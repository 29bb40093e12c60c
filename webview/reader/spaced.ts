/**
 * Lets work be asked for however often: it is done at once, and then no more than once in `ms`. What is asked for
 * meanwhile is done after that, once.
 */
export function spaced(ms: number, work: () => Promise<void>): () => void {
  let isWanted = false;
  let isBusy = false;
  const run = async (): Promise<void> => {
    isBusy = true;
    while (isWanted) {
      isWanted = false;
      // What has failed is done again when it is asked for again.
      await work().catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, ms));
    }
    isBusy = false;
  };
  return () => {
    isWanted = true;
    if (!isBusy) void run();
  };
}
