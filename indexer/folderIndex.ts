import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, realpath, rm, stat, writeFile } from "node:fs/promises";
import { basename, isAbsolute, join, relative, sep } from "node:path";
import type { EmbeddingModel } from "../models/embedding/embeddingModel.ts";
import type { Folder, IndexSummary, Skipped } from "../protocol/data.ts";
import { checkPath } from "./files/lookAt.ts";
import { type WalkOptions, walkFolder } from "./files/walk.ts";
import type { WalkedFile } from "./files/walkedFile.ts";
import { FileWriter } from "./fileWriter.ts";
import type { Parser } from "./read/pool.ts";
import { refine } from "./refine.ts";
import { takeWriteLock, type WriteLock } from "./store/lock.ts";
import { RefinedVectors } from "./store/refinedVectors.ts";
import { type FileRow, Store } from "./store/store.ts";
import { dropForgotten, rememberIndex } from "./store/unusedIndexes.ts";

/** Raised when chunks, terms or tables change, so that older indexes are built anew. */
const formatVersion = 3;

const tidyAfterMs = 45_000;
const closeAfterMs = 10_000;

export interface FolderIndexOptions {
  readonly folder: Folder;
  /** Where indexes are kept: an absolute path, never inside the workspace. */
  readonly storage: string;
  readonly embedding: EmbeddingModel;
  /** A slower, better model, whose vectors are made by `refine` after the index is there. */
  readonly refining?: EmbeddingModel | undefined;
  readonly parser: Parser;
  readonly walk: WalkOptions;
  /** Called when counts have changed; cheap, and may be called often. */
  readonly onProgress: () => void;
  readonly log: (message: string) => void;
}

/** Files looked at so far and in all. */
export interface Progress {
  done: number;
  total: number;
}

/**
 * The index of one workspace folder for one embedding model. The unit of truth is the file; the index is a
 * cache that is checked when opened and rebuilt when damaged. One process writes, others read.
 */
export class FolderIndex {
  readonly folder: Folder;
  readonly dir: string;
  readonly progress: Progress = { done: 0, total: 0 };
  walkOptions: WalkOptions;
  private readonly options: FolderIndexOptions;
  /** Vectors of the better model, as far as they have been made. */
  readonly refined: RefinedVectors | undefined;
  private refinedChunks = 0;
  private refining: Promise<void> = Promise.resolve();
  private stopRefining = new AbortController();
  /** Undefined for a reader while nothing has been written yet. */
  private openStore: Store | undefined;
  private lock: WriteLock | undefined;
  private readonly files = new Map<string, FileRow>();
  private chunkCount = 0;
  private queue: Promise<unknown> = Promise.resolve();
  private seenVersion = -1;
  private running = 0;
  private tidyTimer: NodeJS.Timeout | undefined;

  private constructor(
    options: FolderIndexOptions,
    dir: string,
    store: Store | undefined,
    refined: RefinedVectors | undefined,
    lock: WriteLock | undefined,
  ) {
    this.refined = refined;
    this.options = options;
    this.folder = options.folder;
    this.walkOptions = options.walk;
    this.dir = dir;
    this.openStore = store;
    this.lock = lock;
  }

  /** Opens the index, empty when there is none. A damaged one is deleted, to be built again by `update`. */
  static async open(options: FolderIndexOptions): Promise<FolderIndex> {
    const dir = await indexDir(options);
    await mkdir(dir, { recursive: true });
    const lock = await writeLock(dir, options.log);
    try {
      const store = await openOrRebuild(options, dir, lock !== undefined);
      const refined = await openRefined(options, dir, lock !== undefined);
      await rememberIndex(dir);
      const index = new FolderIndex(options, dir, store, refined, lock);
      await index.reload();
      return index;
    } catch (error) {
      await lock?.release();
      throw error;
    }
  }

  get store(): Store | undefined {
    return this.openStore;
  }

  get isWriter(): boolean {
    return this.lock !== undefined;
  }

  get isBusy(): boolean {
    return this.running > 0;
  }

  /** `refined` counts the chunks that have a vector of the better model. */
  counts(): { files: number; chunks: number; skipped: number; refined: number } {
    let skipped = 0;
    for (const file of this.files.values()) if (file.reason !== "") skipped += 1;
    const refined = Math.min(this.refinedChunks, this.chunkCount);
    return { files: this.files.size - skipped, chunks: this.chunkCount, skipped, refined };
  }

