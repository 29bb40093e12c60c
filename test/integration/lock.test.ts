import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rename, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, type TestContext, test } from "node:test";
import { Worker } from "node:worker_threads";
import { takeWriteLock, type WriteLock } from "../../indexer/store/lock.ts";
import { LockProcess, type Start } from "../support/lockProcess.ts";

const base = await mkdtemp(join(tmpdir(), "carrel-lock-"));
after(() => rm(base, { recursive: true, force: true }));

/** The folder of an index in a storage of its own; nothing of it is there. */
async function newIndex(): Promise<{ storage: string; dir: string; file: string }> {
  const storage = await mkdtemp(join(base, "storage-"));
  return {
    storage,
    dir: join(storage, "indexes", "model", "folder"),
    file: join(storage, "locks", "model-folder.lock"),
  };
}

function start(t: TestContext, dir: string, how?: Start): LockProcess {
  const process = new LockProcess(dir, how);
  t.after(() => process.kill());
  return process;
}

async function state(dir: string): Promise<string> {
  const attempt = await takeWriteLock(dir);
  if (attempt.state === "taken") await attempt.lock.release();
  return attempt.state;
}

async function taken(dir: string): Promise<WriteLock> {
  const attempt = await takeWriteLock(dir);
  assert.equal(attempt.state, "taken");
  return (attempt as { lock: WriteLock }).lock;
}

test("the lock is held by one, leaves one empty file, and is free again after release", async () => {
  const { storage, dir, file } = await newIndex();
  const lock = await taken(dir);
  assert.ok(existsSync(dir));
  assert.equal(await state(dir), "held");
  assert.deepEqual(await readdir(join(storage, "locks")), ["model-folder.lock"]);
  assert.equal((await stat(file)).size, 0);
  await lock.release();
  assert.equal(await state(dir), "taken");
  assert.deepEqual(await readdir(join(storage, "locks")), ["model-folder.lock"]);
  assert.equal((await stat(file)).size, 0);
});

test("two attempts at once in one process: one takes it", async () => {
  const { dir } = await newIndex();
  const attempts = await Promise.all(Array.from({ length: 8 }, () => takeWriteLock(dir)));
  assert.deepEqual(attempts.map((attempt) => attempt.state).sort(), [
    "held",
    "held",
    "held",
    "held",
    "held",
    "held",
    "held",
    "taken",
  ]);
  for (const attempt of attempts) if (attempt.state === "taken") await attempt.lock.release();
});

test("indexes next to each other have locks of their own", async () => {
  const { storage, dir } = await newIndex();
  const lock = await taken(dir);
  assert.equal(await state(join(storage, "indexes", "model", "other")), "taken");
  assert.equal(await state(join(storage, "indexes", "other", "folder")), "taken");
  await lock.release();
});

test("a failed attempt leaves the lock with its holder, by a link and from another thread too", async (t) => {
  const { storage, dir } = await newIndex();
  const link = `${storage}-link`;
  await symlink(storage, link, "junction");
  const lock = await taken(dir);
  assert.equal(await state(join(link, "indexes", "model", "folder")), "held");
  const module = new URL("../../indexer/store/lock.ts", import.meta.url).href;
  const worker = new Worker(
    `const { parentPort, workerData } = require("node:worker_threads");
     import(workerData.module)
       .then(({ takeWriteLock }) => takeWriteLock(workerData.dir))
       .then(({ state }) => parentPort.postMessage(state));`,
    { eval: true, workerData: { module, dir } },
  );
  assert.deepEqual(await once(worker, "message"), ["held"]);
  await worker.terminate();
  assert.equal(await start(t, dir).take(), "held");
  await lock.release();
});

test("to release twice does not take the lock from the next holder", async (t) => {
  const { dir } = await newIndex();
  const first = await taken(dir);
  await first.release();
  const second = await taken(dir);
  await first.release();
  assert.equal(await state(dir), "held");
  assert.equal(await start(t, dir).take(), "held");
  await second.release();
});

test("the lock of a killed process is free at once", async (t) => {
  const { dir } = await newIndex();
  const holder = start(t, dir);
  assert.equal(await holder.take(), "taken");
  assert.equal(await state(dir), "held");
  await holder.kill();
  assert.equal(await state(dir), "taken");
});

test("a process that the holder has started does not keep the lock of its killed parent", async (t) => {
  const { dir } = await newIndex();
  const holder = start(t, dir);
  assert.equal(await holder.take(), "taken");
  const { pid } = await holder.ask("spawn");
  assert.ok(pid);
  t.after(() => process.kill(pid, "SIGKILL"));
  await holder.kill();
  assert.ok(process.kill(pid, 0));
  assert.equal(await state(dir), "taken");
});

test("a stopped process keeps the lock, whatever the clock says", {
  skip: process.platform === "win32",
}, async (t) => {
  const { storage, dir, file } = await newIndex();
  const holder = start(t, dir);
  assert.equal(await holder.take(), "taken");
  assert.ok(holder.child.kill("SIGSTOP"));
  const long = new Date(Date.now() - 30 * 24 * 3_600_000);
  for (const path of [file, join(storage, "locks"), dir]) await utimes(path, long, long);
  const other = start(t, dir);
  const now = Date.now;
  t.after(() => {
    Date.now = now;
  });
  for (const hours of [0, 1, 24 * 365, -24 * 365]) {
    Date.now = () => now() + hours * 3_600_000;
    assert.equal(await state(dir), "held");
    assert.equal(await other.take(), "held");
  }
  assert.ok(holder.child.kill("SIGCONT"));
  assert.equal(await other.take(), "held");
  assert.equal((await holder.ask("release")).state, "released");
  assert.equal(await other.take(), "taken");
});

test("a lock that nobody refers to is still held", async (t) => {
  const { dir } = await newIndex();
  const holder = start(t, dir, { nodeArguments: ["--expose-gc"] });
  assert.equal(await holder.take(), "taken");
  await holder.ask("drop");
  assert.equal(await state(dir), "held");
});

test("the index's folder can be moved and deleted while it is locked; the next holder finds one", async (t) => {
  const { dir } = await newIndex();
  const holder = start(t, dir);
  assert.equal(await holder.take(), "taken");
  await writeFile(join(dir, "index.json"), "{}");
  await rename(dir, `${dir}.moved`);
  assert.equal(await state(dir), "held");
  await mkdir(dir);
  assert.equal(await state(dir), "held");
  await rm(join(dir, ".."), { recursive: true });
  assert.equal(await state(dir), "held");
  await holder.ask("release");
  assert.equal(await state(dir), "taken");
  assert.ok(existsSync(dir));
});

test("a lock file of an older version, with a living process in it, is nothing to the lock", async () => {
  const { dir } = await newIndex();
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, "writer.lock"), String(process.pid));
  assert.equal(await state(dir), "taken");
});
