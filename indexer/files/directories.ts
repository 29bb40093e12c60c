import { lstat, realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { CarrelError } from "../../protocol/channel.ts";
import { type Entry, readEntries } from "./entries.ts";
import { IgnoreRules, type LeftOut } from "./ignore.ts";
import { judgeDirectory } from "./judge.ts";
import { errorCode, errorText, mayPass } from "./systemErrors.ts";
import type { Refused } from "./walkedFile.ts";

/** A directory that is not left out, with what is in it and the rules that hold there. */
export interface Entered {
  /** Relative to the folder; "" for the folder itself. */
  readonly path: string;
  readonly entries: readonly Entry[];
  readonly names: ReadonlySet<string>;
  readonly rules: IgnoreRules;
}

/** Why there is no directory to enter: it is left out, refused, or gone (a link or a file counts as gone). */
export type Closed = LeftOut | Refused | "gone";

export function isEntered(directory: Entered | Closed): directory is Entered {
  return directory !== "gone" && "entries" in directory;
}

/** Opens a directory that was judged fit to be entered. `outer` are the rules of the directory around it. */
export async function enter(folder: string, path: string, outer: IgnoreRules): Promise<Entered | Closed> {
  let entries: Entry[];
  try {
    entries = await readEntries(join(folder, path));
  } catch (error) {
    if (path === "") throw unreadableFolder(folder, error);
    if (errorCode(error) === "ENOENT") return "gone";
    return { path, reason: `The folder can't be read: ${errorText(error)}.`, ...mayPass(error) };
  }
  const names = new Set(entries.map((entry) => entry.name));
  return { path, entries, names, rules: await outer.enter(folder, path, names) };
}

/**
 * The directories on the way to some places of a folder, each read once. It remembers what it saw, so it is
 * made for one batch of looks and then let go.
 */
export class Directories {
  /** The folder's real path. */
  readonly folder: string;
  private readonly rootRules: IgnoreRules;
  private readonly known = new Map<string, Promise<Entered | Closed>>();

  private constructor(folder: string, rootRules: IgnoreRules) {
    this.folder = folder;
    this.rootRules = rootRules;
  }

  /** Throws a CarrelError when there is no such folder. */
  static async of(root: string, exclude: readonly string[]): Promise<Directories> {
    const folder = await realpath(root).catch((error: unknown) => {
      throw unreadableFolder(root, error);
    });
    return new Directories(folder, await IgnoreRules.forRoot(folder, exclude));
  }

  /**
   * The directory of a path, entered from the folder down; or, when it or one above it may not be entered, why.
   * Throws a CarrelError when the folder itself can't be read.
   */
  at(path: string): Promise<Entered | Closed> {
    const known = this.known.get(path) ?? this.open(path);
    this.known.set(path, known);
    return known;
  }

  private async open(path: string): Promise<Entered | Closed> {
    if (path === "") return enter(this.folder, "", this.rootRules);
    const cut = path.lastIndexOf("/");
    const outer = await this.at(path.slice(0, Math.max(cut, 0)));
    if (!isEntered(outer)) return outer;
    const isThere = await lstat(join(this.folder, path)).then(
      // Behind a link lies another place, which the walk meets by its own path or not at all.
      (stats) => stats.isDirectory(),
      (error: unknown) => !["ENOENT", "ENOTDIR"].includes(errorCode(error)),
    );
    if (!isThere) return "gone";
    const entry = { name: path.slice(cut + 1), isDirectory: true };
    const verdict = judgeDirectory(path, entry, outer.rules, outer.names);
    return verdict === "enter" ? enter(this.folder, path, outer.rules) : verdict;
  }
}

function unreadableFolder(root: string, error: unknown): CarrelError {
  const name = basename(root) || dirname(root);
  return new CarrelError(
    `The folder "${name}" can't be read: ${errorText(error)} (${root}).`,
    "Check that it exists and that you may read it.",
  );
}
