import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, type TestContext, test } from "node:test";
import { takeWriteLock } from "../../indexer/store/lock.ts";
import { engineArguments } from "../../protocol/launch.ts";
import { LockProcess, type Start } from "../support/lockProcess.ts";
import { eventually } from "../support/workspace.ts";

const base = await mkdtemp(join(tmpdir(), "carrel-lock-"));
await chmod(base, 0o755);
after(() => rm(base, { recursive: true, force: true }));

const own = ["unshare", "--user", "--map-root-user", "--mount", "--pid", "--fork", "--kill-child"];
const noNamespaces =
  spawnSync(own[0] ?? "", [...own.slice(1), "mount", "-t", "tmpfs", "none", base]).status !== 0;
const skip = noNamespaces && "no name spaces here";
const isRoot = process.getuid?.() === 0;

/** Root may write everywhere; its stand-in is a user that can read this repository, if there is one. */
const other: Start = isRoot ? { uid: 65534 } : {};
const noOther =
  process.platform === "win32" ||
  spawnSync(
    process.execPath,
    ["-e", "require('node:fs').readFileSync(process.argv[1])", import.meta.filename],
    other,
  ).status !== 0;

async function newStorage(): Promise<{ storage: string; dir: string }> {
  const storage = await mkdtemp(join(base, "storage-"));
  return { storage, dir: join(storage, "indexes", "model", "folder") };
}

/** A process with process numbers and mounts of its own, after `prepare`, a shell script that is given `place`. */
function apart(t: TestContext, dir: string, prepare: string, place: string): LockProcess {
  const how: Start = { before: [...own, "sh", "-ec", `${prepare}\nshift; exec "$@"`, "sh", place] };
  return start(t, dir, how);
}

function start(t: TestContext, dir: string, how?: Start): LockProcess {
  const process = new LockProcess(dir, how);
  t.after(() => process.kill());
  return process;
}

test("a process number used again does not keep the lock of a dead process", { skip }, async (t) => {
  const { dir } = await newStorage();
  // Both are process 1 where they live, as is, here, a process that never ends.
  const first = apart(t, dir, "", "");
  const second = apart(t, dir, "", "");
  assert.equal(await first.take(), "taken");
  assert.equal(await second.take(), "held");
  await first.kill();
  // What was killed is the command that started it.
  await eventually("the lock is taken", async () => (await second.take()) === "taken");
});

test("on a full disk the lock is taken all the same, since it needs no space", { skip }, async (t) => {
  const { storage, dir } = await newStorage();
  const fill = `
    mount -t tmpfs -o size=16k none "$1"
    ! cat /dev/zero 2>/dev/null >"$1/full"
    ! echo more 2>/dev/null >"$1/more"`;
  const holder = apart(t, dir, fill, storage);
  assert.equal(await holder.take(), "taken");
  await holder.ask("release");
  assert.equal(await holder.take(), "taken");
});

test("where no more files fit that is said, and the lock is free once they do", { skip }, async (t) => {
  const { storage, dir } = await newStorage();
  // The mount itself is one of the six; the last is free for the lock file when `full` is gone.
  const fill = `
    mount -t tmpfs -o nr_inodes=6 none "$1"
    mkdir -p "$1/indexes/model/folder" "$1/locks"
    touch "$1/full"
    (while [ ! -e "$1.asked" ]; do sleep 0.02; done; rm "$1/full") &`;
  const holder = apart(t, dir, fill, storage);
  const answer = await holder.ask("take");
  assert.equal(answer.state, "unavailable");
  assert.match(answer.message ?? "", /no space left/);
  assert.match(answer.remedy ?? "", /Free/);
  await writeFile(`${storage}.asked`, "");
  await eventually("the lock is taken", async () => (await holder.take()) === "taken");
});

for (const [what, prepare] of [
  ["is missing", 'mkdir -p "$1/indexes/model/folder"'],
  ["is there", 'mkdir -p "$1/indexes/model/folder" "$1/locks"; touch "$1/locks/model-folder.lock"'],
] as const) {
  test(`on a read-only disk, where the lock file ${what}, nobody takes it`, { skip }, async (t) => {
    const { storage, dir } = await newStorage();
    const mount = `mount -t tmpfs none "$1"; ${prepare}; mount -o remount,ro "$1"`;
    const answer = await apart(t, dir, mount, storage).ask("take");
    assert.equal(answer.state, "unavailable");
    assert.match(answer.message ?? "", /on a read-only disk/);
    assert.ok(answer.remedy);
  });
}

test("where this user may not write, nobody takes the lock, and that is said", {
  skip: noOther && "no user here who may read this and may not write",
}, async (t) => {
  const { storage, dir } = await newStorage();
  const locks = join(storage, "locks");
  await mkdir(dir, { recursive: true });
  await chmod(storage, 0o555);
  t.after(() => chmod(storage, 0o755));
  const reader = start(t, dir, other);
  const missing = await reader.ask("take");
  assert.equal(missing.state, "unavailable");
  assert.match(missing.message ?? "", /no permission/);
  assert.match(missing.remedy ?? "", /write access/);
  await chmod(storage, 0o755);
  await mkdir(locks);
  await writeFile(join(locks, "model-folder.lock"), "");
  for (const mode of [0o444, 0o000]) {
    await chmod(join(locks, "model-folder.lock"), mode);
    const answer = await reader.ask("take");
    assert.equal(answer.state, "unavailable");
    assert.match(answer.message ?? "", /no permission/);
  }
});

test("a file in place of a folder, or anything else in place of the lock file, is said", async () => {
  const { storage, dir } = await newStorage();
  const locks = join(storage, "locks");
  const problemOf = async (): Promise<string> => {
    const attempt = await takeWriteLock(dir);
    assert.equal(attempt.state, "unavailable");
    if (attempt.state !== "unavailable") return "";
    assert.ok(attempt.problem.remedy.includes(locks) || attempt.problem.remedy === "Delete that file.");
    return attempt.problem.message;
  };
  await writeFile(locks, "");
  assert.match(await problemOf(), /ENOTDIR/);
  await rm(locks);
  await mkdir(join(locks, "model-folder.lock"), { recursive: true });
  assert.match(await problemOf(), /can't be opened/);
  await rm(join(locks, "model-folder.lock"), { recursive: true });
  await writeFile(join(locks, "model-folder.lock"), String(process.pid));
  assert.match(await problemOf(), /is not a lock file/);
  await writeFile(join(locks, "model-folder.lock"), "");
  assert.equal((await takeWriteLock(dir)).state, "taken");
});

test("the engine is silent about what Node.js calls experimental", async () => {
  const script = 'process.emitWarning("SQLite", "ExperimentalWarning"); process.emitWarning("other");';
  const { stderr, status } = spawnSync(process.execPath, [...engineArguments, "-e", script], {
    encoding: "utf8",
  });
  assert.equal(status, 0);
  assert.doesNotMatch(stderr, /SQLite/);
  assert.match(stderr, /other/);
});
