import type { Action, ServerState, SlotNumber, WishedSettings, WrittenFile } from "./actions.ts";
import { contentOf, type FileVersion } from "./files.ts";
import { isIgnored, type Rules } from "./ignored.ts";

/** A folder that is another's link; all else is what its name says. */
export const linkName = "link";
export const linkTarget = "a";

/** A file that no action changes stands in each of these folders. */
export const tops = ["a", "b", "c"] as const;
export const nested = "a/inner";

interface FileState extends FileVersion {
  /** An edit that keeps size and time may be missed by an engine that was not there: older versions that may show. */
  readonly alsoRight: readonly FileVersion[];
}

export interface ExpectedFile {
  /** The folder's real path, and the file's path in it. */
  readonly folder: string;
  readonly path: string;
  readonly contents: readonly string[];
  /** Within a folder that is itself listed: it may be found under the outer one too. */
  readonly optional: boolean;
}

/** What an engine must show at rest, computed from the wish alone. */
export interface Expected {
  readonly folders: readonly string[];
  readonly missing: readonly string[];
  readonly files: ReadonlyMap<string, ExpectedFile>;
  readonly skipped: ReadonlyMap<string, ExpectedFile>;
  /** Folders in which nothing may be indexed, which an engine may call a problem. */
  readonly emptyFolders: readonly string[];
}

export interface Slot {
  running: boolean;
  folders: readonly string[];
  paused: boolean;
}

/** The world as it should be: what lies on the disk, and what was asked of each engine. */
export class Model {
  readonly files = new Map<string, FileState>();
  readonly away = new Map<string, "missing" | "blocked">();
  readonly slots: readonly [Slot, Slot] = [newSlot(), newSlot()];
  /** All that ever stood at a path: what a search under way may still show. */
  readonly history = new Map<string, Set<string>>();
  settings: WishedSettings;
  server: ServerState;
  private unseen = new Set<string>();

  constructor(settings: WishedSettings, server: ServerState, files: readonly WrittenFile[]) {
    this.settings = settings;
    this.server = server;
    for (const file of files) this.put(file);
  }

  get running(): SlotNumber[] {
    return ([0, 1] as const).filter((slot) => this.slots[slot].running);
  }

  apply(action: Action): void {
    switch (action.do) {
      case "write":
        for (const file of action.files) this.put(file);
        break;
      case "edit-unseen":
        this.editUnseen(action.file, action.notify !== "none");
        break;
      case "remove":
        for (const path of this.under(action.path)) this.files.delete(path);
        break;
      case "move":
        this.move(action.from, action.to);
        break;
      case "to-folder":
        this.files.delete(action.path);
        this.put(action.file);
        break;
      case "folder-gone":
        this.away.set(action.top, action.how);
        break;
      case "folder-back":
        this.away.delete(action.top);
        break;
      case "folder-renamed":
        this.move(action.from, action.to);
        break;
      case "setSettings":
        this.settings = action.settings;
        break;
      case "server":
        this.server = action.state;
        break;
      case "setFolders":
        this.slots[action.slot].folders = action.folders;
        break;
      case "start":
        Object.assign(this.slots[action.slot], { running: true, folders: action.folders, paused: false });
        this.forgiveUnseen();
        break;
      case "stop":
      case "kill":
        this.slots[action.slot].running = false;
        this.forgiveUnseen();
        break;
      case "pause":
        this.slots[action.slot].paused = true;
        this.forgiveUnseen();
        break;
      case "resume":
      case "index":
        this.slots[action.slot].paused = false;
        break;
      case "freeze":
        this.forgiveUnseen();
        break;
    }
  }

  /** All requests have ended and nobody is paused: from here on an unseen edit was seen or is forgiven. */
  rest(): void {
    this.unseen.clear();
    for (const slot of this.slots) slot.paused = false;
  }

  /** Whether a listed folder can't be read: it was taken away, or has another name by now. */
  isAway(folder: string): boolean {
    const top = realOf(folder).split("/")[0] ?? "";
    return this.away.has(top) || this.under(top).length === 0;
  }

