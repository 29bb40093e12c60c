import { setImmediate as nextTurn } from "node:timers/promises";
import type { EmbeddingModel } from "../models/embedding/embeddingModel.ts";
import type { IndexSummary, Skipped } from "../protocol/data.ts";
import { terms } from "../text/terms.ts";
import type { WalkedFile } from "./files/walkedFile.ts";
import type { ParseResult, Parser } from "./read/pool.ts";
import { hashOfText, searchedText } from "./store/searchedText.ts";
import { type ChunkRow, chunkId, type FileRow, type ReadableChunk, type Store } from "./store/store.ts";

/** Files that the parser holds ahead of embedding, so that neither waits for the other. */
const filesAhead = 32;
/** A commit costs some 50 ms: batches are large, but the first is small, so that answers come early. */
const firstBatchChunks = 200;
const batchChunks = 2_000;
const batchFiles = 1_000;
/** Between slices the engine answers searches. */
const embedSlice = 32;

export interface FileWriterOptions {
  readonly folder: string;
  readonly store: Store;
  /** What is known of each file; kept in step with the store. */
  readonly files: Map<string, FileRow>;
  readonly embedding: EmbeddingModel;
  readonly parser: Parser;
  readonly maxFileBytes: number;
  /** Called with the number of files that are done. */
  readonly onProgress: (files: number) => void;
}

interface ParsedRow {
  readonly file: FileRow;
  /** Undefined when the content is what is in the index already, though the file was touched. */
  readonly chunks: readonly ReadableChunk[] | undefined;
}

/** Parses, embeds and stores files, some hundred in one commit, while the next are being parsed. */
export class FileWriter {
  private readonly options: FileWriterOptions;
  private batch: ParsedRow[] = [];
  private batchedChunks = 0;
  private pendingCommit: Promise<void> = Promise.resolve();
  private commits = 0;
  private changed = 0;
  private removed = 0;
  private bytes = 0;

  constructor(options: FileWriterOptions) {
    this.options = options;
  }

  /** Indexes these files anew. Ends early, with whole files, when `signal` is aborted. */
  async write(files: readonly WalkedFile[], signal: AbortSignal): Promise<void> {
    const ahead: Promise<ParsedRow>[] = [];
    let next = 0;
    while (!signal.aborted && (next < files.length || ahead.length > 0)) {
      for (let file = files[next]; file && ahead.length < filesAhead; file = files[next]) {
        const parsing = this.parse(file, signal);
        // A failure is met when its turn comes; until then it must not count as unhandled.
        parsing.catch(() => undefined);
        ahead.push(parsing);
        next += 1;
      }
      const parsed = await ahead.shift();
      if (signal.aborted || !parsed) break;
      this.batch.push(parsed);
      this.batchedChunks += parsed.chunks?.length ?? 0;
      if (this.isBatchFull()) await this.flush(signal);
    }
    await Promise.allSettled(ahead);
    await this.flush(signal);
    await this.pendingCommit;
  }

  /** Lists files that may not be indexed, with the reason, and takes their chunks out. */
  async skip(skipped: readonly Skipped[]): Promise<void> {
    const rows = skipped
      .filter(({ path, reason }) => this.options.files.get(path)?.reason !== reason)
      .map(({ path, reason }) => ({
        ...{ path, size: -1, mtimeMs: -1, changedMs: -1, hash: "", reason },
        ...{ chunks: 0, retryAtMs: 0, tries: 0 },
      }));
    if (rows.length > 0) await this.commit(rows, [], []);
  }

  async remove(paths: readonly string[]): Promise<void> {
    if (paths.length === 0) return;
    await this.options.store.removeFiles(paths);
    for (const path of paths) this.options.files.delete(path);
    this.removed += paths.length;
  }

  /** After many files: brings the text index up to date. */
  async finish(): Promise<void> {
    await this.options.store.maintain(true);
  }

  summary(
    index: { counts(): { files: number; chunks: number }; skipped(): Skipped[] },
    started: number,
  ): IndexSummary {
    const { files, chunks } = index.counts();
    return {
      files,
      chunks,
      changed: this.changed,
      removed: this.removed,
      skipped: index.skipped(),
      bytes: this.bytes,
      seconds: (performance.now() - started) / 1000,
    };
  }

  private async parse(file: WalkedFile, signal: AbortSignal): Promise<ParsedRow> {
    const { folder, parser, maxFileBytes, files, store } = this.options;
    const result = await parser.parse(folder, file.path, maxFileBytes, signal);
    const known = files.get(file.path);
    const row = fileRow(file, result);
    const sameContent = known && known.hash !== "" && known.hash === row.hash && known.reason === row.reason;
    if (sameContent && store.holds(known)) {
      return { file: { ...row, chunks: known.chunks }, chunks: undefined };
    }
    if (!result.ok) return { file: row, chunks: [] };
    const { kind, language, chunks } = result.parsed;
    return {
      file: row,
      chunks: chunks.map((chunk, ordinal) => ({
        id: chunkId(file.path, row.hash, ordinal),
        path: file.path,
        fileHash: row.hash,
        kind,
        language,
        heading: chunk.heading ?? null,
        page: chunk.page ?? null,
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

  private async flush(signal: AbortSignal): Promise<void> {
    const batch = this.batch;
    this.batch = [];
    this.batchedChunks = 0;
    const chunks = await this.embed(
      batch.flatMap((parsed) => parsed.chunks ?? []),
      signal,
    );
    await this.pendingCommit;
    if (signal.aborted || batch.length === 0) return;
    this.commits += 1;
    const touched = batch.filter((parsed) => !parsed.chunks).map((parsed) => parsed.file);
    const written = batch.filter((parsed) => parsed.chunks).map((parsed) => parsed.file);
    this.pendingCommit = this.commit(written, chunks, touched);
    // Whoever awaits the commit next meets its failure.
    this.pendingCommit.catch(() => undefined);
  }

  private async embed(chunks: readonly ReadableChunk[], signal: AbortSignal): Promise<ChunkRow[]> {
    const rows: ChunkRow[] = [];
    for (let from = 0; from < chunks.length && !signal.aborted; from += embedSlice) {
      const slice = chunks.slice(from, from + embedSlice);
      const texts = slice.map(searchedText);
      const vectors = await this.options.embedding.embed(texts, "passage", signal);
      slice.forEach((chunk, i) => {
        const vector = vectors[i];
        const text = texts[i] ?? "";
        if (vector) rows.push({ ...chunk, terms: terms(text).join(" "), textHash: hashOfText(text), vector });
      });
      await nextTurn();
    }
    return rows;
  }

  private async commit(
    written: readonly FileRow[],
    chunks: readonly ChunkRow[],
    touched: readonly FileRow[],
  ): Promise<void> {
    const { store, files, onProgress } = this.options;
    if (written.length > 0) await store.replaceFiles(written, chunks);
    await store.touchFiles(touched);
    for (const file of [...written, ...touched]) files.set(file.path, file);
    for (const file of written) {
      this.bytes += Math.max(file.size, 0);
      if (file.reason === "") this.changed += 1;
    }
    onProgress(written.length + touched.length);
  }
}

function fileRow(file: WalkedFile, result: ParseResult): FileRow {
  const { path, size, mtimeMs } = file;
  const seen = { path, size, mtimeMs, changedMs: 0, retryAtMs: 0, tries: 0 };
  if (!result.ok) return { ...seen, hash: result.hash ?? "", reason: result.reason, chunks: 0 };
  return { ...seen, hash: result.hash, reason: "", chunks: result.parsed.chunks.length };
}
