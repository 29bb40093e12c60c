import assert from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import timers from "node:timers/promises";
import type { Table } from "@lancedb/lancedb";
import { DamagedStoreError } from "../../indexer/store/problems.ts";
import { RefinedVectors } from "../../indexer/store/refinedVectors.ts";

const base = await mkdtemp(join(tmpdir(), "carrel-refined-"));
after(() => rm(base, { recursive: true, force: true }));

const east = Float32Array.of(1, 0, 0, 0);
const north = Float32Array.of(0, 1, 0, 0);
const northEast = Float32Array.of(Math.SQRT1_2, Math.SQRT1_2, 0, 0);

test("vectors are found again by the hash of their text, also by another process", async () => {
  const dir = join(base, "refined-one");
  const writer = await RefinedVectors.open(dir, 4);
  const reader = await RefinedVectors.open(dir, 4);
  assert.equal(await reader.count(), 0);
  assert.deepEqual(await reader.similarities(east, ["a"]), new Map());
  await writer.add([
    { hash: "a", vector: east },
    { hash: "b", vector: northEast },
  ]);
  const found = await reader.similarities(east, ["b", "a", "b", "c"]);
  assert.deepEqual([...found.keys()].sort(), ["a", "b"]);
  assert.ok(Math.abs((found.get("a") ?? 0) - 1) < 0.01);
  assert.ok(Math.abs((found.get("b") ?? 0) - Math.SQRT1_2) < 0.01);
  assert.deepEqual(await reader.hashes(), new Set(["a", "b"]));
  // Many commits, so that the table is put in order and its index made in between.
  for (let n = 0; n < 45; n++) await writer.add([{ hash: `n${n}`, vector: north }]);
  assert.equal((await reader.similarities(north, ["a", "n0", "n7", "n44"])).size, 4);
  assert.equal((await writer.similarities(north, ["a", "n0", "n7", "n44"])).size, 4);
  await writer.add([{ hash: "later", vector: north }]);
  // Both hold what they have read; each finds what came after that.
  assert.deepEqual([...(await writer.similarities(north, ["later", "never"])).keys()], ["later"]);
  assert.deepEqual([...(await reader.similarities(north, ["later", "never"])).keys()], ["later"]);
  await writer.finish(new Set(["a", "n0"]));
  assert.deepEqual([...(await reader.hashes())].sort(), ["a", "n0"]);
  await writer.clear();
  assert.equal(await writer.count(), 0);
  await writer.add([{ hash: "again", vector: east }]);
  assert.equal(await writer.count(), 1);
  writer.close();
  reader.close();
});

/** The files of the refined vectors under `dir` whose name matches. */
async function filesIn(dir: string, name: RegExp): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => name.test(path));
}

test("a vector that was changed on disk counts as missing, and is made again", async () => {
  const dir = join(base, "refined-bit");
  const first = await RefinedVectors.open(dir, 4);
  const other = Float32Array.of(0.6, 0, 0.8, 0);
  await first.add([
    { hash: "one", vector: other },
    { hash: "two", vector: north },
  ]);
  first.close();
  const [data = ""] = await filesIn(dir, /data.*\.lance$/);
  const bytes = await readFile(data);
  const at = bytes.indexOf(Buffer.from([95, 0, 127, 0]));
  assert.ok(at > 0, "the vector was found");
  bytes[at + 1] = 64;
  await writeFile(data, bytes);

  const again = await RefinedVectors.open(dir, 4);
  assert.deepEqual([...(await again.similarities(east, ["one", "two"])).keys()], ["two"]);
  assert.equal(await again.verify(new AbortController().signal), 1);
  assert.deepEqual(await again.hashes(), new Set(["two"]));
  await again.add([{ hash: "one", vector: other }]);
  assert.deepEqual(await again.hashes(), new Set(["one", "two"]));
  assert.equal(await again.count(), 2);
  assert.ok(Math.abs(((await again.similarities(east, ["one"])).get("one") ?? 0) - 0.6) < 0.01);
  again.close();
});

test("vectors for which there is no room in memory are found as well", async () => {
  const dir = join(base, "refined-many");
  const found = async (refined: RefinedVectors, hashes: string): Promise<string> =>
    [...(await refined.similarities(north, [...hashes])).keys()].sort().join("");
  const first = await RefinedVectors.open(dir, 4);
  await first.add([..."abcd"].map((hash) => ({ hash, vector: north })));
  first.close();
  const full = await RefinedVectors.open(dir, 4, 4);
  assert.equal(await found(full, "abcd"), "abcd");
  await full.add([{ hash: "e", vector: north }]);
  assert.equal(await found(full, "abcde"), "abcde");
  assert.equal(await found(full, "ab"), "ab");
  full.close();
  // More than are held are not read at once: what is held then is not all that is there.
  const some = await RefinedVectors.open(dir, 4, 4);
  assert.equal(await found(some, "x"), "");
  await some.add([{ hash: "f", vector: north }]);
  assert.equal(await found(some, "aef"), "aef");
  // A text of no known word has a vector of zeros: it is like nothing.
  await some.add([{ hash: "0", vector: new Float32Array(4) }]);
  assert.deepEqual(await some.similarities(north, ["0"]), new Map([["0", 0]]));
  some.close();
});

