import assert from "node:assert/strict";
import { rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { FolderEntry } from "../../engine/workspace/folderEntry.ts";
import { skippedOf } from "../../engine/workspace/status.ts";
import type { EmbeddingModel } from "../../models/embedding/embeddingModel.ts";
import type { Settings } from "../../protocol/data.ts";
import { testModel } from "../support/inProcess.ts";
import { fruit, indexedStepwise, indexes, later, one, stepwise } from "../support/stepwise.ts";
import { eventually, workspaceOf } from "../support/workspace.ts";

/*
 * Steps with several folders, and with another process that writes.
 */

test("folders that lie in one another are counted and listed once", async (t) => {
  const workspace = await workspaceOf(t, { "a.md": "apples\n", "in/b.md": "bananas\n", "in/c.md": "" });
  const made = await indexedStepwise(t, workspace, {
    ...one,
    folders: [workspace.dir, join(workspace.dir, "in")],
  });
  assert.deepEqual(
    [
      made.status().files,
      made.status().chunks,
      made.status().skipped,
      made.reconciler.generation?.value.chunks,
    ],
    [2, 2, 1, 3],
  );
  assert.deepEqual(
    skippedOf(made.reconciler).map(({ path }) => path),
    ["c.md"],
  );
});

test("a file that was told is read before all that waits, in other folders too", async (t) => {
  const workspace = await workspaceOf(t, { "one/a.md": "apples\n", "two/b.md": "bananas\n" });
  const folders = ["one", "two"].map((name) => join(workspace.dir, name));
  const made = await indexedStepwise(t, workspace, { ...one, folders });
  await workspace.write("one/c.md", "cherries\n");
  await workspace.write("two/d.md", "dates\n");
  made.ask();
  made.parsed.length = 0;
  const [first, second] = made.reconciler.entries;
  while (first?.queue.size === 0) assert.ok(await made.step());
  await workspace.write("two/b.md", "more bananas\n");
  second?.tell([join(workspace.dir, "two/b.md")]);
  await made.settle();
  assert.deepEqual(made.parsed, ["b.md", "c.md", "d.md"]);
});

test("a folder that leaves is closed when nobody searches it any more, and one that comes is opened", async (t) => {
  const workspace = await workspaceOf(t, { "one/a.md": "apples\n", "two/b.md": "bananas\n" });
  const [first, second] = [join(workspace.dir, "one"), join(workspace.dir, "two")];
  const made = await indexedStepwise(t, workspace, { ...one, folders: [first] });
  const before = made.reconciler.generation;
  const release = before?.hold();
  assert.ok(before && release);
  made.wish.folders = [{ path: second, name: "two" }];
  assert.equal(made.reconciler.isFound, false);
  await made.settle();
  assert.equal(made.reconciler.isFound, true);
  assert.deepEqual(await made.paths("apples bananas"), ["b.md"]);
  assert.equal((await before.value.search("apples", 5, "lexical")).length, 1);
  release();
  made.wish.folders = [{ path: first, name: "renamed" }];
  await made.settle();
  assert.equal(made.entry().folder.name, "renamed");
  await eventually("the lock is free again", async () => {
    await made.settle(later(3_000));
    return made.entry().isWriter;
  });
  assert.deepEqual(await made.paths("apples bananas"), ["a.md"]);
  made.wish.folders = [{ path: first, name: "again" }];
  const { generation } = made.reconciler;
  await made.settle();
  assert.equal(made.entry().folder.name, "again");
  assert.notEqual(made.reconciler.generation, generation);
  const unchanged = made.reconciler.generation;
  made.ask();
  await made.settle();
  assert.equal(made.reconciler.generation, unchanged, "nothing has changed for those who search");
});

test("one who can't write reads, follows what is written, and takes over with an update of its own", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const writer = await stepwise(t, workspace, one);
  await writer.settle();
  const reader = await stepwise(t, workspace, one);
  await reader.settle();
  const entry = reader.entry();
  assert.equal(entry.isWriter, false);
  assert.equal(entry.readOnly, undefined, "another process's turn is no problem");
  assert.equal(reader.status().writer, false);
  reader.ask();
  await reader.settle();
  assert.deepEqual(reader.parsed, []);
  assert.equal(reader.reconciler.isToDo(entry), false);

  const due = reader.reconciler.dueAt(Date.now());
  assert.ok(due > Date.now() && due <= later(3_000));
  const { generation } = reader.reconciler;
  await reader.settle(due - 1);
  assert.equal(entry.followedAt, 0);
  await reader.step(due);
  assert.ok(entry.followedAt > 0);
  writer.ask();
  await writer.settle();
  assert.equal(reader.status().files, 0);
  await reader.step(later(3_000));
  assert.notEqual(reader.reconciler.generation, generation);
  assert.ok(entry.newsAt > 0);
  assert.deepEqual(await reader.paths("apples"), ["a.md"]);
  assert.deepEqual([reader.status().files, reader.status().state], [2, "ready"]);
  const still = reader.reconciler.generation;
  const { newsAt } = entry;
  await reader.step(later(3_000));
  assert.equal(reader.reconciler.generation, still, "there was no news");
  assert.equal(entry.newsAt, newsAt);

  await workspace.write("c.md", "cherries\n");
  await writer.reconciler.close();
  await reader.settle();
  assert.equal(entry.isWriter, false);
  reader.reconciler.hasten();
  await reader.settle();
  assert.equal(entry.isWriter, true);
  assert.deepEqual(await reader.paths("cherries"), ["c.md"]);
  assert.equal(reader.status().writer, true);
});

