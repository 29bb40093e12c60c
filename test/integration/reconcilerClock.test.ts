import assert from "node:assert/strict";
import { rename } from "node:fs/promises";
import { test } from "node:test";
import { testModel } from "../support/inProcess.ts";
import { fruit, indexedStepwise, later, one, stepwise } from "../support/stepwise.ts";
import { workspaceOf } from "../support/workspace.ts";

/*
 * A clock that is set back, as by a machine that had the wrong time: what was due soon is not put off by what is
 * between the two times.
 */

const hourBack = (): number => later(-3_600_000);

test("one who reads goes on to look for what the other has written", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const writer = await indexedStepwise(t, workspace, one);
  const reader = await stepwise(t, workspace, one);
  await reader.settle();
  await workspace.write("c.md", "cherries\n");
  writer.ask();
  await writer.settle();
  assert.equal(reader.status().files, 2);
  await reader.step(hourBack());
  assert.equal(reader.status().files, 3);
});

test("a missing folder is looked for", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const away = `${workspace.dir}-away`;
  await rename(workspace.dir, away);
  const made = await stepwise(t, workspace, one);
  made.ask();
  await made.settle();
  assert.equal(made.reconciler.missing.length, 1);
  await rename(away, workspace.dir);
  await made.settle(hourBack());
  assert.equal(made.status().files, 2);
});

test("the second pass is done, a file that could not be read is tried again, and old versions go", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const refining = { ...one, openRefining: async () => testModel("better", 4), settings: { refine: true } };
  const made = await stepwise(t, workspace, refining);
  made.onParse = (path) =>
    path === "a.md" ? { ok: false, reason: "It took too long.", mayPass: true } : undefined;
  made.ask();
  await made.settle();
  assert.deepEqual([made.status().files, made.status().refined], [1, 0]);
  made.onParse = () => undefined;
  await made.settle(hourBack());
  assert.deepEqual([made.status().files, made.status().refined], [2, 2]);
  assert.equal(made.entry().needsTidy, false);
});
