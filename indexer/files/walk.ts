import { type Dirent, lstatSync, type Stats } from "node:fs";
import { lstat, readdir, realpath } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { CarrelError } from "../../protocol/channel.ts";
import type { Skipped } from "../../protocol/data.ts";
import type { WalkedFile } from "../types.ts";
import { IgnoreRules } from "./ignore.ts";
import { isGeneratedDirectory, isVersionControl, unreadableFormat } from "./ignoreBuiltIn.ts";
import { isWithinLimit, tooLargeReason } from "./limits.ts";
import { secretDirectoryReason, secretFileReason } from "./secrets.ts";

/** Looking at a file takes microseconds; other work of the process gets its turn this often. */
const sliceMs = 5;

export interface WalkOptions {
  /** Extra patterns to leave out, as in .gitignore, relative to the folder. */
  readonly exclude: readonly string[];
  /** Larger files are skipped; PDF and DOCX files may be larger by a factor (parse/limits.ts). */
  readonly maxFileBytes: number;
  readonly signal?: AbortSignal;
}

export interface Walked {
  readonly files: WalkedFile[];
  /** What is refused, with the reason. What ignore files name is not listed. */
  readonly skipped: Skipped[];
}

interface Directory {
  readonly path: string;
  readonly rules: IgnoreRules;
}

/**
 * Finds the files of a folder that may be indexed: not ignored (see ignore.ts and ignoreBuiltIn.ts), no
 * secrets, not too large, no links. Links are never followed; files are not opened. When `signal` is aborted
 * it returns early with what it has. Throws a CarrelError when the folder itself can't be read.
 */
export async function walkFolder(root: string, options: WalkOptions): Promise<Walked> {
  const folder = await realFolder(root);
  const walked: Walked = { files: [], skipped: [] };
  const pending: Directory[] = [{ path: "", rules: await IgnoreRules.forRoot(folder, options.exclude) }];
  let sliceEnd = performance.now() + sliceMs;
  for (let next = pending.pop(); next && !options.signal?.aborted; next = pending.pop()) {
    const { path } = next;
    const entries = await list(folder, path);
    if (typeof entries === "string") {
      if (path === "") throw unreadableFolder(root, entries);
      walked.skipped.push({ path, reason: `The folder can't be read: ${entries}.` });
      continue;
    }
    const names = new Set(entries.map((entry) => entry.name));
    const rules = await next.rules.enter(folder, path, names);
    for (const entry of entries) {
      if (performance.now() > sliceEnd) {
        await nextTurn();
        if (options.signal?.aborted) break;
        sliceEnd = performance.now() + sliceMs;
      }
      const entryPath = path === "" ? entry.name : `${path}/${entry.name}`;
      if (entry.isDirectory()) {
        const verdict = judgeDirectory(entryPath, entry.name, rules, names);
        if (verdict === "enter") pending.push({ path: entryPath, rules });
        else if (verdict) walked.skipped.push(verdict);
        continue;
      }
      const early = judgeName(entryPath, entry.name, rules);
      if (early === "ignored") continue;
      const found = early ?? (await examine(folder, entryPath, options.maxFileBytes));
      if (!found) continue;
      if ("reason" in found) walked.skipped.push(found);
      else walked.files.push(found);
    }
  }
  return walked;
}

/**
 * Looks at one path by the same rules as `walkFolder`.
 * @param absolutePath A file inside the folder; one in a directory that is left out counts as ignored.
 * @returns undefined when it is ignored, gone, a directory, or not inside the folder.
 */
export async function checkPath(
  root: string,
  absolutePath: string,
  options: WalkOptions,
): Promise<WalkedFile | Skipped | undefined> {
  const folder = await realFolder(root);
  const path = pathWithin(resolve(root), absolutePath) ?? pathWithin(folder, absolutePath);
  if (path === undefined) return undefined;
  const parts = path.split("/");
  const name = parts.pop() ?? "";
  let rules = await IgnoreRules.forRoot(folder, options.exclude);
  let at = "";
  for (const part of [...parts, undefined]) {
    const stats = await lstat(join(folder, at)).catch(() => undefined);
    // Behind a link lies another place, which the walk meets by its own path or not at all.
    if (!stats?.isDirectory()) return undefined;
    const entries = await list(folder, at);
    if (typeof entries === "string") return undefined;
    const names = new Set(entries.map((entry) => entry.name));
    rules = await rules.enter(folder, at, names);
    if (part === undefined) break;
    at = at === "" ? part : `${at}/${part}`;
    if (judgeDirectory(at, part, rules, names) !== "enter") return undefined;
  }
  const early = judgeName(path, name, rules);
  if (early === "ignored") return undefined;
  const found = await examine(folder, path, options.maxFileBytes);
  return found && early ? early : found;
}