test("one who only reads makes no second pass, and leaves the index behind when it goes on to another model", async (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: Date.now() });
  const workspace = await workspaceOf(t, fruit);
  const open = ({ embeddingModel }: Settings): EmbeddingModel => testModel(embeddingModel);
  const writer = await indexedStepwise(t, workspace, { open });
  const better = testModel("better");
  const settings = { refine: true };
  const reader = await stepwise(t, workspace, { open, openRefining: async () => better, settings });
  let refined = 0;
  better.onEmbed = () => {
    refined += 1;
  };
  reader.ask();
  await reader.settle();
  t.mock.timers.tick(60_000);
  await reader.settle();
  assert.deepEqual([reader.status().files, refined], [2, 0]);
  await reader.choose({ embeddingModel: "other" });
  reader.ask();
  await reader.settle();
  assert.equal(reader.status().embedding, "other");
  assert.equal((await indexes(workspace)).length, 2);
  assert.deepEqual(await writer.paths("apples"), ["a.md"]);
});

test("where no lock can be had an index is only read, with the reason, and written when one can be had", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const writer = await indexedStepwise(t, workspace, one);
  await writer.reconciler.close();
  const locks = join(workspace.storage, "locks");
  await rename(locks, `${locks}.away`);
  await writeFile(locks, "");
  const made = await stepwise(t, workspace, one);
  made.ask();
  await made.settle();
  const entry = made.entry();
  assert.equal(entry.isWriter, false);
  assert.ok(entry.readOnly?.message);
  assert.deepEqual([made.status().state, made.status().problem], ["problem", entry.readOnly.message]);
  assert.deepEqual(await made.paths("apples"), ["a.md"]);
  await rm(locks);
  await made.settle(later(3_000));
  assert.equal(entry.readOnly, undefined);
  assert.equal(entry.isWriter, true);
  assert.equal(made.status().state, "ready");
});

/** A folder whose step fails, whatever the disk has done to it. */
function failing(entry: FolderEntry, step: "follow" | "rebuild"): void {
  entry[step] = async () => {
    throw new Error("the disk was in the way");
  };
}

test("a reader whose index can't be read anew keeps no other folder from being followed", async (t) => {
  const workspace = await workspaceOf(t, { "one/a.md": "apples\n", "two/b.md": "bananas\n" });
  const folders = ["one", "two"].map((name) => join(workspace.dir, name));
  const writer = await stepwise(t, workspace, { ...one, folders });
  await writer.settle();
  const reader = await stepwise(t, workspace, { ...one, folders });
  await reader.settle();
  const [first, second] = reader.reconciler.entries;
  assert.ok(first && second);
  failing(first, "follow");
  writer.ask();
  await writer.settle();
  await reader.step(later(3_000));
  assert.ok(second.followedAt > 0);
  assert.equal(reader.status().files, 1);
  assert.match(reader.logged.join("\n"), /warn: The index of .*one could not be read anew: .*in the way/);
  assert.equal(await reader.settle(), 0, "the next look is due later");
});

test("a folder whose index can't be deleted keeps no other one from being deleted, and the reason is told", async (t) => {
  const workspace = await workspaceOf(t, { "one/a.md": "apples\n", "two/b.md": "bananas\n" });
  const folders = ["one", "two"].map((name) => join(workspace.dir, name));
  const made = await indexedStepwise(t, workspace, { ...one, folders });
  const [first] = made.reconciler.entries;
  assert.ok(first);
  failing(first, "rebuild");
  Object.assign(made.wish, { deleting: true, deleted: true, asked: false });
  await assert.rejects(made.step(), /The index of "one" can't be deleted: .*in the way/);
  assert.equal(made.wish.deleting, false);
  assert.deepEqual(await made.paths("apples bananas"), ["a.md"]);
  assert.match(String(made.reconciler.deletionFailure), /"one" can't be deleted/);
});
