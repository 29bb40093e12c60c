import { setImmediate as nextTurn } from "node:timers/promises";
import type { EmbeddingModel } from "../models/embedding/embeddingModel.ts";
import { CarrelError } from "../protocol/channel.ts";
import { terms } from "../text/terms.ts";
import type { WalkedFile } from "./files/walkedFile.ts";
import type { ParseResult, Parser } from "./read/pool.ts";
import { retryOf } from "./retries.ts";
import type { FolderScans } from "./scans/folderScans.ts";
import { hashOfText, searchedText } from "./store/searchedText.ts";
import { type ChunkRow, chunkId, type FileRow, type Store, type StoredChunk } from "./store/store.ts";
import { withheldColumn } from "./withheldColumn.ts";

/** Files that the parser holds ahead of embedding, so that neither waits for the other. */
const filesAhead = 32;
/** A commit costs some 50 ms: batches are large, but the first is small, so that answers come early. */
const firstBatchChunks = 200;
const batchChunks = 2_000;
const batchFiles = 1_000;
/** Between slices the engine answers searches. */
const embedSlice = 32;

export interface FileWriterOptions {
  /** The folder's real path. */
  readonly folder: string;
  readonly store: Store;
  /** What is known of each file. */
  readonly files: ReadonlyMap<string, FileRow>;
  readonly embedding: EmbeddingModel;
  readonly parser: Parser;
  readonly scans: Pick<FolderScans, "parsed">;
  readonly maxFileBytes: number;
  readonly onCommit: OnCommit;
}

/**
 * Called after each commit.
 * @param written Files whose chunks were written anew.
 * @param touched Files that turned out to be what the index has already.
 */
export type OnCommit = (written: readonly FileRow[], touched: readonly FileRow[]) => void;

/** When to end before all files are written. */
export interface Stop {
  /** Aborted: at once, without what is not committed. */
  readonly signal: AbortSignal;
  /** True: something more urgent is waiting, so what was begun is committed and no more is begun. */
  readonly isYielding: () => boolean;
}

interface ParsedRow {
  readonly file: FileRow;
  /** Undefined when the content is what is in the index already, though the file was touched. */
  readonly chunks: readonly StoredChunk[] | undefined;
}

/**
 * Parses, embeds and stores files, some hundred in one commit, while the next are being parsed. Ends early, with
 * whole files, when it is to stop. Throws what embedding or storing throws; nothing runs on after that.
 * @param files Taken one by one, as they are begun.
 */
export async function writeFiles(
  files: Iterable<WalkedFile>,
  options: FileWriterOptions,
  stop: Stop,
): Promise<void> {
  await new FileWriter(options, stop).write(files);
}

class FileWriter {
  private readonly options: FileWriterOptions;
  private readonly stop: Stop;
  private readonly ahead: Promise<ParsedRow>[] = [];
  private batch: ParsedRow[] = [];
  private batchedChunks = 0;
  private pendingCommit: Promise<void> = Promise.resolve();
  private commits = 0;

  constructor(options: FileWriterOptions, stop: Stop) {
    this.options = options;
    this.stop = stop;
  }

  async write(files: Iterable<WalkedFile>): Promise<void> {
    const { signal, isYielding } = this.stop;
    const source = files[Symbol.iterator]();
    let isSourceEmpty = false;
    try {
      while (!signal.aborted) {
        while (!isSourceEmpty && !isYielding() && this.ahead.length < filesAhead) {
          const next = source.next();
          if (next.done) isSourceEmpty = true;
          else this.begin(next.value);
        }
        const parsed = await this.ahead.shift();
        if (!parsed || signal.aborted) break;
        this.batch.push(parsed);
        this.batchedChunks += parsed.chunks?.length ?? 0;
        if (this.isBatchFull()) await this.flush();
      }
      await this.flush();
      await this.pendingCommit;
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      await Promise.allSettled([...this.ahead, this.pendingCommit]);
    }
  }

  private begin(file: WalkedFile): void {
    const parsing = this.parse(file);
    // A failure is met when its turn comes; until then it must not count as unhandled.
    parsing.catch(() => undefined);
    this.ahead.push(parsing);
  }

