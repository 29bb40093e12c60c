import { randomUUID } from "node:crypto";
import { mkdir, readdir, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import type { EmbeddingModel } from "../models/embedding/embeddingModel.ts";
import { errorCode } from "./files/systemErrors.ts";
import { readStamp, writeStamp } from "./indexStamp.ts";
import type { Parser } from "./read/pool.ts";
import { shortHash } from "./store/indexPlace.ts";
import { letGoOfFiles } from "./store/letGo.ts";
import { RefinedVectors } from "./store/refinedVectors.ts";
import { DamagedStoreError, Store } from "./store/store.ts";

/** What of a model an index is made for; instances of it may come and go. */
type ModelIdentity = Pick<EmbeddingModel, "id" | "dimension">;

export interface FolderIndexOptions {
  /** The real path of the workspace folder. */
  readonly folder: string;
  /** Where this index is kept (see store/indexPlace.ts). */
  readonly dir: string;
  /** Whether this process holds the write lock of `dir`. Without it nothing is created or changed. */
  readonly writes: boolean;
  readonly embedding: ModelIdentity;
  /** A slower, better model, whose vectors are made by `refine` after the index is there. */
  readonly refining: ModelIdentity | undefined;
  readonly parser: Parser;
  /** Called when counts have changed; cheap, and may be called often. */
  readonly onProgress: () => void;
  /** Called with files whose rows are damaged; undefined when the damage can't be told apart. */
  readonly onDamage: (paths: readonly string[] | undefined) => void;
  readonly log: (message: string) => void;
}

/** Where an index keeps what was read in scans. */
export const scansName = "scans";

/**
 * Deletes what an index holds, but what is to be kept; nothing where somebody has deleted it already. The caller has its
 * write lock.
 */
export async function deleteIndexFiles(dir: string, kept?: string): Promise<void> {
  await letGoOfFiles();
  const names = await readdir(dir).catch((error: unknown) => {
    if (errorCode(error) === "ENOENT") return [];
    throw error;
  });
  for (const name of names) {
    if (name !== kept) await rm(join(dir, name), { recursive: true, force: true });
  }
}

/** Deletes the folder of an index, and the one of its model unless another workspace's index is in it. */
export async function removeEmptyIndex(dir: string): Promise<void> {
  await rmdir(dir).catch((error: unknown) => {
    if (errorCode(error) !== "ENOENT") throw error;
  });
  await rmdir(dirname(dir)).catch(() => undefined);
}

export interface OpenedStore {
  readonly store: Store | undefined;
  readonly complete: boolean;
  /** See `Stamp`; "" where there is no index. */
  readonly made: string;
}

const triesOfReader = 5;
const betweenTriesMs = 200;

export async function openForWriting(options: FolderIndexOptions): Promise<OpenedStore> {
  const { dir, folder, embedding, log, onDamage } = options;
  const place = join(dir, "lance");
  const onIndexDamage = (): void =>
    log(`The text index of ${folder} is damaged and is built anew from what was indexed.`);
  const open = (): Promise<Store> =>
    Store.openForWriting(place, embedding.dimension, { onDamage, onIndexDamage });
  // It was there when its lock was taken, but a person may have deleted it since.
  await mkdir(dir, { recursive: true });
  const stamp = await readStamp(dir, { folder, embedding: embedding.id });
  if (stamp.state === "ok") {
    const store = await tryOpen(open, options);
    if (store) return { store, complete: stamp.complete, made: stamp.made };
  }
  const isGone = stamp.state === "missing" && (await readdir(dir)).includes("lance");
  if (isGone || stamp.state === "damaged") {
    const what = isGone ? "has gone" : "can't be read";
    log(`The index of ${folder} is damaged and is built anew: its description (index.json) ${what}.`);
  }
  // What took hours to recognise has checksums of its own, and is of a file's content, not of the index.
  await deleteIndexFiles(dir, scansName);
  const made = randomUUID();
  await writeStamp(dir, { folder, embedding: embedding.id, complete: false, made });
  return { store: await open(), complete: false, made };
}

/** The store, once its list of files could be read; undefined when it is damaged. */
async function tryOpen(
  open: () => Promise<Store>,
  { folder, log }: FolderIndexOptions,
): Promise<Store | undefined> {
  let store: Store | undefined;
  try {
    store = await open();
    await store.allFiles();
    return store;
  } catch (error) {
    await store?.close();
    if (!(error instanceof DamagedStoreError)) throw error;
    log(`The index of ${folder} is damaged and is built anew: ${String(error)}`);
    return undefined;
  }
}

export async function openForReading(options: FolderIndexOptions): Promise<OpenedStore> {
  const { dir, folder, embedding, onDamage } = options;
  const stamp = await readStamp(dir, { folder, embedding: embedding.id });
  if (stamp.state !== "ok") return { store: undefined, complete: false, made: "" };
  const open = (): Promise<Store | undefined> =>
    Store.openForReading(join(dir, "lance"), embedding.dimension, { onDamage });
  const store = await open().catch((error: unknown) => {
    // The process that writes may be about to build it anew; one looks again soon.
    if (error instanceof DamagedStoreError) return undefined;
    throw error;
  });
  return { store, complete: stamp.complete, made: stamp.made };
}

export async function openRefined(
  { folder, dir, writes, refining, log }: FolderIndexOptions,
  isThere: boolean,
): Promise<RefinedVectors | undefined> {
  if (!refining || !isThere) return undefined;
  const name = `refined-${shortHash(refining.id)}`;
  const place = join(dir, name);
  if (writes) {
    // Those of an older version's model are of no use to anybody.
    const others = (await readdir(dir)).filter((other) => other.startsWith("refined-") && other !== name);
    for (const other of others) await rm(join(dir, other), { recursive: true, force: true });
  }
  const open = (): Promise<RefinedVectors> => RefinedVectors.open(place, refining.dimension);
  if (!writes) return openRefinedForReading(open, { folder, log });
  try {
    return await open();
  } catch (error) {
    // Search does without them, and they can be made again.
    log(`The refined vectors of ${folder} are damaged and are made anew: ${String(error)}`);
    await rm(place, { recursive: true, force: true });
    return open();
  }
}

/** The process that writes may be in the middle of making or tidying what is opened here. */
async function openRefinedForReading(
  open: () => Promise<RefinedVectors>,
  { folder, log }: Pick<FolderIndexOptions, "folder" | "log">,
): Promise<RefinedVectors | undefined> {
  for (let left = triesOfReader; ; left--) {
    try {
      return await open();
    } catch (error) {
      if (left > 1) {
        await setTimeout(betweenTriesMs);
        continue;
      }
      log(`The refined vectors of ${folder} can't be read, so searches do without them: ${String(error)}`);
      return undefined;
    }
  }
}
