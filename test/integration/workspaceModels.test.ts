import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { CarrelError } from "../../protocol/channel.ts";
import { gate } from "../support/gate.ts";
import { openInProcess, settingsFor, signal, testModel } from "../support/inProcess.ts";
import { eventually, makeWorkspace } from "../support/workspace.ts";

/** Embedding models that are chosen, changed, or can't be had, while the workspace is in use. */

test("a model that is chosen while an update runs, and an update asked for while it loads, leave one whole index", async (t) => {
  const files = Object.fromEntries(Array.from({ length: 60 }, (_, n) => [`f${n}.md`, `kiwi ${n}\n`]));
  const workspace = await makeWorkspace(files);
  const [old, chosen] = [testModel("old"), testModel("new", 8)];
  const loading = gate();
  const { indexes, index, paths } = await openInProcess(t, workspace, {
    open: async ({ embeddingModel }) => {
      if (embeddingModel === "bundled") return old;
      await loading.wait;
      return chosen;
    },
  });
  await index();
  indexes.setSettings(settingsFor({ embeddingModel: "/new" }));
  const asked = index();
  loading.open();
  assert.equal((await asked).files, 60);
  await eventually("the new index serves", async () => indexes.status().embedding === "new");
  assert.equal((await paths("kiwi")).length, 50);
  const { state, files: count } = indexes.status();
  assert.deepEqual([state, count], ["ready", 60]);
  await eventually("the old model is closed", async () => old.closed === 1);
  // What is on disk is the new model's index alone.
  await eventually("the old index is gone", async () => {
    const kept = (await readdir(workspace.storage, { recursive: true })).filter((name) =>
      name.endsWith("index.json"),
    );
    return kept.length === 1;
  });
});

test("the old index answers until the new one is whole, with what is saved meanwhile", async (t) => {
  const workspace = await makeWorkspace({ "a.md": "apples\n", "b.md": "bananas\n" });
  const [old, chosen] = [testModel("old"), testModel("new", 8)];
  const embedding = gate();
  chosen.onEmbed = (_, input) => (input === "passage" ? embedding.wait : undefined);
  const { indexes, index, paths } = await openInProcess(t, workspace, {
    open: async ({ embeddingModel }) => (embeddingModel === "bundled" ? old : chosen),
  });
  await index();
  indexes.setSettings(settingsFor({ embeddingModel: "/new" }));
  const asked = index();
  await workspace.write("c.md", "cherries\n");
  assert.deepEqual(await paths("apples"), ["a.md"]);
  embedding.open();
  await asked;
  await indexes.filesChanged([join(workspace.dir, "c.md")]);
  assert.deepEqual(await paths("cherries"), ["c.md"]);
});

test("of two changes of settings at once the last one counts, also when the first takes longer", async (t) => {
  const workspace = await makeWorkspace({ "a.md": "apples\n" });
  const slow = gate();
  const models = { bundled: testModel("bundled"), "/a": testModel("a"), "/b": testModel("b") };
  const { indexes, index } = await openInProcess(t, workspace, {
    open: async ({ embeddingModel }) => {
      if (embeddingModel === "/a") await slow.wait;
      return models[embeddingModel as keyof typeof models];
    },
  });
  await index();
  indexes.setSettings(settingsFor({ embeddingModel: "/a" }));
  indexes.setSettings(settingsFor({ embeddingModel: "/b" }));
  await index();
  slow.open();
  await eventually("the model that nobody wants any more is closed", async () => models["/a"].closed === 1);
  assert.equal(indexes.status().embedding, "b");
  assert.equal(models["/b"].closed, 0);
});

test("going back to the model in use drops what was begun for the other", async (t) => {
  const workspace = await makeWorkspace({ "a.md": "apples\n" });
  const held = gate();
  const other = testModel("other", 8);
  other.onEmbed = () => held.wait;
  let opened = 0;
  const { indexes, index, paths } = await openInProcess(t, workspace, {
    open: async ({ embeddingModel }) => {
      if (embeddingModel !== "bundled") return other;
      opened += 1;
      return testModel("first");
    },
  });
  await index();
  indexes.setSettings(settingsFor({ embeddingModel: "/other" }));
  await eventually("the other model was asked for", async () => indexes.status().embedding === "other");
  indexes.setSettings(settingsFor({}));
  held.open();
  await index();
  assert.equal(indexes.status().embedding, "first");
  assert.deepEqual(await paths("apples"), ["a.md"]);
  await eventually("the other is closed", async () => other.closed === 1);
  assert.equal(opened, 2);
  await workspace.write("b.md", "bananas\n");
  await indexes.filesChanged([join(workspace.dir, "b.md")]);
  assert.equal((await indexes.search("bananas", 5, "vector", signal)).length, 2);
});

test("a chosen model whose server is not up at the start is tried again, and takes over", async (t) => {
  const workspace = await makeWorkspace({ "a.md": "apples\n" });
  let isUp = false;
  const { indexes, index, paths } = await openInProcess(t, workspace, {
    settings: { embeddingModel: "ollama:late" },
    open: async ({ embeddingModel }) => {
      if (embeddingModel === "bundled") return testModel("bundled");
      if (!isUp) throw new CarrelError("Nothing listens there.", "Start the server.");
      return testModel("late", 8);
    },
  });
  await index();
  assert.equal(indexes.status().state, "problem");
  assert.match(indexes.status().problem ?? "", /ollama:late.*bundled one stands in.*Nothing listens there/);
  assert.equal(indexes.status().remedy, "Start the server.");
  assert.deepEqual(await paths("apples"), ["a.md"]);
  isUp = true;
  await eventually("the model is in use", async () => {
    const { embedding, state } = indexes.status();
    return embedding === "late" && state === "ready";
  });
  assert.deepEqual(await paths("apples"), ["a.md"]);
});