  skipped(): Skipped[] {
    return [...this.files.values()]
      .filter((file) => file.reason !== "")
      .map(({ path, reason }) => ({ path, reason }))
      .sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  /** For a reader: takes the lock when its holder has gone, and tells whether this process now writes. */
  async tryTakeOver(): Promise<boolean> {
    if (this.lock) return true;
    const lock = await writeLock(this.dir);
    const version = (await this.openStore?.version()) ?? -1;
    this.refinedChunks = (await this.refined?.count()) ?? 0;
    if (!lock && this.openStore && version === this.seenVersion) return false;
    this.seenVersion = version;
    // What the store knows of its rows is from when it was opened; a writer must know what is there now.
    const old = this.openStore;
    try {
      this.openStore = await openOrRebuild(this.options, this.dir, lock !== undefined);
      await this.reload();
    } catch (error) {
      await lock?.release();
      throw error;
    }
    // A search that is under way may still read from it.
    setTimeout(() => old?.close(), closeAfterMs).unref();
    this.lock = lock;
    this.options.onProgress();
    return lock !== undefined;
  }

  /**
   * Brings the index up to date with the disk. Ends early, with what was done, when `signal` is aborted.
   * A reader changes nothing.
   */
  update(signal: AbortSignal): Promise<IndexSummary> {
    return this.enqueue(async () => {
      const started = performance.now();
      const writer = this.openStore && this.writer(this.openStore);
      try {
        if (this.lock && writer && !signal.aborted) await this.updateWith(writer, signal);
      } catch (error) {
        if (!signal.aborted) throw error;
      }
      const seconds = (performance.now() - started) / 1000;
      const nothing = { changed: 0, removed: 0, bytes: 0, seconds, skipped: this.skipped() };
      return writer?.summary(this, started) ?? { ...this.counts(), ...nothing };
    });
  }

  private async updateWith(writer: FileWriter, signal: AbortSignal): Promise<void> {
    const walked = await walkFolder(this.folder.path, { ...this.walkOptions, signal });
    if (signal.aborted) return;
    const present = new Set([...walked.files, ...walked.skipped].map((file) => file.path));
    const known = new Set([...this.files.keys(), ...(this.openStore?.paths() ?? [])]);
    await writer.remove([...known].filter((path) => !present.has(path)));
    await writer.skip(walked.skipped);
    const changed = walked.files.filter((file) => this.hasChanged(file));
    this.progress.done = walked.files.length - changed.length;
    this.progress.total = walked.files.length;
    await writer.write(changed, signal);
    await writer.finish();
    if (!signal.aborted) await dropForgotten(this.dir, this.options.log);
  }

  /** Looks again at these files or folders (absolute paths), which were saved, made or deleted. */
  changed(paths: readonly string[], signal: AbortSignal): Promise<void> {
    if (paths.some(isIgnoreFile)) return this.update(signal).then(() => undefined);
    return this.enqueue(async () => {
      if (!this.lock || !this.openStore || signal.aborted) return;
      const files: WalkedFile[] = [];
      const skipped: Skipped[] = [];
      const gone: string[] = [];
      for (const path of new Set(paths)) {
        const relativePath = this.relativePath(path);
        if (relativePath === undefined) continue;
        if (await isDirectory(path)) {
          // A folder that was made or renamed is looked at whole, after this.
          void this.update(signal).catch((error: unknown) => this.options.log(String(error)));
          continue;
        }
        const found = await checkPath(this.folder.path, path, this.walkOptions);
        if (!found) gone.push(...this.filesUnder(relativePath));
        else if ("reason" in found) skipped.push(found);
        else if (this.hasChanged(found)) files.push(found);
      }
      const writer = this.writer(this.openStore);
      await writer.remove(gone);
      await writer.skip(skipped);
      this.progress.done = 0;
      this.progress.total = files.length;
      await writer.write(files, signal);
    });
  }

  /**
   * Gives the chunks vectors of the better model. Ends when all have one, or early when `signal` is aborted;
   * searches and updates go on meanwhile. A reader changes nothing.
   */
  refine(signal: AbortSignal): Promise<void> {
    const { refined, openStore: store } = this;
    const { refining: model, onProgress } = this.options;
    if (!refined || !model || !store || !this.lock) return Promise.resolve();
    const either = AbortSignal.any([signal, this.stopRefining.signal]);
    this.refining = this.refining
      .catch(() => undefined)
      .then(() => {
        if (either.aborted) return;
        const report = (done: number): void => {
          this.refinedChunks = done;
          onProgress();
        };
        return refine({ store, refined, model, onProgress: report }, either);
      });
    return this.refining;
  }

  private async endRefining(): Promise<void> {
    this.stopRefining.abort();
    await this.refining.catch(() => undefined);
    this.stopRefining = new AbortController();
  }

  /** Deletes the index from disk and starts an empty one. */
  async clear(): Promise<void> {
    await this.endRefining();
    await this.enqueue(async () => {
      if (!this.lock) return;
      await this.refined?.clear();
      this.refinedChunks = 0;
      this.openStore?.close();
      await rm(join(this.dir, "lance"), { recursive: true, force: true });
      this.openStore = await Store.openForWriting(join(this.dir, "lance"), this.options.embedding.dimension);
      await this.reload();
    });
  }

  async close(): Promise<void> {
    clearTimeout(this.tidyTimer);
    await this.endRefining();
    await this.queue.catch(() => undefined);
    this.refined?.close();
    if (this.lock) await this.openStore?.dropOldVersions().catch(() => undefined);
    this.openStore?.close();
    await this.lock?.release();
    this.lock = undefined;
  }

  private writer(store: Store): FileWriter {
    return new FileWriter({
      folder: this.folder.path,
      store,
      files: this.files,
      embedding: this.options.embedding,
      parser: this.options.parser,
      maxFileBytes: this.walkOptions.maxFileBytes,
      onProgress: (done) => {
        this.progress.done += done;
        this.chunkCount = store.writtenRows();
        this.options.onProgress();
      },
    });
  }

  /** One change after another: two that overlap would each write what they read before the other. */
  private enqueue<T>(task: () => Promise<T>): Promise<T> {
    this.running += 1;
    const result = this.queue.then(task).finally(() => {
      this.running -= 1;
      this.progress.done = 0;
      this.progress.total = 0;
      this.options.onProgress();
      this.tidyLater();
    });
    this.queue = result.catch(() => undefined);
    return result;
  }

  /** Disk space is given back when nothing has been written for a while. */
  private tidyLater(): void {
    clearTimeout(this.tidyTimer);
    this.tidyTimer = setTimeout(() => {
      if (!this.lock || this.isBusy) return;
      this.queue = this.queue
        .then(() => this.openStore?.dropOldVersions())
        .catch((error: unknown) => this.options.log(`Old versions could not be dropped: ${String(error)}`));
    }, tidyAfterMs);
    this.tidyTimer.unref();
  }

  private hasChanged(file: WalkedFile): boolean {
    const known = this.files.get(file.path);
    if (!known || known.size !== file.size || known.mtimeMs !== file.mtimeMs) return true;
    return !this.openStore?.holds(known);
  }

  private filesUnder(path: string): string[] {
    if (this.files.has(path)) return [path];
    return [...this.files.keys()].filter((file) => file.startsWith(`${path}/`));
  }

  private relativePath(path: string): string | undefined {
    const result = relative(this.folder.path, path);
    if (result === "" || result.startsWith("..") || isAbsolute(result)) return undefined;
    return result.split(sep).join("/");
  }

  private async reload(): Promise<void> {
    this.files.clear();
    for (const file of (await this.openStore?.allFiles()) ?? []) this.files.set(file.path, file);
    this.chunkCount = this.openStore?.writtenRows() ?? 0;
    this.refinedChunks = (await this.refined?.count()) ?? 0;
  }
}

/** The lock of the index, or undefined when this process can only read it. */
async function writeLock(dir: string, log?: (message: string) => void): Promise<WriteLock | undefined> {
  const attempt = await takeWriteLock(dir);
  if (attempt.state === "unavailable") log?.(`${attempt.problem.message} ${attempt.problem.remedy}`);
  return attempt.state === "taken" ? attempt.lock : undefined;
}

/** The folder of an index: one for each model, and in it one for each workspace folder. */
async function indexDir({ storage, embedding, folder }: FolderIndexOptions): Promise<string> {
  const real = await realpath(folder.path);
  return join(storage, "indexes", shortHash(embedding.id), shortHash(real));
}

function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

async function openRefined(
  { folder, refining, log }: FolderIndexOptions,
  dir: string,
  mayWrite: boolean,
): Promise<RefinedVectors | undefined> {
  if (!refining) return undefined;
  const name = `refined-${shortHash(refining.id)}`;
  const place = join(dir, name);
  if (mayWrite) {
    // Those of an older version's model are of no use to anybody.
    const others = (await readdir(dir)).filter((other) => other.startsWith("refined-") && other !== name);
    for (const other of others) await rm(join(dir, other), { recursive: true, force: true });
  }
  try {
    return await RefinedVectors.open(place, refining.dimension);
  } catch (error) {
    // Search does without them, and they can be made again.
    log(`The refined vectors of ${folder.path} are damaged and are made anew: ${String(error)}`);
    if (!mayWrite) return undefined;
    await rm(place, { recursive: true, force: true });
    return RefinedVectors.open(place, refining.dimension);
  }
}

async function openOrRebuild(
  options: FolderIndexOptions,
  dir: string,
  mayWrite: boolean,
): Promise<Store | undefined> {
  const lance = join(dir, "lance");
  const stamp = JSON.stringify({
    formatVersion,
    embedding: options.embedding.id,
    folder: options.folder.path,
  });
  const stampFile = join(dir, "index.json");
  const known = await readFile(stampFile, "utf8").catch(() => "");
  const { dimension } = options.embedding;
  if (!mayWrite) return known === stamp ? Store.openForReading(lance, dimension) : undefined;
  if (known === stamp) {
    try {
      const store = await Store.openForWriting(lance, dimension);
      await store.allFiles();
      return store;
    } catch (error) {
      options.log(`The index of ${options.folder.path} is damaged and is built anew: ${String(error)}`);
    }
  }
  await rm(lance, { recursive: true, force: true });
  await writeFile(stampFile, stamp);
  return Store.openForWriting(lance, dimension);
}

function isIgnoreFile(path: string): boolean {
  return [".gitignore", ".carrelignore"].includes(basename(path));
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}
