import assert from "node:assert/strict";
import { mkdir, readdir, rename, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { type TestContext, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { skippedOf } from "../../engine/workspace/status.ts";
import { takeWriteLock } from "../../indexer/store/lock.ts";
import { DamagedStoreError } from "../../indexer/store/store.ts";
import type { EmbeddingModel } from "../../models/embedding/embeddingModel.ts";
import { CarrelError } from "../../protocol/channel.ts";
import { defaultSettings, type Settings } from "../../protocol/data.ts";
import { testModel } from "../support/inProcess.ts";
import { indexedStepwise, stepwise } from "../support/stepwise.ts";
import { eventually, makeWorkspace, type Workspace } from "../support/workspace.ts";

/*
 * Each step of the loop by itself, with a real store and real files. The test says what time it is, so that nothing
 * has to be waited for.
 */

async function workspaceOf(t: TestContext, files: Record<string, string>): Promise<Workspace> {
  const workspace = await makeWorkspace(files);
  t.after(() => workspace.remove());
  return workspace;
}

const fruit = { "a.md": "apples\n", "b.md": "bananas\n" };
const one = { open: () => testModel("m") };
const later = (ms: number): number => Date.now() + ms;

/** The folders in which there is an index now. */
async function indexes({ storage }: Workspace): Promise<string[]> {
  const names = await readdir(storage, { recursive: true });
  return names.filter((name) => basename(name) === "index.json");
}

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
    assert.equal(made.entry().hasTold, false);
    await made.settle();
    assert.deepEqual(await made.paths("apples bananas"), left);
  }
  await workspace.write("notes.gitignore", "x\n");
  made.entry().tell([join(workspace.dir, "notes.gitignore")]);
  await made.step();
  assert.notEqual(made.entry().lookedAt, -1);
});

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

test("deleting while a new model's index is being built leaves that one, empty", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const made = await indexedStepwise(t, workspace, {
    open: ({ embeddingModel }) => testModel(embeddingModel, embeddingModel === "/new" ? 8 : 4),
  });
  await made.choose({ embeddingModel: "/new" });
  await made.step();
  await made.step();
  assert.ok(made.reconciler.successor);
  Object.assign(made.wish, { deleting: true, deleted: true, asked: false });
  await made.settle();
  assert.equal(made.reconciler.successor, undefined);
  assert.deepEqual([made.status().embedding, made.status().files], ["/new", 0]);
  await nextTurn();
  made.ask();
  await made.settle();
  assert.deepEqual(await made.paths("apples"), ["a.md"]);
  await made.reconciler.close();
  assert.equal((await indexes(workspace)).length, 1);
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

const twoModels = {
  open: ({ embeddingModel }: { embeddingModel: string }) =>
    testModel(embeddingModel, embeddingModel === "/new" ? 8 : 4),
};

test("the old index answers until the new one is whole, and then goes from disk with its model", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const models: Record<string, ReturnType<typeof testModel>> = {};
  const made = await indexedStepwise(t, workspace, {
    open: ({ embeddingModel }) => {
      const model = testModel(embeddingModel, embeddingModel === "/new" ? 8 : 4);
      models[embeddingModel] = model;
      return model;
    },
  });
  await made.choose({ embeddingModel: "/new" });
  let steps = 0;
  for (;;) {
    assert.equal(made.reconciler.generation?.value.models.embedding.id, "bundled");
    assert.deepEqual(await made.paths("apples"), ["a.md"]);
    await made.step();
    steps += 1;
    if (made.reconciler.serving?.models.value.embedding.id === "/new") break;
    assert.equal(made.reconciler.newest, made.reconciler.successor);
    assert.equal(made.reconciler.entries.length, steps === 1 ? 1 : 2);
  }
  assert.ok(steps > 4);
  assert.equal(made.reconciler.successor, undefined);
  assert.deepEqual(await made.paths("apples"), ["a.md"]);
  await made.settle();
  await made.reconciler.close();
  assert.equal(models["bundled"]?.closed, 1);
  const [left, ...others] = await indexes(workspace);
  assert.ok(left);
  assert.deepEqual(others, []);
});

test("while a new index is being built the status is of it, and of the old one when nothing is built", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const made = await indexedStepwise(t, workspace, twoModels);
  await made.choose({ embeddingModel: "/new" });
  await made.step();
  await made.step();
  assert.deepEqual([made.status().embedding, made.status().state], ["/new", "indexing"]);
  made.wish.paused = true;
  assert.deepEqual([made.status().embedding, made.status().state], ["bundled", "paused"]);
  await made.settle();
  assert.equal(made.reconciler.serving?.models.value.embedding.id, "bundled", "nothing takes over half done");
  assert.deepEqual(await made.paths("apples"), ["a.md"]);
});

