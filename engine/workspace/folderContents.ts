import type { FileRow, Store } from "../../indexer/store/store.ts";
import type { Folder } from "../../protocol/data.ts";

/** The index of one workspace folder, to be read while it is held. */
export interface FolderContents {
  readonly folder: Folder;
  readonly store: Store;
  /** All files that it knows of, those that are not indexed too. */
  readonly rows: Iterable<FileRow>;
  /** Paths below the folder, each ending in "/", that are folders of the workspace themselves. */
  readonly nested: readonly string[];
  /** False while it is built for the first time. */
  readonly isComplete: boolean;
}
