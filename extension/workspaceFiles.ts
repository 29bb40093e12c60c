import { realpath } from "node:fs/promises";
import { isAbsolute, join, relative, sep } from "node:path";
import { CarrelError } from "../protocol/channel.ts";
import type { Folder } from "../protocol/data.ts";

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

/**
 * Documents that the system's own program may open. Nothing that can run code when it is opened (scripts,
 * programs, Office files with macros) may stand here.
 */
const documentEndings = /\.(pdf|docx|pptx|xlsx|odt|odp|ods|epub|rtf)$/i;

export function isPlainDocument(path: string): boolean {
  return documentEndings.test(path);
}