test("a new model takes over at once when the old index is empty", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const made = await stepwise(t, workspace, twoModels);
  await made.settle();
  await made.choose({ embeddingModel: "/new" });
  await made.settle();
  assert.equal(made.reconciler.serving?.models.value.embedding.id, "/new");
  assert.equal(made.reconciler.successor, undefined);
  assert.equal(made.reconciler.isFound, true);
  assert.deepEqual(made.parsed, []);
});

test("a new model whose index is on disk already takes over though nobody asks for an update", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const before = await indexedStepwise(t, workspace, { ...twoModels, settings: { embeddingModel: "/new" } });
  await before.reconciler.close();
  const made = await indexedStepwise(t, workspace, twoModels);
  made.wish.paused = true;
  await made.choose({ embeddingModel: "/new" });
  await made.settle();
  assert.equal(made.reconciler.serving?.models.value.embedding.id, "/new");
  assert.deepEqual(await made.paths("apples"), ["a.md"]);
});

test("what a new model's index lacks is added before it takes over, though it was whole once", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const before = await indexedStepwise(t, workspace, { ...twoModels, settings: { embeddingModel: "/new" } });
  await before.reconciler.close();
  await workspace.write("c.md", "cherries\n");
  const made = await indexedStepwise(t, workspace, twoModels);
  await made.choose({ embeddingModel: "/new" });
  while (made.reconciler.serving?.models.value.embedding.id !== "/new") {
    assert.deepEqual(await made.paths("cherries"), ["c.md"]);
    assert.ok(await made.step());
  }
  assert.deepEqual(await made.paths("cherries"), ["c.md"]);
});

test("another instance of the model in use, or of the one that is being built for, takes its place", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const opened: ReturnType<typeof testModel>[] = [];
  const made = await indexedStepwise(t, workspace, {
    open: ({ embeddingModel }) => {
      const model = testModel(embeddingModel, embeddingModel === "bundled" ? 4 : 8);
      opened.push(model);
      return model;
    },
  });
  const [bundled] = opened;
  await made.choose({ embeddingModel: "ollama:x" });
  for (let n = 0; n < 4; n++) await made.step();
  const { successor } = made.reconciler;
  assert.ok(successor);
  await made.choose({ embeddingModel: "ollama:x", modelServerUrl: "http://127.0.0.1:1" });
  await made.step();
  assert.equal(made.reconciler.successor, successor, "what was built for it stays");
  assert.equal(successor.models.value.embedding, opened[2]);
  await nextTurn();
  assert.equal(opened[1]?.closed, 1);
  await made.settle();
  assert.equal(made.status().embedding, "ollama:x");
  await made.choose({ embeddingModel: "ollama:x", modelServerUrl: "http://127.0.0.1:2" });
  await made.settle();
  assert.equal(made.reconciler.serving, successor);
  assert.equal(successor.models.value.embedding, opened[3]);
  assert.equal(made.reconciler.generation?.value.models.embedding, opened[3]);
  await eventually("the others are closed", async () =>
    opened.slice(0, 3).every(({ closed }) => closed === 1),
  );
  assert.equal(opened[3]?.closed, 0);
  assert.ok(bundled);
  assert.deepEqual(await made.paths("apples"), ["a.md"]);
});

test("going back to the model in use, or on to a third, drops what was begun", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const made = await indexedStepwise(t, workspace, {
    open: ({ embeddingModel }) => testModel(embeddingModel),
  });
  await made.choose({ embeddingModel: "/second" });
  for (let n = 0; n < 4; n++) await made.step();
  assert.equal((await indexes(workspace)).length, 2);
  await made.choose({ embeddingModel: "/third" });
  await made.step();
  assert.equal(made.reconciler.successor?.models.value.embedding.id, "/third");
  await made.choose({});
  await made.settle();
  assert.equal(made.reconciler.successor, undefined);
  assert.equal(made.status().embedding, "bundled");
  await made.reconciler.close();
  assert.equal((await indexes(workspace)).length, 1);
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

const refining = { ...one, openRefining: async () => testModel("better", 4), settings: { refine: true } };

test("the second pass begins when nothing was written for a while, and gives way", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const made = await indexedStepwise(t, workspace, refining);
  const { reconciler } = made;
  assert.equal(made.status().refined, 0);
  assert.equal(reconciler.mayRefine(made.entry()), true);
  const due = reconciler.dueAt(Date.now());
  assert.ok(due > Date.now() && due <= later(2_000));
  assert.equal(reconciler.next(due - 1), undefined);
  const step = reconciler.next(due);
  assert.equal(step?.isIdleWork, true);
  await step?.run(AbortSignal.abort(), () => false);
  assert.equal(made.entry().needsRefine, true);
  assert.equal(made.status().refined, 0);
  await made.step(due);
  assert.equal(made.entry().needsRefine, false);
  assert.equal(made.status().refined, 2);
  assert.equal(reconciler.next(due), undefined);

  // What is new gets its vectors too.
  await workspace.write("c.md", "cherries\n");
  made.entry().tell([join(workspace.dir, "c.md")]);
  await made.settle();
  assert.equal(made.entry().needsRefine, true);
  await made.settle(later(2_000));
  assert.equal(made.status().refined, 3);
});

