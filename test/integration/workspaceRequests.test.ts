import assert from "node:assert/strict";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Workspace as Indexes } from "../../engine/workspace/workspace.ts";
import { CarrelError } from "../../protocol/channel.ts";
import { defaultSettings, type IndexStatus } from "../../protocol/data.ts";
import { gate } from "../support/gate.ts";
import { inProcess, openInProcess, settingsFor, signal, testModel } from "../support/inProcess.ts";
import { noRecogniser } from "../support/noRecogniser.ts";
import { testParser } from "../support/testParser.ts";
import { eventually, makeWorkspace } from "../support/workspace.ts";

/* What each request of a client gets from the workspace: when it is answered, with what, and with which error. */

const fruit = { "a.md": "apples\n", "b.md": "bananas\n" };
const one = { open: async () => testModel("m") };

test("an update tells what it has done, and the next one only what is new", async (t) => {
  const workspace = await makeWorkspace({ ...fruit, "c.md": "" });
  const { indexes, index, statuses } = await openInProcess(t, workspace, one);
  const { seconds, skipped, ...first } = await index();
  assert.deepEqual(first, { files: 2, chunks: 2, changed: 2, removed: 0, bytes: 15 });
  assert.ok(seconds > 0 && seconds < 1_000);
  assert.deepEqual(skipped, [{ path: "c.md", reason: "The file is empty." }]);
  assert.deepEqual(indexes.skipped(), skipped);
  assert.equal(indexes.description(), "2 files in workspace");
  await rm(join(workspace.dir, "b.md"));
  await workspace.write("a.md", "apricots\n");
  const second = await index();
  assert.deepEqual(
    [second.files, second.chunks, second.changed, second.removed, second.bytes],
    [1, 1, 1, 1, 9],
  );
  assert.equal(indexes.description(), "1 file in workspace");
  assert.equal(second.notice, undefined);
  await workspace.write("d.md", "dates\n");
  await rm(join(workspace.dir, "c.md"));
  await rm(join(workspace.dir, "a.md"));
  const third = await index();
  assert.deepEqual([third.changed, third.removed, third.bytes], [1, 2, 6]);
  await eventually("the client hears of the end", async () => {
    const last = statuses.at(-1);
    return last?.state === "ready" && last.skipped === 0;
  });
});

test("an update that runs is asked about, can be cancelled alone, and is answered with its second pass", async (t) => {
  const workspace = await makeWorkspace(fruit);
  const held = gate();
  const model = testModel("m");
  model.onEmbed = () => held.wait;
  const { indexes } = await openInProcess(t, workspace, {
    open: async () => model,
    openRefining: async () => testModel("better"),
  });
  const seen: IndexStatus[] = [];
  const controller = new AbortController();
  const cancelled = indexes.index(controller.signal, () => undefined);
  const refined = indexes.index(signal, (status) => seen.push(status), { refine: true });
  await eventually("progress is told", async () => seen.some(({ state }) => state === "indexing"));
  controller.abort();
  await assert.rejects(cancelled, { code: "cancelled" });
  held.open();
  assert.equal((await refined).files, 2);
  assert.equal(indexes.status().refined, 2);
  const told = seen.length;
  // While the next one tells what it does, that has had the time to tell more.
  const [next, later] = [gate(), [] as IndexStatus[]];
  model.onEmbed = () => next.wait;
  await workspace.write("a.md", "apricots\n");
  const updated = indexes.index(signal, (status) => later.push(status));
  await eventually("progress of the next one", async () => later.length > 1);
  next.open();
  await updated;
  assert.equal(seen.length, told, "an update that has ended tells no more");
});

test("the second pass that is asked for goes over all folders", async (t) => {
  const workspace = await makeWorkspace({ "one/a.md": "apples\n", "two/b.md": "bananas\n" });
  const { indexes, index } = await openInProcess(t, workspace, {
    ...one,
    openRefining: async () => testModel("better"),
    folders: ["one", "two"].map((name) => join(workspace.dir, name)),
  });
  await index(true);
  assert.equal(indexes.status().refined, 2);
});

