import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { lookAtPaths } from "../../engine/workspace/lookAtPaths.ts";
import { fruit, indexedStepwise, one, stepwise } from "../support/stepwise.ts";
import { workspaceOf } from "../support/workspace.ts";

/*
 * What is told to have changed while other things are going on.
 */

test("a file that waits to be read, and is gone when it is told, is not read", async (t) => {
  const workspace = await workspaceOf(t, { ...fruit, "sub/c.md": "cherries\n" });
  const made = await stepwise(t, workspace, one);
  await made.settle();
  made.ask();
  while (made.entry().lookedAt < 0) await made.step();
  assert.equal(made.entry().queue.size, 3);
  await rm(join(workspace.dir, "b.md"));
  await rm(join(workspace.dir, "sub"), { recursive: true });
  made.entry().tell([join(workspace.dir, "b.md"), join(workspace.dir, "sub")]);
  await made.settle();
  assert.deepEqual(made.parsed, ["a.md"]);
  assert.deepEqual([made.status().files, made.status().skipped], [1, 0]);
});

test("what was seen of a file is forgotten when its folder is seen to be gone", async (t) => {
  const workspace = await workspaceOf(t, { "sub/a.md": "apples\n" });
  const file = join(workspace.dir, "sub/a.md");
  // The folder goes between the two looks.
  const paths = (function* () {
    yield file;
    rmSync(join(workspace.dir, "sub"), { recursive: true });
    yield join(workspace.dir, "sub");
  })();
  const seen = await lookAtPaths(workspace.dir, paths, { exclude: [], maxFileBytes: 1_000 });
  assert.deepEqual([...seen.files.keys()], []);
  assert.deepEqual(seen.places, ["sub/a.md", "sub"]);
});

test("what has gone is taken out when the whole folder is told", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const made = await indexedStepwise(t, workspace, one);
  await rm(join(workspace.dir, "b.md"));
  made.entry().tell([workspace.dir]);
  await made.settle();
  assert.equal(made.status().files, 1);
  assert.deepEqual(await made.paths("apples bananas"), ["a.md"]);
});

test("many files that are told to be gone are taken out together", async (t) => {
  const names = Array.from({ length: 60 }, (_, i) => `gone/${i}.md`);
  const workspace = await workspaceOf(t, {
    ...fruit,
    ...Object.fromEntries(names.map((name) => [name, `grapes ${name}\n`])),
  });
  const made = await indexedStepwise(t, workspace, one);
  const store = made.entry().index?.value.store;
  assert.ok(store);
  const before = await store.version();
  for (const name of names) await rm(join(workspace.dir, name));
  made.entry().tell(names.map((name) => join(workspace.dir, name)));
  await made.settle();
  assert.equal(made.status().files, 2);
  assert.ok((await store.version()) - before < 10, "not each with a commit of its own");
});
