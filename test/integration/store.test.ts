import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Table } from "@lancedb/lancedb";
import { RefinedVectors } from "../../indexer/store/refinedVectors.ts";
import { DamagedStoreError, Store } from "../../indexer/store/store.ts";
import { chunk, dimension, file, find, newDir, newStore, vector } from "../support/plainStore.ts";

test("an empty store finds nothing, and finds what is added later", async () => {
  const { store } = await newStore();
  assert.deepEqual(await find(store, "lease", "hybrid"), []);
  await store.replaceFiles([file("a.md", 1)], [chunk("a.md", 0, "The lease ends in May.")]);
  assert.deepEqual(await find(store, "leases"), ["a.md:1"]);
});

test("putting an empty store in order does not keep what is added later from being found", async () => {
  const { store } = await newStore();
  await store.maintain(true);
  assert.deepEqual(await find(store, "lease"), []);
  await store.replaceFiles([file("a.md", 1)], [chunk("a.md", 0, "The lease ends in May.")]);
  assert.deepEqual(await find(store, "leases"), ["a.md:1"]);
});

test("candidates have the score by which they were found, the best first", async () => {
  const { store } = await newStore();
  const texts = { "a.md": "zebra zebra zebra", "b.md": "zebra among a good many other words of a text" };
  await store.replaceFiles(
    [file("a.md", 1), file("b.md", 1)],
    Object.entries(texts).map(([path, text], n) => chunk(path, 0, text, vector(0, 1, n * 0.6))),
  );
  const [best, second] = await store.lexical(["zebra"], 5);
  assert.deepEqual([best?.path, second?.path], ["a.md", "b.md"]);
  assert.ok((best?.score ?? 0) > (second?.score ?? 0) && (second?.score ?? 0) > 0);
  const near = await store.nearest(vector(0), 5);
  assert.deepEqual(
    near.map(({ path, score }) => `${path} ${score.toFixed(2)}`),
    ["a.md 1.00", "b.md 0.80"],
  );
});

test("replacing a file leaves none of its old chunks, and all of the others", async () => {
  const { store } = await newStore();
  const old = [0, 1, 2].map((n) => chunk("a.md", n, `zebra number ${n}`));
  await store.replaceFiles([file("a.md", 3), file("b.md", 1)], [...old, chunk("b.md", 0, "zebra elsewhere")]);
  await store.replaceFiles([file("a.md", 1, "h2")], [chunk("a.md", 0, "giraffe now", vector(0), "h2")]);
  assert.deepEqual(await find(store, "zebra"), ["b.md:1"]);
  assert.deepEqual(await find(store, "giraffe"), ["a.md:1"]);
  assert.ok(store.holds(file("a.md", 1, "h2")));
  assert.ok(store.holds(file("b.md", 1)));
  assert.deepEqual([...store.paths()].sort(), ["a.md", "b.md"]);
  assert.equal(store.writtenRows(), 2);
});

test("the chunks of a file come in its order, however they were written", async () => {
  const { store } = await newStore();
  const chunks = [7, 11, 0, 2].map((n) => chunk("a.md", n, `part ${n}`));
  await store.replaceFiles([file("a.md", 4), file("b.md", 1)], [...chunks, chunk("b.md", 0, "another")]);
  const found = await store.chunksOfFiles(["a.md"]);
  assert.deepEqual(
    found.map(({ text }) => text),
    ["part 0", "part 2", "part 7", "part 11"],
  );
});

test("tables with other columns than this version's are damage", async () => {
  for (const [name, column] of [
    ["files", "scans"],
    ["chunks", "termsSum"],
  ] as const) {
    const { dir, store } = await newStore();
    const { tables } = store as unknown as { tables: Record<typeof name, Table> };
    await tables[name].dropColumns([column]);
    await store.close();
    await assert.rejects(Store.openForWriting(dir, dimension), DamagedStoreError);
    await assert.rejects(Store.openForReading(dir, dimension), DamagedStoreError);
  }
});

