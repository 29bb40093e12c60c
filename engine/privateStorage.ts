import type { Stats } from "node:fs";
import { chmod, lstat, readdir } from "node:fs/promises";
import { join } from "node:path";

/**
 * What Carrel keeps in its storage. The storage may be a folder that a person chose and has other things in:
 * those are not touched.
 */
const ownNames = ["indexes", "locks", "connections.jsonl", "connections.old.jsonl", "salt"];
/** An index has some hundreds of files; more than this are a mistake that must not hold up the start. */
const mostEntries = 100_000;
/** Permissions of anybody but the owner. */
const others = 0o077;

export interface Openness {
  /** How many files and folders were looked at. */
  readonly looked: number;
  /** Paths in the storage that somebody else can read, write or enter, and links, which are not followed. */
  readonly open: readonly string[];
}

/** Looks for what others can reach in the storage (an absolute path), and changes nothing. */
export function lookForOpen(storage: string): Promise<Openness> {
  return walk(storage, () => Promise.resolve(false), mostEntries);
}

/**
 * Makes what lies open private to the user: 0700 for folders, 0600 for files. What can't be changed, since it is
 * another user's or the disk keeps no permissions, stays on the list. Windows keeps none of this kind: there the
 * storage is private by lying in the user's profile.
 */
export function mendOpen(storage: string, limit: number = mostEntries): Promise<Openness> {
  return walk(storage, mend, limit);
}

/**
 * From above to below: when a folder is listed, it is private already, and nobody else can exchange what is in it
 * between the look and the change. Files are never opened, which would drop the locks that this process has.
 */
async function walk(
  storage: string,
  close: (path: string, found: Stats) => Promise<boolean>,
  limit: number,
): Promise<Openness> {
  if (process.platform === "win32") return { looked: 0, open: [] };
  const open: string[] = [];
  const waiting = [...ownNames];
  let looked = 0;
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const path = join(storage, name);
    const found = await lstat(path).catch(() => undefined);
    if (!found) continue;
    if (looked === limit) {
      open.push(`what lies beyond the first ${limit} files`);
      break;
    }
    looked += 1;
    if (found.isSymbolicLink()) {
      open.push(name);
      continue;
    }
    if ((found.mode & others) !== 0 && !(await close(path, found))) open.push(name);
    if (!found.isDirectory()) continue;
    for (const entry of await readdir(path).catch(() => [])) waiting.push(join(name, entry));
  }
  return { looked, open };
}

async function mend(path: string, found: Stats): Promise<boolean> {
  try {
    await chmod(path, found.isDirectory() ? 0o700 : 0o600);
    const now = await lstat(path);
    return (now.mode & others) === 0;
  } catch (error) {
    // Gone meanwhile, as another process's temporary file may be.
    return error instanceof Error && "code" in error && error.code === "ENOENT";
  }
}
