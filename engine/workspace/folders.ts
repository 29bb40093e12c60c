import { readdir, realpath } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { CarrelError } from "../../protocol/channel.ts";
import type { Folder } from "../../protocol/data.ts";
import type { Problem } from "./problem.ts";

/** A workspace folder that is there. Two names of one place are the same folder. */
export interface PresentFolder {
  readonly folder: Folder;
  readonly realPath: string;
}

export interface MissingFolder {
  readonly folder: Folder;
  readonly problem: Problem;
}

/** Which of the wanted folders are there and can be read. One that is named twice, by a link too, counts once. */
export async function findFolders(
  wanted: readonly Folder[],
): Promise<{ present: PresentFolder[]; missing: MissingFolder[] }> {
  const present = new Map<string, PresentFolder>();
  const missing: MissingFolder[] = [];
  for (const folder of wanted) {
    try {
      const realPath = await realpath(folder.path);
      await readdir(realPath);
      if (!present.has(realPath)) present.set(realPath, { folder, realPath });
    } catch (error) {
      missing.push({ folder, problem: unreadable(folder, error) });
    }
  }
  return { present: [...present.values()], missing };
}

/** The paths of the folders with these names. @throws CarrelError for a name that none has. */
export function pathsOf(folders: readonly Folder[], names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const named = folders.filter((folder) => folder.name.toLowerCase() === name.toLowerCase());
    if (named.length > 0) return named.map(({ path }) => path);
    const known = folders.map((folder) => folder.name).join(", ");
    throw new CarrelError(
      `There is no folder "${name}" in this workspace.`,
      `Its folders are: ${known}.`,
      "invalid",
    );
  });
}

/**
 * What tells the folders apart, by their paths: their names, with the folder above where two have the same; nothing
 * where there is only one.
 */
export function folderNames(folders: readonly Folder[]): Map<string, string> {
  if (folders.length < 2) return new Map();
  return new Map(
    folders.map(({ path, name }) => {
      const isAlone = folders.filter((one) => one.name === name).length === 1;
      return [path, isAlone ? name : `${basename(dirname(path))}/${name}`];
    }),
  );
}

function unreadable(folder: Folder, error: unknown): Problem {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const why: Readonly<Record<string, string>> = {
    ENOENT: "it does not exist",
    ENOTDIR: "it is not a folder",
    EACCES: "permission denied",
    EPERM: "permission denied",
    ELOOP: "its links run in a circle",
  };
  return {
    message: `The folder "${folder.name}" can't be read: ${why[code] ?? String(error)} (${folder.path}).`,
    remedy: "Check that it exists and that you may read it. Carrel looks again by itself.",
  };
}
