import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { openFiles } from "../soak/processes.ts";
import { chunk, file, newStore } from "../support/plainStore.ts";

async function rewrite(store: Awaited<ReturnType<typeof newStore>>["store"], round: number): Promise<void> {
  for (const path of ["a.md", "b.md"]) {
    const chunks = Array.from({ length: 20 }, (_, i) => chunk(path, i, `zebra lease${i} round${round}`));
    await store.replaceFiles([file(path, 20)], chunks);
  }
}

test("no file of an index that was replaced stays open, however often it is", async (t) => {
  const { dir, store } = await newStore({ keepVersionsMs: 0 });
  t.after(() => store.close());
  for (let round = 0; round < 4; round++) {
    await rewrite(store, round);
    assert.ok((await store.lexical(["zebra"], 10)).length > 0);
    await store.maintain(true);
    assert.ok((await store.lexical([`round${round}`], 10)).length > 0);
    await store.dropOldVersions();
    const deleted = openFiles(process.pid).filter(
      (path) => path.startsWith(dir) && path.endsWith("(deleted)"),
    );
    assert.deepEqual(deleted, [], `round ${round}`);
  }
});

test("searches and the end of the store do not mind that old versions are dropped meanwhile", async (t) => {
  const { store } = await newStore({ keepVersionsMs: 0 });
  let isClosed = false;
  t.after(() => isClosed || store.close());
  for (let round = 0; round < 4; round++) {
    await rewrite(store, round);
    await store.maintain(true);
    let isDropping = true;
    const dropping = store.dropOldVersions().finally(() => {
      isDropping = false;
    });
    // At each moment some are under way.
    const searches: Promise<unknown[]>[] = [];
    while (isDropping) {
      searches.push(store.lexical(["zebra"], 10));
      await sleep(1);
    }
    for (const found of await Promise.all(searches)) assert.equal(found.length, 10);
    await dropping;
    assert.equal((await store.lexical([`round${round}`], 50)).length, 40);
    assert.equal((await store.lexical([`round${round - 1}`], 50)).length, 0);
  }
  await store.close();
  isClosed = true;
});

test("a store can be closed while all is read ahead for its searches", async () => {
  const { store } = await newStore();
  for (let round = 0; round < 3; round++) await rewrite(store, round);
  await store.maintain(true);
  const reading = store.readAhead();
  await store.close();
  await reading;
});