  private async parse(file: WalkedFile): Promise<ParsedRow> {
    const { folder, parser, maxFileBytes, files, store } = this.options;
    const { signal } = this.stop;
    // Before the file is read: under a choice made meanwhile it would be read once more.
    const { exceptionsKey } = parser;
    const first = await parser.parse(folder, file.path, maxFileBytes, signal);
    const { result, scans } = await this.options.scans.parsed(first, (read) =>
      parser.parse(folder, file.path, maxFileBytes, signal, read),
    );
    const known = files.get(file.path);
    const row = { ...fileRow(file, result, known, exceptionsKey), scans };
    const isSame =
      known &&
      known.hash !== "" &&
      known.hash === row.hash &&
      known.reason === row.reason &&
      known.withheld === row.withheld &&
      known.scans === row.scans;
    if (isSame && store.holds(known)) return { file: { ...row, chunks: known.chunks }, chunks: undefined };
    if (!result.ok) return { file: row, chunks: [] };
    const { kind, language, chunks } = result.parsed;
    return {
      file: row,
      chunks: chunks.map((chunk, ordinal) => ({
        id: chunkId(file.path, result.hash, ordinal),
        fileHash: result.hash,
        path: file.path,
        kind,
        language,
        heading: chunk.heading ?? null,
        page: chunk.page ?? null,
        place: chunk.place ? JSON.stringify(chunk.place) : null,
        startLine: chunk.startLine,
        endLine: chunk.endLine,
        text: chunk.text,
      })),
    };
  }

  private isBatchFull(): boolean {
    const limit = this.commits === 0 ? firstBatchChunks : batchChunks;
    return this.batchedChunks >= limit || this.batch.length >= batchFiles;
  }

  private async flush(): Promise<void> {
    const { signal } = this.stop;
    const batch = this.batch;
    this.batch = [];
    this.batchedChunks = 0;
    const chunks = await this.embed(batch.flatMap((parsed) => parsed.chunks ?? []));
    await this.pendingCommit;
    if (signal.aborted || batch.length === 0) return;
    this.commits += 1;
    this.pendingCommit = this.commit(batch, chunks);
    // Whoever awaits the commit next meets its failure.
    this.pendingCommit.catch(() => undefined);
  }

  private async embed(chunks: readonly StoredChunk[]): Promise<ChunkRow[]> {
    const { signal } = this.stop;
    const rows: ChunkRow[] = [];
    for (let from = 0; from < chunks.length && !signal.aborted; from += embedSlice) {
      const slice = chunks.slice(from, from + embedSlice);
      const texts = slice.map(searchedText);
      const vectors = await this.options.embedding.embed(texts, "passage", signal);
      slice.forEach((chunk, i) => {
        const vector = vectors[i];
        const text = texts[i] ?? "";
        if (!vector) throw missingVectors(this.options.embedding.id, vectors.length, slice.length);
        rows.push({ ...chunk, terms: terms(text).join(" "), textHash: hashOfText(text), vector });
      });
      await nextTurn();
    }
    return rows;
  }

  private async commit(batch: readonly ParsedRow[], chunks: readonly ChunkRow[]): Promise<void> {
    const { store, onCommit } = this.options;
    const written = batch.filter((parsed) => parsed.chunks).map((parsed) => parsed.file);
    const touched = batch.filter((parsed) => !parsed.chunks).map((parsed) => parsed.file);
    if (written.length > 0) await store.replaceFiles(written, chunks);
    await store.touchFiles(touched);
    onCommit(written, touched);
  }
}

function missingVectors(model: string, made: number, wanted: number): CarrelError {
  return new CarrelError(
    `The embedding model ${model} gave ${made} vectors for ${wanted} texts.`,
    "Choose another embedding model, or look into the model server's log.",
  );
}

function fileRow(
  file: WalkedFile,
  result: ParseResult,
  known: FileRow | undefined,
  exceptionsKey: string,
): FileRow {
  const { path, size, mtimeMs, changedMs } = file;
  const looked = { path, size, mtimeMs, changedMs, retryAtMs: 0, tries: 0, withheld: "", scans: "" };
  const isSameVersion = known?.size === size && known.mtimeMs === mtimeMs;
  if (result.ok) {
    const { hash, parsed } = result;
    const withheld = withheldColumn(parsed, exceptionsKey);
    return { ...looked, hash, reason: parsed.partly ?? "", chunks: parsed.chunks.length, withheld };
  }
  const failed = { ...looked, hash: result.hash ?? "", reason: result.reason, chunks: 0 };
  return result.mayPass ? { ...failed, ...retryOf(isSameVersion ? known.tries : 0) } : failed;
}
