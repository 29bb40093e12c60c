import { FolderIndex, type FolderIndexOptions } from "../../indexer/folderIndex.ts";
import { type Found, search } from "../../indexer/search/search.ts";
import { deleteIndex } from "../../indexer/store/unusedIndexes.ts";
import type { EmbeddingModel } from "../../models/embedding/embeddingModel.ts";
import type { Folder, IndexStatus, IndexSummary, SearchMode, Skipped } from "../../protocol/data.ts";

export type LibraryOptions = Omit<FolderIndexOptions, "folder">;

/** The indexes of all workspace folders for one embedding model, taken together. */
export class Library {
  readonly embedding: EmbeddingModel;
  private readonly options: LibraryOptions;
  private readonly indexes: FolderIndex[] = [];
  private refiningFailed = false;

  constructor(options: LibraryOptions) {
    this.options = options;
    this.embedding = options.embedding;
  }

  /** Opens the indexes of folders that are new, closes those that are gone. */
  async setFolders(folders: readonly Folder[]): Promise<void> {
    for (const index of [...this.indexes]) {
      if (folders.some((folder) => folder.path === index.folder.path)) continue;
      this.indexes.splice(this.indexes.indexOf(index), 1);
      await index.close();
    }
    for (const folder of folders) {
      if (this.indexes.some((index) => index.folder.path === folder.path)) continue;
      this.indexes.push(await FolderIndex.open({ ...this.options, folder }));
    }
  }

  /** Rules for walking, used from the next update on. */
  setWalkOptions(walk: FolderIndexOptions["walk"]): void {
    for (const index of this.indexes) index.walkOptions = walk;
  }

  get isWriter(): boolean {
    return this.indexes.every((index) => index.isWriter);
  }

  get isBusy(): boolean {
    return this.indexes.some((index) => index.isBusy);
  }

  counts(): Pick<IndexStatus, "files" | "chunks" | "refined" | "skipped" | "done" | "total"> {
    const sum = { files: 0, chunks: 0, refined: 0, skipped: 0, done: 0, total: 0 };
    for (const index of this.indexes) {
      const { files, chunks, refined, skipped } = index.counts();
      sum.refined += refined;
      sum.files += files;
      sum.chunks += chunks;
      sum.skipped += skipped;
      sum.done += index.progress.done;
      sum.total += index.progress.total;
    }
    return sum;
  }

  skipped(): Skipped[] {
    return this.indexes.flatMap((index) => index.skipped());
  }

  async update(signal: AbortSignal): Promise<IndexSummary> {
    const started = performance.now();
    const sum = { files: 0, chunks: 0, changed: 0, removed: 0, skipped: [] as Skipped[], bytes: 0 };
    for (const index of this.indexes) {
      const one = await index.update(signal);
      sum.files += one.files;
      sum.chunks += one.chunks;
      sum.changed += one.changed;
      sum.removed += one.removed;
      sum.bytes += one.bytes;
      sum.skipped.push(...one.skipped);
    }
    return { ...sum, seconds: (performance.now() - started) / 1000 };
  }

  async changed(paths: readonly string[], signal: AbortSignal): Promise<void> {
    await Promise.all(this.indexes.map((index) => index.changed(paths, signal)));
  }

  /** True when a reader became the writer of some index, which then needs an update. */
  async tryTakeOver(): Promise<boolean> {
    let taken = false;
    for (const index of this.indexes.filter((one) => !one.isWriter)) {
      taken = (await index.tryTakeOver()) || taken;
    }
    return taken;
  }

  async search(query: string, k: number, mode: SearchMode, signal?: AbortSignal): Promise<Found[]> {
    const folders = this.indexes.flatMap(({ folder, store, refined }) =>
      store ? [{ folder: folder.path, store, refined }] : [],
    );
    if (mode === "lexical") return search(folders, query, {}, k, mode);
    const [plain] = await this.embedding.embed([query], "query", signal);
    const refined = this.refinedQuery(query);
    const knownShare = this.embedding.knownShare?.(query);
    return search(folders, query, { plain, refined, knownShare }, k, mode);
  }

  /** The better model's vector of a query, if there is anything to compare it with. */
  private async refinedQuery(query: string): Promise<Float32Array | undefined> {
    const { refining, log } = this.options;
    if (!refining || this.refiningFailed || this.counts().refined === 0) return undefined;
    try {
      return (await refining.embed([query], "query"))[0];
    } catch (error) {
      // Search does without it, and says so once.
      this.refiningFailed = true;
      log(String(error));
      return undefined;
    }
  }

  /** Gives all chunks vectors of the better model, in the background of everything else. */
  async refine(signal: AbortSignal): Promise<void> {
    if (this.refiningFailed) return;
    try {
      for (const index of this.indexes) await index.refine(signal);
    } catch (error) {
      this.refiningFailed = true;
      throw error;
    }
  }

  async clear(): Promise<void> {
    for (const index of this.indexes) await index.clear();
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.indexes.map((index) => index.close()));
    await this.embedding.close();
    await this.options.refining?.close();
  }

  /** Closes the indexes and deletes them from disk, when another embedding model has taken their place. */
  async discard(): Promise<void> {
    const dirs = this.indexes.filter((index) => index.isWriter).map((index) => index.dir);
    await this.close();
    for (const dir of dirs) await deleteIndex(dir);
  }
}
