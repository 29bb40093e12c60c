import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { search } from "../../indexer/search/search.ts";
import { hashOfText } from "../../indexer/store/searchedText.ts";
import { type ChunkRow, type FileRow, Store } from "../../indexer/store/store.ts";
import { terms } from "../../text/terms.ts";

const base = await mkdtemp(join(tmpdir(), "carrel-store-"));
after(() => rm(base, { recursive: true, force: true }));
let stores = 0;

const dimension = 8;

/** A unit vector that points along one axis, with a little of another. */
function vector(axis: number, other = axis, share = 0): Float32Array {
  const result = new Float32Array(dimension);
  result[axis] = Math.sqrt(1 - share * share);
  result[other] = (result[other] ?? 0) + share;
  return result;
}

function chunk(path: string, ordinal: number, text: string, at = vector(0)): ChunkRow {
  const [startLine, endLine] = [ordinal * 10 + 1, ordinal * 10 + 9];
  return {
    id: `${path}#${ordinal}`,
    path,
    kind: "prose",
    language: "markdown",
    heading: ordinal === 0 ? null : `Part ${ordinal}`,
    page: null,
    startLine,
    endLine,
    text,
    terms: terms(text).join(" "),
    textHash: hashOfText(text),
    vector: at,
  };
}

function file(path: string, chunks: number, hash = "h1"): FileRow {
  return { path, size: 100, mtimeMs: 1.5, hash, reason: "", chunks };
}

async function newStore(keepVersionsMs?: number): Promise<{ dir: string; store: Store }> {
  stores += 1;
  const dir = join(base, String(stores));
  return { dir, store: await Store.open(dir, dimension, keepVersionsMs) };
}

async function find(
  store: Store,
  query: string,
  mode: "lexical" | "vector" | "hybrid" = "lexical",
  at = vector(0),
) {
  const found = await search([{ folder: "/ws", store }], query, { plain: at }, 10, mode);
  return found.map(({ path, startLine }) => `${path}:${startLine}`);
}

test("an empty store finds nothing, and finds what is added later", async () => {
  const { store } = await newStore();
  assert.deepEqual(await find(store, "lease", "hybrid"), []);
  await store.replaceFiles([file("a.md", 1)], [chunk("a.md", 0, "The lease ends in May.")]);
  assert.deepEqual(await find(store, "leases"), ["a.md:1"]);
});

test("replacing a file leaves none of its old chunks, and all of the others", async () => {
  const { store } = await newStore();
  const old = [0, 1, 2].map((n) => chunk("a.md", n, `zebra number ${n}`));
  await store.replaceFiles([file("a.md", 3), file("b.md", 1)], [...old, chunk("b.md", 0, "zebra elsewhere")]);
  await store.replaceFiles([file("a.md", 1, "h2")], [chunk("a.md", 0, "giraffe now")]);
  assert.deepEqual(await find(store, "zebra"), ["b.md:1"]);
  assert.deepEqual(await find(store, "giraffe"), ["a.md:1"]);
  assert.deepEqual([...store.chunkCounts()].sort(), [
    ["a.md", 1],
    ["b.md", 1],
  ]);
  assert.equal(await store.countChunks(), 2);
});

test("a file that lost all its text loses all its chunks; a removed one is forgotten", async () => {
  const { store } = await newStore();
  await store.replaceFiles(
    [file("it's.md", 1), file("b.md", 1)],
    [chunk("it's.md", 0, "quoted path"), chunk("b.md", 0, "other words")],
  );
  await store.replaceFiles([file("it's.md", 0)], []);
  assert.deepEqual(await find(store, "quoted"), []);
  await store.removeFiles(["b.md"]);
  assert.deepEqual(await find(store, "other"), []);
  assert.deepEqual(
    (await store.allFiles()).map(({ path }) => path),
    ["it's.md"],
  );
});

test("a store is what it was when it is opened again", async () => {
  const { dir, store } = await newStore();
  await store.replaceFiles([file("a.md", 2)], [chunk("a.md", 0, "first"), chunk("a.md", 1, "second")]);
  store.close();
  const again = await Store.open(dir, dimension);
  assert.deepEqual(await again.allFiles(), [file("a.md", 2)]);
  assert.deepEqual([...again.chunkCounts()], [["a.md", 2]]);
  assert.deepEqual(await find(again, "second"), ["a.md:11"]);
});

test("another reader sees each commit at once", async () => {
  const { dir, store } = await newStore();
  const reader = await Store.open(dir, dimension);
  assert.deepEqual(await find(reader, "news"), []);
  await store.replaceFiles([file("a.md", 1)], [chunk("a.md", 0, "news of today")]);
  assert.deepEqual(await find(reader, "news"), ["a.md:1"]);
  await store.replaceFiles([file("a.md", 1)], [chunk("a.md", 0, "olds of yesterday")]);
  assert.deepEqual(await find(reader, "news"), []);
});

test("identifiers are found by their parts and by their whole", async () => {
  const { store } = await newStore();
  await store.replaceFiles(
    [file("a.ts", 2)],
    [chunk("a.ts", 0, "function parseHttpResponse(raw) {}"), chunk("a.ts", 1, "const unrelated = 1;")],
  );
  for (const query of ["parse response", "parseHttpResponse", "http"]) {
    assert.deepEqual(await find(store, query), ["a.ts:1"], query);
  }
});

test("vectors and terms are fused; each mode keeps to its own", async () => {
  const { store } = await newStore();
  await store.replaceFiles(
    [file("a.md", 3)],
    [
      chunk("a.md", 0, "termination of the lease", vector(1)),
      chunk("a.md", 1, "ending the tenancy early", vector(2, 1, 0.2)),
      chunk("a.md", 2, "the lease and its termination fee", vector(2)),
    ],
  );
  const query = "termination lease";
  assert.deepEqual(new Set(await find(store, query, "lexical")), new Set(["a.md:1", "a.md:21"]));
  assert.equal((await find(store, query, "vector", vector(2)))[0], "a.md:21");
  const hybrid = await find(store, query, "hybrid", vector(2));
  assert.equal(hybrid[0], "a.md:21");
  assert.equal(hybrid.length, 3);
});

test("a query without a single known word is no error", async () => {
  const { store } = await newStore();
  await store.replaceFiles([file("a.md", 1)], [chunk("a.md", 0, "words")]);
  for (const query of ["", "  ", "?!", "'; DROP TABLE chunks; --", '"unclosed', "a AND (b OR"]) {
    assert.ok(Array.isArray(await find(store, query)), query);
    assert.ok(Array.isArray(await find(store, query, "hybrid", new Float32Array(dimension))), query);
  }
});

test("many small writes do not pile up on disk", async () => {
  const { dir, store } = await newStore(0);
  for (let n = 0; n < 45; n++) {
    await store.replaceFiles([file("a.md", 1, `h${n}`)], [chunk("a.md", 0, `version ${n} of the text`)]);
  }
  const fragments = await readdir(join(dir, "chunks.lance", "data"));
  assert.ok(fragments.length < 45, `${fragments.length} data files`);
  assert.deepEqual(await find(store, "version 44"), ["a.md:1"]);
  assert.equal(await store.countChunks(), 1);
});
