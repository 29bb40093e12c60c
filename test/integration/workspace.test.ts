import assert from "node:assert/strict";
import { mkdir, readdir, rename, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { CarrelError } from "../../protocol/channel.ts";
import { defaultSettings, type Settings } from "../../protocol/data.ts";
import { gate } from "../support/gate.ts";
import { openInProcess, signal, testModel } from "../support/inProcess.ts";
import { eventually, makeWorkspace } from "../support/workspace.ts";

const settingsFor = (changes: Partial<Settings>): Settings => ({
  ...defaultSettings,
  refine: false,
  ...changes,
});

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

test("a folder that is missing is one listed problem, and is indexed when it is back", async (t) => {
  const workspace = await makeWorkspace({ "here/a.md": "apples\n", "there/b.md": "bananas\n" });
  const [here, there, away] = ["here", "there", "away"].map((name) => join(workspace.dir, name)) as [
    string,
    string,
    string,
  ];
  await rename(there, away);
  const { indexes, index, paths } = await openInProcess(t, workspace, {
    folders: [here, there],
    open: async () => testModel("m"),
  });
  await index();
  const { state, problem, remedy } = indexes.status();
  assert.equal(state, "problem");
  assert.match(problem ?? "", /"there" can't be read: it does not exist/);
  assert.ok(remedy);
  assert.equal(indexes.skipped()[0]?.path, there);
  assert.deepEqual(await paths("apples bananas"), ["a.md"]);

  await rename(away, there);
  await eventually("the folder is back", async () => (await paths("bananas")).length === 1);
  await eventually("the problem is gone", async () => indexes.status().state === "ready");

  // And when it goes again while it is in use.
  await rename(there, away);
  await index();
  assert.deepEqual(await paths("apples bananas"), ["a.md"]);
  assert.equal(indexes.status().state, "problem");
});

test("a workspace whose only folder is missing says so to who asks for an index", async (t) => {
  const workspace = await makeWorkspace({});
  const { index } = await openInProcess(t, workspace, {
    folders: [join(workspace.dir, "nowhere")],
    open: async () => testModel("m"),
  });
  await assert.rejects(index(), /nowhere.*does not exist/);
});

test("one place under two names is one folder, whose index is kept", async (t) => {
  const workspace = await makeWorkspace({ "real/a.md": "apples\n" });
  const [real, link] = [join(workspace.dir, "real"), join(workspace.dir, "link")];
  await symlink(real, link);
  const { indexes, index, paths } = await openInProcess(t, workspace, {
    folders: [real, link],
    open: async () => testModel("m"),
  });
  await index();
  assert.deepEqual(await paths("apples"), ["a.md"]);
  assert.equal(indexes.status().writer, true);
  await indexes.setFolders([{ path: link, name: "link" }]);
  const summary = await index();
  assert.deepEqual([summary.files, summary.changed], [1, 0]);
  assert.equal((await indexes.search("apples", 5, "lexical", signal))[0]?.folder, link);
});

test("changes of folders at once leave the last wish, each folder once", async (t) => {
  const workspace = await makeWorkspace({ "one/a.md": "apples\n", "two/a.md": "apples\n" });
  const folders = ["one", "two"].map((name) => ({ path: join(workspace.dir, name), name }));
  const { indexes, index, paths } = await openInProcess(t, workspace, {
    folders: [join(workspace.dir, "one")],
    open: async () => testModel("m"),
  });
  for (let round = 0; round < 6; round++) {
    void indexes.setFolders(folders.slice(round % 2));
    void indexes.setFolders(folders);
    void indexes.setFolders(round % 2 ? folders.toReversed() : folders);
  }
  await index();
  assert.deepEqual(await paths("apples"), ["a.md", "a.md"]);
  assert.equal(indexes.status().writer, true);
});

test("a folder inside another one gives each passage once", async (t) => {
  const workspace = await makeWorkspace({ "a.md": "apples\n", "inner/b.md": "apples too\n" });
  const inner = join(workspace.dir, "inner");
  const { indexes, index } = await openInProcess(t, workspace, {
    folders: [workspace.dir, inner],
    open: async () => testModel("m"),
  });
  await index();
  const hits = await indexes.search("apples", 10, "hybrid", signal);
  assert.deepEqual(hits.map(({ folder, path }) => join(folder, path)).sort(), [
    join(workspace.dir, "a.md"),
    join(inner, "b.md"),
  ]);
});

test("a search can be kept to workspace folders by their names", async (t) => {
  const files = { "one/a.md": "apples\n", "Two Three/a.md": "apples\n", "more/one/a.md": "apples\n" };
  const workspace = await makeWorkspace(files);
  const folders = ["one", "Two Three", "more/one"].map((name) => join(workspace.dir, name));
  const { indexes, index } = await openInProcess(t, workspace, { folders, open: async () => testModel("m") });
  await index();
  const all = await indexes.search("apples", 10, "hybrid", signal);
  assert.deepEqual(all.map(({ folderName }) => folderName).sort(), [
    "Two Three",
    "more/one",
    "workspace/one",
  ]);
  const found = async (...names: string[]): Promise<string[]> => {
    const hits = await indexes.search("apples", 10, "hybrid", signal, { filter: { folders: names } });
    return hits.map(({ folder }) => folder).sort();
  };
  assert.deepEqual(await found("two three"), [folders[1]]);
  assert.deepEqual(await found("one"), [folders[0], folders[2]].sort(), "two folders may have one name");
  assert.deepEqual(await found("one", "Two Three"), [...folders].sort());
  await assert.rejects(found("one", "four"), {
    message: 'There is no folder "four" in this workspace.',
    remedy: "Its folders are: one, Two Three, one.",
    code: "invalid",
  });
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

test("a folder whose every file is ignored says which rule did it", async (t) => {
  const workspace = await makeWorkspace({ ".gitignore": "*\n", "a.md": "apples\n", "b.md": "bananas\n" });
  const { indexes, index } = await openInProcess(t, workspace, { open: async () => testModel("m") });
  const summary = await index();
  assert.equal(summary.files, 0);
  assert.match(summary.notice ?? "", /\.gitignore/);
  assert.match(indexes.status().notice ?? "", /\.gitignore/);
});

test("new folders that are ignored are not walked, and those that are not are", async (t) => {
  const workspace = await makeWorkspace({ "a.md": "apples\n" });
  const { indexes, index, paths } = await openInProcess(t, workspace, { open: async () => testModel("m") });
  await index();
  const made = Array.from({ length: 300 }, (_, n) => join(workspace.dir, "node_modules", `p${n}`));
  for (const dir of made) await mkdir(dir, { recursive: true });
  await workspace.write("node_modules/p1/x.md", "xylophone\n");
  await workspace.write("fresh/deep/y.md", "yams\n");
  await indexes.filesChanged([...made, join(workspace.dir, "fresh")]);
  assert.deepEqual(await paths("xylophone"), []);
  assert.deepEqual(await paths("yams"), ["fresh/deep/y.md"]);
  await rm(join(workspace.dir, "fresh"), { recursive: true });
  await indexes.filesChanged([join(workspace.dir, "fresh")]);
  assert.deepEqual(await paths("yams"), []);
});
