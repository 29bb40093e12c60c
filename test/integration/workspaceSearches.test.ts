import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import type { Reconciler } from "../../engine/workspace/reconciler.ts";
import { DamagedStoreError } from "../../indexer/store/store.ts";
import { CarrelError } from "../../protocol/channel.ts";
import { gate } from "../support/gate.ts";
import { openInProcess, signal, testModel } from "../support/inProcess.ts";
import { eventually, makeWorkspace } from "../support/workspace.ts";

/*
 * What a search gets while nothing can be found yet, or what is found is damaged: it waits where that will pass, and
 * says why where it has failed.
 */

const fruit = { "a.md": "apples\n", "b.md": "bananas\n" };
const one = { open: async () => testModel("m") };

test("a search in an index that can't be built ends with the reason, and waits again when that has passed", async (t) => {
  const workspace = await makeWorkspace(fruit);
  const model = testModel("m");
  model.onEmbed = () => {
    throw new CarrelError("The model server went away.", "Start it.");
  };
  const { indexes, index, paths } = await openInProcess(t, workspace, { open: async () => model });
  const updated = index();
  const searched = paths("apples");
  await assert.rejects(searched, { message: /^Indexing stopped: The model server went away/ });
  await assert.rejects(updated, /went away/);
  await assert.rejects(paths("apples"), { remedy: "Start it." });
  model.onEmbed = () => undefined;
  indexes.resume();
  assert.deepEqual(await paths("apples"), ["a.md"]);
});

test("one folder that can't be indexed keeps no search from the others", async (t) => {
  const workspace = await makeWorkspace({ "one/a.md": "apples\n", "two/b.md": "bananas\n" });
  const held = gate();
  const model = testModel("m");
  model.onEmbed = async (texts) => {
    if (texts.some((text) => text.includes("apples"))) throw new CarrelError("No apples.", "Peel them.");
    await held.wait;
  };
  const folders = ["one", "two"].map((name) => join(workspace.dir, name));
  const { indexes, index, paths } = await openInProcess(t, workspace, { open: async () => model, folders });
  const updated = index().catch(() => undefined);
  await eventually("the first has failed", async () => indexes.status().state === "problem");
  const searched = paths("bananas");
  held.open();
  assert.deepEqual(await searched, ["b.md"]);
  await updated;
});

test("a search waits for the first files of an index that is built again after it was deleted", async (t) => {
  const workspace = await makeWorkspace(fruit);
  const model = testModel("m");
  const { indexes, index, paths } = await openInProcess(t, workspace, { open: async () => model });
  await index();
  await indexes.clear();
  const held = gate();
  model.onEmbed = () => held.wait;
  const updated = index();
  const searched = paths("apples");
  await eventually("it is under way", async () => indexes.status().total === 2);
  held.open();
  assert.deepEqual(await searched, ["a.md"]);
  await updated;
});

test("a search waits for the first files of a folder that has taken the place of another one", async (t) => {
  const workspace = await makeWorkspace({ "one/a.md": "apples\n", "two/b.md": "bananas\n" });
  const model = testModel("m");
  const [first = "", second = ""] = ["one", "two"].map((name) => join(workspace.dir, name));
  const made = await openInProcess(t, workspace, { open: async () => model, folders: [first] });
  await made.index();
  const held = gate();
  model.onEmbed = () => held.wait;
  await made.indexes.setFolders([{ path: second, name: "two" }]);
  const searched = made.paths("bananas");
  await eventually("it is under way", async () => made.indexes.status().total === 1);
  held.open();
  assert.deepEqual(await searched, ["b.md"]);
});

