import assert from "node:assert/strict";
import { mkdir, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { openInProcess, signal, testModel } from "../support/inProcess.ts";
import { eventually, makeWorkspace } from "../support/workspace.ts";

/** Folders that are missing, inside one another, under two names, or told apart. */

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