test("many rows are put into the text index at once, few when more have come", async () => {
  const { store } = await newStore();
  const { chunks } = store as unknown as { chunks: Table };
  const put = (path: string, count: number): Promise<void> =>
    store.replaceFiles(
      [file(path, count)],
      Array.from({ length: count }, (_, n) => chunk(path, n, `zebra ${n}`)),
    );
  const notIndexed = async (): Promise<number | undefined> =>
    (await chunks.indexStats("terms_idx"))?.numUnindexedRows;
  await put("a.md", 10);
  await put("b.md", 5_000);
  assert.equal(await notIndexed(), 5_000);
  await put("c.md", 1_000);
  assert.equal(await notIndexed(), 0);
  // As many as the index holds by now would not do.
  await put("d.md", 6_005);
  assert.equal(await notIndexed(), 6_005);
  await put("e.md", 5);
  assert.equal(await notIndexed(), 0);
  await store.close();
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
  await store.close();
  const again = await Store.openForWriting(dir, dimension);
  assert.deepEqual(await again.allFiles(), [file("a.md", 2)]);
  assert.deepEqual([...again.paths()], ["a.md"]);
  assert.ok(again.holds(file("a.md", 2)));
  assert.deepEqual(await find(again, "second"), ["a.md:11"]);
});

test("another reader sees each commit at once", async () => {
  const { dir, store } = await newStore();
  const reader = await Store.openForReading(dir, dimension);
  assert.ok(reader);
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
  const { dir, store } = await newStore({ keepVersionsMs: 0 });
  for (let n = 0; n < 45; n++) {
    await store.replaceFiles(
      [file("a.md", 1, `h${n}`)],
      [chunk("a.md", 0, `version ${n} of the text`, vector(0), `h${n}`)],
    );
  }
  const fragments = await readdir(join(dir, "chunks.lance", "data"));
  assert.ok(fragments.length < 45, `${fragments.length} data files`);
  assert.deepEqual(await find(store, "version 44"), ["a.md:1"]);
  assert.equal(store.writtenRows(), 1);
});

/**
 * The store as a process leaves it that was killed after it had committed the chunks of `change`, and before it
 * committed the rows of their files.
 */
async function killedBetweenCommits(dir: string, change: (store: Store) => Promise<void>): Promise<void> {
  const files = join(dir, "files.lance");
  await cp(files, `${dir}-files`, { recursive: true });
  const store = await Store.openForWriting(dir, dimension);
  await change(store);
  await store.close();
  await rm(files, { recursive: true });
  await rename(`${dir}-files`, files);
}

test("chunks of an edit that was undone after a kill are neither held nor shown", async () => {
  const { dir, store } = await newStore();
  const ten = chunk("lease.md", 0, "The lease runs for ten years.", vector(0), "ten");
  const two = chunk("lease.md", 0, "The lease runs for two years.", vector(0), "two");
  const other = chunk("other.md", 0, "Another lease.", vector(1), "other");
  await store.replaceFiles([file("lease.md", 1, "ten"), file("other.md", 1, "other")], [ten, other]);
  await store.close();
  await killedBetweenCommits(dir, (writer) => writer.replaceFiles([file("lease.md", 1, "two")], [two]));

  const reader = await Store.openForReading(dir, dimension);
  const writer = await Store.openForWriting(dir, dimension);
  assert.ok(reader);
  assert.equal(writer.holds(file("lease.md", 1, "ten")), false);
  assert.equal(writer.holds(file("other.md", 1, "other")), true);
  for (const store of [writer, reader]) {
    for (const mode of ["lexical", "vector", "hybrid"] as const) {
      assert.deepEqual(await find(store, "lease", mode), ["other.md:1"], mode);
    }
    assert.equal((await store.chunksById([two.id])).size, 0);
  }
  await writer.replaceFiles([file("lease.md", 1, "ten")], [ten]);
  assert.equal(writer.holds(file("lease.md", 1, "ten")), true);
  // The reader's doubt is of the other version alone.
  for (const store of [writer, reader]) {
    assert.deepEqual(await find(store, "ten years"), ["lease.md:1"]);
    assert.deepEqual(await find(store, "two"), []);
  }
});

test("chunks of an edit that stands after a kill are shown when the file has been looked at", async () => {
  const { dir, store } = await newStore();
  await store.replaceFiles([file("a.md", 1, "old")], [chunk("a.md", 0, "old zebra", vector(0), "old")]);
  await store.close();
  await killedBetweenCommits(dir, (writer) =>
    writer.replaceFiles([file("a.md", 1, "new")], [chunk("a.md", 0, "new zebra", vector(0), "new")]),
  );
  const again = await Store.openForWriting(dir, dimension);
  assert.deepEqual(await find(again, "zebra"), []);
  assert.equal(again.holds(file("a.md", 1, "new")), true);
  assert.equal(again.holds(file("a.md", 2, "new")), false);
  await again.touchFiles([file("a.md", 1, "new")]);
  assert.deepEqual(await find(again, "zebra"), ["a.md:1"]);
});