test("a search waits for a folder that is back, once somebody has asked for it", async (t) => {
  const workspace = await makeWorkspace();
  const folders = [join(workspace.dir, "late")];
  const { index, paths } = await openInProcess(t, workspace, { open: async () => testModel("m"), folders });
  await assert.rejects(index(), /"late" can't be read/);
  assert.deepEqual(await paths("apples"), []);
  await workspace.write("late/a.md", "apples\n");
  const updated = index();
  assert.deepEqual(await paths("apples"), ["a.md"]);
  await updated;
});

test("a search in files without any text ends when all have been read", async (t) => {
  const workspace = await makeWorkspace({ "a.md": "", "b.md": "" });
  const { indexes, index, paths } = await openInProcess(t, workspace, { open: async () => testModel("m") });
  const updated = index();
  assert.deepEqual(await paths("apples"), []);
  assert.equal(indexes.status().skipped, 2);
  await updated;
  assert.deepEqual(await indexes.search("apples", 5, "hybrid", signal), []);
});

test("who has just opened a slow engine has time to ask for an index before a search ends without one", async (t) => {
  const workspace = await makeWorkspace(fruit);
  const { index, paths } = await openInProcess(t, workspace, {
    async open() {
      await wait(700);
      return testModel("m");
    },
  });
  const searched = paths("apples");
  const updated = index();
  assert.deepEqual(await searched, ["a.md"]);
  await updated;
});

test("a search that meets damage is tried again when the index has been mended, some times", async (t) => {
  const workspace = await makeWorkspace(fruit);
  const model = testModel("m");
  const { indexes, index } = await openInProcess(t, workspace, { open: async () => model });
  await index();
  const [entry] = (indexes as unknown as { reconciler: Reconciler }).reconciler.entries;
  assert.ok(entry);
  const verified = t.mock.method(entry, "verify");
  let left = 2;
  let asked = 0;
  model.onEmbed = (_, input) => {
    if (input !== "query") return;
    asked += 1;
    left -= 1;
    if (left >= 0) throw new DamagedStoreError("a file is short");
  };
  // Nothing is found to be damaged.
  const hits = await indexes.search("apples", 5, "hybrid", signal);
  assert.ok(hits.some(({ path }) => path === "a.md"));
  assert.equal(asked, 3);
  assert.equal(verified.mock.callCount(), 2, "all is looked at after each of them");

  left = 100;
  asked = 0;
  await assert.rejects(indexes.search("apples", 5, "hybrid", signal), DamagedStoreError);
  assert.equal(asked, 3);

  // Nobody mends while indexing is paused.
  indexes.pause();
  asked = 0;
  await assert.rejects(indexes.search("apples", 5, "hybrid", signal), DamagedStoreError);
  assert.equal(asked, 1);
});

test("a search that has met damage waits for the loop to mend it, behind what the loop is doing", async (t) => {
  const workspace = await makeWorkspace(fruit);
  const held = gate();
  const model = testModel("m");
  const { indexes, index } = await openInProcess(t, workspace, { open: async () => model });
  await index();
  let [isHeld, asked] = [false, 0];
  model.onEmbed = async (_, input) => {
    if (input === "query") {
      asked += 1;
      if (isHeld) throw new DamagedStoreError("a file is short");
      return;
    }
    isHeld = true;
    await held.wait;
    isHeld = false;
  };
  await workspace.write("a.md", "apples and apricots\n");
  const told = indexes.filesChanged([join(workspace.dir, "a.md")]);
  await eventually("a file is being read", async () => isHeld);
  const searched = indexes.search("apples", 5, "hybrid", signal);
  await eventually("the search has met damage", async () => asked > 0);
  held.open();
  const hits = await searched;
  assert.ok(hits.some(({ text }) => text.includes("apricots")));
  assert.equal(asked, 2);
  await told;
});

test("a question waits for the first files of an index that is being built, and can be cancelled", async (t) => {
  const workspace = await makeWorkspace(fruit);
  const held = gate();
  const model = testModel("m");
  model.onEmbed = () => held.wait;
  const { indexes, index } = await openInProcess(t, workspace, { open: async () => model });
  const updating = index();
  let isAnswered = false;
  const asked = indexes.search("apples", 5, "lexical", signal).then((hits) => {
    isAnswered = true;
    return hits;
  });
  const controller = new AbortController();
  const cancelled = indexes.search("apples", 5, "lexical", controller.signal);
  await eventually("it is under way", async () => indexes.status().total === 2);
  await new Promise((done) => setTimeout(done, 700));
  assert.equal(isAnswered, false);
  controller.abort();
  await assert.rejects(cancelled, { code: "cancelled" });
  held.open();
  assert.deepEqual(
    (await asked).map(({ path }) => path),
    ["a.md"],
  );
  await updating;
});

test("a question to an index that nobody asks to build is answered with nothing", async (t) => {
  const workspace = await makeWorkspace(fruit);
  const { indexes } = await openInProcess(t, workspace, one);
  assert.deepEqual(await indexes.search("apples", 5, "hybrid", signal), []);
  await indexes.filesChanged([join(workspace.dir, "a.md")]);
  assert.equal(indexes.status().files, 0);
  assert.equal(indexes.status().state, "empty");
});

test("a folder without files is indexed, and searched without waiting", async (t) => {
  const workspace = await makeWorkspace({});
  const { indexes, index } = await openInProcess(t, workspace, one);
  assert.equal((await index()).files, 0);
  assert.equal(indexes.status().state, "ready");
  assert.deepEqual(await indexes.search("apples", 5, "lexical", signal), []);
});
