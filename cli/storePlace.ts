import { mkdir, realpath } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, sep } from "node:path";
import { CarrelError } from "../protocol/channel.ts";
import { type Common, UsageError } from "./arguments.ts";

/**
 * Sees that indexes can be kept where the command wants them, and returns what of `dir` is to be left out so that
 * the store does not index itself.
 * @throws UsageError for a store that was put into the folder that is to be indexed.
 * @throws CarrelError for a place where no folder can be made, such as /proc.
 */
export async function prepareStore(
  { store, isDefaultStore }: Common,
  dir: string | undefined,
): Promise<string[]> {
  const place = await realPlace(store);
  const way = dir === undefined ? ".." : relative(await realpath(dir), place);
  const isInside = way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
  // Nothing is ever written into a folder that is indexed, but somebody may index a whole home.
  if (isInside && (way === "" || !isDefaultStore)) {
    throw new UsageError(`The store ${store} lies in ${dir}, and would index itself: choose another place.`);
  }
  await makeFolders(join(place, "locks"));
  return isInside
    ? [
        `/${way
          .split(sep)
          .join("/")
          .replace(/[\\*?[\]! #]/g, "\\$&")}/`,
      ]
    : [];
}

/** The real path of a place that may not be there yet. */
async function realPlace(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    return dirname(path) === path ? path : join(await realPlace(dirname(path)), basename(path));
  }
}

/**
 * Makes a folder and those above it, as far as it can: what hinders it otherwise is told by the engine, which may
 * get along with reading alone. Node's own recursive `mkdir` tries for ever where the file system answers that
 * there is nothing to make a folder in, though the folder is there, as /proc does.
 */
async function makeFolders(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: 0o700 });
    return true;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EEXIST") return true;
    if (code !== "ENOENT" || dirname(path) === path) return false;
    if (!(await makeFolders(dirname(path)))) return false;
  }
  return makeLast(path);
}

async function makeLast(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: 0o700 });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return true;
    throw new CarrelError(
      `No index can be kept in ${dirname(path)}: no folder can be made there.`,
      "Name a folder on a disk with --store.",
    );
  }
}
