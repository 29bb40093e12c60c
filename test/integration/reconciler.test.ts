import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { EmbeddingModel } from "../../models/embedding/embeddingModel.ts";
import { defaultSettings } from "../../protocol/data.ts";
import { testModel } from "../support/inProcess.ts";
import { fruit, indexedStepwise, later, one, stepwise } from "../support/stepwise.ts";
import { workspaceOf } from "../support/workspace.ts";

/*
 * Each step of the loop by itself, with a real store and real files. The test says what time it is, so that nothing
 * has to be waited for. Here are the steps of one who writes one folder; the others stand in reconciler*.test.ts.
 */

test("nothing is done before a model is there, and nothing is indexed before somebody asks", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  let open: (model: EmbeddingModel) => void = () => undefined;
  const made = await stepwise(t, workspace, {
    open: () =>
      new Promise((resolve) => {
        open = resolve;
      }),
  });
  const { reconciler } = made;
  made.ask();
  assert.equal(await made.settle(), 0);
  assert.equal(reconciler.generation, undefined);
  assert.equal(reconciler.isFound, false);
  assert.equal(reconciler.newest, undefined);
  assert.deepEqual(
    [made.status().state, made.status().writer, made.status().embedding],
    ["empty", false, ""],
  );
  assert.equal(reconciler.dueAt(Date.now()), Number.POSITIVE_INFINITY);

  made.wish.asked = false;
  open(testModel("m"));
  await nextTurn();
  await made.step();
  assert.equal(reconciler.isFound, false, "the folders have not been looked for");
  await made.settle();
  assert.equal(reconciler.isFound, true);
  assert.equal(reconciler.foundAt, made.wish.revision);
  assert.ok(reconciler.generation);
  assert.deepEqual(made.parsed, []);
  assert.deepEqual([made.status().state, made.status().writer, made.status().files], ["empty", true, 0]);
  assert.equal(made.entry().lookedAt, -1);
  assert.equal(reconciler.isToDo(made.entry()), true);

  made.ask();
  await made.settle();
  assert.equal(reconciler.isToDo(made.entry()), false);
  assert.equal(made.entry().lookedAt, made.wish.revision);
  assert.equal(made.entry().index?.value.isComplete, true);
  assert.deepEqual(await made.paths("apples"), ["a.md"]);
  const { state, files, chunks, done, total, embedding } = made.status();
  assert.deepEqual([state, files, chunks, done, total, embedding], ["ready", 2, 2, 0, 0, "m"]);
  assert.deepEqual(made.entry().work, { changed: 2, removed: 0, bytes: 15 });
  assert.ok(made.told() > 0);
});

test("what was indexed is there for the next one, which looks for damage and at all files once more", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const first = await indexedStepwise(t, workspace, one);
  await first.reconciler.close();
  const second = await stepwise(t, workspace, one);
  await second.settle();
  assert.deepEqual(await second.paths("apples"), ["a.md"]);
  assert.equal(second.status().state, "ready");
  assert.equal(second.entry().isVerified, false);
  second.ask();
  await second.settle();
  assert.equal(second.entry().isVerified, true);
  assert.deepEqual(second.parsed, []);
  assert.deepEqual(second.entry().work, { changed: 0, removed: 0, bytes: 0 });
});

test("a look for damage that is ended in the middle is no look, and is begun again", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const made = await indexedStepwise(t, workspace, one);
  const entry = made.entry();
  entry.isVerified = false;
  entry.isSuspect = true;
  await entry.verify(AbortSignal.abort());
  assert.deepEqual([entry.isVerified, entry.isSuspect], [false, true]);
  await made.settle();
  assert.deepEqual([entry.isVerified, entry.isSuspect], [true, false]);
});

test("a new look finds what has come, what has changed and what has gone, and reads nothing else", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const made = await indexedStepwise(t, workspace, one);
  made.parsed.length = 0;
  await workspace.write("b.md", "blueberries\n");
  await workspace.write("c.md", "cherries\n");
  await rm(join(workspace.dir, "a.md"));
  assert.equal(await made.settle(), 0, "nobody has asked for another look");
  made.ask();
  await made.settle();
  assert.deepEqual(made.parsed, ["b.md", "c.md"]);
  assert.deepEqual(await made.paths("apples bananas"), []);
  assert.deepEqual(await made.paths("blueberries cherries"), ["b.md", "c.md"]);
  assert.deepEqual(made.entry().work, { changed: 4, removed: 1, bytes: 15 + 12 + 9 });
});

