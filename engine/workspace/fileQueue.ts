import { isAtOrBelow } from "../../indexer/files/below.ts";
import type { WalkedFile } from "../../indexer/files/walkedFile.ts";

/** The files of a folder that wait to be read: those that were told to have changed before all others. */
export class FileQueue {
  private readonly urgent = new Map<string, WalkedFile>();
  private readonly waiting = new Map<string, WalkedFile>();
  private total = 0;

  get size(): number {
    return this.urgent.size + this.waiting.size;
  }

  get hasUrgent(): boolean {
    return this.urgent.size > 0;
  }

  /** Files done and in all since the last whole look; zeros when none waits. */
  get progress(): { done: number; total: number } {
    return this.size === 0
      ? { done: 0, total: 0 }
      : { done: Math.max(0, this.total - this.size), total: this.total };
  }

  /** Puts what a look at the whole folder found in place of what waited before. @param total All its files. */
  replace(files: Iterable<WalkedFile>, total: number): void {
    this.waiting.clear();
    for (const file of files) this.waiting.set(file.path, file);
    this.total = Math.max(total, this.size);
  }

  /** Puts a file before those that wait; one that waits already is read as it is now. */
  putFirst(file: WalkedFile): void {
    this.waiting.delete(file.path);
    this.urgent.set(file.path, file);
    this.total = Math.max(this.total, this.size);
  }

  drop(path: string): void {
    this.urgent.delete(path);
    this.waiting.delete(path);
  }

  /** Takes out what waits at this path and below it; "" is the whole folder. */
  dropBelow(place: string): void {
    for (const files of [this.urgent, this.waiting]) {
      for (const path of files.keys()) if (isAtOrBelow(path, place)) files.delete(path);
    }
  }

  clear(): void {
    this.urgent.clear();
    this.waiting.clear();
  }

  /**
   * The files in the order in which they are to be read. A file leaves the queue when `done` is called for it, and
   * not before: what ends in between goes on with it. One that is put in anew meanwhile stays.
   */
  reading(): { readonly files: Iterable<WalkedFile>; done(path: string): void } {
    const begun = new Set<WalkedFile>();
    const { urgent, waiting } = this;
    function* inTurn(): Generator<WalkedFile> {
      for (const files of [urgent, waiting]) {
        for (const file of files.values()) {
          begun.add(file);
          yield file;
        }
      }
    }
    const done = (path: string): void => {
      for (const files of [urgent, waiting]) {
        const file = files.get(path);
        if (file && begun.has(file)) files.delete(path);
      }
    };
    return { files: inTurn(), done };
  }
}
