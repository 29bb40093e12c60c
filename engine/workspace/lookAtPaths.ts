import { isAtOrBelow } from "../../indexer/files/below.ts";
import { Directories } from "../../indexer/files/directories.ts";
import { lookAt } from "../../indexer/files/lookAt.ts";
import type { WalkOptions } from "../../indexer/files/walk.ts";
import type { Refused, WalkedFile } from "../../indexer/files/walkedFile.ts";

/** What there is at some places of a folder. */
export interface Seen {
  /** Relative to the folder, with "/"; "" for the folder itself. What is known of them and is not below was there once. */
  readonly places: readonly string[];
  readonly files: ReadonlyMap<string, WalkedFile>;
  readonly skipped: ReadonlyMap<string, Refused>;
}

/**
 * Looks at these absolute paths and all that is below them; of two looks at one file the later one counts. Throws a
 * CarrelError when the folder can't be read.
 */
export async function lookAtPaths(
  folder: string,
  paths: Iterable<string>,
  options: WalkOptions,
): Promise<Seen> {
  const directories = await Directories.of(folder, options.exclude);
  const places: string[] = [];
  const files = new Map<string, WalkedFile>();
  const skipped = new Map<string, Refused>();
  for (const path of paths) {
    const seen = await lookAt(folder, path, options, directories);
    if (seen.kind === "outside") continue;
    places.push(seen.path);
    for (const earlier of [files, skipped]) {
      for (const one of earlier.keys()) if (isAtOrBelow(one, seen.path)) earlier.delete(one);
    }
    for (const file of seen.files) files.set(file.path, file);
    for (const one of seen.skipped) skipped.set(one.path, one);
  }
  return { places, files, skipped };
}
