import { counted } from "../../protocol/counted.ts";
import type { FolderEntry } from "./folderEntry.ts";
import type { Problem } from "./problem.ts";

/** What a person must know of an index that is there: who writes it, or why it is empty. */
export function noticeOf(entries: readonly FolderEntry[]): string | undefined {
  const foreign = entries.find((entry) => !entry.isWriter && entry.index);
  if (foreign) return writtenElsewhere(foreign).message;
  return entries.find((entry) => entry.emptyReason !== undefined)?.emptyReason;
}

/** That another process writes this folder's index, and what to do about it. */
export function writtenElsewhere(entry: FolderEntry): Problem {
  const count = entry.index?.value.counts().files ?? 0;
  return {
    message: `Another Carrel process writes the index of "${entry.folder.name}", which holds ${counted(count, "file")} by now.`,
    remedy: "Wait until it has finished, or close its window or command.",
  };
}
