import { realpath } from "node:fs/promises";
import { isAbsolute, join, relative, sep } from "node:path";
import { CarrelError } from "../protocol/channel.ts";
import type { Folder } from "../protocol/data.ts";
import { formatOf } from "../protocol/formats.ts";

/**
 * The absolute path of `path` in `folder`, if that is a folder of the workspace and the file really lies in
 * it. What names a file comes from a webview or from an index, so neither a way up ("..") nor a link that
 * leads out is followed. Throws a CarrelError otherwise, or when there is no such file.
 */
export async function workspaceFile(
  folders: readonly Folder[],
  place: { readonly folder: string; readonly path: string },
): Promise<string> {
  if (!folders.some((folder) => folder.path === place.folder)) {
    throw new CarrelError(
      `"${place.folder}" is not a folder of this workspace.`,
      "Open that folder first.",
      "invalid",
    );
  }
  if (isAbsolute(place.path)) throw outside(place.path);
  const file = join(place.folder, place.path);
  if (!isInside(place.folder, file)) throw outside(place.path);
  const [realFolder, realFile] = await Promise.all([realpath(place.folder), realpath(file)]).catch(() => {
    throw new CarrelError(
      `"${place.path}" is no longer there.`,
      "It was moved or deleted since the answer was given; ask again.",
    );
  });
  if (!isInside(realFolder, realFile)) throw outside(place.path);
  return file;
}

function isInside(folder: string, file: string): boolean {
  const way = relative(folder, file);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

function outside(path: string): CarrelError {
  return new CarrelError(
    `"${path}" lies outside the workspace.`,
    "Carrel opens files of the workspace alone.",
    "invalid",
  );
}

/** Whether the system's own program may open it: the table of formats says so for what can run no code. */
export function isPlainDocument(path: string): boolean {
  return formatOf(path).opensOutside;
}