function judgeDirectory(
  path: string,
  name: string,
  rules: IgnoreRules,
  siblings: ReadonlySet<string>,
): "enter" | Skipped | undefined {
  if (isVersionControl(name)) return undefined;
  const verdict = rules.decide(path, true);
  if (verdict === "out") return undefined;
  const secret = secretDirectoryReason(name);
  if (secret) return { path, reason: secret };
  return verdict === "in" || !isGeneratedDirectory(name, siblings) ? "enter" : undefined;
}

/** What the name alone decides; undefined when the file has to be looked at. */
function judgeName(path: string, name: string, rules: IgnoreRules): "ignored" | Skipped | undefined {
  // A worktree's or submodule's pointer to its repository.
  if (name === ".git" || rules.decide(path, false) === "out") return "ignored";
  const reason = secretFileReason(name) ?? unreadableFormat(name);
  return reason === undefined ? undefined : { path, reason };
}

/**
 * Looks at what the path names. The call is synchronous because that is four times as fast, and it is only
 * one file's time between two slices.
 * @returns undefined when there is nothing, or a directory, any more.
 */
async function examine(
  folder: string,
  path: string,
  maxFileBytes: number,
): Promise<WalkedFile | Skipped | undefined> {
  let stats: Stats | undefined;
  try {
    stats = lstatSync(join(folder, path), { throwIfNoEntry: false });
  } catch (error) {
    return { path, reason: `The file can't be looked at: ${errorText(error)}.` };
  }
  if (!stats || stats.isDirectory()) return undefined;
  if (stats.isSymbolicLink()) return { path, reason: await linkReason(folder, path) };
  if (!stats.isFile()) return { path, reason: "Not a regular file (a pipe, socket or device)." };
  if (!isWithinLimit(path, stats.size, maxFileBytes)) {
    return { path, reason: tooLargeReason(path, stats.size, maxFileBytes) };
  }
  return { path, size: stats.size, mtimeMs: stats.mtimeMs };
}

async function linkReason(folder: string, path: string): Promise<string> {
  try {
    const target = await realpath(join(folder, path));
    return pathWithin(folder, target) === undefined
      ? "A link to a place outside the folder, which is not followed."
      : "A link to another place in the folder: what is there is read under its own path.";
  } catch {
    return "A link that leads nowhere.";
  }
}

async function list(folder: string, path: string): Promise<Dirent[] | string> {
  try {
    return await readdir(join(folder, path), { withFileTypes: true });
  } catch (error) {
    return errorText(error);
  }
}

/** A path inside the folder, with "/"; undefined for the folder itself and for what lies outside. */
function pathWithin(folder: string, absolutePath: string): string | undefined {
  const path = relative(folder, absolutePath);
  if (path === "" || path === ".." || path.startsWith(`..${sep}`) || isAbsolute(path)) return undefined;
  return path.split(sep).join("/");
}

async function realFolder(root: string): Promise<string> {
  try {
    return await realpath(root);
  } catch (error) {
    throw unreadableFolder(root, errorText(error));
  }
}

function unreadableFolder(root: string, reason: string): CarrelError {
  const name = basename(root) || dirname(root);
  return new CarrelError(
    `The folder "${name}" can't be read: ${reason} (${root}).`,
    "Check that it exists and that you may read it.",
  );
}

/** What the system said, in words. */
function errorText(error: unknown): string {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const known: Readonly<Record<string, string>> = {
    ENOENT: "it does not exist",
    ENOTDIR: "it is not a folder",
    EACCES: "permission denied",
    EPERM: "permission denied",
    ELOOP: "its links run in a circle",
    EIO: "the disk reports an error",
    ENAMETOOLONG: "its name is too long",
    EMFILE: "too many files are open",
  };
  return known[code] ?? (error instanceof Error ? error.message : String(error));
}