test("an update of several folders is answered when all are done, also when one of them fails", async (t) => {
  const workspace = await makeWorkspace({ "one/a.md": "apples\n", "two/b.md": "bananas\n" });
  const model = testModel("m");
  model.onEmbed = (texts) => {
    if (texts.some((text) => text.includes("apples"))) throw new CarrelError("No apples.", "Peel them.");
  };
  const folders = ["one", "two"].map((name) => join(workspace.dir, name));
  const { indexes, index } = await openInProcess(t, workspace, { open: async () => model, folders });
  await assert.rejects(index(), /No apples/);
  assert.equal(indexes.status().files, 1);
});

test("an update that is paused is answered with what is there", async (t) => {
  const workspace = await makeWorkspace(fruit);
  const held = gate();
  const model = testModel("m");
  model.onEmbed = () => held.wait;
  const { indexes, index } = await openInProcess(t, workspace, { open: async () => model });
  const updating = index();
  await eventually("it is under way", async () => indexes.status().total === 2);
  assert.equal(indexes.status().state, "indexing");
  indexes.pause();
  held.open();
  assert.equal((await updating).files, 0);
  assert.equal(indexes.status().state, "paused");
  assert.deepEqual(await indexes.search("apples", 5, "lexical", signal), []);
  await indexes.filesChanged([join(workspace.dir, "a.md")]);
  assert.equal(indexes.status().files, 0);
  indexes.resume();
  await eventually("it goes on", async () => indexes.status().state === "ready");
  assert.equal(indexes.status().files, 2);
});

test("a client is answered within seconds though the model is still being opened", async (t) => {
  const workspace = await makeWorkspace(fruit);
  const held = gate();
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const indexes = new Indexes({
    parser: testParser(() => assert.fail("Nothing is to be read.")),
    recogniser: noRecogniser,
    openEmbedding: async () => {
      await held.wait;
      return testModel("m");
    },
    openRefining: async () => undefined,
    onStatus: () => undefined,
    log: () => undefined,
  });
  const folders = [{ path: workspace.dir, name: "workspace" }];
  let isOpen = false;
  const opening = indexes.open(workspace.storage, folders, defaultSettings).then(() => {
    isOpen = true;
  });
  await nextTurn();
  assert.equal(isOpen, false);
  t.mock.timers.tick(3_000);
  await opening;
  assert.equal(indexes.status().state, "empty");
  assert.equal(indexes.scansOf(workspace.dir), undefined, "a document can be opened by then");
  t.mock.timers.reset();
  const closing = indexes.close();
  held.open();
  await closing;
  await workspace.remove();
});

test("without even the bundled model every request says so, and another model mends it", async (t) => {
  const workspace = await makeWorkspace(fruit);
  const { indexes, open, index, paths } = inProcess(t, workspace, {
    async open({ embeddingModel }) {
      if (embeddingModel === "bundled") throw new CarrelError("A file is missing.", "Install Carrel again.");
      return testModel("m");
    },
  });
  const refusal = {
    message: /bundled embedding model can't be used.*A file is missing/,
    remedy: "Install Carrel again.",
  };
  await assert.rejects(open(), refusal);
  await assert.rejects(index(), refusal);
  await assert.rejects(paths("apples"), refusal);
  indexes.setSettings(settingsFor({ embeddingModel: "/another" }));
  assert.equal((await index()).files, 2);
  assert.deepEqual(await paths("apples"), ["a.md"]);
});

test("a model that is slow to open keeps the client from nothing but its index", async (t) => {
  const workspace = await makeWorkspace(fruit);
  const opening = gate();
  t.after(() => opening.open());
  const { index, indexes } = await openInProcess(t, workspace, {
    open: async () => {
      await opening.wait;
      return testModel("m");
    },
  });
  assert.ok(indexes.hasFolder(workspace.dir));
  assert.equal(indexes.hasFolder(`${workspace.dir}x`), false);
  assert.equal(indexes.status().state, "empty");
  const updated = index();
  opening.open();
  assert.equal((await updated).files, 2);
});

