import { existsSync } from "node:fs";
import { appendFile, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Runs `task` as the only holder of a lock ought to: with a file in `log` that says so, named by the process.
 * Another process's file must be that of a dead one. If its process lives, or took it away while it lived, there
 * were two holders, which is written into `log`/two. Each holder is counted in `log`/taken.
 */
export async function witnessed(log: string, task: () => Promise<void>): Promise<void> {
  const own = join(log, `${process.pid}.witness`);
  await writeFile(own, "");
  for (const name of await witnesses(log)) {
    const other = join(log, name);
    if (other === own) continue;
    if (!(await isLeftByDead(other, Number.parseInt(name, 10)))) {
      await appendFile(join(log, "two"), `${process.pid} and ${name}\n`);
    }
    await rm(other, { force: true });
  }
  await appendFile(join(log, "taken"), ".");
  await task();
  await rm(own, { force: true });
}

/** The processes that hold the lock, or died while they did, as names that begin with their numbers. */
export async function witnesses(log: string): Promise<string[]> {
  return (await readdir(log)).filter((name) => name.endsWith(".witness"));
}

/** One that is being killed may take a moment to go, but never takes its file away. */
async function isLeftByDead(witness: string, pid: number): Promise<boolean> {
  for (let round = 0; round < 3000; round++) {
    if (!(await isAlive(pid))) return true;
    if (!existsSync(witness)) return false;
    await sleep(1);
  }
  return false;
}

async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // A process that has ended and that its parent has not asked about yet has let go of everything.
  const state = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return !/\) [ZX] /.test(state);
}
