import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { takeWriteLock } from "../../indexer/store/lock.ts";

const base = await mkdtemp(join(tmpdir(), "carrel-lock-"));
after(() => rm(base, { recursive: true, force: true }));

const lockModule = fileURLToPath(new URL("../../indexer/store/lock.ts", import.meta.url));

/** A process that takes the lock of `dir`, prints whether it got it, and stays. */
async function holder(t: TestContext, dir: string) {
  const script = `
    const { takeWriteLock } = await import(${JSON.stringify(lockModule)});
    console.log(await takeWriteLock(${JSON.stringify(dir)}) ? "taken" : "refused");
    setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => child.kill("SIGKILL"));
  const [line] = (await once(child.stdout, "data")) as [Buffer];
  return { child, got: line.toString().trim() };
}

test("the lock is held by one, and free again after release", async () => {
  const dir = await mkdtemp(join(base, "a-"));
  const first = await takeWriteLock(dir);
  assert.ok(first);
  assert.equal(await takeWriteLock(dir), undefined);
  await first.release();
  const second = await takeWriteLock(dir);
  assert.ok(second);
  await second.release();
});

test("another process is refused while the holder lives, and takes over from a killed one at once", async (t) => {
  const dir = await mkdtemp(join(base, "b-"));
  const { child, got } = await holder(t, dir);
  assert.equal(got, "taken");
  assert.equal(await takeWriteLock(dir), undefined);
  child.kill("SIGKILL");
  await once(child, "exit");
  const lock = await takeWriteLock(dir);
  assert.ok(lock);
  await lock.release();
});

test("of many that see a stale lock, one takes it", async (t) => {
  const dir = await mkdtemp(join(base, "c-"));
  const { child } = await holder(t, dir);
  child.kill("SIGKILL");
  await once(child, "exit");
  const others = await Promise.all(Array.from({ length: 4 }, () => holder(t, dir)));
  assert.equal(others.filter(({ got }) => got === "taken").length, 1);
});