test("one who only reads is told who writes, gets what is there, and may not delete it", async (t) => {
  const workspace = await makeWorkspace(fruit);
  const writer = await openInProcess(t, workspace, one);
  await writer.index();
  const reader = await openInProcess(t, workspace, one);
  const summary = await reader.index();
  assert.equal(summary.files, 2);
  assert.match(summary.notice ?? "", /Another Carrel process writes the index of "workspace".* 2 files/);
  assert.deepEqual(await reader.paths("apples"), ["a.md"]);
  await assert.rejects(reader.indexes.clear(), {
    message: /Another Carrel process writes/,
    remedy: /Wait until it has finished/,
  });
  assert.equal(reader.indexes.status().files, 2);
  await reader.indexes.filesChanged([join(workspace.dir, "a.md")]);
  // What is written meanwhile is there when an update has been asked for.
  await workspace.write("c.md", "cherries\n");
  await writer.indexes.filesChanged([join(workspace.dir, "c.md")]);
  assert.equal((await reader.index()).files, 3);
});

test("one who reads what is being built waits until it is whole", async (t) => {
  const workspace = await makeWorkspace(fruit);
  const held = gate();
  const model = testModel("m");
  model.onEmbed = () => held.wait;
  const writer = await openInProcess(t, workspace, { open: async () => model });
  const building = writer.index();
  const reader = await openInProcess(t, workspace, one);
  let isAnswered = false;
  const asked = reader.index().then((summary) => {
    isAnswered = true;
    return summary;
  });
  await eventually("it is under way", async () => writer.indexes.status().total === 2);
  await nextTurn();
  assert.equal(isAnswered, false);
  held.open();
  await building;
  assert.equal((await asked).files, 2);
});

test("where nothing can be written an update says why, and so does deleting; what is there is found", async (t) => {
  const workspace = await makeWorkspace(fruit);
  await mkdir(workspace.storage);
  await writeFile(join(workspace.storage, "locks"), "");
  const { indexes, index } = await openInProcess(t, workspace, one);
  const problem = indexes.status().problem ?? "";
  assert.notEqual(problem, "");
  await assert.rejects(index(), (error: CarrelError) => error.message === problem && error.remedy !== "");
});

test("what waits when the engine ends is told, and nothing is told after that", async (t) => {
  const workspace = await makeWorkspace(fruit);
  const held = gate();
  const model = testModel("m");
  model.onEmbed = () => held.wait;
  const { indexes, index, statuses } = await openInProcess(t, workspace, { open: async () => model });
  const waiting = [
    index(),
    indexes.search("apples", 5, "lexical", signal),
    indexes.filesChanged([join(workspace.dir, "a.md")]),
  ];
  const ended = Promise.all(waiting.map((one) => assert.rejects(one, { code: "gone" })));
  await eventually("it is under way", async () => indexes.status().total === 2);
  const closing = indexes.close();
  const told = statuses.length;
  held.open();
  await closing;
  await ended;
  assert.equal(model.closed, 1);
  await new Promise((done) => setTimeout(done, 300));
  assert.equal(statuses.length, told);
});

test("changed settings that leave other files out are followed by an update, others by none", async (t) => {
  const workspace = await makeWorkspace(fruit);
  const { indexes, index } = await openInProcess(t, workspace, one);
  await index();
  await workspace.write("c.md", "cherries\n");
  indexes.setSettings(settingsFor({}));
  await new Promise((done) => setTimeout(done, 200));
  assert.equal(indexes.status().files, 2);
  indexes.setSettings(settingsFor({ exclude: ["a.md"] }));
  await eventually("the folder was looked at", async () => {
    const hits = await indexes.search("apples cherries", 5, "lexical", signal);
    return hits.length === 1 && hits[0]?.path === "c.md";
  });
});

test("a folder that comes is searched when the change is answered, if it was indexed before", async (t) => {
  const workspace = await makeWorkspace({ "one/a.md": "apples\n", "two/b.md": "bananas\n" });
  const [first, second] = ["one", "two"].map((name) => ({ path: join(workspace.dir, name), name }));
  assert.ok(first && second);
  const { indexes, index, paths } = await openInProcess(t, workspace, {
    ...one,
    folders: [first.path, second.path],
  });
  await index();
  assert.equal(indexes.description(), "2 files in one, two");
  await indexes.setFolders([first]);
  assert.deepEqual(await paths("apples bananas"), ["a.md"]);
  await indexes.setFolders([first, second]);
  assert.deepEqual(await paths("apples bananas"), ["a.md", "b.md"]);
  // A folder that leaves is not waited for.
  const told = indexes.filesChanged([join(second.path, "b.md")]);
  await indexes.setFolders([first]);
  await told;
});
