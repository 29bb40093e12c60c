import type { Skipped } from "../../protocol/data.ts";

/** A file that the walk found and that may be indexed. */
export interface WalkedFile {
  /** Relative to the folder, with "/". */
  readonly path: string;
  readonly size: number;
  /** When the content was last written, in milliseconds since the epoch; programs may set it. */
  readonly mtimeMs: number;
  /**
   * When the content, name or rights last changed, in milliseconds since the epoch with what the disk keeps of
   * their fractions. No program sets it, so an edit that keeps size and `mtimeMs` shows here.
   */
  readonly changedMs: number;
}

/** What may not be indexed, and why. */
export interface Refused extends Skipped {
  /** The reason may be gone in a while (no permission, a busy disk): worth another look later. */
  readonly mayPass?: true;
}
