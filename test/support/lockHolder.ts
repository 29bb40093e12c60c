/**
 * A process that takes and releases write locks as its parent tells it. It ends with its parent.
 *
 *   node lockHolder.ts DIR                    does what messages say: see `commands`
 *   node lockHolder.ts DIR --compete LOG      takes and releases for ever, with a witness in the folder LOG
 */
import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { takeWriteLock, type WriteLock } from "../../indexer/store/lock.ts";
import { witnessed } from "./lockWitness.ts";

const [dir = "", mode, log = ""] = process.argv.slice(2);
let lock: WriteLock | undefined;

async function take(): Promise<object> {
  const attempt = await takeWriteLock(dir);
  if (attempt.state === "taken") lock = attempt.lock;
  if (attempt.state !== "unavailable") return { state: attempt.state };
  const { message, remedy } = attempt.problem;
  return { state: attempt.state, message, remedy };
}

/** Milliseconds of the machine. */
function clock(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** Keeps busy for up to half a millisecond, which is how long an attempt takes. */
function spin(): void {
  const end = clock() + Math.random() / 2;
  while (clock() < end);
}

const commands: Record<string, () => Promise<object>> = {
  take,
  /** Forgets the lock without a release, and lets the garbage collector have what it finds. */
  async drop() {
    lock = undefined;
    for (let round = 0; round < 3; round++) {
      await sleep(1);
      globalThis.gc?.();
    }
    return { state: "dropped" };
  },
  async release() {
    await lock?.release();
    return { state: "released" };
  },
  /** Tries 2,000 times, and tells when, by a clock that all processes share. */
  async contend() {
    const taken: number[][] = [];
    const refused: number[][] = [];
    for (let n = 0; n < 2000; n++) {
      const asked = clock();
      const attempt = await takeWriteLock(dir);
      const got = clock();
      if (attempt.state === "taken") {
        spin();
        const kept = clock();
        await attempt.lock.release();
        taken.push([asked, got, kept, clock()]);
      } else refused.push([asked, got]);
      spin();
    }
    return { state: "contended", taken, refused };
  },
  /** Starts a process that lives on when this one is killed. */
  async spawn() {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], {
      stdio: "inherit",
      detached: true,
    });
    return { state: "spawned", pid: child.pid };
  },
};

async function compete(): Promise<void> {
  for (;;) {
    const attempt = await takeWriteLock(dir);
    if (attempt.state === "unavailable") throw attempt.problem;
    if (attempt.state === "taken") {
      await witnessed(log, () => sleep(Math.random() * 5));
      await attempt.lock.release();
    }
    await sleep(Math.random() * 3);
  }
}

process.on("disconnect", () => process.exit());
if (mode === "--compete") await compete();
process.on("message", (command: string) => {
  void commands[command]?.().then((answer) => process.send?.(answer));
});
