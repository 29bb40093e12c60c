import assert from "node:assert/strict";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test } from "node:test";
import type { Connection } from "@lancedb/lancedb";
import { chunkId, DamagedStoreError, Store } from "../../indexer/store/store.ts";
import { chunk, dimension, file, find, newStore, vector } from "../support/plainStore.ts";

test("half a character, as cutting may leave it, does not count as damage", async () => {
  const damage: unknown[] = [];
  const { store } = await newStore({ onDamage: (paths) => damage.push(paths) });
  await store.replaceFiles([file("a.md", 1)], [chunk("a.md", 0, "zebra \ud83d")]);
  assert.deepEqual(await find(store, "zebra", "hybrid"), ["a.md:1"]);
  assert.deepEqual(await store.verify(new AbortController().signal), []);
  assert.deepEqual(damage, []);
});

/** Changes what is stored, on disk: `find` must stand in one data file of the table, and once. */
async function changeOnDisk(dir: string, table: string, find: Buffer, put: Buffer): Promise<void> {
  const data = join(dir, `${table}.lance`, "data");
  const found: string[] = [];
  for (const name of await readdir(data)) {
    const bytes = await readFile(join(data, name));
    const at = bytes.indexOf(find);
    if (at < 0) continue;
    found.push(name);
    assert.equal(bytes.indexOf(find, at + 1), -1, "it stands there once");
    put.copy(bytes, at);
    await writeFile(join(data, name), bytes);
  }
  assert.equal(found.length, 1, "it was found in one file");
}

function bytesOf(numbers: readonly number[]): Buffer {
  return Buffer.from(Float32Array.from(numbers).buffer);
}

const changes: { what: string; find: Buffer; put: Buffer; verifyAlone?: boolean }[] = [
  { what: "a letter of a text", find: Buffer.from("ten years"), put: Buffer.from("two") },
  { what: "a letter of a heading", find: Buffer.from("Part 1"), put: Buffer.from("Pert 1") },
  {
    what: "a letter of a term",
    find: Buffer.from("zebraterm"),
    put: Buffer.from("zebre"),
    verifyAlone: true,
  },
  { what: "a number of a vector", find: bytesOf([0.6, 0.8]), put: bytesOf([0.5]) },
];

for (const { what, find: before, put, verifyAlone = false } of changes) {
  test(`${what} that was changed on disk is not shown, is named, and is mended`, async () => {
    const { dir, store } = await newStore();
    const vectors = [Float32Array.of(0, 0, 0.6, 0.8, 0, 0, 0, 0), vector(1)] as const;
    const text = "The lease runs for ten years.";
    const mended = { ...chunk("a.md", 1, text, vectors[0]), terms: "leas run zebraterm" };
    await store.replaceFiles(
      [file("a.md", 1), file("b.md", 1)],
      [mended, chunk("b.md", 0, "A lease of b.", vectors[1])],
    );
    await store.close();
    await changeOnDisk(dir, "chunks", before, put);

    const damage: unknown[] = [];
    const again = await Store.openForWriting(dir, dimension, { onDamage: (paths) => damage.push(paths) });
    const shown = (await find(again, "lease", "hybrid", vectors[0])).sort();
    assert.deepEqual(shown, verifyAlone ? ["a.md:11", "b.md:1"] : ["b.md:1"]);
    if (!verifyAlone) assert.deepEqual(damage[0], ["a.md"]);
    assert.deepEqual(await again.verify(new AbortController().signal), ["a.md"]);
    await again.replaceFiles([file("a.md", 1)], [mended]);
    assert.deepEqual(await again.verify(new AbortController().signal), []);
    assert.deepEqual((await find(again, "lease", "hybrid", vectors[0])).sort(), ["a.md:11", "b.md:1"]);
  });
}

test("a path that was changed on disk can't be told, so that the whole is built again", async () => {
  const { dir, store } = await newStore();
  const rows = [0, 1].map((n) => chunk("contracts.md", n, `zebra ${n}`));
  await store.replaceFiles([file("contracts.md", 2)], rows);
  await store.close();
  const damage: unknown[] = [];
  const again = await Store.openForWriting(dir, dimension, { onDamage: (paths) => damage.push(paths) });
  const { connection } = (again as unknown as { tables: { connection: Connection } }).tables;
  const chunks = await connection.openTable("chunks");
  await chunks.update({ where: `id = '${rows[0]?.id}'`, values: { path: "contrasts.md" } });
  assert.deepEqual(await find(again, "zebra"), ["contracts.md:11"]);
  assert.deepEqual(damage, [undefined]);
  await assert.rejects(again.verify(new AbortController().signal), DamagedStoreError);
});

test("a file's row that was changed on disk is left out and named", async () => {
  const { dir, store } = await newStore();
  await store.replaceFiles(
    [file("a.md", 1), file("b.md", 1)],
    [chunk("a.md", 0, "x"), chunk("b.md", 0, "y")],
  );
  await store.close();
  const damage: unknown[] = [];
  const again = await Store.openForWriting(dir, dimension, { onDamage: (paths) => damage.push(paths) });
  const { connection } = (again as unknown as { tables: { connection: Connection } }).tables;
  await (await connection.openTable("files")).update({ where: "path = 'a.md'", values: { size: 99 } });
  assert.deepEqual(await again.allFiles(), [file("b.md", 1)]);
  assert.deepEqual(damage, [["a.md"]]);
  assert.deepEqual(await again.verify(new AbortController().signal), ["a.md"]);
  await again.touchFiles([file("a.md", 1)]);
  assert.deepEqual(await again.verify(new AbortController().signal), []);
});

test("an index whose files are all gone is built anew", async () => {
  const { dir, store } = await newStore();
  await store.replaceFiles([file("a.md", 1)], [chunk("a.md", 0, "zebra")]);
  await store.maintain(true);
  await store.close();
  const indices = join(dir, "chunks.lance", "_indices");
  const [lookup = ""] = (await readdir(indices, { recursive: true })).filter((name) =>
    name.endsWith("page_lookup.lance"),
  );
  await rm(dirname(join(indices, lookup)), { recursive: true });
  const again = await Store.openForWriting(dir, dimension);
  await assert.rejects(find(again, "zebra"), DamagedStoreError);
  assert.deepEqual(await again.verify(new AbortController().signal), []);
  await again.maintain();
  assert.deepEqual(await find(again, "zebra"), ["a.md:1"]);
});

test("rows that went away behind the writer's back are missed, though it has written before", async () => {
  const { store } = await newStore();
  await store.replaceFiles(
    [file("a.md", 2)],
    [0, 1].map((n) => chunk("a.md", n, `zebra ${n}`)),
  );
  assert.deepEqual(await store.verify(new AbortController().signal), []);
  const { connection } = (store as unknown as { tables: { connection: Connection } }).tables;
  await (await connection.openTable("chunks")).delete(`id = '${chunkId("a.md", "h1", 1)}'`);
  assert.deepEqual(await store.verify(new AbortController().signal), ["a.md"]);
});

test("verifying ends early when it is told to, and goes on while files are written", async () => {
  const { store } = await newStore({ keepVersionsMs: 0 });
  const put = (n: number): Promise<void> =>
    store.replaceFiles([file("a.md", 1, `h${n}`)], [chunk("a.md", 0, `word ${n}`, vector(0), `h${n}`)]);
  await put(0);
  assert.deepEqual(await store.verify(AbortSignal.abort()), []);
  const verifying = Promise.all(Array.from({ length: 10 }, () => store.verify(new AbortController().signal)));
  for (let n = 1; n <= 20; n++) await put(n);
  assert.deepEqual((await verifying).flat(), []);
});
