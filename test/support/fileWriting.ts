import assert from "node:assert/strict";
import type { WalkedFile } from "../../indexer/files/walkedFile.ts";
import { type FileWriterOptions, type Stop, writeFiles } from "../../indexer/fileWriter.ts";
import type { ParseResult } from "../../indexer/read/pool.ts";
import type { ChunkRow, FileRow, Store } from "../../indexer/store/store.ts";
import type { EmbeddingModel } from "../../models/embedding/embeddingModel.ts";
import { testParser } from "./testParser.ts";

const folder = "/folder";
/** A file as the walk finds it. */
export const file = (path: string, more: Partial<WalkedFile> = {}): WalkedFile => ({
  path,
  size: 10,
  mtimeMs: 20,
  changedMs: 30,
  ...more,
});

/** A file that parses to these texts, each on a line of its own. */
export function parsed(hash: string, ...texts: string[]): ParseResult {
  const chunks = texts.map((text, n) => ({ text, startLine: n + 1, endLine: n + 1 }));
  return {
    ok: true,
    hash,
    parsed: { kind: "prose", language: "markdown", chunks, withheld: [], letThrough: 0 },
  };
}

/** What the index says of a file that it has. */
export const row = (path: string, hash: string, more: Partial<FileRow> = {}): FileRow => ({
  withheld: "",
  scans: "",
  path,
  size: 10,
  mtimeMs: 20,
  changedMs: 30,
  hash,
  reason: "",
  chunks: 1,
  retryAtMs: 0,
  tries: 0,
  ...more,
});

/** As many files, named by their numbers. */
export const numbered = (count: number): WalkedFile[] =>
  Array.from({ length: count }, (_, n) => file(`f${n}`));

interface Commit {
  readonly replaced: readonly FileRow[];
  readonly chunks: readonly ChunkRow[];
}

interface Written {
  readonly commits: Commit[];
  readonly touched: FileRow[];
  /** What was told of each commit: the paths written, and those touched. */
  readonly told: [string[], string[]][];
  /** Paths in the order in which they were parsed, with the largest number at one time. */
  readonly begun: string[];
  most: number;
  readonly embedded: (readonly string[])[];
  readonly controller: AbortController;
  isYielding: boolean;
  onParse: (path: string) => Promise<void> | void;
  onEmbed: (texts: readonly string[]) => Promise<void> | void;
  onReplace: () => Promise<void> | void;
  /** Vectors that the model leaves out at the end of each answer. */
  missing: number;
  run(files: Iterable<WalkedFile>, known?: readonly FileRow[], held?: readonly string[]): Promise<void>;
}

/** A writer whose parser, store and model are the test's own. Files parse to `results`. */
export function writer(results: (path: string) => ParseResult): Written {
  let open = 0;
  const made: Written = {
    commits: [],
    touched: [],
    told: [],
    begun: [],
    most: 0,
    embedded: [],
    controller: new AbortController(),
    isYielding: false,
    onParse: () => undefined,
    onEmbed: () => undefined,
    onReplace: () => undefined,
    missing: 0,
    run(files, known = [], held = known.map(({ path }) => path)) {
      const parser = testParser(async (root, path, maxFileBytes, signal) => {
        assert.deepEqual([root, maxFileBytes], [folder, 1_000]);
        assert.equal(signal, made.controller.signal);
        made.begun.push(path);
        open += 1;
        made.most = Math.max(made.most, open);
        try {
          await made.onParse(path);
          return results(path);
        } finally {
          open -= 1;
        }
      });
      const store: Pick<Store, "holds" | "replaceFiles" | "touchFiles"> = {
        holds: ({ path }) => held.includes(path),
        async replaceFiles(replaced, chunks) {
          await made.onReplace();
          made.commits.push({ replaced, chunks });
        },
        async touchFiles(rows) {
          made.touched.push(...rows);
        },
      };
      const embedding: EmbeddingModel = {
        id: "test model",
        dimension: 2,
        async embed(texts, input, signal) {
          assert.equal(input, "passage");
          assert.equal(signal, made.controller.signal);
          made.embedded.push(texts);
          await made.onEmbed(texts);
          return texts.slice(made.missing).map((text) => Float32Array.of(text.length, 0));
        },
        close: () => assert.fail(),
      };
      const options: FileWriterOptions = {
        folder,
        // The writer uses these three methods of a store alone.
        store: store as Store,
        files: new Map(known.map((row) => [row.path, row])),
        embedding,
        parser,
        scans: { parsed: async (result) => ({ result, scans: "" }) },
        maxFileBytes: 1_000,
        onCommit: (written, touched) =>
          made.told.push([written.map(({ path }) => path), touched.map(({ path }) => path)]),
      };
      const stop: Stop = { signal: made.controller.signal, isYielding: () => made.isYielding };
      return writeFiles(files, options, stop);
    },
  };
  return made;
}
