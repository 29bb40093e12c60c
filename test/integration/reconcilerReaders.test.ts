import assert from "node:assert/strict";
import { test } from "node:test";
import { testModel } from "../support/inProcess.ts";
import { fruit, indexedStepwise, later, one, stepwise } from "../support/stepwise.ts";
import { workspaceOf } from "../support/workspace.ts";

/*
 * One who reads an index that another process writes.
 */

test("one who reads sees what the second pass of the other has done", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const refining = { ...one, openRefining: async () => testModel("better"), settings: { refine: true } };
  const writer = await indexedStepwise(t, workspace, refining);
  const reader = await stepwise(t, workspace, refining);
  await reader.settle();
  assert.deepEqual([reader.status().files, reader.status().refined], [2, 0]);
  await writer.settle(later(2_000));
  assert.equal(writer.status().refined, 2);
  const { generation } = reader.reconciler;
  await reader.step(later(3_000));
  assert.equal(reader.status().refined, 2);
  assert.equal(reader.reconciler.generation, generation, "what was opened is still right");
});

test("one who takes over looks for damage in what the other has written", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const writer = await stepwise(t, workspace, one);
  await writer.settle();
  const reader = await stepwise(t, workspace, one);
  await reader.settle();
  writer.ask();
  await writer.settle();
  await reader.step(later(3_000));
  assert.equal(reader.status().files, 2);
  await writer.reconciler.close();
  await reader.settle(later(3_000));
  assert.equal(reader.entry().isWriter, true);
  assert.equal(reader.entry().isVerified, false);
});

test("a reader that can't be opened anew waits for nothing to be mended", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  await indexedStepwise(t, workspace, one);
  const reader = await stepwise(t, workspace, one);
  await reader.settle();
  reader.ask();
  reader.reconciler.suspect();
  assert.equal(reader.reconciler.isMending, true);
  reader.entry().follow = async () => {
    throw new Error("the disk was in the way");
  };
  await reader.settle();
  assert.equal(reader.reconciler.isMending, false);
});

test("one who reads sees that all was deleted and built anew, though as often written as before", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const writer = await indexedStepwise(t, workspace, one);
  const reader = await stepwise(t, workspace, one);
  await reader.settle();
  const version = await reader.entry().index?.value.store?.version();
  await workspace.write("c.md", "cherries\n");
  Object.assign(writer.wish, { deleting: true });
  await writer.step();
  writer.ask();
  await writer.settle();
  assert.equal(await writer.entry().index?.value.store?.version(), version);
  await reader.step(later(3_000));
  assert.equal(reader.status().files, 3);
  assert.deepEqual(await reader.paths("cherries"), ["c.md"]);
});
