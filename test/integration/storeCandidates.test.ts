import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import type { Table, VectorQuery } from "@lancedb/lancedb";
import { Candidates } from "../../indexer/store/candidates.ts";
import { connectTo } from "../../indexer/store/lance.ts";
import { type Candidate, Store } from "../../indexer/store/store.ts";
import { seededRows } from "../support/storeRows.ts";

const base = await mkdtemp(join(tmpdir(), "carrel-candidates-"));
after(() => rm(base, { recursive: true, force: true }));
const dimension = 16;

/** In one order: LanceDB gives those of equal score in any, and any of those that are as good as the last one. */
function comparable(candidates: readonly Candidate[]): unknown[] {
  const scored = candidates.map((one) => ({ ...one, score: one.score.toFixed(4), vector: [...one.vector] }));
  const last = scored.at(-1)?.score;
  return scored.filter(({ score }) => score !== last).sort((a, b) => (a.id < b.id ? -1 : 1));
}

/** A store with `files` files of ten chunks each, and its table of chunks as LanceDB gives it. */
async function storeOf(name: string, files: number): Promise<{ dir: string; store: Store; table: Table }> {
  const dir = join(base, name);
  const rows = seededRows(5, dimension);
  const store = await Store.openForWriting(dir, dimension, { keepVersionsMs: 0 });
  const made = Array.from({ length: files }, (_, i) => rows.file(`docs/file${i}.md`, "a", 10));
  await store.replaceFiles(
    made.map(({ file }) => file),
    made.flatMap(({ chunks }) => chunks),
  );
  const connection = await connectTo(dir, { indexBytes: 1n << 20n, metadataBytes: 1n << 20n });
  return { dir, store, table: await connection.openTable("chunks") };
}

/** Reads the candidates of one question, and says how often its query was made: once where all are held. */
async function readOnce(
  candidates: Candidates,
  table: Table,
  vector: Float32Array,
): Promise<{ found: Candidate[]; damaged: number; queries: number }> {
  let queries = 0;
  const search = (): VectorQuery => {
    queries += 1;
    return table.query().nearestTo(vector).distanceType("cosine").limit(20);
  };
  const { found, damaged } = await candidates.read(search, "_distance", (distance) => 1 - distance);
  return { found, damaged: damaged.length, queries };
}

test("held candidates are what the table says, through writes, removals and tidying by any process", async () => {
  const { dir, store } = await storeOf("changing", 40);
  const rows = seededRows(6, dimension);
  const reader = await Store.openForReading(dir, dimension);
  assert.ok(reader);
  const change = async (round: number): Promise<void> => {
    const path = `docs/file${(round * 7) % 45}.md`;
    if (round % 3 === 2) await store.removeFiles([path]);
    else {
      const made = rows.file(path, `v${round}`, 1 + ((round * 5) % 12));
      await store.replaceFiles([made.file], made.chunks);
    }
    if (round % 4 === 3) await store.maintain(true);
    if (round % 8 === 7) await store.dropOldVersions();
  };
  let compared = 0;
  for (let round = 0; round < 16; round++) {
    // Both hold what was there before the change.
    if (round % 5 === 0) for (const one of [store, reader]) await one.readAhead();
    await change(round);
    const fresh = await Store.openForReading(dir, dimension);
    assert.ok(fresh);
    for (let question = 0; question < 4; question++) {
      const vector = rows.vector();
      const [{ terms = "" } = {}] = rows.file("a.md", "x", 1).chunks;
      const asked = terms.split(" ").slice(0, 6);
      for (const search of [
        (one: Store) => one.nearest(vector, 30),
        (one: Store) => one.lexical(asked, 30),
        (one: Store) => one.nearest(vector, 30, { paths: ["docs/file1*.md"] }),
      ]) {
        const wanted = comparable(await search(fresh));
        compared += wanted.length;
        assert.deepEqual(comparable(await search(store)), wanted, `round ${round}, the writer`);
        assert.deepEqual(comparable(await search(reader)), wanted, `round ${round}, the reader`);
      }
    }
    await fresh.close();
  }
  assert.ok(compared > 3_000, String(compared));
  await reader.close();
  await store.close();
});

