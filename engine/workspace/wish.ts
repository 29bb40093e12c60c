import type { ScanWish } from "../../indexer/scans/folderScans.ts";
import { defaultSettings, type Folder, type Settings } from "../../protocol/data.ts";

/** What is wanted, as requests have recorded it. The loop brings it about. */
export interface Wish {
  storage: string;
  folders: readonly Folder[];
  settings: Settings;
  paused: boolean;
  /** Whether somebody has asked for an index; before that, and after Delete Index, none is built. */
  asked: boolean;
  /** Whether the index was deleted, and nobody has asked for one since. */
  deleted: boolean;
  /** Whether the index is to be deleted now. */
  deleting: boolean;
  /** Whether the second pass is to be done at once, and not when nothing has changed for a while. */
  refineNow: boolean;
  /** Whether scans are to be read now, whatever the settings say. */
  ocrNow: boolean;
  /** Grows whenever all folders are to be looked at again. */
  revision: number;
}

export function emptyWish(): Wish {
  return {
    storage: "",
    folders: [],
    settings: defaultSettings,
    paused: false,
    asked: false,
    deleted: false,
    deleting: false,
    refineNow: false,
    ocrNow: false,
    revision: 0,
  };
}

/** In which languages scans are to be read. */
export function scanWish({ ocrLanguages, ocrLanguageFolder }: Settings): ScanWish {
  return { languages: ocrLanguages, languageFolder: ocrLanguageFolder };
}

/** Whether other files, or other parts of them, are to be indexed under the one settings than under the other. */
export function changesWalk(before: Settings, after: Settings): boolean {
  return (
    before.maxFileBytes !== after.maxFileBytes ||
    before.exclude.join("\n") !== after.exclude.join("\n") ||
    before.secretsAllow.join("\n") !== after.secretsAllow.join("\n")
  );
}
