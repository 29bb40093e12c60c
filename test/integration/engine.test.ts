import assert from "node:assert/strict";
import { chmod, readdir, rename, rm, symlink, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { EngineChannel } from "../../cli/childEngine.ts";
import { defaultSettings, type SearchMode } from "../../protocol/data.ts";
import { eventually, workspaceOf } from "../support/workspace.ts";

const tinyModel = fileURLToPath(new URL("../fixtures/tinyModel", import.meta.url));

async function paths(channel: EngineChannel, query: string, mode: SearchMode = "lexical"): Promise<string[]> {
  const { hits } = await channel.request("search", { query, k: 20, mode });
  return [...new Set(hits.map((hit) => hit.path))].sort();
}

test("a folder is indexed and searched, and every file is accounted for", async (t) => {
  const workspace = await workspaceOf(t, {
    "lease.md": "# Lease\n\n## Termination\n\nEither party may end the lease with three months' notice.\n",
    "src/parser.ts":
      "export function parseInvoiceLine(line: string): number {\n  return Number(line.trim());\n}\n",
    "notes/minutes.txt": "The zebra committee met on Tuesday.\n",
    "empty.txt": "",
    ".gitignore": "ignored/\n",
    "ignored/secret-plan.md": "The zebra plan.\n",
    ".env": "API_KEY=zebra\n",
  });
  await workspace.write("blob.bin", new Uint8Array([0, 1, 2, 3, 0, 255]));
  const { channel } = await workspace.start();
  const summary = await channel.request("index", {});
  assert.equal(summary.files, 4, JSON.stringify(summary));
  assert.deepEqual(await paths(channel, "zebra"), ["notes/minutes.txt"]);
  assert.deepEqual(await paths(channel, "parse invoice line"), ["src/parser.ts"]);
  const { hits } = await channel.request("search", {
    query: "notice to end the lease",
    k: 1,
    mode: "hybrid",
  });
  assert.equal(hits[0]?.path, "lease.md");
  assert.equal(hits[0]?.heading, "Lease › Termination");
  assert.ok((hits[0]?.marks.length ?? 0) > 0);
  const reasons = new Map(summary.skipped.map(({ path, reason }) => [path, reason]));
  for (const path of [".env", "empty.txt"]) assert.ok(reasons.get(path), `${path} has a reason`);
  assert.equal(reasons.has("ignored/secret-plan.md"), false);
  const { status } = await channel.request("status", {});
  assert.equal(status.state, "ready");
  assert.equal(status.files, 4);
});

test("a second look finds what changed, what is new and what is gone", async (t) => {
  const workspace = await workspaceOf(t, { "a.md": "apples\n", "b.md": "bananas\n", "c.md": "cherries\n" });
  const { channel } = await workspace.start();
  await channel.request("index", {});
  const still = await channel.request("index", {});
  assert.equal(still.changed, 0);
  await workspace.write("a.md", "apricots instead\n");
  await workspace.write("d/deep.md", "dates\n");
  await rm(join(workspace.dir, "b.md"));
  await rename(join(workspace.dir, "c.md"), join(workspace.dir, "moved.md"));
  const summary = await channel.request("index", {});
  assert.equal(summary.removed, 2);
  assert.equal(summary.changed, 3);
  assert.deepEqual(await paths(channel, "apples"), []);
  assert.deepEqual(await paths(channel, "bananas"), []);
  assert.deepEqual(await paths(channel, "apricots"), ["a.md"]);
  assert.deepEqual(await paths(channel, "cherries"), ["moved.md"]);
  assert.deepEqual(await paths(channel, "dates"), ["d/deep.md"]);
});

test("a question that is asked while an empty index is being built waits for the first files", async (t) => {
  const workspace = await workspaceOf(t, { "a.md": "apples\n" });
  const { channel } = await workspace.start();
  const searching = paths(channel, "apples");
  const indexing = channel.request("index", {});
  assert.deepEqual(await searching, ["a.md"]);
  await indexing;
});

test("an answer out of half an index says of how many files, one that has waited and a later one do not", async (t) => {
  const many = Object.fromEntries(
    Array.from({ length: 1_500 }, (_, n) => [
      `notes/n${n}.md`,
      `# Note ${n}\n\nThe apples of row ${n} are red.\n`,
    ]),
  );
  const workspace = await workspaceOf(t, many);
  const { channel } = await workspace.start({ refine: false });
  const indexing = channel.request("index", {});
  const question = { question: "Which apples are red?", history: [], model: "" };
  const early = await channel.request("ask", question);
  // Whether it waited to the end is for the machine's speed to say; untilRead.test.ts holds both.
  const { files, of } = early.read ?? { files: 0, of: 1_500 };
  assert.ok(files < of && of === 1_500, JSON.stringify(early.read));
  await indexing;
  assert.equal((await channel.request("ask", question)).read, undefined);
  await workspace.write("notes/n0.md", "# Note\n\nThe apples are green.\n");
  const update = channel.request("index", {});
  assert.equal((await channel.request("ask", question)).read, undefined, "an update is no first index");
  await update;
});

test("a folder without a single file is searched without waiting for ever", async (t) => {
  const workspace = await workspaceOf(t, {});
  const { channel } = await workspace.start();
  // Before anybody has asked for an index there is nothing to search in, which is not the same as nothing found.
  await assert.rejects(paths(channel, "apples"), { code: "unindexed", message: /^No file was read yet\./ });
  await channel.request("index", {});
  assert.deepEqual(await paths(channel, "apples"), []);
});

test("a touched file with the same content is not written again", async (t) => {
  const workspace = await workspaceOf(t, { "a.md": "apples\n" });
  const { channel } = await workspace.start();
  await channel.request("index", {});
  await workspace.write("a.md", "apples\n");
  const summary = await channel.request("index", {});
  assert.equal(summary.changed, 0);
  assert.deepEqual(await paths(channel, "apples"), ["a.md"]);
});

test("saved, new and deleted files are found when they are told", async (t) => {
  const workspace = await workspaceOf(t, { "a.md": "apples\n", "dir/b.md": "bananas\n" });
  const { channel } = await workspace.start();
  await channel.request("index", {});
  await workspace.write("a.md", "apricots\n");
  await workspace.write("new.md", "nectarines\n");
  await rm(join(workspace.dir, "dir"), { recursive: true });
  const changed = ["a.md", "new.md", "dir"].map((path) => join(workspace.dir, path));
  await channel.request("filesChanged", { paths: [...changed, "/elsewhere/x.md"] });
  assert.deepEqual(await paths(channel, "apricots"), ["a.md"]);
  assert.deepEqual(await paths(channel, "apples"), []);
  assert.deepEqual(await paths(channel, "nectarines"), ["new.md"]);
  assert.deepEqual(await paths(channel, "bananas"), []);
});

test("a new folder and a changed ignore file are looked at whole", async (t) => {
  const workspace = await workspaceOf(t, { "a.md": "apples\n", "b.md": "bananas\n" });
  const { channel } = await workspace.start();
  await channel.request("index", {});
  await workspace.write("made/one.md", "melons\n");
  await channel.request("filesChanged", { paths: [join(workspace.dir, "made")] });
  await eventually("the new folder was indexed", async () => (await paths(channel, "melons")).length === 1);
  await workspace.write(".carrelignore", "b.md\n");
  await channel.request("filesChanged", { paths: [join(workspace.dir, ".carrelignore")] });
  await eventually("the ignored file left", async () => (await paths(channel, "bananas")).length === 0);
});

test("an engine killed while it indexes leaves an index that opens and is completed", async (t) => {
  const files = Object.fromEntries(
    Array.from({ length: 400 }, (_, n) => [`f${n}.md`, `# File ${n}\n\nmango number ${n}\n`.repeat(20)]),
  );
  const workspace = await workspaceOf(t, files);
  const pids = new Set<number>();
  for (const delay of [150, 400, 900]) {
    const engine = await workspace.start();
    const indexing = engine.channel.request("index", {}).catch(() => undefined);
    await new Promise((done) => setTimeout(done, delay));
    pids.add(engine.pid);
    process.kill(engine.pid, "SIGKILL");
    await indexing;
  }
  assert.equal(pids.size, 3);
  const { channel } = await workspace.start();
  const summary = await channel.request("index", {});
  assert.equal(summary.files, 400);
  const { channel: fresh } = await (await workspaceOf(t, files)).start();
  const whole = await fresh.request("index", {});
  assert.equal(summary.chunks, whole.chunks);
});

test("a second engine reads what the first one writes, and takes over when it has gone", async (t) => {
  const workspace = await workspaceOf(t, { "a.md": "apples\n" });
  const writer = await workspace.start();
  const reader = await workspace.start();
  await writer.channel.request("index", {});
  const before = await reader.channel.request("status", {});
  assert.equal(before.status.writer, false);
  assert.deepEqual(await paths(reader.channel, "apples"), ["a.md"]);
  process.kill(writer.pid, "SIGKILL");
  await eventually("the reader became the writer", async () => {
    return (await reader.channel.request("status", {})).status.writer;
  });
  await workspace.write("a.md", "apples and apricots\n");
  await workspace.write("b.md", "bananas\n");
  await reader.channel.request("index", {});
  assert.deepEqual(await paths(reader.channel, "bananas"), ["b.md"]);
  // What the first one wrote was replaced, not added to.
  await reader.stop();
  const third = await workspace.start();
  assert.equal((await third.channel.request("status", {})).status.chunks, 2);
});

test("a damaged index is noticed and built anew", async (t) => {
  const workspace = await workspaceOf(t, { "a.md": "apples\n", "b.md": "bananas\n" });
  const engine = await workspace.start();
  await engine.channel.request("index", {});
  await engine.stop();
  const entries = await readdir(workspace.storage, { recursive: true, withFileTypes: true });
  const data = entries.filter((entry) => entry.isFile() && entry.name.endsWith(".lance"));
  assert.ok(data.length > 0);
  for (const entry of data) await truncate(join(entry.parentPath, entry.name), 10);
  const { channel } = await workspace.start();
  const summary = await channel.request("index", {});
  assert.equal(summary.files, 2);
  assert.deepEqual(await paths(channel, "bananas"), ["b.md"]);
});

test("pausing stops, resuming completes, deleting empties", async (t) => {
  const files = Object.fromEntries(
    Array.from({ length: 300 }, (_, n) => [`f${n}.md`, `kiwi ${n}\n`.repeat(50)]),
  );
  const workspace = await workspaceOf(t, files);
  const { channel } = await workspace.start();
  const indexing = channel.request("index", {});
  await channel.request("pause", {});
  const stopped = await indexing;
  assert.ok(stopped.files < 300, `${stopped.files} files were indexed before the pause`);
  assert.equal((await channel.request("status", {})).status.state, "paused");
  await channel.request("resume", {});
  await eventually("all files were indexed", async () => {
    const { status } = await channel.request("status", {});
    return status.files === 300 && status.state === "ready";
  });
  await channel.request("deleteIndex", {});
  await assert.rejects(paths(channel, "kiwi"), /was deleted/);
  assert.equal((await channel.request("status", {})).status.state, "empty");
});

test("several folders are searched together, and one that is removed is gone", async (t) => {
  const one = await workspaceOf(t, { "a.md": "papaya in the first\n" });
  const two = await workspaceOf(t, { "b.md": "papaya in the second\n" });
  const { channel } = await one.start();
  const folders = [one, two].map(({ dir }) => ({ path: dir, name: "x" }));
  await channel.request("setFolders", { folders });
  await channel.request("index", {});
  assert.deepEqual(await paths(channel, "papaya"), ["a.md", "b.md"]);
  await channel.request("setFolders", { folders: folders.slice(1) });
  assert.deepEqual(await paths(channel, "papaya"), ["b.md"]);
});

test("a link out of the workspace is not followed, an unreadable file is listed", async (t) => {
  const outside = await workspaceOf(t, { "private.md": "pineapple\n" });
  const workspace = await workspaceOf(t, { "a.md": "apples\n", "locked.md": "plum\n" });
  await symlink(outside.dir, join(workspace.dir, "link"));
  await symlink(join(outside.dir, "private.md"), join(workspace.dir, "link.md"));
  await chmod(join(workspace.dir, "locked.md"), 0o000);
  const { channel } = await workspace.start();
  const summary = await channel.request("index", {});
  assert.deepEqual(await paths(channel, "pineapple"), []);
  // The superuser can read every file.
  if (process.getuid?.() !== 0) assert.ok(summary.skipped.some(({ path }) => path === "locked.md"));
  assert.ok(summary.files >= 1);
});

test("a folder that is not there is one clear problem", async (t) => {
  const workspace = await workspaceOf(t, { "a.md": "apples\n" });
  const { channel } = await workspace.start();
  const folders = ["nowhere", ""].map((name) => ({ path: join(workspace.dir, name), name }));
  await channel.request("setFolders", { folders });
  await channel.request("index", {});
  const { status, skipped } = await channel.request("status", {});
  assert.match(status.problem ?? "", /"nowhere" can't be read: it does not exist/);
  assert.equal(skipped[0]?.path, join(workspace.dir, "nowhere"));
  assert.deepEqual(await paths(channel, "apples"), ["a.md"]);
});

test("an embedding model that can't be had is a problem with a remedy, and the bundled one stands in", async (t) => {
  const workspace = await workspaceOf(t, { "a.md": "apples\n" });
  const { channel } = await workspace.start({ embeddingModel: join(workspace.dir, "no-model") });
  await channel.request("index", {});
  const { status } = await channel.request("status", {});
  assert.equal(status.state, "problem");
  assert.match(status.problem ?? "", /no-model/);
  assert.ok(status.remedy);
  assert.deepEqual(await paths(channel, "apples", "hybrid"), ["a.md"]);
  assert.deepEqual((await channel.request("privacy", {})).connections, []);
});

test("another embedding model gets an index of its own, and the old one serves until it is complete", async (t) => {
  const files = Object.fromEntries(
    Array.from({ length: 150 }, (_, n) => [`f${n}.md`, `lychee ${n}\n`.repeat(9)]),
  );
  const workspace = await workspaceOf(t, files);
  const { channel } = await workspace.start();
  await channel.request("index", {});
  const before = (await channel.request("status", {})).status;
  const settings = { ...defaultSettings, modelServerUrl: "http://127.0.0.1:9", embeddingModel: tinyModel };
  await channel.request("setSettings", { settings });
  assert.equal((await paths(channel, "lychee")).length, 20);
  const after = await eventually("the new index was complete", async () => {
    const { status } = await channel.request("status", {});
    return (
      status.embedding !== before.embedding && status.state === "ready" && status.files === 150 && status
    );
  });
  assert.equal(after.problem, undefined);
  assert.equal((await paths(channel, "lychee 7", "hybrid")).length, 20);
  await eventually("the old index was deleted", async () => {
    return (await readdir(join(workspace.storage, "indexes"))).length === 1;
  });
});

test("a workspace's files are never written to", async (t) => {
  const workspace = await workspaceOf(t, { "a.md": "apples\n" });
  await writeFile(join(workspace.dir, "b.md"), "bananas\n");
  const { channel } = await workspace.start();
  await channel.request("index", {});
  assert.deepEqual((await readdir(workspace.dir)).sort(), ["a.md", "b.md"]);
});
