import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { WalkedFile } from "../../indexer/files/walkedFile.ts";
import type { ParseResult } from "../../indexer/read/pool.ts";
import { hashOfText, searchedText } from "../../indexer/store/searchedText.ts";
import { chunkId, type FileRow } from "../../indexer/store/store.ts";
import { terms } from "../../text/terms.ts";
import { file, parsed, row, writer } from "../support/fileWriting.ts";

/** What is written of each file, and which files are written anew. */

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
