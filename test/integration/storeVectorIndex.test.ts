import assert from "node:assert/strict";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { Store } from "../../indexer/store/store.ts";
import type { Filter } from "../../protocol/data.ts";
import { seededRows } from "../support/storeRows.ts";

const base = await mkdtemp(join(tmpdir(), "carrel-vectors-"));
after(() => rm(base, { recursive: true, force: true }));
const dimension = 16;
const never = new AbortController().signal;
const [indexedDir, plainDir] = [join(base, "indexed"), join(base, "plain")];

/** The index's own files of vectors. */
async function vectorFiles(dir: string): Promise<string[]> {
  const names = await readdir(join(dir, "chunks.lance", "_indices"), { recursive: true });
  return names.filter((name) => name.endsWith("auxiliary.idx"));
}

test("an index of vectors finds what comparing with every vector finds", async () => {
  const rows = seededRows(11, dimension);
  // Some forty parts: more than LanceDB looks at by itself.
  const indexed = await Store.openForWriting(indexedDir, dimension, {
    indexVectorsFrom: 15,
    keepVersionsMs: 0,
  });
  const plain = await Store.openForWriting(plainDir, dimension, { keepVersionsMs: 0 });
  const both = async (change: (store: Store) => Promise<void>): Promise<void> => {
    for (const store of [indexed, plain]) await change(store);
  };
  const put = (folder: string, hash: string, count: number): Promise<void> => {
    const made = Array.from({ length: count }, (_, i) => rows.file(`${folder}/file${i}.md`, hash, 10));
    const chunks = made.flatMap((one) => one.chunks);
    return both((store) =>
      store.replaceFiles(
        made.map(({ file }) => file),
        chunks,
      ),
    );
  };
  const assertSame = async (step: string): Promise<void> => {
    for (const filter of [{}, { paths: ["notes"] }, { paths: ["docs/file1*.md"] }] satisfies Filter[]) {
      for (let question = 0; question < 5; question++) {
        const vector = rows.vector();
        const [found, wanted] = await Promise.all(
          [indexed, plain].map((store) => store.nearest(vector, 50, filter)),
        );
        assert.deepEqual(
          found?.map(({ id, score }) => `${id} ${score.toFixed(4)}`),
          wanted?.map(({ id, score }) => `${id} ${score.toFixed(4)}`),
          `${step}, ${JSON.stringify(filter)}`,
        );
      }
    }
  };

  await put("docs", "a", 50);
  assert.deepEqual(await vectorFiles(indexedDir), []);
  await both((store) => store.maintain(true));
  assert.equal((await vectorFiles(indexedDir)).length, 1);
  assert.deepEqual(await vectorFiles(plainDir), []);
  await assertSame("all rows are in the index");
  await put("notes", "b", 20);
  await put("docs", "c", 5);
  await both((store) => store.removeFiles(["docs/file7.md", "notes/file3.md"]));
  await assertSame("rows were added and taken out");
  await both((store) => store.maintain(true));
  await assertSame("the index was built anew");
  // Another process, and one that begins again, use what is there.
  const reader = await Store.openForReading(indexedDir, dimension);
  assert.equal((await reader?.nearest(rows.vector(), 50))?.length, 50);
  await reader?.close();
  assert.deepEqual(await indexed.verify(never), []);
  await both(async (store) => store.close());
});

test("a store that has none yet gets an index of vectors when it is put in order", async () => {
  const before = await vectorFiles(plainDir);
  const store = await Store.openForWriting(plainDir, dimension, { indexVectorsFrom: 100 });
  await store.maintain(true);
  assert.equal((await vectorFiles(plainDir)).length, before.length + 1);
  await store.close();
});

test("a folder of which the model knows no word is put in order, and has no such index", async () => {
  const dir = join(base, "unknown");
  const store = await Store.openForWriting(dir, dimension, { indexVectorsFrom: 15 });
  const { file, chunks } = seededRows(12, dimension).file("a.md", "h", 100);
  await store.replaceFiles(
    [file],
    chunks.map((chunk) => ({ ...chunk, vector: new Float32Array(dimension) })),
  );
  await store.maintain(true);
  assert.deepEqual(await vectorFiles(dir), []);
  assert.equal((await store.lexical(["zebra"], 5)).length, 5);
  await store.close();
});

/** A store with an index of the vectors of 60 rows, and a way to write one file more. */
async function makeIndexed(name: string): Promise<{
  dir: string;
  store: Store;
  put: (path: string) => Promise<void>;
}> {
  const dir = join(base, name);
  const rows = seededRows(13, dimension);
  const store = await Store.openForWriting(dir, dimension, { indexVectorsFrom: 15, keepVersionsMs: 0 });
  const put = async (path: string): Promise<void> => {
    const { file, chunks } = rows.file(path, "h", 2);
    await store.replaceFiles([file], chunks);
  };
  const { file, chunks } = rows.file("first.md", "h", 60);
  await store.replaceFiles([file], chunks);
  return { dir, store, put };
}

test("an index of vectors stays while nothing is written, and is built anew after many writes", async () => {
  const { dir, store, put } = await makeIndexed("merged");
  await store.maintain(true);
  const built = await vectorFiles(dir);
  assert.equal(built.length, 1);
  await store.maintain(true);
  assert.deepEqual(await vectorFiles(dir), built);
  // The store puts itself in order after forty.
  for (let n = 0; n < 41; n++) await put(`${n}.md`);
  const rebuilt = await vectorFiles(dir);
  assert.equal(rebuilt.length, 1);
  assert.notDeepEqual(rebuilt, built);
  await store.close();
});

test("an index of vectors of which the files are gone is built anew with the others", async () => {
  const { dir, store } = await makeIndexed("gone");
  await store.maintain(true);
  await store.close();
  const [file = ""] = await vectorFiles(dir);
  await rm(dirname(join(dir, "chunks.lance", "_indices", file)), { recursive: true });
  const again = await Store.openForWriting(dir, dimension, { indexVectorsFrom: 15, keepVersionsMs: 0 });
  assert.deepEqual(await again.verify(never), []);
  await again.maintain();
  assert.equal((await vectorFiles(dir)).length, 1);
  assert.equal((await again.nearest(new Float32Array(dimension).fill(0.25), 50)).length, 50);
  await again.close();
});
