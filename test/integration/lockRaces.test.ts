import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { takeWriteLock } from "../../indexer/store/lock.ts";
import { LockProcess } from "../support/lockProcess.ts";
import { witnesses } from "../support/lockWitness.ts";

const base = await mkdtemp(join(tmpdir(), "carrel-lock-"));
after(() => rm(base, { recursive: true, force: true }));

test("of many processes that try when a holder is killed, one takes the lock", async (t) => {
  const dir = join(base, "one", "indexes", "model", "folder");
  const others = Array.from({ length: 4 }, () => new LockProcess(dir));
  t.after(() => Promise.all(others.map((other) => other.kill())));
  const holder = new LockProcess(dir);
  assert.equal(await holder.take(), "taken");
  await Promise.all(others.map((other) => other.take()));
  await holder.kill();
  for (let round = 0; round < 25; round++) {
    const states = await Promise.all(others.map((other) => other.take()));
    assert.deepEqual(states.toSorted(), ["held", "held", "held", "taken"]);
    await others[states.indexOf("taken")]?.ask("release");
  }
});

test("in thousands of attempts at once no two held the lock, and none failed while nobody had it", async (t) => {
  const dir = join(base, "thousands", "indexes", "model", "folder");
  // With a third there would nearly always be one that had it.
  const processes = Array.from({ length: 2 }, () => new LockProcess(dir));
  t.after(() => Promise.all(processes.map((one) => one.kill())));
  // All are up before the first begins.
  await Promise.all(processes.map((one) => one.ask("release")));
  const answers = await Promise.all(processes.map((one) => one.ask("contend")));
  const taken = answers.flatMap((answer) => answer.taken ?? []).sort((a, b) => a[1] - b[1]);
  const refused = answers.flatMap((answer) => answer.refused ?? []);
  const twice = taken.filter(([, got], n) => got < (taken[n - 1]?.[2] ?? 0));
  assert.deepEqual(twice, []);
  const forNothing = refused.filter(
    ([began, ended]) => !taken.some(([asked, , , released]) => asked < ended && released > began),
  );
  assert.deepEqual(forNothing, []);
  assert.ok(taken.length > 0 && refused.length > 0, `${taken.length} taken, ${refused.length} refused`);
  t.diagnostic(`${taken.length} taken, ${refused.length} refused`);
});

test("eight processes, killed at random moments and while they hold: never two hold the lock", async (t) => {
  const dir = join(base, "eight", "indexes", "model", "folder");
  const log = join(base, "witnesses");
  await mkdir(log);
  const running = new Map<number, LockProcess>();
  const startOne = (): void => {
    const one = LockProcess.competing(dir, log);
    assert.ok(one.child.pid);
    running.set(one.child.pid, one);
  };
  t.after(() => Promise.all([...running.values()].map((one) => one.kill())));
  for (let n = 0; n < 8; n++) startOne();
  let killedHolders = 0;
  for (let kill = 0; kill < 30; kill++) {
    await sleep(Math.random() * 60);
    const holding = (await witnesses(log)).map((name) => Number.parseInt(name, 10));
    const pids = [...running.keys()];
    const victim = kill % 2 === 0 ? holding[0] : pids[Math.floor(Math.random() * pids.length)];
    const one = running.get(victim ?? 0);
    if (!one) continue;
    if (kill % 2 === 0) killedHolders += 1;
    running.delete(victim ?? 0);
    await one.kill();
    startOne();
  }
  await Promise.all([...running.values()].map((one) => one.kill()));
  assert.equal(existsSync(join(log, "two")) ? await readFile(join(log, "two"), "utf8") : "", "");
  const takings = (await readFile(join(log, "taken"))).length;
  assert.ok(takings > killedHolders && killedHolders > 0, `${takings} taken, ${killedHolders} killed`);
  t.diagnostic(`taken ${takings} times, ${killedHolders} killed in the act`);
  assert.equal((await takeWriteLock(dir)).state, "taken");
});
