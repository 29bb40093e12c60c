import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { chmod, cp, mkdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import type { EngineProcess } from "../../cli/childEngine.ts";
import { carrel, type How, type Run, rawPart } from "../support/carrel.ts";
import { eventually, makeWorkspace, type Workspace, workspaceOf } from "../support/workspace.ts";

/**
 * What a person is told in a terminal when another process writes the index, and when its place can't be written to.
 * `CARREL_ROUNDS` makes two engines meet more often than in a usual run.
 */
const rounds = Number(process.env["CARREL_ROUNDS"] ?? 3);
const isRoot = process.getuid?.() === 0;
const files = Object.fromEntries(
  Array.from({ length: 40 }, (_, i) => [`doc${i}.md`, `# Paper ${i}\n\nOn apples, number ${i}.\n`]),
);
const allPaths = Object.keys(files).sort();

async function run(
  command: "index" | "search",
  { dir, storage }: Pick<Workspace, "dir" | "storage">,
  more: readonly string[] = [],
  how?: How,
): Promise<Run> {
  const question = command === "search" ? ["apples", "-k", "1000"] : [];
  const line = [command, dir, ...question, "--store", storage, "--ollama", "http://127.0.0.1:9", "--json"];
  const ended = await carrel([...line, ...more], how);
  assert.equal(rawPart(ended.stdout + ended.stderr), undefined, ended.stderr);
  return ended;
}

/** One message and one remedy, and nothing else. */
function assertRefused({ code, stdout, stderr }: Run, message: RegExp): void {
  assert.equal(code, 1, stderr);
  assert.equal(stdout, "");
  assert.match(stderr, message);
  const lines = withoutWaiting(stderr.trimEnd());
  assert.equal(lines.filter((line) => line.startsWith("carrel: ")).length, 1, stderr);
  assert.match(lines.at(-1) ?? "", /^ {8}\S/, stderr);
  assert.equal(lines.length, 2, stderr);
}

/** All is found, with one note why it may be old. */
function assertFoundWithNote({ code, stdout, stderr }: Run, note: RegExp, count = 40): void {
  assert.equal(code, 0, stderr);
  assert.equal(JSON.parse(stdout).length, count);
  assert.match(stderr, note);
  const notes = withoutWaiting(stderr).filter((line) => line.startsWith("carrel: "));
  assert.equal(notes.length, 1, stderr);
}

/** The lines but for those that say, after a while, that one waits, and that others may read a storage. */
function withoutWaiting(stderr: string): string[] {
  return stderr.split("\n").filter((line) => !/waiting until it has finished|^Others may read/.test(line));
}

async function pathsOf(engine: EngineProcess): Promise<string[]> {
  const { hits } = await engine.channel.request("search", { query: "apples", k: 1000, mode: "lexical" });
  return hits.map(({ path }) => path).sort();
}

async function isWriter(engine: EngineProcess): Promise<boolean> {
  return (await engine.channel.request("status", {})).status.writer;
}

test("two engines that begin at once on a new index: one writes, no error, and both find all", async (t) => {
  for (let round = 0; round < rounds; round++) {
    const workspace = await makeWorkspace(files);
    try {
      const engines = await Promise.all([workspace.start(), workspace.start()]);
      const summaries = await Promise.all(engines.map(({ channel }) => channel.request("index", {})));
      assert.deepEqual(
        summaries.map((summary) => summary.files),
        [40, 40],
      );
      const notices = summaries.flatMap(({ notice }) => notice ?? []);
      assert.equal(notices.length, 1);
      assert.match(notices[0] ?? "", /Another Carrel process writes the index of .* which holds 40 files/);
      const writers = await Promise.all(engines.map(isWriter));
      assert.deepEqual(writers.toSorted(), [false, true]);
      for (const engine of engines) assert.deepEqual(await pathsOf(engine), allPaths);
      const { status } = await (engines[0] as EngineProcess).channel.request("status", {});
      assert.deepEqual([status.state, status.files], ["ready", 40]);
    } finally {
      await workspace.remove();
    }
  }
  t.diagnostic(`${rounds} rounds`);
});

test("a writer that sleeps stays the one writer; who asks meanwhile is told, and answered when it wakes", async (t) => {
  const workspace = await workspaceOf(t, files);
  const writer = await workspace.start();
  await writer.channel.request("index", {});
  await workspace.write("new.md", "# New\n\nMore apples.\n");
  process.kill(writer.pid, "SIGSTOP");
  const reader = await workspace.start();
  const indexed = reader.channel.request("index", {});
  try {
    const end = performance.now() + 4_000;
    while (performance.now() < end) {
      assert.equal(await isWriter(reader), false);
      assert.deepEqual(await pathsOf(reader), allPaths);
      await sleep(100);
    }
  } finally {
    process.kill(writer.pid, "SIGCONT");
  }
  const { notice } = await indexed;
  assert.match(notice ?? "", /Another Carrel process writes .* 40 files/);
  await writer.channel.request("index", {});
  assert.deepEqual([await isWriter(writer), await isWriter(reader)], [true, false]);
  await eventually("the reader sees the file", async () => (await pathsOf(reader)).includes("new.md"));
  await writer.stop();
  await eventually("the reader becomes the writer", () => isWriter(reader));
  assert.deepEqual(await pathsOf(reader), [...allPaths, "new.md"].sort());
});

test("while another process writes, index and search say so, with how many files there are by now", async (t) => {
  const workspace = await workspaceOf(t, files);
  const writer = await workspace.start();
  await writer.channel.request("index", {});
  const whole = await run("index", workspace);
  assert.equal(whole.code, 0, whole.stderr);
  const summary = JSON.parse(whole.stdout);
  assert.equal(summary.files, 40);
  assert.match(summary.notice, /Another Carrel process writes the index of .* holds 40 files/);
  assertFoundWithNote(await run("search", workspace), /Another Carrel process writes .* 40 files/);

  // As if the writer were in the middle of the first whole look, and took its time.
  const [stamp = ""] = execFileSync("find", [workspace.storage, "-name", "index.json"])
    .toString()
    .split("\n");
  const text = await readFile(stamp, "utf8");
  await writeFile(stamp, text.replace('"complete":true', '"complete":false'));
  const [index, search] = await Promise.all([run("index", workspace), run("search", workspace)]);
  assertRefused(index, /Another Carrel process writes the index of .* holds 40 files by now/);
  assertFoundWithNote(search, /Another Carrel process writes .* 40 files by now/);
});

test("a store that is a file, or in one, is refused with what to do", async (t) => {
  const workspace = await workspaceOf(t, { "a.md": "Apples.\n" });
  const { dir } = workspace;
  const file = join(dirname(dir), "file");
  await writeFile(file, "This is no folder.\n");
  for (const storage of [file, join(file, "store")]) {
    assertRefused(await run("index", { dir, storage }), /is a file|not a folder|ENOTDIR|can't be/);
    assertRefused(await run("search", { dir, storage }), /is a file|not a folder|ENOTDIR|can't be/);
  }
});

test("without permission to write, index is refused and search goes on; without any, both are refused", {
  skip: !isRoot && "only root can become another user",
}, async (t) => {
  const workspace = await workspaceOf(t, files);
  const base = dirname(workspace.dir);
  await chmod(base, 0o755);
  assert.equal((await run("index", workspace)).code, 0);
  // As if it were this user's, in a place where nothing may be written any more; it is private to who made it.
  execFileSync("chmod", ["-R", "a+rX", workspace.storage]);
  const nobody: How = { uid: 65534, env: { HOME: base } };
  const index = await run("index", workspace, [], nobody);
  assertRefused(index, /no permission to write/);
  assertFoundWithNote(await run("search", workspace, [], nobody), /no permission to write/);
  await chmod(workspace.storage, 0o700);
  for (const command of ["index", "search"] as const) {
    assertRefused(await run(command, workspace, [], nobody), /permission|may not/);
  }
});

/** The workspace's storage on a small disk in memory; false, and the test skipped, where none may be mounted. */
async function mountDisk(t: TestContext, { storage }: Workspace, size: string): Promise<boolean> {
  await mkdir(storage, { recursive: true });
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${size}`, "carrel-test", storage], { stdio: "ignore" });
  } catch {
    t.skip("mounting is not allowed here");
    return false;
  }
  return true;
}

test("on a read-only disk index is refused and search goes on", async (t) => {
  const workspace = await makeWorkspace(files);
  const { storage } = workspace;
  t.after(() => workspace.remove());
  if (!(await mountDisk(t, workspace, "8m"))) return;
  try {
    assert.equal((await run("index", workspace)).code, 0);
    execFileSync("mount", ["-o", "remount,ro", storage]);
    assertRefused(await run("index", workspace), /read-only disk/);
    assertFoundWithNote(await run("search", workspace), /read-only disk/);
    const plain = await run("search", workspace, ["--no-update"]);
    assert.equal(JSON.parse(plain.stdout).length, 40);
  } finally {
    execFileSync("umount", ["-l", storage]);
  }
});

test("on a full disk index is refused, what was there is found, and all is well when there is space", async (t) => {
  const workspace = await makeWorkspace(files);
  const { storage } = workspace;
  t.after(() => workspace.remove());
  if (!(await mountDisk(t, workspace, "2m"))) return;
  try {
    assert.equal((await run("index", workspace)).code, 0);
    await cp("/dev/null", join(storage, "full"));
    assert.throws(() => execFileSync("sh", ["-c", `cat /dev/zero >"${storage}/full"`], { stdio: "ignore" }));
    await workspace.write("new.md", `# New\n\n${"More apples, and pears.\n\n".repeat(2000)}`);
    assertRefused(await run("index", workspace), /no space left/);
    assertFoundWithNote(await run("search", workspace), /no space left/);
    execFileSync("rm", [join(storage, "full")]);
    await workspace.write("new.md", "# New\n\nMore apples.\n");
    const index = await run("index", workspace);
    assert.equal(index.code, 0, index.stderr);
    assert.equal(JSON.parse(index.stdout).files, 41);
  } finally {
    execFileSync("umount", ["-l", storage]);
  }
});

test("a name that is no UTF-8 is listed, and an edit that keeps size and time is found", async (t) => {
  const workspace = await workspaceOf(t, { "a.md": "Red apples.\n" });
  const { dir } = workspace;
  const name = Buffer.concat([Buffer.from(`${dir}/caf`), Buffer.from([0xe9]), Buffer.from(".md")]);
  const isWritten = await writeFile(name, "Coffee.\n").then(
    () => true,
    () => false,
  );
  const first = JSON.parse((await run("index", workspace)).stdout);
  assert.equal(first.files, 1);
  // macOS and Windows keep no such names.
  if (isWritten) {
    assert.equal(first.skipped.length, 1);
    assert.match(first.skipped[0].path, /^caf/);
    assert.match(first.skipped[0].reason, /UTF-8/);
  }
  const { atime, mtime } = await stat(join(dir, "a.md"));
  await workspace.write("a.md", "Old apples!\n");
  await utimes(join(dir, "a.md"), atime, mtime);
  const second = JSON.parse((await run("index", workspace)).stdout);
  assert.equal(second.changed, 1);
  const { stdout } = await run("search", workspace, ["--no-update"]);
  assert.match(stdout, /Old apples/);
});
