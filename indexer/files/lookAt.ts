import { lstat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { Directories, type Entered, isEntered } from "./directories.ts";
import type { Entry } from "./entries.ts";
import { examine, judgeName, pathWithin } from "./judge.ts";
import { type Walked, type WalkOptions, walkFrom } from "./walk.ts";
import type { Refused, WalkedFile } from "./walkedFile.ts";

/** What there is at one path now. */
export interface LookedAt extends Walked {
  /**
   * - "file": one that may be indexed, or one that is refused (then it is in `skipped`);
   * - "folder": walked, or refused;
   * - "gone": nothing is there; what lies behind a link counts as nothing;
   * - "ignored": a rule leaves it or a directory above it out; a directory above that is refused is in `skipped`;
   * - "outside": not in the folder.
   */
  readonly kind: "file" | "folder" | "gone" | "ignored" | "outside";
  /** Relative to the folder, with "/"; "" for the folder itself and for what is outside. */
  readonly path: string;
}

/**
 * Looks at one path by the same rules as `walkFolder`: at a file alone, at a directory with all that is below
 * it. Nothing is opened in or below what is left out. Throws a CarrelError when the folder can't be read.
 * @param absolutePath Something in the folder, or the folder itself, by the folder's name or its real path.
 * @param directories Shares what is read of directories among the looks of one batch of changes.
 */
export async function lookAt(
  root: string,
  absolutePath: string,
  options: WalkOptions,
  directories?: Directories,
): Promise<LookedAt> {
  const seen = directories ?? (await Directories.of(root, options.exclude));
  const path = pathIn(root, seen.folder, absolutePath);
  if (path === undefined) return nothing("outside", "");
  const found = await glance(seen, path, options);
  if (!("entries" in found)) return found;
  return { kind: "folder", path, ...(await walkFrom(seen.folder, found, options)) };
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
): Promise<WalkedFile | Refused | undefined> {
  const seen = await Directories.of(root, options.exclude);
  const path = pathIn(root, seen.folder, absolutePath);
  const found = path === undefined ? undefined : await glance(seen, path, options);
  if (!found || "entries" in found || found.kind !== "file") return undefined;
  return found.files[0] ?? found.skipped[0];
}

/** What is at a path; of a directory that may be walked, its entries. */
async function glance(seen: Directories, path: string, options: WalkOptions): Promise<LookedAt | Entered> {
  const cut = path.lastIndexOf("/");
  const parent = await seen.at(path.slice(0, Math.max(cut, 0)));
  if (!isEntered(parent)) {
    const skipped = parent !== "gone" && "reason" in parent ? [parent] : [];
    return { ...nothing(parent === "gone" ? "gone" : "ignored", path), skipped };
  }
  if (path === "" || (await isDirectory(join(seen.folder, path)))) {
    const directory = await seen.at(path);
    if (isEntered(directory)) return directory;
    if (directory === "gone" || "by" in directory) {
      return nothing(directory === "gone" ? "gone" : "ignored", path);
    }
    return { ...nothing("folder", path), skipped: [directory] };
  }
  const name = path.slice(cut + 1);
  const early = judgeName(path, { name, isDirectory: false }, parent.rules);
  if (early && "by" in early) return nothing("ignored", path);
  const found = await examine(seen.folder, path, options.maxFileBytes);
  if (!found) return unnamed(parent, name, path);
  const file = early ?? found;
  return "reason" in file
    ? { ...nothing("file", path), skipped: [file] }
    : { ...nothing("file", path), files: [file] };
}

/**
 * Nothing has this name. Watchers give names that are no UTF-8 with their odd bytes replaced: then it means
 * each entry of the directory that reads so.
 */
function unnamed({ entries, rules, path: directory }: Entered, name: string, path: string): LookedAt {
  const isMeant = (entry: Entry): boolean => entry.replaced === name && !entry.isDirectory;
  const skipped = entries.filter(isMeant).flatMap((entry) => {
    const verdict = judgeName(directory === "" ? entry.name : `${directory}/${entry.name}`, entry, rules);
    return verdict && "reason" in verdict ? [verdict] : [];
  });
  return { ...nothing(skipped.length > 0 ? "file" : "gone", path), skipped };
}

function nothing(kind: LookedAt["kind"], path: string): LookedAt {
  return { kind, path, files: [], skipped: [], ignored: [] };
}

function isDirectory(path: string): Promise<boolean> {
  return lstat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}

/** The path relative to the folder, which is known by its name and its real path; "" for the folder itself. */
function pathIn(root: string, folder: string, absolutePath: string): string | undefined {
  const absolute = resolve(absolutePath);
  if (absolute === resolve(root) || absolute === folder) return "";
  return pathWithin(resolve(root), absolute) ?? pathWithin(folder, absolute);
}
