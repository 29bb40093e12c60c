import { constants } from "node:fs";
import { lstat, open } from "node:fs/promises";

/** Ignore files are small; a larger one is a mistake or an attack and is not read. */
const maxBytes = 1_000_000;

/** The text of a regular file; undefined when there is none, it can't be read, is a link, or is too large. */
export async function readSmallText(path: string): Promise<string | undefined> {
  try {
    // Windows has no flag against links, so that one is looked for before: it may lead to another machine.
    if (!(await lstat(path)).isFile()) return undefined;
    // Neither a link nor a pipe that would block for ever.
    const file = await open(
      path,
      constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0),
    );
    try {
      const stats = await file.stat();
      if (!stats.isFile() || stats.size > maxBytes) return undefined;
      return await file.readFile("utf8");
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}
