import assert from "node:assert/strict";
import { readdir, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { CarrelError } from "../../protocol/channel.ts";
import { gate } from "../support/gate.ts";
import { openInProcess, settingsFor, signal, testModel } from "../support/inProcess.ts";
import { eventually, makeWorkspace } from "../support/workspace.ts";

/** Updates that fail, wait, are paused or meet a deletion, and what is saved meanwhile. */

test("an embedding model that fails for a while is a problem with its remedy, and ends with the next update", async (t) => {
  const workspace = await makeWorkspace({ "a.md": "apples\n", "b.md": "bananas\n" });
  const model = testModel("sometimes");
  model.onEmbed = () => {
    throw new CarrelError("The model server went away.", "Start it again.");
  };
  const { indexes, index } = await openInProcess(t, workspace, { open: async () => model });
  await assert.rejects(index(), /went away/);
  const failed = indexes.status();
  assert.equal(failed.state, "problem");
  assert.match(failed.problem ?? "", /went away/);
  assert.equal(failed.remedy, "Start it again.");

  model.onEmbed = () => undefined;
  const summary = await index();
  assert.equal(summary.files, 2);
  assert.equal(indexes.status().state, "ready");
  assert.equal(indexes.status().problem, undefined);
});

test("an update that failed is tried again by itself", async (t) => {
  const workspace = await makeWorkspace({ "a.md": "apples\n" });
  const model = testModel("sometimes");
  model.onEmbed = () => {
    model.onEmbed = () => undefined;
    throw new Error("a hiccup");
  };
  const { indexes, index } = await openInProcess(t, workspace, { open: async () => model });
  await assert.rejects(index(), /hiccup/);
  await eventually("the second try", async () => indexes.status().state === "ready");
  assert.equal(indexes.status().files, 1);
});

test("pause and resume in the middle of an update, and an update asked for in between, lose nothing", async (t) => {
  const files = Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`f${n}.md`, `kiwi ${n}\n`]));
  const workspace = await makeWorkspace(files);
  const { indexes, index } = await openInProcess(t, workspace, { open: async () => testModel("m") });
  const first = index();
  const second = index();
  indexes.pause();
  await Promise.all([first, second]);
  assert.equal(indexes.status().state, "paused");
  indexes.resume();
  const again = index();
  indexes.setSettings(settingsFor({ exclude: ["f1.md"] }));
  assert.equal((await again).files, 299);
  indexes.setSettings(settingsFor({}));
  await eventually("the file is in again", async () => indexes.status().files === 300);
});

test("searches under way go on when the model changes and when the index is deleted", async (t) => {
  const files = Object.fromEntries(Array.from({ length: 40 }, (_, n) => [`f${n}.md`, `kiwi ${n}\n`]));
  const workspace = await makeWorkspace(files);
  const held = gate();
  const first = testModel("first");
  const { indexes, index } = await openInProcess(t, workspace, {
    open: async ({ embeddingModel }) => (embeddingModel === "bundled" ? first : testModel("second", 8)),
  });
  await index();
  first.onEmbed = () => held.wait;
  const searches = Array.from({ length: 5 }, () => indexes.search("kiwi", 10, "hybrid", signal));
  indexes.setSettings(settingsFor({ embeddingModel: "/second" }));
  await index();
  assert.equal(indexes.status().embedding, "second");
  assert.equal(first.closed, 0, "a model that is in use is not closed");
  held.open();
  for (const hits of await Promise.all(searches)) assert.equal(hits.length, 10);
  await eventually("the old model is closed", async () => first.closed === 1);

  const more = Array.from({ length: 5 }, () => indexes.search("kiwi", 10, "hybrid", signal));
  const [deleted] = await Promise.all([indexes.clear(), ...more]);
  assert.equal(deleted, undefined);
});

test("after Delete Index a search says how to have one again, and an update builds it", async (t) => {
  const workspace = await makeWorkspace({ "a.md": "apples\n" });
  const { indexes, index, paths } = await openInProcess(t, workspace, { open: async () => testModel("m") });
  await index();
  await indexes.clear();
  assert.deepEqual([indexes.status().state, indexes.status().files], ["empty", 0]);
  await assert.rejects(paths("apples"), (error: CarrelError) => {
    assert.match(error.message, /was deleted/);
    assert.match(error.remedy, /Index Workspace Now/);
    return true;
  });
  await workspace.write("b.md", "bananas\n");
  await indexes.filesChanged([join(workspace.dir, "b.md")]);
  assert.equal(indexes.status().files, 0, "nothing is built that nobody asked for");
  const left = (await readdir(workspace.storage, { recursive: true })).filter((name) =>
    name.endsWith(".lance"),
  );
  assert.ok(
    left.every((name) => !name.includes("data")),
    left.join(" "),
  );
  assert.equal((await index()).files, 2);
  assert.deepEqual(await paths("apples"), ["a.md"]);
});

test("deleting in the middle of an update leaves nothing behind", async (t) => {
  const files = Object.fromEntries(Array.from({ length: 200 }, (_, n) => [`f${n}.md`, `kiwi ${n}\n`]));
  const workspace = await makeWorkspace(files);
  const { indexes, index } = await openInProcess(t, workspace, { open: async () => testModel("m") });
  const updating = index();
  await indexes.clear();
  await updating;
  assert.equal(indexes.status().files, 0);
  assert.equal((await index()).files, 200);
});

test("an edit that keeps size and time is seen when it is told, and at the next look", async (t) => {
  const workspace = await makeWorkspace({ "a.md": "apples\n", "b.md": "banana\n" });
  const past = new Date("2020-01-01T00:00:00Z");
  const put = async (name: string, text: string): Promise<void> => {
    await writeFile(join(workspace.dir, name), text);
    await utimes(join(workspace.dir, name), past, past);
  };
  await put("a.md", "apples\n");
  await put("b.md", "banana\n");
  const { indexes, index, paths } = await openInProcess(t, workspace, { open: async () => testModel("m") });
  await index();
  await put("a.md", "cherry\n");
  await indexes.filesChanged([join(workspace.dir, "a.md")]);
  assert.deepEqual(await paths("cherry"), ["a.md"]);
  await put("b.md", "damson\n");
  await index();
  assert.deepEqual(await paths("damson"), ["b.md"]);
  assert.deepEqual(await paths("banana"), []);
});

test("a saved file goes before those that wait", async (t) => {
  const files = Object.fromEntries(Array.from({ length: 120 }, (_, n) => [`f${n}.md`, `kiwi ${n}\n`]));
  const workspace = await makeWorkspace(files);
  const held = gate();
  const model = testModel("m");
  let count = 0;
  model.onEmbed = (texts, input) => {
    if (input === "query") return undefined;
    count += texts.length;
    return count > 40 && !texts.some((text) => text.includes("urgent")) ? held.wait : undefined;
  };
  const { indexes, index, paths } = await openInProcess(t, workspace, { open: async () => model });
  const updating = index();
  await eventually("the update is under way", async () => count > 40);
  await workspace.write("z.md", "urgent\n");
  const told = indexes.filesChanged([join(workspace.dir, "z.md")]);
  held.open();
  await told;
  assert.deepEqual(await paths("urgent"), ["z.md"]);
  await updating;
  assert.equal(indexes.status().files, 121);
});
