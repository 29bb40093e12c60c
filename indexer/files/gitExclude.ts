import type { Stats } from "node:fs";
import { lstat, realpath } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, parse, relative, resolve, sep } from "node:path";
import { networkShare } from "./networkPath.ts";
import { readSmallText } from "./smallText.ts";

export const excludeName = ".git/info/exclude";
/** No path of git's own is longer. */
const maxPointer = 4096;
/** As git: names differ by case on Linux alone. */
export const ignoreCase = process.platform === "win32" || process.platform === "darwin";

/**
 * The text of a repository's exclude file, "" when it has none, undefined when this is no repository.
 * A `.git` file, which names another folder, is part of what a stranger may have written. It is followed only
 * within the workspace folder, or to where git would agree that the other folder is this one's; never by a
 * link, onto another file system or to another machine. What it says is otherwise as if it were not there.
 * @param directory The folder that may have a `.git`.
 * @param root The workspace folder.
 */
export async function excludeFile(directory: string, root: string): Promise<string | undefined> {
  const git = join(directory, ".git");
  const stats = await look(git);
  if (stats?.isDirectory()) {
    return (await readExclude(git)) ?? ((await look(join(git, "HEAD"))) ? "" : undefined);
  }
  const pointer = /^gitdir: (.+)$/m.exec((await readSmallText(git)) ?? "")?.[1]?.trim();
  if (!pointer) return stats?.isSymbolicLink() ? "" : undefined;
  const owner = await owningGitFolder(directory, pointer, root);
  return (owner && (await readExclude(owner))) ?? "";
}

async function readExclude(gitFolder: string): Promise<string | undefined> {
  const info = join(gitFolder, "info");
  return (await look(info))?.isDirectory() ? readSmallText(join(info, "exclude")) : undefined;
}

/** The git folder that a pointer leads to and that may be read, for a worktree the one of its repository. */
async function owningGitFolder(
  directory: string,
  pointer: string,
  root: string,
): Promise<string | undefined> {
  if (pointer.length > maxPointer) return undefined;
  const here = await realpath(directory);
  const gitFolder = resolve(here, pointer);
  const share = networkShare(here);
  const isStrange = (path: string): boolean => isAbroad(path) && networkShare(path) !== share;
  if (isStrange(pointer) || isStrange(gitFolder)) return undefined;
  if (!(await isPlainWay(here, gitFolder))) return undefined;
  if (await pointsBack(gitFolder, here)) return dirname(dirname(gitFolder));
  const isOurs = contains(await realpath(root), gitFolder) || isSubmodule(here, gitFolder);
  return isOurs ? gitFolder : undefined;
}

function isAbroad(path: string): boolean {
  return networkShare(path) !== undefined;
}

/** Whether only folders lie on the way, no link and no other file system: all is looked at, nothing entered. */
async function isPlainWay(from: string, to: string): Promise<boolean> {
  if (parse(from).root.toLowerCase() !== parse(to).root.toLowerCase()) return false;
  let at = from;
  while (!contains(at, to)) at = dirname(at);
  const device = (await look(at))?.dev;
  for (const name of relative(at, to).split(sep)) {
    at = join(at, name);
    const stats = await look(at);
    // A mount point may be another machine's, so that what lies below it is not even looked at.
    if (!stats?.isDirectory() || stats.dev !== device) return false;
  }
  return true;
}

/** Whether it is the git folder of a worktree, and names the `.git` file of this folder as its own. */
async function pointsBack(gitFolder: string, here: string): Promise<boolean> {
  if (basename(dirname(gitFolder)) !== "worktrees") return false;
  const back = (await readSmallText(join(gitFolder, "gitdir")))?.trim();
  if (!back) return false;
  const fold = (path: string): string => (ignoreCase ? path.toLowerCase() : path);
  return fold(resolve(gitFolder, back)) === fold(join(here, ".git"));
}

/** Whether it is among the modules of a repository around this folder, as git keeps its submodules. */
function isSubmodule(here: string, gitFolder: string): boolean {
  for (let at = here; dirname(at) !== at; at = dirname(at)) {
    if (contains(join(dirname(at), ".git", "modules"), gitFolder)) return true;
  }
  return false;
}

function contains(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** What is at a path, without following a link; undefined when nothing can be seen there. */
function look(path: string): Promise<Stats | undefined> {
  return lstat(path).catch(() => undefined);
}
