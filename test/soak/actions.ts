import type { SearchMode } from "../../protocol/data.ts";
import type { FileVersion } from "./files.ts";

/** All that can happen in a soak, as plain data. Paths of files and folders are relative to the world's folder. */

export type ServerState = "up" | "slow" | "failing" | "hanging" | "down";

/** How the engines hear of changed files: a watcher may be quick, slow, say it twice, or miss it. */
export type Notify = "now" | "late" | "twice" | "none";

/** Two engine processes share storage, settings and folders; the second comes and goes. */
export type SlotNumber = 0 | 1;

export interface WishedSettings {
  readonly exclude: readonly string[];
  readonly maxFileBytes: number;
  readonly refine: boolean;
  /** "bundled", "ollama:NAME", or "tiny" for the folder of the tests' model. */
  readonly embeddingModel: string;
}

export interface WrittenFile extends FileVersion {
  readonly path: string;
}

export type Action =
  | { readonly do: "write"; readonly files: readonly WrittenFile[]; readonly notify: Notify }
  /** An edit that leaves size and time as they were. */
  | { readonly do: "edit-unseen"; readonly file: WrittenFile; readonly notify: Notify }
  | { readonly do: "touch"; readonly path: string; readonly notify: Notify }
  /** Of a file, or of a folder with all that is in it. */
  | { readonly do: "remove"; readonly path: string; readonly notify: Notify }
  | { readonly do: "move"; readonly from: string; readonly to: string; readonly notify: Notify }
  /** A file goes, and a folder of its name with this file in it comes. */
  | { readonly do: "to-folder"; readonly path: string; readonly file: WrittenFile; readonly notify: Notify }
  | { readonly do: "folder-gone"; readonly top: string; readonly how: "missing" | "blocked" }
  | { readonly do: "folder-back"; readonly top: string }
  | { readonly do: "folder-renamed"; readonly from: string; readonly to: string }
  | { readonly do: "setFolders"; readonly slot: SlotNumber; readonly folders: readonly string[] }
  | { readonly do: "setSettings"; readonly settings: WishedSettings }
  | { readonly do: "server"; readonly state: ServerState }
  | { readonly do: "pause" | "resume" | "deleteIndex" | "status"; readonly slot: SlotNumber }
  | { readonly do: "index"; readonly slot: SlotNumber; readonly refine: boolean; readonly cancelMs?: number }
  | {
      readonly do: "search";
      readonly slot: SlotNumber;
      readonly query: string;
      readonly mode: SearchMode;
      readonly cancelMs?: number;
    }
  | { readonly do: "ask"; readonly slot: SlotNumber; readonly query: string; readonly cancelMs?: number }
  | { readonly do: "document"; readonly slot: SlotNumber; readonly folder: string; readonly path: string }
  | { readonly do: "start"; readonly slot: SlotNumber; readonly folders: readonly string[] }
  | { readonly do: "stop" | "kill"; readonly slot: SlotNumber }
  /** SIGSTOP, and SIGCONT after `ms`; `aged` makes it look like a sleep of minutes to whoever trusts file times. */
  | { readonly do: "freeze"; readonly slot: SlotNumber; readonly ms: number; readonly aged: boolean };

/** An action, `waitMs` after the one before; `awaited` when what it asked for must have ended before the next. */
export interface Step {
  readonly waitMs: number;
  readonly awaited: boolean;
  readonly action: Action;
}

/**
 * How a rest is reached: by asking for an update, by pause and resume, or by waiting for what the engines do by
 * themselves after notices of files, changed settings and the end of the other engine.
 */
export type RestKind = "index" | "resume" | "quiet";

export interface Round {
  readonly steps: readonly Step[];
  readonly rest: RestKind;
  /** Written while all engines are paused, on the way to a rest by "resume". */
  readonly probe?: WrittenFile;
  /** Compare with a fresh index of the same wish, made by another engine in another storage. */
  readonly fresh: boolean;
}

export interface Plan {
  readonly seed: number;
  readonly files: readonly WrittenFile[];
  readonly server: ServerState;
  readonly settings: WishedSettings;
  readonly rounds: readonly Round[];
}

/** One line for a person who reads what led to a failure. */
export function describe(action: Action): string {
  const { do: name, ...rest } = action;
  if (action.do === "write" && action.files.length > 3) {
    const first = action.files[0]?.path;
    return `write ${action.files.length} files from ${first}, notify ${action.notify}`;
  }
  return `${name} ${JSON.stringify(rest)}`;
}
