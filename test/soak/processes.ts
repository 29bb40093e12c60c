import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

const pollMs = 40;
/** An engine that is asked to end takes at most five seconds; the rest is for a busy machine. */
const endsWithinMs = 15_000;

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

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
