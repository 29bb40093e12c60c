import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { testModel } from "../support/inProcess.ts";
import { fruit, indexedStepwise, indexes, stepwise } from "../support/stepwise.ts";
import { eventually, workspaceOf } from "../support/workspace.ts";

/*
 * Steps from one embedding model to another.
 */

const twoModels = {
  open: ({ embeddingModel }: { embeddingModel: string }) =>
    testModel(embeddingModel, embeddingModel === "/new" ? 8 : 4),
};

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
