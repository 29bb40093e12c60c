import { lstatSync, type Stats } from "node:fs";
import { realpath } from "node:fs/promises";
import { isAbsolute, join, relative, sep } from "node:path";
import { notReadReason } from "../../protocol/formats.ts";
import { generatedFileReason, isGeneratedDirectory, isVersionControl } from "./builtInRules.ts";
import type { Entry } from "./entries.ts";
import type { IgnoreRules, LeftOut } from "./ignore.ts";
import { isWithinLimit, tooLargeReason } from "./limits.ts";
import { secretDirectoryReason, secretFileReason } from "./secrets.ts";
import { errorText, mayPass } from "./systemErrors.ts";
import type { Refused, WalkedFile } from "./walkedFile.ts";

/** Whether a directory is entered: left out by a rule, refused with a reason, or "enter". */
export function judgeDirectory(
  path: string,
  { name, replaced }: Entry,
  rules: IgnoreRules,
  siblings: ReadonlySet<string>,
): "enter" | LeftOut | Refused {
  if (isVersionControl(name)) return builtIn(name);
  const verdict = rules.decide(path, true);
  if (verdict !== undefined && verdict !== "in") return verdict;
  const secret = secretDirectoryReason(name);
  if (secret) return { path, reason: secret };
  if (verdict !== "in" && isGeneratedDirectory(name, siblings)) return builtIn(name);
  if (replaced === undefined) return "enter";
  return { path, reason: "The folder's name is not UTF-8, so nothing in it is read: rename it." };
}

/** What the name alone decides; undefined when the file has to be looked at. */
export function judgeName(
  path: string,
  { name, replaced }: Entry,
  rules: IgnoreRules,
): LeftOut | Refused | undefined {
  // A worktree's or submodule's pointer to its repository.
  if (name === ".git") return builtIn(name);
  const verdict = rules.decide(path, false);
  if (verdict !== undefined && verdict !== "in") return verdict;
  const reason = secretFileReason(name) ?? generatedFileReason(name) ?? notReadReason(name);
  if (reason !== undefined) return { path, reason };
  return replaced === undefined
    ? undefined
    : { path, reason: "Its name is not UTF-8, so it is not read: rename it." };
}

/**
 * Looks at what the path names. The call is synchronous because that is four times as fast, and it is only
 * one file's time between two slices.
 * @returns undefined when there is nothing, or a directory, any more.
 */
export async function examine(
  folder: string,
  path: string,
  maxFileBytes: number,
): Promise<WalkedFile | Refused | undefined> {
  let stats: Stats | undefined;
  try {
    stats = lstatSync(join(folder, path), { throwIfNoEntry: false });
  } catch (error) {
    return { path, reason: `The file can't be looked at: ${errorText(error)}.`, ...mayPass(error) };
  }
  if (!stats || stats.isDirectory()) return undefined;
  if (stats.isSymbolicLink()) return { path, reason: await linkReason(folder, path) };
  if (!stats.isFile()) return { path, reason: "Not a regular file (a pipe, socket or device)." };
  if (!isWithinLimit(path, stats.size, maxFileBytes)) {
    return { path, reason: tooLargeReason(path, stats.size, maxFileBytes) };
  }
  return { path, size: stats.size, mtimeMs: stats.mtimeMs, changedMs: stats.ctimeMs };
}

/** A path inside the folder, with "/"; undefined for the folder itself and for what lies outside. */
export function pathWithin(folder: string, absolutePath: string): string | undefined {
  const path = relative(folder, absolutePath);
  if (path === "" || path === ".." || path.startsWith(`..${sep}`) || isAbsolute(path)) return undefined;
  return path.split(sep).join("/");
}

function builtIn(name: string): LeftOut {
  return { by: `the built-in rule for "${name}"` };
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