test("the second pass is done at once for who asks for it, and not at all when it is not wanted", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const made = await indexedStepwise(t, workspace, { ...refining, settings: { refine: false } });
  assert.equal(made.reconciler.mayRefine(made.entry()), false);
  assert.equal(made.reconciler.next(later(10_000)), undefined);
  made.wish.refineNow = true;
  made.wish.paused = true;
  assert.equal(made.reconciler.next(later(10_000)), undefined);
  made.wish.paused = false;
  made.wish.asked = false;
  assert.equal(made.reconciler.next(later(10_000)), undefined);
  made.wish.asked = true;
  assert.ok(made.reconciler.next(Date.now()));
  await made.settle();
  assert.equal(made.status().refined, 2);
});

test("a second pass that fails is not begun again before another model comes", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const better = testModel("better");
  better.onEmbed = () => {
    throw new Error("no memory");
  };
  const made = await indexedStepwise(t, workspace, { ...refining, openRefining: async () => better });
  await made.settle(later(2_000));
  assert.match(made.logged.join("\n"), /warn: The second pass stopped.*no memory/);
  assert.equal(made.reconciler.mayRefine(made.entry()), false);
  assert.equal(made.reconciler.next(later(40_000)), undefined);
  assert.equal(made.status().state, "ready");
  better.onEmbed = () => undefined;
  await made.choose({ refine: true, embeddingModel: "/m" });
  await made.settle();
  assert.equal(made.reconciler.mayRefine(made.entry()), true);
});

test("the better model reads the question when there is something to compare it with; search does without it", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const better = testModel("better", 4);
  const read: string[] = [];
  better.onEmbed = (texts, input) => {
    if (input === "query") read.push(...texts);
  };
  const made = await indexedStepwise(t, workspace, { ...refining, openRefining: async () => better });
  const search = async (mode: "hybrid" | "lexical"): Promise<number> =>
    (await made.reconciler.generation?.value.search("apples", 5, mode))?.length ?? 0;
  assert.ok((await search("hybrid")) > 0);
  assert.deepEqual(read, [], "there is nothing to compare it with");
  await made.settle(later(2_000));
  await search("lexical");
  assert.deepEqual(read, []);
  await search("hybrid");
  assert.deepEqual(read, ["apples"]);
  let tries = 0;
  better.onEmbed = () => {
    tries += 1;
    throw new Error("no memory");
  };
  assert.ok((await search("hybrid")) > 0);
  assert.ok((await search("hybrid")) > 0);
  assert.equal(tries, 1, "it is said once");
  assert.equal(made.logged.filter((line) => line.includes("no memory")).length, 1);
});

test("without a model for it there is no second pass", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const made = await indexedStepwise(t, workspace, { ...one, settings: { refine: true } });
  assert.equal(made.reconciler.mayRefine(made.entry()), false);
  assert.equal(made.reconciler.next(later(10_000)), undefined);
});

test("old versions go from disk when nothing was written for a while", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const made = await indexedStepwise(t, workspace, one);
  assert.equal(made.entry().needsTidy, true);
  const due = made.reconciler.dueAt(Date.now());
  assert.ok(due > later(40_000) && due <= later(45_000));
  assert.equal(made.reconciler.next(due - 1), undefined);
  // Also while nothing is indexed.
  made.wish.paused = true;
  assert.equal(await made.settle(due), 1);
  assert.equal(made.entry().needsTidy, false);
  assert.equal(made.reconciler.dueAt(Date.now()), Number.POSITIVE_INFINITY);
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
