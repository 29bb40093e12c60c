import {
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { Action, WrittenFile } from "./actions.ts";
import { contentOf } from "./files.ts";
import { linkName, linkTarget, nested, tops } from "./model.ts";

/** The folders of a soak on the real disk. Each action is done at once and in turn, so that the model knows the outcome. */
export class Disk {
  /** The absolute path under which all folders lie. */
  readonly base: string;

  constructor(base: string, files: readonly WrittenFile[]) {
    this.base = base;
    for (const folder of [...tops, nested]) mkdirSync(join(base, folder), { recursive: true });
    symlinkSync(join(base, linkTarget), join(base, linkName));
    for (const file of files) this.write(file);
  }

  at(path: string): string {
    return join(this.base, path);
  }

  /** Does what an action does to files, and returns the paths (relative) that a watcher would report. */
  perform(action: Action): string[] {
    switch (action.do) {
      case "write":
        for (const file of action.files) this.write(file);
        return action.files.map((file) => file.path);
      case "edit-unseen":
        this.editUnseen(action.file);
        return [action.file.path];
      case "touch":
        utimesSync(this.at(action.path), new Date(), new Date());
        return [action.path];
      case "remove":
        rmSync(this.at(action.path), { recursive: true });
        return [action.path];
      case "move":
        mkdirSync(dirname(this.at(action.to)), { recursive: true });
        renameSync(this.at(action.from), this.at(action.to));
        return [action.from, action.to];
      case "to-folder":
        unlinkSync(this.at(action.path));
        this.write(action.file);
        return [action.path, action.file.path];
      case "folder-gone":
        renameSync(this.at(action.top), this.aside(action.top));
        if (action.how === "blocked") writeFileSync(this.at(action.top), "not a folder\n");
        return [];
      case "folder-back":
        rmSync(this.at(action.top), { force: true });
        renameSync(this.aside(action.top), this.at(action.top));
        return [];
      case "folder-renamed":
        renameSync(this.at(action.from), this.at(action.to));
        return [];
      default:
        return [];
    }
  }

  private write(file: WrittenFile): void {
    mkdirSync(dirname(this.at(file.path)), { recursive: true });
    // An earlier step may have put a folder there.
    if (statSync(this.at(file.path), { throwIfNoEntry: false })?.isDirectory()) {
      rmSync(this.at(file.path), { recursive: true });
    }
    writeFileSync(this.at(file.path), contentOf(file));
  }

  private editUnseen(file: WrittenFile): void {
    const path = this.at(file.path);
    const { atime, mtime } = statSync(path);
    // Whole milliseconds both times: the precision of what is set and read must not tell the edit.
    utimesSync(path, atime, mtime);
    this.write(file);
    utimesSync(path, atime, mtime);
  }

  private aside(top: string): string {
    return this.at(`.aside-${top}`);
  }
}
