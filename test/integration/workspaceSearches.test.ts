import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { CarrelError } from "../../protocol/channel.ts";
import { gate } from "../support/gate.ts";
import { openInProcess, signal, testModel } from "../support/inProcess.ts";
import { eventually, makeWorkspace } from "../support/workspace.ts";

/* What a search gets while nothing can be found yet: it waits where that will pass, and says why where it has failed. */

const fruit = { "a.md": "apples\n", "b.md": "bananas\n" };

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
