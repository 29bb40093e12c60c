import { setImmediate as nextTurn } from "node:timers/promises";
import type { Table } from "@lancedb/lancedb";
import { damagedPaths, fileSum, termsSum, textSum, vectorSum } from "./checksums.ts";
import { FileVersions } from "./fileVersions.ts";
import { batches } from "./lance.ts";
import { DamagedStoreError } from "./problems.ts";
import type { ChunkRow, FileRow } from "./rows.ts";
import { fileColumns, storedChunkColumns } from "./schema.ts";

/** Rows that are checked before others get their turn. */
const sliceRows = 256;
/** A commit in the middle of a reading means another reading, so often at most. */
const maxReadings = 3;

type WholeChunk = Omit<ChunkRow, "vector"> & {
  readonly vector: { toArray(): Float32Array };
  readonly textSum: number;
  readonly vectorSum: number;
  readonly termsSum: number;
};

const allColumns = [...storedChunkColumns, "terms", "textHash", "vector", "vectorSum", "termsSum"] as const;

/**
 * Reads all rows of both tables. Returns the paths of the files whose rows fail their checksum, or of which there
 * are more or fewer chunks, or others, than `files` says. Throws what LanceDB throws when a table can't be read,
 * and a `DamagedStoreError` when a row fails of which even the path is in doubt.
 * @param isWriting Whether this process is in the middle of a write.
 */
export async function verifyRows(
  chunks: Table,
  files: Table,
  signal: AbortSignal,
  isWriting: () => boolean = () => false,
): Promise<string[]> {
  for (let reading = 1; ; reading += 1) {
    const wasWriting = isWriting();
    const before = await versionsOf(chunks, files);
    const hasMoved = async (): Promise<boolean> => (await versionsOf(chunks, files)) !== before;
    try {
      const { failed, differing } = await readAll(chunks, files, signal);
      if (signal.aborted) return failed;
      if (!wasWriting && !isWriting() && !(await hasMoved())) return [...new Set([...failed, ...differing])];
      // Between the two commits of a write the tables differ by right.
      if (reading === maxReadings) return failed;
    } catch (error) {
      // The version that was being read may have been dropped by the process that writes.
      if (reading === maxReadings || !(await hasMoved())) throw error;
    }
  }
}

async function versionsOf(chunks: Table, files: Table): Promise<string> {
  return `${await chunks.version()} ${await files.version()}`;
}

async function readAll(
  chunks: Table,
  files: Table,
  signal: AbortSignal,
): Promise<{ failed: string[]; differing: string[] }> {
  const versions = new FileVersions();
  const failed: WholeChunk[] = [];
  let read = 0;
  for await (const batch of batches<WholeChunk>(chunks.query(), allColumns)) {
    for (const row of batch) {
      if (read % sliceRows === 0) await nextTurn();
      read += 1;
      if (signal.aborted) break;
      if (!isWhole(row)) failed.push(row);
      versions.add(row.path, row.fileHash);
    }
    if (signal.aborted) break;
  }
  const failedPaths = damagedPaths(failed);
  if (!failedPaths) throw new DamagedStoreError("Chunks fail their checksums, and their paths with them.");
  const differing = new Set(versions.paths());
  for await (const batch of batches<FileRow & { sum: number }>(files.query(), fileColumns)) {
    await nextTurn();
    if (signal.aborted) break;
    for (const { sum, ...file } of batch) {
      if (sum === fileSum(file)) {
        if (versions.holds(file)) differing.delete(file.path);
        else differing.add(file.path);
      } else if (versions.has(file.path)) failedPaths.push(file.path);
      else throw new DamagedStoreError("Rows of files fail their checksums, and their paths with them.");
    }
  }
  return { failed: failedPaths, differing: [...differing] };
}

function isWhole(row: WholeChunk): boolean {
  const {
    textSum: ofText,
    vectorSum: ofVector,
    termsSum: ofTerms,
    terms,
    textHash,
    vector,
    ...readable
  } = row;
  const { id, path, fileHash, kind } = row;
  return (
    ofText === textSum(readable) &&
    ofVector === vectorSum({ id, path, fileHash, kind, textHash, vector: vector.toArray() }) &&
    ofTerms === termsSum({ id, terms })
  );
}
