import type { FileKind } from "../../protocol/data.ts";

/** One chunk of a file, with its search terms and its vector. */
export interface ChunkRow {
  /** By `chunkId`: the same chunk of the same version of a file keeps its id. */
  readonly id: string;
  readonly path: string;
  /** Content hash of the version of the file that it was cut from; its row in `files` must have the same. */
  readonly fileHash: string;
  readonly kind: FileKind;
  readonly language: string;
  readonly heading: string | null;
  readonly page: number | null;
  /** A Place of the protocol as JSON. */
  readonly place: string | null;
  readonly startLine: number;
  readonly endLine: number;
  readonly text: string;
  /** What lexical search looks at: terms joined by spaces. */
  readonly terms: string;
  /** Of what was embedded: refined vectors are filed under it. */
  readonly textHash: string;
  readonly vector: Float32Array;
}

/** A chunk as it is shown: without what only the searches look at. */
export type StoredChunk = Omit<ChunkRow, "terms" | "textHash" | "vector">;

/** A file as it was when it was last looked at. */
export interface FileRow {
  readonly path: string;
  /** In bytes. */
  readonly size: number;
  readonly mtimeMs: number;
  /** When its inode last changed (ctime), which no program can set back. */
  readonly changedMs: number;
  /** Hash of the content, "" when it could not be read. */
  readonly hash: string;
  /** Why the file is not in the index, or what of it is not; "" when it is there as a whole. */
  readonly reason: string;
  readonly chunks: number;
  /** When a reason that may pass is tried again, in ms since the epoch; 0: not before the file changes. */
  readonly retryAtMs: number;
  /** Tries that failed so far. */
  readonly tries: number;
  /** What was held back of it as secret (see withheldColumn.ts); "" for nothing. */
  readonly withheld: string;
  /** Which of its pages are pictures of text (see scansColumn.ts); "" for none. */
  readonly scans: string;
}

/** Whether nothing of a file is in the index, for a reason. */
export function isLeftOut({ reason, chunks }: Pick<FileRow, "reason" | "chunks">): boolean {
  return reason !== "" && chunks === 0;
}

/** A chunk that one of the two searches brought, with its score: cosine similarity for vectors, BM25 for terms. */
export interface Candidate {
  readonly id: string;
  readonly path: string;
  readonly fileHash: string;
  readonly kind: FileKind;
  readonly textHash: string;
  readonly score: number;
  readonly vector: Float32Array;
}

/** Part of the hash that stands in an id: enough to tell the versions of one file apart. */
const hashInId = 12;

/**
 * The id of a chunk. The file's content is part of it, so that a chunk of an older version can't pass for one of
 * a newer version.
 */
export function chunkId(path: string, fileHash: string, ordinal: number): string {
  return `${path}#${fileHash.slice(0, hashInId)}#${ordinal}`;
}

/** The place of a chunk among those of its file, from its id. */
export function ordinalOf(id: string): number {
  return Number(id.slice(id.lastIndexOf("#") + 1));
}
