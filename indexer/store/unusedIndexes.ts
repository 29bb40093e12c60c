import { readdir, rm, rmdir, stat, utimes } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { takeWriteLock } from "./lock.ts";

const forgottenAfterMs = 14 * 24 * 3_600_000;

/** Notes that the index in `dir` is in use. Its stamp file must be there. */
export async function rememberIndex(dir: string): Promise<void> {
  const now = new Date();
  await utimes(join(dir, "index.json"), now, now).catch(() => undefined);
}

/**
 * Deletes this folder's indexes for other embedding models that nobody has opened for a fortnight: they are left
 * when the model is changed while Carrel does not run, or by a new version with a new model.
 * @param dir The folder's index for the model that is in use: <storage>/indexes/<model>/<folder>.
 */
export async function dropForgotten(dir: string): Promise<void> {
  const indexes = dirname(dirname(dir));
  for (const model of await readdir(indexes)) {
    const other = join(indexes, model, basename(dir));
    if (other === dir) continue;
    const opened = await stat(join(other, "index.json")).catch(() => undefined);
    if (!opened || Date.now() - opened.mtimeMs < forgottenAfterMs) continue;
    if (!(await takeWriteLock(other))) continue;
    await rm(other, { recursive: true, force: true });
    // The folder of the model goes when it is empty; another workspace may still use it.
    await rmdir(dirname(other)).catch(() => undefined);
  }
}
