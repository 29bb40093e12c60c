import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { testModel } from "../support/inProcess.ts";
import { fruit, indexedStepwise, later, one } from "../support/stepwise.ts";
import { workspaceOf } from "../support/workspace.ts";

/*
 * What waits until nothing was written for a while: the second pass, and dropping old versions.
 */

const refining = { ...one, openRefining: async () => testModel("better", 4), settings: { refine: true } };

test("the second pass begins when nothing was written for a while, and gives way", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const made = await indexedStepwise(t, workspace, refining);
  const { reconciler } = made;
  assert.equal(made.status().refined, 0);
  assert.equal(reconciler.quiet.mayRefine(made.entry()), true);
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
  assert.equal(made.reconciler.quiet.mayRefine(made.entry()), false);
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
  assert.equal(made.reconciler.quiet.mayRefine(made.entry()), false);
  assert.equal(made.reconciler.next(later(40_000)), undefined);
  assert.equal(made.status().state, "ready");
  better.onEmbed = () => undefined;
  await made.choose({ refine: true, embeddingModel: "/m" });
  await made.settle();
  assert.equal(made.reconciler.quiet.mayRefine(made.entry()), true);
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

test("for a question the better model reads the candidates that it has not read, and they are kept", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const better = testModel("better", 4);
  let read: string[] = [];
  better.onEmbed = (texts, input) => {
    if (input === "passage") read.push(...texts.map((text) => text.split("\n")[0] ?? ""));
  };
  const made = await indexedStepwise(t, workspace, { ...refining, openRefining: async () => better });
  const search = async (readNow: boolean): Promise<number> => {
    read = [];
    const found = await made.reconciler.generation?.value.search("apples", 5, "hybrid", { readNow });
    return found?.length ?? 0;
  };
  assert.equal(await search(false), 2);
  assert.deepEqual(read, [], "a search as one types does not wait for it");
  assert.equal(await search(true), 2);
  assert.deepEqual(read.sort(), ["a.md", "b.md"]);
  assert.equal(made.status().refined, 2);
  assert.equal(await search(true), 2);
  assert.deepEqual(read, [], "they are read once");
});

test("a question whose candidates can't be read by the better model is answered without, and it is said", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const better = testModel("better", 4);
  better.onEmbed = (_, input) => {
    if (input === "passage") throw new Error("no memory");
  };
  const made = await indexedStepwise(t, workspace, { ...refining, openRefining: async () => better });
  const found = await made.reconciler.generation?.value.search("apples", 5, "hybrid", { readNow: true });
  assert.equal(found?.length, 2);
  assert.equal(made.logged.filter((line) => line.includes("no memory")).length, 1);
  assert.equal(made.status().refined, 0);
});

test("without a model for it there is no second pass", async (t) => {
  const workspace = await workspaceOf(t, fruit);
  const made = await indexedStepwise(t, workspace, { ...one, settings: { refine: true } });
  assert.equal(made.reconciler.quiet.mayRefine(made.entry()), false);
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
