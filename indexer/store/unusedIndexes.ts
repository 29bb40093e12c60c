import { existsSync } from "node:fs";
import { readdir, rename, rm, rmdir, stat, utimes } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { shortHash } from "./indexPlace.ts";
import { takeWriteLock } from "./lock.ts";

const unusedAfterMs = 14 * 24 * 3_600_000;

/** Notes that the index in `dir` is in use. Its stamp file must be there. */
export async function markUsed(dir: string): Promise<void> {
  const now = new Date();
  await utimes(join(dir, "index.json"), now, now).catch(() => undefined);
}

/**
 * Deletes this folder's indexes for other embedding models that nobody has opened for a fortnight: they are left
 * when the model is changed while Carrel does not run, or by a new version with a new model. One that is in use
 * stays, as does one that can't be deleted; `log` is told of the latter.
 * @param dir The folder's index for the model that is in use: <storage>/indexes/<model>/<folder>.
 */
export async function dropUnusedIndexes(dir: string, log: (message: string) => void): Promise<void> {
  const indexes = dirname(dirname(dir));
  for (const model of await readdir(indexes).catch(() => [])) {
    const other = join(indexes, model, basename(dir));
    try {
      // What a process left that was killed while it deleted.
      await rm(tombstone(other), { recursive: true, force: true });
      if (other !== dir && (await isUnused(other))) await deleteIndex(other, isUnused);
    } catch (error) {
      log(`The unused index ${other} could not be deleted: ${String(error)}`);
    }
  }
}

/**
 * The indexes of a workspace folder in a storage, whichever models they are for, and what is left of some whose
 * deletion was interrupted. @throws When the storage can't be read.
 */
export async function indexesOf(storage: string, realFolder: string): Promise<string[]> {
  const found: string[] = [];
  const indexes = join(storage, "indexes");
  for (const model of existsSync(indexes) ? await readdir(indexes) : []) {
    const dir = join(indexes, model, shortHash(realFolder));
    if (existsSync(dir) || existsSync(tombstone(dir))) found.push(dir);
  }
  return found;
}

/**
 * Deletes an index that this process does not hold, and its model's folder when that is empty then.
 * @param dir The index's folder: <storage>/indexes/<model>/<folder>.
 * @param isWanted Asked again with the lock taken: somebody may have used the index since one looked.
 * @returns Whether it was deleted, which it is not while another process writes to it.
 * @throws When it can't be deleted. It is then whole, or out of the way under another name.
 */
export async function deleteIndex(
  dir: string,
  isWanted: (dir: string) => Promise<boolean> = () => Promise.resolve(true),
): Promise<boolean> {
  const attempt = await takeWriteLock(dir);
  if (attempt.state === "unavailable") throw attempt.problem;
  if (attempt.state === "held") return false;
  try {
    if (!(await isWanted(dir))) return false;
    await rm(tombstone(dir), { recursive: true, force: true });
    // In one step, so that nobody ever opens half an index. Windows refuses while a reader has a file of it open.
    await rename(dir, tombstone(dir));
  } finally {
    await attempt.lock.release();
  }
  await rm(tombstone(dir), { recursive: true, force: true });
  // Another workspace may still use the folder of the model.
  await rmdir(dirname(dir)).catch(() => undefined);
  return true;
}

/** Where an index stands while it is deleted: no index has such a name. */
function tombstone(dir: string): string {
  return `${dir}.deleted`;
}

async function isUnused(dir: string): Promise<boolean> {
  const opened = await stat(join(dir, "index.json")).catch(() => undefined);
  return opened !== undefined && Date.now() - opened.mtimeMs >= unusedAfterMs;
}
