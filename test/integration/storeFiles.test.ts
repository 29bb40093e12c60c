import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { openFiles } from "../soak/processes.ts";
import { chunk, file, newStore } from "../support/plainStore.ts";

type Store = Awaited<ReturnType<typeof newStore>>["store"];

async function rewrite(store: Store, round: number, count = 20): Promise<void> {
  for (const path of ["a.md", "b.md"]) {
    const chunks = Array.from({ length: count }, (_, i) => chunk(path, i, `zebra lease${i} round${round}`));
    await store.replaceFiles([file(path, count)], chunks);
  }
}

test("no file of an index that was replaced stays open, however often it is", async (t) => {
  const { dir, store } = await newStore({ keepVersionsMs: 0 });
  t.after(() => store.close());
  const open = (): string[] => openFiles(process.pid).filter((path) => path.startsWith(dir));
  const hasProc = openFiles(process.pid).length > 0;
  for (let round = 0; round < 3; round++) {
    // So many that LanceDB keeps files of the index open, which it reads at once where they are small.
    await rewrite(store, round, 2_000);
    assert.ok((await store.lexical(["zebra"], 10)).length > 0);
    await store.maintain(true);
    assert.ok((await store.lexical([`round${round}`], 10)).length > 0);
    assert.equal(open().length > 0, hasProc, "otherwise nothing is shown");
    await store.dropOldVersions();
    const deleted = open().filter((path) => path.endsWith("(deleted)"));
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
    // At each moment some are under way, and no more than a busy machine gets done.
    const searching = Array.from({ length: 4 }, async (_, n) => {
      await sleep(n);
      while (isDropping) assert.equal((await store.lexical(["zebra"], 10)).length, 10);
    });
    await Promise.all(searching);
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