test("an index of the refined vectors that was changed on disk is built anew", async () => {
  const dir = join(base, "refined-index");
  const first = await RefinedVectors.open(dir, 4);
  const hashes = Array.from({ length: 40 }, (_, n) => `hash${n}`);
  for (const hash of hashes) await first.add([{ hash, vector: north }]);
  await first.finish(new Set(hashes));
  first.close();
  const [index = ""] = await filesIn(dir, /_indices.*page_data/);
  const bytes = await readFile(index);
  bytes.fill(0, 0, bytes.length >> 1);
  await writeFile(index, bytes);

  const again = await RefinedVectors.open(dir, 4);
  await again.finish(new Set(hashes));
  assert.equal((await again.similarities(north, hashes)).size, 40);
  again.close();
});

test("a table with other columns than this version's is damage", async () => {
  const dir = join(base, "columns");
  const first = await RefinedVectors.open(dir, 4);
  await first.add([{ hash: "a", vector: north }]);
  await (first as unknown as { table: Table }).table.dropColumns(["sum"]);
  first.close();
  await assert.rejects(RefinedVectors.open(dir, 4), DamagedStoreError);
});

test("two that give a text its vector at once make one row", async () => {
  const refined = await RefinedVectors.open(join(base, "refined-twice"), 4);
  const rows = Array.from({ length: 40 }, (_, n) => ({ hash: `h${n}`, vector: east }));
  await Promise.all([
    refined.add(rows),
    refined.add(rows.slice(20)),
    refined.finish(new Set()),
    refined.add(rows),
  ]);
  assert.equal(await refined.count(), 40);
  refined.close();
});

test("the table is asked for a vector only when there may be one that is not held", async (t) => {
  const dir = join(base, "held");
  const writer = await RefinedVectors.open(dir, 4);
  await writer.add([{ hash: "a", vector: north }]);
  const reader = await RefinedVectors.open(dir, 4);
  const asked = { writer: 0, reader: 0 };
  const found = async (refined: RefinedVectors, hashes: string): Promise<string> =>
    [...(await refined.similarities(north, [...hashes])).keys()].sort().join("");
  assert.deepEqual([await found(writer, "ax"), await found(reader, "ax")], ["a", "a"]);
  for (const [name, refined] of [
    ["writer", writer],
    ["reader", reader],
  ] as const) {
    const { table } = refined as unknown as { table: Table };
    const query = table.query.bind(table);
    t.mock.method(table, "query", () => {
      asked[name] += 1;
      return query();
    });
  }
  assert.deepEqual([await found(writer, "ax"), await found(reader, "ax")], ["a", "a"]);
  assert.deepEqual(asked, { writer: 0, reader: 0 }, "all that is there is held");
  await writer.add([{ hash: "b", vector: east }]);
  asked.writer = 0;
  assert.deepEqual([await found(writer, "abx"), await found(reader, "abx")], ["ab", "ab"]);
  assert.deepEqual(asked, { writer: 0, reader: 1 }, "who has written knows what was added");
  writer.close();
  reader.close();
});

test("who makes vectors in the background waits until the last search is a second old", async (t) => {
  const refined = await RefinedVectors.open(join(base, "quiet"), 4);
  const waited: unknown[] = [];
  t.mock.method(timers, "setTimeout", async (ms: number) => void waited.push(ms));
  syncBuiltinESMExports();
  let now = 1e9;
  t.mock.method(performance, "now", () => now);
  const quietAt = async (ms: number): Promise<unknown[]> => {
    now = ms;
    await refined.quiet(new AbortController().signal);
    return waited.splice(0);
  };
  assert.deepEqual(await quietAt(1e9), [], "nobody has searched");
  await refined.similarities(east, ["a"]);
  assert.deepEqual(await quietAt(1e9), [1_000]);
  assert.deepEqual(await quietAt(1e9 + 999), [1]);
  assert.deepEqual(await quietAt(1e9 + 1_000), []);
  t.mock.restoreAll();
  syncBuiltinESMExports();
  refined.close();
});
