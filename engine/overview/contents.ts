import { chunkId, type Store, type StoredChunk } from "../../indexer/store/store.ts";
import { fits } from "../../indexer/store/where.ts";
import type { FileKind, Filter } from "../../protocol/data.ts";
import { formatOf } from "../../protocol/formats.ts";
import type { FolderContents } from "../workspace/folderContents.ts";

/** A file of which something is in the index. */
export interface IndexedFile {
  readonly path: string;
  readonly size: number;
  readonly hash: string;
  readonly chunks: number;
  readonly kind: FileKind;
  readonly language: string;
  /** How many folders it lies in, below the workspace's folder. */
  readonly depth: number;
}

/** The files of a folder that a filter lets through; the reasons why files are not indexed, with how many each keeps out. */
export function filesIn(
  { rows, nested }: FolderContents,
  filter: Filter,
): { files: IndexedFile[]; reasons: Map<string, number> } {
  const files: IndexedFile[] = [];
  const reasons = new Map<string, number>();
  const isWanted = fits(filter);
  for (const { path, size, hash, chunks, reason } of rows) {
    if (nested.some((prefix) => path.startsWith(prefix))) continue;
    const { kind, language } = formatOf(path);
    const file: IndexedFile = { path, kind, language, size, hash, chunks, depth: depthOf(path) };
    if (!isWanted(file)) continue;
    if (reason !== "") reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    else if (chunks > 0) files.push(file);
  }
  return { files, reasons };
}

/** The first chunks of each of these files, at most so many of each, in their order. */
export async function firstChunks(
  store: Store,
  wanted: Iterable<readonly [IndexedFile, number]>,
): Promise<Map<string, StoredChunk[]>> {
  const ids = [...wanted].map(([file, most]) => ({
    path: file.path,
    ids: Array.from({ length: Math.min(most, file.chunks) }, (_, i) => chunkId(file.path, file.hash, i)),
  }));
  const found = await store.chunksById(ids.flatMap(({ ids }) => ids));
  return new Map(ids.map(({ path, ids }) => [path, ids.flatMap((id) => found.get(id) ?? [])]));
}

function depthOf(path: string): number {
  let depth = 0;
  for (let at = path.indexOf("/"); at >= 0; at = path.indexOf("/", at + 1)) depth += 1;
  return depth;
}

/** What there is, with how often, the most frequent first. */
export function tally(all: Iterable<string>): [string, number][] {
  const counts = new Map<string, number>();
  for (const one of all) counts.set(one, (counts.get(one) ?? 0) + 1);
  return byCount(counts);
}

export function byCount(counts: ReadonlyMap<string, number>): [string, number][] {
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
}
