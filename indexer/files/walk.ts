import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type Closed, Directories, type Entered, enter, isEntered } from "./directories.ts";
import type { IgnoreRules, LeftOut } from "./ignore.ts";
import { type IgnoredBy, IgnoredCounts } from "./ignoredCounts.ts";
import { examine, judgeDirectory, judgeName, pathWithin } from "./judge.ts";
import type { Refused, WalkedFile } from "./walkedFile.ts";

/** Looking at a file takes microseconds; other work of the process gets its turn this often. */
const sliceMs = 5;

export interface WalkOptions {
  /** Extra patterns to leave out, as in .gitignore, relative to the folder. */
  readonly exclude: readonly string[];
  /** Larger files are skipped; documents may be larger by a factor (limits.ts). */
  readonly maxFileBytes: number;
  /** Walks only this directory, relative to the folder, with "/", by the rules that hold there. */
  readonly under?: string;
  readonly signal?: AbortSignal;
}

export interface Walked {
  readonly files: readonly WalkedFile[];
  /** What is refused, with the reason. */
  readonly skipped: readonly Refused[];
  /** What rules leave out, counted by rule. */
  readonly ignored: readonly IgnoredBy[];
}

/**
 * Finds the files of a folder that may be indexed: not ignored (see ignore.ts and builtInRules.ts), no
 * secrets, not too large, no links. Links are never followed; files are not opened. With `under`, nothing is
 * found where that directory or one above it is left out; one that is refused is listed. When `signal` is
 * aborted it returns early with what it has. Throws a CarrelError when the folder itself can't be read.
 */
export async function walkFolder(root: string, options: WalkOptions): Promise<Walked> {
  const directories = await Directories.of(root, options.exclude);
  const { under = "" } = options;
  const path = under === "" ? "" : pathWithin(directories.folder, join(directories.folder, under));
  if (path === undefined) return { files: [], skipped: [], ignored: [] };
  return walkFrom(directories.folder, await directories.at(path), options);
}

/** Walks an entered directory and all below it; for one that is closed, says only why. */
export async function walkFrom(
  folder: string,
  start: Entered | Closed,
  options: WalkOptions,
): Promise<Walked> {
  const walk = new Walk(folder, options);
  await walk.run(start);
  return { files: walk.files, skipped: walk.skipped, ignored: walk.ignored.list() };
}

/** A directory that is still to be entered, and the rules of the one around it. */
interface Pending {
  readonly path: string;
  readonly outer: IgnoreRules;
}

class Walk {
  readonly files: WalkedFile[] = [];
  readonly skipped: Refused[] = [];
  readonly ignored = new IgnoredCounts();
  private readonly folder: string;
  private readonly options: WalkOptions;
  private readonly pending: Pending[] = [];
  private sliceEnd = performance.now() + sliceMs;

  constructor(folder: string, options: WalkOptions) {
    this.folder = folder;
    this.options = options;
  }

  async run(start: Entered | Closed): Promise<void> {
    let directory: Entered | Closed | undefined = start;
    while (directory !== undefined && !this.options.signal?.aborted) {
      if (isEntered(directory)) await this.look(directory);
      else if (directory !== "gone" && "reason" in directory) this.skipped.push(directory);
      const next = this.pending.pop();
      directory = next && (await enter(this.folder, next.path, next.outer));
    }
  }

  /** Judges each entry of a directory; directories in it wait for their turn. */
  private async look({ path: directory, entries, names, rules }: Entered): Promise<void> {
    for (const entry of entries) {
      if (performance.now() > this.sliceEnd) {
        await nextTurn();
        if (this.options.signal?.aborted) return;
        this.sliceEnd = performance.now() + sliceMs;
      }
      const path = directory === "" ? entry.name : `${directory}/${entry.name}`;
      if (entry.isDirectory) {
        const verdict = judgeDirectory(path, entry, rules, names);
        if (verdict === "enter") this.pending.push({ path, outer: rules });
        else this.note(path, true, verdict);
        continue;
      }
      const early = judgeName(path, entry, rules);
      this.note(path, false, early ?? (await examine(this.folder, path, this.options.maxFileBytes)));
    }
  }

  private note(path: string, isFolder: boolean, found: LeftOut | Refused | WalkedFile | undefined): void {
    if (!found) return;
    if ("by" in found) this.ignored.add(found.by, path, isFolder);
    else if ("reason" in found) this.skipped.push(found);
    else this.files.push(found);
  }
}
