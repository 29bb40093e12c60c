import assert from "node:assert/strict";
import { mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { takeWriteLock } from "../../indexer/store/lock.ts";
import { DamagedStoreError } from "../../indexer/store/store.ts";
import type { EmbeddingModel } from "../../models/embedding/embeddingModel.ts";
import { CarrelError } from "../../protocol/channel.ts";
import { testModel } from "../support/inProcess.ts";
import { fruit, indexedStepwise, later, one, stepwise } from "../support/stepwise.ts";
import { eventually, workspaceOf } from "../support/workspace.ts";

/*
 * Steps that fail or find damage: what is told of it, and when they are tried again.
 */

test("a file that could not be read for now is tried again when it is due, and not before", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const made = await stepwise(t, workspace, one);
  made.onParse = (path) =>
    path === "a.md" ? { ok: false, reason: "It took too long.", mayPass: true } : undefined;
  made.ask();
  await made.settle();
  assert.deepEqual([made.status().state, made.status().files, made.status().skipped], ["ready", 1, 1]);
  assert.equal(made.entry().work.changed, 1);
  const due = made.entry().nextRetryAt();
  assert.ok(due > later(20_000) && due <= later(30_000));
  assert.equal(made.reconciler.dueAt(Date.now()), due);
  made.parsed.length = 0;
  assert.equal(await made.settle(due - 1), 0);
  made.onParse = () => undefined;
  await made.settle(due);
  assert.deepEqual(made.parsed, ["a.md"]);
  assert.deepEqual([made.status().files, made.status().skipped], [2, 0]);
  assert.equal(made.entry().nextRetryAt(), Number.POSITIVE_INFINITY);
});

test("a whole look reads what could not be read for now, though no try is due and nothing has changed", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const made = await stepwise(t, workspace, one);
  made.onParse = (path) =>
    path === "a.md"
      ? { ok: false, reason: "The file is gone.", mayPass: true }
      : { ok: false, reason: "The file is empty." };
  made.ask();
  await made.settle();
  assert.equal(made.status().skipped, 2);
  made.onParse = () => undefined;
  made.parsed.length = 0;
  made.ask();
  await made.settle();
  assert.deepEqual(made.parsed, ["a.md"]);
  assert.equal(made.status().files, 1);
});

test("a step that fails is the folder's problem, which is tried again later and each time later", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const model = testModel("m");
  model.onEmbed = () => {
    throw new CarrelError("The model server went away.", "Start it.");
  };
  const made = await stepwise(t, workspace, { open: () => model });
  made.ask();
  await made.settle();
  const entry = made.entry();
  assert.deepEqual(entry.problem, {
    message: "Indexing stopped: The model server went away.",
    remedy: "Start it.",
  });
  assert.match(made.logged.join("\n"), /error: Indexing stopped: The model server went away/);
  assert.deepEqual([made.status().state, made.status().remedy], ["problem", "Start it."]);
  const first = entry.retry.at;
  assert.ok(first > Date.now() && first <= later(3_000));
  assert.equal(made.reconciler.dueAt(Date.now()), first);
  assert.equal(made.reconciler.next(first - 1), undefined);
  await made.settle(first);
  assert.ok(entry.retry.at > later(3_000));

  model.onEmbed = () => undefined;
  made.reconciler.hasten();
  assert.equal(entry.problem, undefined);
  await made.settle();
  assert.equal(made.status().state, "ready");
  assert.equal(entry.retry.at, 0);
  assert.equal(made.status().files, 2);
});

test("a problem ends with the first step that succeeds", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const model = testModel("m");
  model.onEmbed = () => {
    model.onEmbed = () => undefined;
    throw new Error("a hiccup");
  };
  const made = await stepwise(t, workspace, { open: () => model });
  made.ask();
  await made.settle();
  assert.ok(made.entry().problem);
  await made.settle(made.entry().retry.at);
  assert.equal(made.entry().problem, undefined);
  assert.equal(made.entry().retry.at, 0);
});

test("steps that succeed before one that fails again do not shorten its waits", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const model = testModel("m");
  model.onEmbed = () => {
    throw new Error("a lasting trouble");
  };
  const made = await stepwise(t, workspace, { open: () => model });
  made.ask();
  await made.settle();
  const { retry } = made.entry();
  made.ask();
  // The folder is looked at, which goes well, before its files are read, which does not.
  await made.settle(retry.at);
  assert.ok(retry.at > later(3_000) && retry.at <= later(6_000));
});

test("a step that meets damage has the whole index verified before it is tried again", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const model = testModel("m");
  model.onEmbed = () => {
    model.onEmbed = () => undefined;
    throw new DamagedStoreError("a file is short");
  };
  const made = await stepwise(t, workspace, { open: () => model });
  made.ask();
  await made.settle();
  const entry = made.entry();
  assert.deepEqual([entry.isSuspect, entry.index?.value.counts().files], [true, 0]);
  await made.step(entry.retry.at);
  assert.deepEqual([entry.isSuspect, entry.index?.value.counts().files], [false, 0]);
  await made.settle(later(3_000));
  assert.equal(made.status().files, 2);
});

test("a folder that fails because it is gone is looked for at once", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const made = await indexedStepwise(t, workspace, one);
  await rename(workspace.dir, `${workspace.dir}.away`);
  made.entry().tell([join(workspace.dir, "a.md")]);
  await made.settle();
  assert.match(made.status().problem ?? "", /"workspace" can't be read: it does not exist/);
  assert.equal(made.reconciler.missing.length, 1);
  assert.deepEqual(made.reconciler.entries, []);
  const next = made.reconciler.dueAt(Date.now());
  assert.ok(next > Date.now() && next <= later(3_000));
  await rename(`${workspace.dir}.away`, workspace.dir);
  assert.equal(await made.settle(next - 1), 0);
  await made.settle(next);
  assert.deepEqual(await made.paths("apples"), ["a.md"]);
  assert.deepEqual([made.status().state, made.reconciler.missing.length], ["ready", 0]);
  await eventually("the lock is free again", async () => {
    await made.settle(later(3_000));
    return made.entry().isWriter;
  });
  assert.ok(made.reconciler.dueAt(Date.now()) > later(3_000), "there is nothing to look for");
});

