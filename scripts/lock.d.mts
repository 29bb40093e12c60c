/** Runs a synchronous task while no other process runs one under the same lock. */
export function withSetupLock<T>(
  task: () => T,
  options?: { readonly file?: string; readonly onWait?: (pid: number) => void },
): T;