test("several requests for an update are met by one look, and a file that is told often is read once", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const made = await stepwise(t, workspace, one);
  await made.settle();
  for (let n = 0; n < 3; n++) made.ask();
  await made.settle();
  const once = made.told();
  assert.equal(made.entry().lookedAt, made.wish.revision);
  for (let n = 0; n < 3; n++) made.ask();
  // The folders are looked for, then what is in them; and the index is put in order.
  assert.equal(await made.settle(), 3);
  assert.equal(made.told(), once);
  for (let n = 0; n < 3; n++) made.entry().tell([join(workspace.dir, "a.md")]);
  made.parsed.length = 0;
  await made.settle();
  assert.deepEqual(made.parsed, ["a.md"]);
});

test("an index that has files is being indexed when some of them wait, and not when it is only looked at", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const made = await indexedStepwise(t, workspace, one);
  await workspace.write("c.md", "cherries\n");
  made.ask();
  assert.equal(made.status().state, "ready");
  await made.step();
  await made.step();
  assert.deepEqual([made.status().state, made.status().done, made.status().total], ["indexing", 2, 3]);
  await made.settle();
  assert.equal(made.status().state, "ready");
});

test("what is told is looked at alone, before what waits, and once more when it is told again meanwhile", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const made = await indexedStepwise(t, workspace, one);
  made.parsed.length = 0;
  await workspace.write("b.md", "blueberries\n");
  await workspace.write("c.md", "cherries\n");
  await rm(join(workspace.dir, "a.md"));
  const entry = made.entry();
  entry.tell([join(workspace.dir, "c.md"), join(workspace.dir, "a.md"), "/elsewhere/x.md"]);
  assert.equal(entry.hasTold, true);
  assert.equal(made.reconciler.isToDo(entry), true);
  await made.step();
  assert.equal(entry.hasTold, false);
  assert.equal(entry.queue.hasUrgent, true);
  assert.deepEqual(await made.paths("apples"), []);
  entry.tell([join(workspace.dir, "c.md")]);
  await made.settle();
  assert.deepEqual(made.parsed, ["c.md"]);
  assert.deepEqual(await made.paths("bananas cherries"), ["b.md", "c.md"]);
  assert.equal(made.reconciler.isToDo(entry), false);
});

test("what is told before the first look is read first, after it", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const made = await stepwise(t, workspace, one);
  await made.settle();
  made.entry().tell([join(workspace.dir, "b.md")]);
  made.ask();
  await made.step();
  await made.step();
  assert.equal(made.entry().hasTold, false, "the look at all has seen it");
  assert.equal(made.entry().queue.hasUrgent, true);
  await made.settle();
  assert.deepEqual(made.parsed, ["b.md", "a.md"]);
  assert.equal(made.status().files, 2);
});

test("what is told stays told while it is looked at, and when that is ended", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const made = await stepwise(t, workspace, one);
  await made.settle();
  const entry = made.entry();
  entry.tell([join(workspace.dir, "b.md")]);
  made.ask();
  await made.step();
  await made.step(Date.now(), AbortSignal.abort());
  assert.deepEqual([entry.lookedAt, entry.hasTold], [-1, true], "the look at all was ended");
  const lookingAtAll = made.step();
  assert.equal(entry.hasTold, true);
  await lookingAtAll;
  assert.deepEqual([entry.hasTold, entry.queue.hasUrgent], [false, true]);
  await made.settle();
  assert.deepEqual(made.parsed, ["b.md", "a.md"]);

  entry.tell([join(workspace.dir, "a.md")]);
  const looking = made.step();
  assert.equal(entry.hasTold, true);
  await looking;
  assert.deepEqual([entry.hasTold, entry.queue.hasUrgent], [false, true]);
});

