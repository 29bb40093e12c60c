import { readdirSync, readFileSync, readlinkSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const pollMs = 40;
/** An engine that is asked to end takes at most five seconds; the rest is for a busy machine. */
const endsWithinMs = 60_000;
const sleptMs = 600_000;

/** The processes that a process has started, and those that these have. None where there is no /proc. */
export function descendants(pid: number): number[] {
  const children = readAll().filter((one) => one.parent === pid);
  return children.flatMap((child) => [child.pid, ...descendants(child.pid)]);
}

/** Waits until these processes have ended, and returns those that have not after a time. */
export async function waitForEnd(pids: readonly number[]): Promise<number[]> {
  const end = performance.now() + endsWithinMs;
  for (;;) {
    const left = pids.filter(isAlive);
    if (left.length === 0 || performance.now() > end) return left;
    await delay(pollMs);
  }
}

/** What a process has open, as the system names it; empty where there is no /proc. */
export function openFiles(pid: number): string[] {
  const folder = `/proc/${pid}/fd`;
  return list(folder).flatMap((name) => {
    try {
      return [readlinkSync(`${folder}/${name}`)];
    } catch {
      return [];
    }
  });
}

/** Signals a process; one that has ended by then needs none. */
export function trySignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended.
  }
}

/** As if the machine had slept: who looks first sees locks that nobody has touched for ten minutes. */
export function ageLocks(storage: string): void {
  const then = new Date(Date.now() - sleptMs);
  for (const name of list(storage, true)) {
    if (!name.includes("lock")) continue;
    try {
      utimesSync(join(storage, name), then, then);
    } catch {
      // Its owner has let it go.
    }
  }
}

/** A process that has ended and waits for its new parent to ask for its exit code is not alive. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !readAll().some((one) => one.pid === pid && one.state === "Z");
  } catch {
    return false;
  }
}

function readAll(): { pid: number; parent: number; state: string }[] {
  return list("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      // After the name, which may hold spaces and brackets: state and parent.
      const [state = "", parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return [{ pid: Number(name), parent: Number(parent), state }];
    } catch {
      return [];
    }
  });
}

function list(folder: string, recursive = false): string[] {
  try {
    return readdirSync(folder, { recursive }).map(String);
  } catch {
    return [];
  }
}