test("an index that is damaged as a whole is built again, and searches go on with what they have", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const made = await indexedStepwise(t, workspace, one);
  const before = made.reconciler.generation;
  made.entry().needsRebuild = true;
  assert.equal(made.reconciler.isToDo(made.entry()), true);
  await made.step();
  assert.equal(made.entry().needsRebuild, false);
  assert.notEqual(made.reconciler.generation, before);
  assert.equal(made.status().files, 0);
  await made.settle();
  assert.deepEqual([made.status().state, made.status().files], ["ready", 2]);
  assert.deepEqual(await made.paths("apples"), ["a.md"]);
});

test("files that are found damaged are read again, and the others are left alone", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const first = await indexedStepwise(t, workspace, one);
  await first.reconciler.close();
  const made = await stepwise(t, workspace, one);
  await made.settle();
  made.ask();
  while (made.entry().lookedAt < 0 || made.entry().isUnfinished) await made.step();
  assert.equal(made.entry().isVerified, false);
  const index = made.entry().index?.value;
  const known = index?.files.get("a.md");
  assert.ok(known);
  // As if a chunk were missing.
  await index?.store?.touchFiles([{ ...known, chunks: known.chunks + 1 }]);
  await made.settle();
  assert.match(made.logged.join(), /warn: .*damaged in what it holds of a\.md, which is read again/);
  assert.equal(made.woken(), 1);
  assert.deepEqual(made.parsed, ["a.md"]);
  assert.equal(made.entry().isVerified, true);
  assert.deepEqual([made.status().state, made.status().files, made.status().chunks], ["ready", 2, 2]);
});

test("several problems are told together, each once", async (t) => {
  const workspace = await workspaceOf(t, { "here/a.md": "apples\n" });
  const folders = ["here", "gone", "lost"].map((name) => join(workspace.dir, name));
  const made = await indexedStepwise(t, workspace, { ...one, folders });
  assert.match(made.status().problem ?? "", /"gone" can't be read.* The folder "lost" can't be read/);
  assert.match(made.status().remedy ?? "", /looks again/);
  made.entry().problem = made.reconciler.missing[0]?.problem;
  const told = made.status().problem ?? "";
  assert.equal(told.split("can't be read").length, 3, "the same problem counts once");
});

test("of many problems three are named, and the number of the others", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const folders = [1, 2, 3, 4, 5].map((n) => join(workspace.dir, `gone${n}`));
  const made = await indexedStepwise(t, workspace, { ...one, folders });
  const { problem = "" } = made.status();
  assert.deepEqual(problem.match(/"gone\d"/g), ['"gone1"', '"gone2"', '"gone3"']);
  assert.match(problem, / \(And 2 more\.\)$/);
});

test("the model's problem is told after those of the folders", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const made = await stepwise(t, workspace, {
    settings: { embeddingModel: "/late" },
    open: ({ embeddingModel }) => {
      if (embeddingModel !== "bundled") throw new CarrelError("Nothing listens there.", "Start the server.");
      return testModel("bundled");
    },
  });
  made.ask();
  await made.settle();
  assert.equal(made.status().remedy, "Start the server.");
  assert.match(made.status().problem ?? "", /bundled one stands in/);
  assert.equal(made.status().state, "problem");
  assert.equal(made.status().files, 2);
});

test("a folder whose index can't be opened is a problem that is tried again, and keeps nobody from writing", async (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: Date.now() });
  const workspace = await workspaceOf(t, fruit);
  let isBroken = true;
  const model: EmbeddingModel = {
    ...testModel("m"),
    get dimension() {
      if (isBroken) throw new CarrelError("The disk was in the way.", "Mend the disk.");
      return 4;
    },
  };
  const made = await stepwise(t, workspace, { open: () => model });
  await made.settle();
  const entry = made.entry();
  assert.equal(entry.problem?.message, `The index of "workspace" can't be opened: The disk was in the way.`);
  assert.equal(entry.index, undefined);
  assert.deepEqual([made.status().state, made.status().remedy], ["problem", "Mend the disk."]);
  const due = made.reconciler.dueAt(Date.now());
  assert.ok(due > Date.now() && due <= later(3_000));
  const other = await takeWriteLock(entry.dir);
  assert.equal(other.state, "taken");
  if (other.state === "taken") await other.lock.release();

  isBroken = false;
  assert.equal(await made.settle(due - 1), 0);
  t.mock.timers.setTime(due);
  made.ask();
  await made.settle();
  assert.equal(entry.problem, undefined);
  assert.deepEqual(await made.paths("apples"), ["a.md"]);
});

test("files that are there while they are told stay told when they can't be looked at", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const made = await indexedStepwise(t, workspace, one);
  const away = `${workspace.dir}.away`;
  const entry = made.entry();
  const paths = ["a.md", "b.md"].map((name) => join(workspace.dir, name));
  entry.tell(paths);
  await rename(workspace.dir, away);
  await assert.rejects(entry.lookAtTold({ exclude: [], maxFileBytes: 1_000 }, Date.now()));
  assert.equal(entry.hasTold, true);
  await mkdir(workspace.dir, { recursive: true });
});
