import assert from "node:assert/strict";
import { mkdir, readdir, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { Deletion } from "../../engine/workspace/deletion.ts";
import type { EmbeddingModel } from "../../models/embedding/embeddingModel.ts";
import type { CarrelError } from "../../protocol/channel.ts";
import type { Settings } from "../../protocol/data.ts";
import { gate } from "../support/gate.ts";
import {
  type InProcess,
  inProcess,
  openInProcess,
  settingsFor,
  signal,
  testModel,
} from "../support/inProcess.ts";
import { LockProcess } from "../support/lockProcess.ts";
import { makeWorkspace, type Workspace, workspaceOf } from "../support/workspace.ts";

/*
 * Delete Index deletes all that was ever indexed of the workspace's folders, whichever model it was indexed with.
 */

const open = async ({ embeddingModel }: Settings): Promise<EmbeddingModel> => testModel(embeddingModel);

/** A workspace that another run of Carrel has indexed with a model. */
async function indexedBefore(t: TestContext, embeddingModel: string): Promise<Workspace> {
  const workspace = await makeWorkspace({ "a.md": "apples\n" });
  const made = await openInProcess(t, workspace, { open, settings: { embeddingModel } });
  await made.index();
  await made.indexes.close();
  return workspace;
}

/** The indexes in the storage that hold anything, as <model>/<folder>. */
async function indexesIn({ storage }: Workspace): Promise<string[]> {
  const all = await readdir(join(storage, "indexes"), { recursive: true, withFileTypes: true });
  const data = all.filter((entry) => entry.isFile() && entry.parentPath.includes("data"));
  return [...new Set(data.map(({ parentPath }) => parentPath.split("/indexes/")[1] ?? ""))];
}

const reopened = (t: TestContext, workspace: Workspace): Promise<InProcess> =>
  openInProcess(t, workspace, { open, settings: { embeddingModel: "/second" } });

test("what was indexed with another model goes too, and what another workspace has indexed stays", async (t) => {
  const workspace = await indexedBefore(t, "/first");
  const { indexes, index } = await reopened(t, workspace);
  await index();
  const [model = ""] = await readdir(join(workspace.storage, "indexes"));
  const others = join(workspace.storage, "indexes", model, "0123456789abcdef");
  await mkdir(join(others, "data"), { recursive: true });
  await writeFile(join(others, "data", "theirs"), "theirs");
  assert.equal(
    (await indexesIn(workspace)).filter((one) => !one.includes("0123456789abcdef")).length > 2,
    true,
  );
  await indexes.clear();
  assert.deepEqual(await indexesIn(workspace), [`${model}/0123456789abcdef/data`]);
});

test("an index that is still searched though another model has taken over goes when the search has ended", async (t) => {
  const workspace = await makeWorkspace({ "a.md": "apples\n" });
  const first = testModel("/first");
  const held = gate();
  const { indexes, index } = await openInProcess(t, workspace, {
    open: async (settings) => (settings.embeddingModel === "/first" ? first : open(settings)),
    settings: { embeddingModel: "/first" },
  });
  await index();
  first.onEmbed = () => held.wait;
  const searching = indexes.search("apples", 5, "hybrid", signal);
  indexes.setSettings(settingsFor({ embeddingModel: "/second" }));
  await index();
  assert.equal(indexes.status().embedding, "/second");
  const deleting = indexes.clear();
  // Long enough that the deletion would have met what is still searched.
  await setTimeout(500);
  held.open();
  assert.equal((await searching).length, 1);
  await deleting;
  assert.deepEqual(await indexesIn(workspace), []);
});

test("what an interrupted deletion has left goes too", async (t) => {
  const workspace = await indexedBefore(t, "/first");
  const { indexes } = await reopened(t, workspace);
  const [first = ""] = await indexesIn(workspace);
  const dir = join(workspace.storage, "indexes", first.split("/").slice(0, 2).join("/"));
  await rename(dir, `${dir}.deleted`);
  await indexes.clear();
  assert.deepEqual(await indexesIn(workspace), []);
});

test("an index goes though its model does not come", async (t) => {
  const workspace = await indexedBefore(t, "/first");
  const never = new Promise<EmbeddingModel>(() => undefined);
  const made = inProcess(t, workspace, { open: () => never });
  const opening = made.open();
  await made.indexes.clear();
  assert.deepEqual(await indexesIn(workspace), []);
  await opening;
});

test("the index of a folder that is missing goes", async (t) => {
  const workspace = await indexedBefore(t, "/second");
  await rename(workspace.dir, `${workspace.dir}-away`);
  const { indexes } = await reopened(t, workspace);
  await indexes.clear();
  assert.deepEqual(await indexesIn(workspace), []);
});

test("an index that another process writes stays, and that is said", async (t) => {
  const workspace = await indexedBefore(t, "/first");
  const [first = ""] = await indexesIn(workspace);
  const dir = join(workspace.storage, "indexes", first.split("/").slice(0, 2).join("/"));
  const other = new LockProcess(dir);
  t.after(() => other.kill());
  assert.equal(await other.take(), "taken");
  const { indexes, index } = await reopened(t, workspace);
  await index();
  await assert.rejects(indexes.clear(), (error: CarrelError) => {
    assert.match(error.message, /index of "workspace" can't be deleted: Another Carrel process writes/);
    return true;
  });
  const left = await indexesIn(workspace);
  assert.ok(
    left.length > 0 && left.every((one) => one.startsWith(first.split("/")[0] ?? "-")),
    left.join(" "),
  );
  assert.equal(indexes.status().files, 0);
  assert.ok((await readdir(dirname(dir))).length > 0);
});

test("a storage that can't be read is no storage without indexes", async (t) => {
  const workspace = await workspaceOf(t);
  await mkdir(workspace.storage);
  await writeFile(join(workspace.storage, "indexes"), "");
  const deletion = new Deletion();
  await deletion.ofOthers(workspace.storage, [{ path: workspace.dir, name: "workspace" }], new Set());
  assert.match(deletion.failure?.message ?? "", /index of "workspace" can't be deleted: ENOTDIR/);
});
