import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { testModel } from "../support/inProcess.ts";
import { fruit, indexedStepwise, later, one, type Stepwise } from "../support/stepwise.ts";
import { eventually, workspaceOf } from "../support/workspace.ts";

/*
 * What an index is kept in goes while it is in use: a person deletes it, a disk is away for a while.
 */

test("an index whose folder was deleted by hand is built again", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const made = await indexedStepwise(t, workspace, one);
  await rm(join(workspace.storage, "indexes"), { recursive: true });
  await workspace.write("c.md", "cherries\n");
  made.entry().tell([join(workspace.dir, "c.md")]);
  await made.settle();
  await made.settle(later(3_000));
  await made.settle(later(30_000));
  assert.deepEqual([made.status().state, made.status().files], ["ready", 3]);
  assert.deepEqual(await made.paths("apples bananas cherries"), ["a.md", "b.md", "c.md"]);
});

test("one whose folder was deleted by hand can be deleted, and built again", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const made = await indexedStepwise(t, workspace, one);
  await rm(join(workspace.storage, "indexes"), { recursive: true });
  Object.assign(made.wish, { deleting: true, deleted: true, asked: false });
  await made.settle();
  assert.equal(made.wish.deleting, false);
  assert.equal(made.reconciler.deletionFailure, undefined);
  made.ask();
  await made.settle();
  assert.deepEqual([made.status().state, made.status().files], ["ready", 2]);
});

test("an index that could not be built anew at once is filled when it can be", async (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: Date.now() });
  const workspace = await workspaceOf(t, fruit);
  const made = await indexedStepwise(t, workspace, one);
  const entry = made.entry();
  entry.needsRebuild = true;
  await rm(entry.dir, { recursive: true });
  await writeFile(entry.dir, "in the way");
  await made.step();
  assert.match(entry.problem?.message ?? "", /Indexing stopped/);
  await rm(entry.dir);
  await mkdir(entry.dir);
  t.mock.timers.tick(3_000);
  await made.settle();
  assert.deepEqual([made.status().state, made.status().files], ["ready", 2]);
});

test("a model whose old index could not be deleted can be written for again", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const models = { a: testModel("a"), b: testModel("b") };
  const made = await indexedStepwise(t, workspace, {
    open: ({ embeddingModel }) => (embeddingModel === "b" ? models.b : models.a),
  });
  const { dir } = made.entry();
  await made.choose({ embeddingModel: "b" });
  await made.step();
  await rm(dir, { recursive: true });
  await writeFile(dir, "in the way");
  await made.settle();
  assert.equal(made.entry().isWriter, true);
  await eventually("closing the old model", async () => models.a.closed === 1);
  await eventually("saying so", async () => made.logged.join().includes("An old index stays on disk"));
  await rm(dir);
  await made.choose({ embeddingModel: "a" });
  await made.settle();
  assert.equal(made.entry().dir, dir);
  assert.equal(made.entry().isWriter, true);
  assert.deepEqual([made.status().state, made.status().files], ["ready", 2]);
});

/** An index in `dir` that serves while the one of another model, which has looked at the folder, is being built. */
async function succeeded(t: TestContext): Promise<{ readonly made: Stepwise; readonly dir: string }> {
  const workspace = await workspaceOf(t, fruit);
  const made = await indexedStepwise(t, workspace, {
    open: ({ embeddingModel }) => testModel(embeddingModel),
  });
  const { dir } = made.entry();
  await made.choose({ embeddingModel: "b" });
  made.ask();
  while ((made.reconciler.successor?.entries[0]?.lookedAt ?? -1) < 0) await made.step();
  return { made, dir };
}

test("what is deleted while a new model's index is being built is gone from disk when that is answered", async (t) => {
  const { made, dir } = await succeeded(t);
  const borrowed = made.reconciler.generation;
  assert.ok(borrowed);
  const release = borrowed.hold();
  Object.assign(made.wish, { deleting: true, deleted: true, asked: false });
  let isDeleted = false;
  const deletion = made.settle().then(() => {
    isDeleted = true;
  });
  await eventually("the deletion", async () => made.reconciler.successor === undefined);
  for (let time = 0; time < 20; time++) {
    const hits: readonly unknown[] = await borrowed.value.search("apples", 5, "lexical");
    assert.deepEqual([hits.length, isDeleted], [1, false], "who searches goes on to the end");
  }
  release();
  await deletion;
  assert.equal(existsSync(dir), false);
});

test("an old model's index that can't be deleted is told, and the new one's is deleted all the same", async (t) => {
  const { made, dir } = await succeeded(t);
  await rm(dir, { recursive: true });
  await writeFile(dir, "in the way");
  Object.assign(made.wish, { deleting: true, deleted: true, asked: false });
  await assert.rejects(async () => {
    while (made.wish.deleting) await made.step();
  }, /can't be deleted/);
  assert.match(String(made.reconciler.deletionFailure), /can't be deleted/);
  assert.deepEqual([made.wish.deleting, made.status().embedding, made.status().files], [false, "b", 0]);
});