  /** The paths of a file, or of all files in a folder. */
  under(path: string): string[] {
    return [...this.files.keys()].filter((file) => file === path || file.startsWith(`${path}/`));
  }

  expected(slot: SlotNumber): Expected {
    const listed = [...new Set(this.slots[slot].folders.map(realOf))];
    const folders = listed.filter((folder) => !this.isAway(folder));
    const files = new Map<string, ExpectedFile>();
    const skipped = new Map<string, ExpectedFile>();
    for (const folder of folders) this.expectFolder(folder, folders, files, skipped);
    return {
      folders,
      missing: listed.filter((folder) => this.isAway(folder)),
      files,
      skipped,
      emptyFolders: folders.filter((folder) => ![...files.values()].some((file) => file.folder === folder)),
    };
  }

  private expectFolder(
    folder: string,
    folders: readonly string[],
    files: Map<string, ExpectedFile>,
    skipped: Map<string, ExpectedFile>,
  ): void {
    const rules = this.rulesOf(folder);
    for (const [whole, file] of this.files) {
      if (!whole.startsWith(`${folder}/`)) continue;
      const path = whole.slice(folder.length + 1);
      if (isIgnored(path, rules)) continue;
      const inner = folders.some((other) => other.startsWith(`${folder}/`) && whole.startsWith(`${other}/`));
      const contents = [file, ...file.alsoRight].map(contentOf);
      const expected = { folder, path, contents, optional: inner };
      const refused =
        file.kind === "secret" ||
        file.kind === "image" ||
        (contents[0]?.length ?? 0) > this.settings.maxFileBytes;
      (refused ? skipped : files).set(`${folder}|${path}`, expected);
    }
  }

  private rulesOf(folder: string): Rules {
    const lines = (name: string): readonly string[] => this.files.get(`${folder}/${name}`)?.lines ?? [];
    return { ours: [lines(".carrelignore"), this.settings.exclude], git: [lines(".gitignore")] };
  }

  private put({ path, kind, version, lines }: WrittenFile): void {
    const file = { kind, version, ...(lines ? { lines } : {}) };
    this.files.set(path, { ...file, alsoRight: [] });
    this.remember(path, file);
  }

  private remember(path: string, file: FileVersion): void {
    const past = this.history.get(path) ?? new Set();
    this.history.set(path, past.add(contentOf(file)));
  }

  private editUnseen(file: WrittenFile, told: boolean): void {
    const before = this.files.get(file.path);
    this.put(file);
    if (!before) return;
    const after = this.files.get(file.path) as FileState;
    const missed = [before, ...before.alsoRight];
    this.files.set(file.path, { ...after, alsoRight: missed });
    const seen = told && this.running.length === 1 && !this.slots[this.running[0] ?? 0].paused;
    if (seen && before.alsoRight.length === 0) this.unseen.add(file.path);
  }

  /** Edits that were told to one engine that lived through it must be there; see `seenEdits`. */
  private forgiveUnseen(): void {
    this.unseen.clear();
  }

  /** Called at rest, before what is expected is asked for. */
  seenEdits(): void {
    for (const path of this.unseen) {
      const file = this.files.get(path);
      if (file) this.files.set(path, { ...file, alsoRight: [] });
    }
  }

  private move(from: string, to: string): void {
    for (const path of this.under(from)) {
      const file = this.files.get(path) as FileState;
      this.files.delete(path);
      const target = to + path.slice(from.length);
      this.files.set(target, { ...file, alsoRight: file.alsoRight });
      for (const version of [file, ...file.alsoRight]) this.remember(target, version);
    }
  }
}

/** A folder's path with the link followed. */
export function realOf(folder: string): string {
  if (folder === linkName) return linkTarget;
  return folder.startsWith(`${linkName}/`) ? linkTarget + folder.slice(linkName.length) : folder;
}

function newSlot(): Slot {
  return { running: false, folders: [], paused: false };
}