test("opening for reading makes nothing, and finds the store as soon as it is there", async () => {
  const dir = newDir();
  assert.equal(await Store.openForReading(dir, dimension), undefined);
  await RefinedVectors.open(join(dir, "refined"), dimension);
  assert.deepEqual((await readdir(dirname(dir))).includes(basename(dir)), false);
  const writer = await Store.openForWriting(dir, dimension);
  const before = await readdir(dir, { recursive: true });
  const reader = await Store.openForReading(dir, dimension);
  assert.ok(reader);
  await find(reader, "nothing", "hybrid");
  assert.deepEqual(await readdir(dir, { recursive: true }), before);
  await writer.replaceFiles([file("a.md", 1)], [chunk("a.md", 0, "words")]);
  assert.deepEqual(await find(reader, "words"), ["a.md:1"]);
});

test("a reader that comes while another process makes the store gets nothing or all of it", async (t) => {
  const module = fileURLToPath(new URL("../../indexer/store/store.ts", import.meta.url));
  for (let round = 0; round < 4; round++) {
    const dir = newDir();
    const script = `
      const { Store } = await import(${JSON.stringify(module)});
      await Store.openForWriting(${JSON.stringify(dir)}, ${dimension});`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: "inherit" });
    t.after(() => child.kill("SIGKILL"));
    const ended = once(child, "exit");
    const readers: Store[] = [];
    while (readers.length === 0) {
      const opened = await Promise.all([1, 2].map(() => Store.openForReading(dir, dimension)));
      readers.push(...opened.filter((store) => store !== undefined));
    }
    assert.deepEqual(await ended, [0, null]);
    for (const reader of readers) {
      assert.deepEqual(await reader.allFiles(), []);
      await reader.close();
    }
  }
});

test("versions that a killed process left are dropped by the next one, a few are not", async () => {
  for (const [writes, isDropped] of [
    [1, false],
    [6, true],
  ] as const) {
    const { dir, store } = await newStore();
    for (let n = 0; n < writes; n++) {
      await store.replaceFiles([file(`${n}.md`, 1)], [chunk(`${n}.md`, 0, `zebra ${n}`)]);
    }
    await store.close();
    const versions = async (): Promise<number> =>
      (await readdir(join(dir, "chunks.lance", "_versions"))).filter((name) => name.endsWith(".manifest"))
        .length;
    const left = await versions();
    const again = await Store.openForWriting(dir, dimension, { keepVersionsMs: 0 });
    const tables = (): object => (again as unknown as { tables: object }).tables;
    const before = tables();
    await again.dropOldVersions();
    assert.equal((await versions()) < left, isDropped, `${left} versions`);
    assert.equal(tables() !== before, isDropped, "they are opened anew for a reason");
    assert.equal((await find(again, "zebra")).length, writes);
  }
});

test("what a write that failed has done all the same is held", async () => {
  const { dir, store } = await newStore();
  await store.replaceFiles([file("a.md", 1)], [chunk("a.md", 0, "old words")]);
  const { chunks } = store as unknown as { chunks: Table };
  const add = chunks.add.bind(chunks);
  chunks.add = async (data) => {
    await add(data);
    throw new Error("No space left on device (os error 28)");
  };
  const written = store.replaceFiles([file("b.md", 1)], [chunk("b.md", 0, "new words")]);
  await assert.rejects(written, /no space left/);
  chunks.add = add;
  assert.ok(store.holds(file("b.md", 1)));
  assert.equal(store.writtenRows(), 2);
  await store.replaceFiles([file("b.md", 1)], [chunk("b.md", 0, "new words")]);
  assert.equal((await Store.openForReading(dir, dimension))?.writtenRows(), 2);
});

test("no chunks of no files are asked for, and a store without any is whole", async () => {
  let damages = 0;
  const { store } = await newStore({
    onDamage: () => {
      damages += 1;
    },
    onIndexDamage: () => {
      damages += 1;
    },
  });
  assert.deepEqual(await store.verify(new AbortController().signal), []);
  assert.equal(damages, 0, "it has no text index yet");
  assert.equal((await store.chunksById([])).size, 0);
  assert.deepEqual(await store.chunksOfFiles([]), []);
  // Nor is anything written for them, which readers would have to read anew.
  const version = await store.version();
  await store.touchFiles([]);
  assert.equal(await store.version(), version);
  await store.close();
});
