import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { WalkedFile } from "../../indexer/files/walkedFile.ts";
import { type FileWriterOptions, retryOf, type Stop, writeFiles } from "../../indexer/fileWriter.ts";
import type { ParseResult } from "../../indexer/read/pool.ts";
import { hashOfText, searchedText } from "../../indexer/store/searchedText.ts";
import { type ChunkRow, chunkId, type FileRow, type Store } from "../../indexer/store/store.ts";
import type { EmbeddingModel } from "../../models/embedding/embeddingModel.ts";
import { terms } from "../../text/terms.ts";
import { testParser } from "../support/testParser.ts";

const folder = "/folder";
const file = (path: string, more: Partial<WalkedFile> = {}): WalkedFile => ({
  path,
  size: 10,
  mtimeMs: 20,
  changedMs: 30,
  ...more,
});

/** A file that parses to these texts, each on a line of its own. */
function parsed(hash: string, ...texts: string[]): ParseResult {
  const chunks = texts.map((text, n) => ({ text, startLine: n + 1, endLine: n + 1 }));
  return {
    ok: true,
    hash,
    parsed: { kind: "prose", language: "markdown", chunks, withheld: [], letThrough: 0 },
  };
}

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

function writer(results: (path: string) => ParseResult): Written {
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

const row = (path: string, hash: string, more: Partial<FileRow> = {}): FileRow => ({
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
const numbered = (count: number): WalkedFile[] => Array.from({ length: count }, (_, n) => file(`f${n}`));

test("a file is stored with its chunks, each with its identity, its terms, its hash and its vector", async () => {
  const made = writer(() => ({
    ok: true,
    hash: "h1",
    parsed: {
      kind: "document",
      language: "pdf",
      withheld: [],
      letThrough: 0,
      chunks: [
        { text: "two apples", startLine: 3, endLine: 4, heading: "Fruit", page: 2 },
        { text: "a pear", startLine: 5, endLine: 6 },
      ],
    },
  }));
  await made.run([file("a.pdf")]);
  assert.equal(made.commits.length, 1);
  assert.deepEqual(made.commits[0]?.replaced, [row("a.pdf", "h1", { chunks: 2 })]);
  const common = { fileHash: "h1", path: "a.pdf", kind: "document", language: "pdf" };
  const first = {
    ...common,
    heading: "Fruit",
    page: 2,
    place: null,
    startLine: 3,
    endLine: 4,
    text: "two apples",
  };
  const second = {
    ...common,
    heading: null,
    page: null,
    place: null,
    startLine: 5,
    endLine: 6,
    text: "a pear",
  };
  const texts = [first, second].map((chunk) => searchedText(chunk));
  assert.deepEqual(
    made.commits[0]?.chunks,
    [first, second].map((chunk, n) => ({
      id: chunkId("a.pdf", "h1", n),
      ...chunk,
      terms: terms(texts[n] ?? "").join(" "),
      textHash: hashOfText(texts[n] ?? ""),
      vector: Float32Array.of((texts[n] ?? "").length, 0),
    })),
  );
  assert.notEqual(made.commits[0]?.chunks[0]?.terms, "");
  assert.deepEqual(made.embedded, [texts]);
  assert.deepEqual(made.told, [[["a.pdf"], []]]);
});

test("a file whose content is what the index has is touched, and neither embedded nor written", async () => {
  const made = writer(() => parsed("h1", "apples"));
  await made.run([file("a.md", { mtimeMs: 99 })], [row("a.md", "h1", { chunks: 7 })]);
  assert.deepEqual(made.commits, []);
  assert.deepEqual(made.embedded, []);
  assert.deepEqual(made.touched, [row("a.md", "h1", { chunks: 7, mtimeMs: 99 })]);
  assert.deepEqual(made.told, [[[], ["a.md"]]]);
});

test("a file is written anew when its content, its reason or its chunks in the store are not what is known", async () => {
  const results: Record<string, ParseResult> = {
    other: parsed("h2", "apples"),
    mended: parsed("h1", "apples"),
    lost: parsed("h1", "apples"),
    unread: parsed("", "apples"),
  };
  const made = writer((path) => results[path] ?? parsed("h1"));
  const known = [
    row("other", "h1"),
    row("mended", "h1", { reason: "Locked." }),
    row("lost", "h1"),
    row("unread", ""),
  ];
  await made.run(
    known.map(({ path }) => file(path)),
    known,
    ["other", "mended", "unread"],
  );
  assert.deepEqual(made.told, [[["other", "mended", "lost", "unread"], []]]);
  assert.equal(made.commits[0]?.chunks.length, 4);
});

test("a file that can't be indexed is listed with its reason and no chunks, and does not wait for another try", async () => {
  const made = writer(() => ({ ok: false, reason: "The file is empty.", hash: "h0" }));
  await made.run([file("a.md")], [row("a.md", "h1", { chunks: 3, tries: 4, retryAtMs: 5 })]);
  assert.deepEqual(made.commits, [
    { replaced: [row("a.md", "h0", { reason: "The file is empty.", chunks: 0 })], chunks: [] },
  ]);
});

test("a file that could not be read for the same reason as before is touched", async () => {
  const made = writer(() => ({ ok: false, reason: "The file is empty.", hash: "h0" }));
  await made.run([file("a.md")], [row("a.md", "h0", { reason: "The file is empty.", chunks: 0 })]);
  assert.deepEqual(made.commits, []);
  assert.equal(made.touched.length, 1);
});

test("what may pass is tried again, later each time, and anew when the file has changed", async (t: TestContext) => {
  t.mock.timers.enable({ apis: ["Date"], now: 1_000_000 });
  const tries = async (changes: Partial<WalkedFile>, known: FileRow[]): Promise<FileRow | undefined> => {
    const made = writer(() => ({ ok: false, reason: "Out of time.", mayPass: true }));
    await made.run([file("a.md", changes)], known);
    return made.commits[0]?.replaced[0];
  };
  const first = await tries({}, []);
  assert.deepEqual(
    first,
    row("a.md", "", { reason: "Out of time.", chunks: 0, tries: 1, retryAtMs: 1_030_000 }),
  );
  const second = await tries({}, [first]);
  assert.deepEqual([second?.tries, second?.retryAtMs], [2, 1_060_000]);
  for (const change of [{ size: 11 }, { mtimeMs: 21 }]) {
    const changed = await tries(change, [row("a.md", "", { reason: "Out of time.", tries: 5 })]);
    assert.deepEqual([changed?.tries, changed?.retryAtMs], [1, 1_030_000]);
  }
});

test("the wait for another try ends at an hour", (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: 0 });
  assert.deepEqual(retryOf(0), { tries: 1, retryAtMs: 30_000 });
  assert.deepEqual(retryOf(3), { tries: 4, retryAtMs: 240_000 });
  assert.deepEqual(retryOf(7), { tries: 8, retryAtMs: 3_600_000 });
  assert.deepEqual(retryOf(5_000), { tries: 5_001, retryAtMs: 3_600_000 });
});

test("the first commit is small, so that answers come early, and later ones are large", async () => {
  const hundred = Array.from({ length: 100 }, (_, n) => `text ${n}`);
  const made = writer((path) => parsed(path, ...hundred));
  await made.run(numbered(45));
  assert.deepEqual(
    made.commits.map(({ replaced, chunks }) => [replaced.length, chunks.length]),
    [
      [2, 200],
      [20, 2_000],
      [20, 2_000],
      [3, 300],
    ],
  );
});

test("many files without chunks are committed a thousand at a time", async () => {
  const made = writer(() => ({ ok: false, reason: "The file is empty." }));
  await made.run(numbered(2_001));
  assert.deepEqual(
    made.commits.map(({ replaced }) => replaced.length),
    [1_000, 1_000, 1],
  );
});

test("touched files do not fill a batch with chunks", async () => {
  const known = numbered(300).map(({ path }) => row(path, "h1"));
  const made = writer(() => parsed("h1", "apples"));
  await made.run(numbered(300), known);
  assert.equal(made.told.length, 1);
});

test("some files are parsed ahead, and no more than that", async () => {
  const made = writer((path) => parsed(path, "apples"));
  made.onParse = () => nextTurn();
  await made.run(numbered(100));
  assert.equal(made.most, 32);
  assert.equal(made.begun.length, 100);
  assert.deepEqual(
    made.told.flatMap(([written]) => written),
    numbered(100).map(({ path }) => path),
  );
});

test("files are taken as they are begun", async () => {
  let taken = 0;
  function* source(): Generator<WalkedFile> {
    for (const one of numbered(100)) {
      taken += 1;
      yield one;
    }
  }
  const made = writer((path) => parsed(path, "apples"));
  const seen: number[] = [];
  made.onParse = (path) => {
    if (path === "f0") seen.push(taken);
    return nextTurn();
  };
  await made.run(source());
  assert.deepEqual(seen, [1]);
});

test("texts are embedded in slices, between which others have their turn", async () => {
  const texts = Array.from({ length: 70 }, (_, n) => `text ${n}`);
  const made = writer((path) => parsed(path, ...texts));
  let turns = 0;
  let isEmbedding = true;
  const turn = (): void => {
    turns += 1;
    if (isEmbedding) setImmediate(turn);
  };
  setImmediate(turn);
  const seen: number[] = [];
  made.onEmbed = () => void seen.push(turns);
  await made.run([file("a.md")]);
  isEmbedding = false;
  assert.deepEqual(
    made.embedded.map((slice) => slice.length),
    [32, 32, 6],
  );
  assert.ok((seen[0] ?? 0) < (seen[1] ?? 0) && (seen[1] ?? 0) < (seen[2] ?? 0), seen.join(" "));
  assert.deepEqual(
    made.commits[0]?.chunks.map(({ text }) => text),
    texts,
  );
});

test("when something more urgent waits, what was begun is committed and no more is begun", async () => {
  const made = writer((path) => parsed(path, "apples"));
  made.onParse = (path) => {
    if (path === "f4") made.isYielding = true;
  };
  await made.run(numbered(100));
  assert.deepEqual(made.begun, ["f0", "f1", "f2", "f3", "f4"]);
  assert.deepEqual(made.told, [[["f0", "f1", "f2", "f3", "f4"], []]]);
});

test("aborted, it ends at once without what is not committed, and throws nothing", async () => {
  const made = writer((path) => parsed(path, "apples"));
  made.onParse = (path) => {
    if (path === "f3") made.controller.abort();
  };
  await made.run(numbered(100));
  assert.deepEqual(made.commits, []);
  assert.deepEqual(made.told, []);
  assert.deepEqual(made.embedded, []);
});

test("aborted before it begins, it reads nothing", async () => {
  const made = writer((path) => parsed(path, "apples"));
  made.controller.abort();
  await made.run(numbered(3));
  assert.deepEqual([made.begun, made.told], [[], []]);
});

test("aborted while it embeds, it embeds no more and commits nothing", async () => {
  const texts = Array.from({ length: 70 }, (_, n) => `text ${n}`);
  const made = writer((path) => parsed(path, ...texts));
  made.onEmbed = () => made.controller.abort();
  await made.run([file("a.md")]);
  assert.equal(made.embedded.length, 1);
  assert.deepEqual(made.commits, []);
});

test("what fails because it was aborted is no failure", async () => {
  const made = writer((path) => parsed(path, "apples"));
  made.onEmbed = () => {
    made.controller.abort();
    throw new Error("aborted");
  };
  await made.run([file("a.md")]);
  assert.deepEqual(made.commits, []);
});

test("a file that makes the parser fail, a text that can't be embedded and a disk that is full are thrown", async () => {
  for (const where of ["onParse", "onEmbed", "onReplace"] as const) {
    const made = writer((path) => parsed(path, "apples"));
    made[where] = () => {
      throw new Error(`${where} failed`);
    };
    await assert.rejects(made.run([file("a.md"), file("b.md")]), new Error(`${where} failed`));
    assert.deepEqual(made.told, []);
  }
});

test("what was committed before a failure stays, and a commit that fails is met with the next one", async () => {
  const hundred = Array.from({ length: 100 }, (_, n) => `text ${n}`);
  const made = writer((path) => parsed(path, ...hundred));
  let commits = 0;
  made.onReplace = () => {
    commits += 1;
    if (commits === 2) throw new Error("no space");
  };
  await assert.rejects(made.run(numbered(60)), /no space/);
  assert.deepEqual(made.told, [[["f0", "f1"], []]]);
  assert.equal(commits, 2);
});

test("when it has failed, nothing runs on", async () => {
  const made = writer((path) => parsed(path, "apples"));
  let parsing = 0;
  made.onParse = async (path) => {
    if (path === "f0") throw new Error("gone");
    parsing += 1;
    await nextTurn();
    await nextTurn();
    parsing -= 1;
  };
  await assert.rejects(made.run(numbered(10)), /gone/);
  assert.equal(parsing, 0);

  const second = writer((path) => parsed(path, ...Array.from({ length: 200 }, (_, n) => `text ${n}`)));
  let isCommitting = false;
  second.onReplace = async () => {
    isCommitting = true;
    for (let n = 0; n < 20; n++) await nextTurn();
    isCommitting = false;
  };
  second.onEmbed = () => {
    if (isCommitting) throw new Error("the model went");
  };
  await assert.rejects(second.run(numbered(3)), /the model went/);
  assert.equal(isCommitting, false);
});

test("a commit has ended when all is written", async () => {
  const made = writer((path) => parsed(path, "apples"));
  made.onReplace = () => nextTurn();
  await made.run([file("a.md")]);
  assert.equal(made.told.length, 1);
});

test("a model that gives too few vectors is named, with how many", async () => {
  const made = writer((path) => parsed(path, "apples", "pears"));
  made.missing = 1;
  await assert.rejects(made.run([file("a.md")]), /test model gave 1 vectors for 2 texts/);
  assert.deepEqual(made.commits, []);
});

test("without files nothing is written", async () => {
  const made = writer(() => assert.fail());
  await made.run([]);
  assert.deepEqual([made.commits, made.touched, made.told], [[], [], []]);
});
