/**
 * One set-up of this folder at a time: two that install into the same folders at once break each other. No
 * dependencies, and nothing newer than Node 20: the set-up needs it before anything is installed.
 */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const lockFile = fileURLToPath(new URL("../.cache/setup.lock", import.meta.url));
const pollMs = 200;

let held = false;

/**
 * Runs `task`, which is synchronous, while no other process runs one under the same lock; waits for another, and
 * calls `onWait` with its process id first. A process that was killed holds nothing. May be nested.
 */
export function withSetupLock(task, { file = lockFile, onWait = () => {} } = {}) {
  if (held) return task();
  acquire(file, onWait);
  held = true;
  try {
    return task();
  } finally {
    held = false;
    rmSync(file, { force: true });
  }
}

function acquire(file, onWait) {
  mkdirSync(dirname(file), { recursive: true });
  const own = `${process.pid} ${startOf(process.pid)}`;
  let told = false;
  for (;;) {
    try {
      writeFileSync(file, own, { flag: "wx" });
      return;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    const holder = read(file);
    if (holder !== undefined && !isAlive(holder)) {
      removeStale(file, holder);
      continue;
    }
    if (!told && holder) onWait(Number.parseInt(holder, 10));
    told ||= Boolean(holder);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pollMs);
  }
}

function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // It was given back just now.
    return undefined;
  }
}

/** Another process may have done the same, and hold the lock by now: then it gets it back. */
function removeStale(file, holder) {
  const aside = `${file}.${process.pid}`;
  try {
    renameSync(file, aside);
    if (read(aside) === holder) rmSync(aside, { force: true });
    else renameSync(aside, file);
  } catch {
    // Somebody else was first.
  }
}

/** Whether the process that wrote this still runs. The start tells it from a later one with the same id. */
function isAlive(holder) {
  const [pid, start] = holder.split(" ");
  // Written a moment ago, and not wholly: look again.
  if (start === undefined) return true;
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    // A process of another user can't be signalled, but is there.
    return error.code === "EPERM";
  }
  return startOf(pid) === start;
}

/** When a process was started, in ticks since the machine's start; "?" where that can't be told. */
function startOf(pid) {
  try {
    const stat = readFileSync(join("/proc", String(pid), "stat"), "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return "?";
  }
}