test("a changed ignore file, told, is followed by a look at the whole folder", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const made = await indexedStepwise(t, workspace, one);
  for (const [name, rule, left] of [
    [".gitignore", "a.md\n", ["b.md"]],
    [".carrelignore", "b.md\n", []],
  ] as const) {
    await workspace.write(name, rule);
    made.entry().tell([join(workspace.dir, name)]);
    await made.step();
    assert.equal(made.entry().lookedAt, -1);
    assert.equal(made.entry().hasTold, true, "who has told it waits for the look");
    await made.settle();
    assert.equal(made.entry().hasTold, false);
    assert.deepEqual(await made.paths("apples bananas"), left);
  }
  await workspace.write("notes.gitignore", "x\n");
  made.entry().tell([join(workspace.dir, "notes.gitignore")]);
  await made.step();
  assert.notEqual(made.entry().lookedAt, -1);
});

test("any step that is ended at once is begun again, and the index becomes whole", async (t) => {
  for (const first of [0, 1]) {
    const workspace = await workspaceOf(t, { ...fruit, "c.md": "cherries\n" });
    const before = await indexedStepwise(t, workspace, one);
    await before.reconciler.close();
    await workspace.write("a.md", "apricots\n");
    await rm(join(workspace.dir, "b.md"));
    const made = await stepwise(t, workspace, one);
    await made.settle();
    made.ask();
    let steps = 0;
    // Every second step is ended; those that were ended come again.
    while (await made.step(Date.now(), steps % 2 === first ? AbortSignal.abort() : undefined)) {
      assert.equal(made.entry().problem, undefined);
      assert.ok(made.status().files >= 2, "what is there is not lost");
      steps += 1;
    }
    assert.ok(steps > 4);
    assert.deepEqual(made.reconciler.isToDo(made.entry()), false);
    assert.deepEqual(await made.paths("apples apricots bananas cherries"), ["a.md", "c.md"]);
    assert.deepEqual([made.status().state, made.status().files], ["ready", 2]);
  }
});

test("pausing between any two steps leaves nothing to be done, and resuming completes", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  for (let steps = 0; steps < 4; steps++) {
    await rm(workspace.storage, { recursive: true, force: true });
    const made = await stepwise(t, workspace, one);
    await made.settle();
    made.ask();
    for (let n = 0; n < steps; n++) await made.step();
    made.wish.paused = true;
    assert.equal((await made.settle(later(100_000))) <= 1, true, "tidying alone goes on");
    assert.equal(made.status().state, "paused");
    made.ask();
    await made.settle();
    assert.equal(made.status().state, "ready");
    assert.deepEqual(await made.paths("apples bananas"), ["a.md", "b.md"]);
    await made.reconciler.close();
  }
});

test("deleting between any two steps empties the index, and the next update builds it", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const made = await stepwise(t, workspace, one);
  await made.settle();
  for (let steps = 0; steps < 5; steps++) {
    made.ask();
    for (let n = 0; n < steps; n++) await made.step();
    Object.assign(made.wish, { deleting: true, deleted: true, asked: false });
    await made.settle();
    assert.equal(made.wish.deleting, false);
    assert.deepEqual([made.status().state, made.status().files, made.status().chunks], ["empty", 0, 0]);
    assert.deepEqual(await made.paths("apples"), []);
    assert.ok(made.reconciler.generation);
    const entry = made.entry();
    assert.deepEqual(
      [entry.lookedAt, entry.queue.size, entry.isUnfinished, entry.isVerified, entry.needsRebuild],
      [-1, 0, false, true, false],
    );
  }
  made.ask();
  await made.settle();
  assert.deepEqual([made.status().state, made.status().files], ["ready", 2]);
});

test("what changes the walk, and the size that files may have, come from the settings of the moment", async (t) => {
  const workspace = await workspaceOf(t, { ...fruit, "large.md": `${"melon ".repeat(50)}\n` });
  const made = await indexedStepwise(t, workspace, one);
  await made.choose({ exclude: ["b.md"], maxFileBytes: 100 });
  made.ask();
  await made.settle();
  assert.deepEqual(await made.paths("apples bananas melon"), ["a.md"]);
  assert.equal(made.status().skipped, 1);
  await made.choose({ maxFileBytes: defaultSettings.maxFileBytes });
  made.ask();
  await made.settle();
  assert.deepEqual(await made.paths("apples bananas melon"), ["a.md", "b.md", "large.md"]);
});
