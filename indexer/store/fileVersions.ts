import type { FileRow } from "./rows.ts";

interface Held {
  /** Undefined when chunks of more than one version are there. */
  hash: string | undefined;
  rows: number;
}

/**
 * Which version of each file the store's chunks were cut from, and how many there are. Chunks are committed
 * before the rows of their files: a process that was killed in between leaves chunks that may be older or newer
 * than what the disk holds now. They are in doubt, and not shown, until the file has been looked at again.
 */
export class FileVersions {
  private readonly byPath = new Map<string, Held>();
  private readonly inDoubt = new Map<string, string | undefined>();
  /** Files of which a row failed its checksum, until they have been written again. */
  private readonly damaged = new Set<string>();
  private allRows = 0;

  get rows(): number {
    return this.allRows;
  }

  paths(): Iterable<string> {
    return this.byPath.keys();
  }

  has(path: string): boolean {
    return this.byPath.has(path);
  }

  /** Counts one chunk that is in the store. */
  add(path: string, fileHash: string): void {
    this.allRows += 1;
    const held = this.byPath.get(path);
    // One string is kept for each path, however many chunks it has.
    if (!held) this.byPath.set(path, { hash: fileHash, rows: 1 });
    else {
      held.rows += 1;
      if (held.hash !== fileHash) held.hash = undefined;
    }
  }

  /** Forgets the chunks of these paths. What is in doubt stays so until it is confirmed. */
  drop(paths: readonly string[]): void {
    for (const path of paths) {
      this.allRows -= this.byPath.get(path)?.rows ?? 0;
      this.byPath.delete(path);
    }
  }

  /** Rows of these files are damaged: their versions are not held, though hash and count say so. */
  distrust(paths: Iterable<string>): void {
    for (const path of paths) this.damaged.add(path);
  }

  /** All chunks of these files have been written again. */
  trust(paths: Iterable<string>): void {
    for (const path of paths) this.damaged.delete(path);
  }

  /** Whether exactly the chunks of this version of the file are there. */
  holds({ path, hash, chunks }: Pick<FileRow, "path" | "hash" | "chunks">): boolean {
    if (this.damaged.has(path)) return false;
    const held = this.byPath.get(path);
    if (!held) return chunks === 0;
    return held.hash === hash && held.rows === chunks;
  }

  /** Compares with what `files` says: path to content hash. */
  doubt(files: ReadonlyMap<string, string>): void {
    this.inDoubt.clear();
    for (const [path, { hash }] of this.byPath) {
      if (hash === undefined || files.get(path) !== hash) this.inDoubt.set(path, hash);
    }
  }

  /** A file has been looked at, and this is what is true of it. */
  confirm(file: Pick<FileRow, "path" | "hash" | "chunks">): void {
    if (this.holds(file)) this.inDoubt.delete(file.path);
  }

  /** Whether a chunk must not be shown. A version that another process has written since is in no doubt. */
  isInDoubt({ path, fileHash }: { readonly path: string; readonly fileHash: string }): boolean {
    if (!this.inDoubt.has(path)) return false;
    const hash = this.inDoubt.get(path);
    return hash === undefined || hash === fileHash;
  }
}
