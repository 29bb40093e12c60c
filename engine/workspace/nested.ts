import { isAbsolute, relative, sep } from "node:path";

/**
 * Which of these folders lie inside `outer`: their paths relative to it, each with "/" at its end. What is in them
 * is theirs, so that a workspace with a folder inside another finds and counts each file once.
 */
export function nestedIn(outer: string, folders: readonly string[]): string[] {
  return folders.flatMap((folder) => {
    const path = relative(outer, folder);
    const isInside = path !== "" && path !== ".." && !path.startsWith(`..${sep}`) && !isAbsolute(path);
    return isInside ? [`${path.split(sep).join("/")}/`] : [];
  });
}