test("rows are fetched until all are read ahead, and again where one is new", async () => {
  const { store, table } = await storeOf("ahead", 10);
  const rows = seededRows(7, dimension);
  const candidates = new Candidates(
    () => table,
    dimension,
    () => true,
  );
  const room = 100 * (dimension * 4 + 400);
  const full = new Candidates(
    () => table,
    dimension,
    () => true,
    room,
  );
  await full.readAhead();
  const vector = rows.vector();
  const fetched = await readOnce(candidates, table, vector);
  await candidates.settled();
  assert.equal(candidates.heldRows, 0, "nothing is read ahead while files are written");
  await candidates.readAhead();
  assert.equal(candidates.heldRows, 100);
  const held = await readOnce(candidates, table, vector);
  assert.deepEqual([fetched.queries, held.queries], [1, 1]);
  assert.deepEqual(comparable(held.found), comparable(fetched.found));

  const made = rows.file("docs/new.md", "b", 1);
  const [first] = made.chunks;
  assert.ok(first);
  await store.replaceFiles([made.file], [{ ...first, vector }]);
  const [once, again] = [
    await readOnce(candidates, table, vector),
    await readOnce(candidates, table, vector),
  ];
  assert.deepEqual([once.queries, again.queries], [2, 1], "it is fetched once and then held");
  assert.equal((await readOnce(full, table, vector)).found[0]?.path, "docs/new.md");
  assert.equal(full.heldRows, 100, "there is no room for more");
  assert.deepEqual([once.found[0]?.path, again.found[0]?.path], ["docs/new.md", "docs/new.md"]);
  await candidates.close();
  await store.close();
});

test("a search lets all rows be read ahead by itself, when nothing is written", async () => {
  const { store, table } = await storeOf("itself", 10);
  const candidates = new Candidates(
    () => table,
    dimension,
    () => false,
  );
  const vector = seededRows(8, dimension).vector();
  await readOnce(candidates, table, vector);
  await candidates.readAhead();
  assert.equal(candidates.heldRows, 100);
  await candidates.close();
  await store.close();
});

test("where there is no room for all rows, none is held, and the same is found", async () => {
  const { store, table } = await storeOf("large", 10);
  const [roomy, tight] = [
    new Candidates(
      () => table,
      dimension,
      () => true,
    ),
    new Candidates(
      () => table,
      dimension,
      () => true,
      99 * (dimension * 4 + 400),
    ),
  ];
  for (const one of [roomy, tight]) await one.readAhead();
  assert.deepEqual([roomy.heldRows, tight.heldRows], [100, 0]);
  const vector = seededRows(9, dimension).vector();
  const [wanted, found] = [await readOnce(roomy, table, vector), await readOnce(tight, table, vector)];
  assert.deepEqual(comparable(found.found), comparable(wanted.found));
  for (const one of [roomy, tight]) await one.close();
  await store.close();
});

test("a damaged row is not held, and is named each time", async () => {
  const { store, table } = await storeOf("damaged", 3);
  const vector = seededRows(9, dimension).vector();
  await table.update({ where: "id LIKE 'docs/file1.md#%'", valuesSql: { vectorSum: "7" } });
  const candidates = new Candidates(
    () => table,
    dimension,
    () => true,
  );
  await candidates.readAhead();
  assert.equal(candidates.heldRows, 20);
  for (let time = 0; time < 2; time++) {
    const { found, damaged } = await readOnce(candidates, table, vector);
    assert.ok(damaged > 0 && found.length > 0 && found.length + damaged === 20);
    assert.ok(found.every(({ path }) => path !== "docs/file1.md"));
  }
  await candidates.close();
  await store.close();
});
