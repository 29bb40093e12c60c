import { readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";

const heartbeatMs = 2_000;
/**
 * A lock whose heartbeat is older than this belongs to nobody, though its process number is in use: by another
 * program. Long enough for a machine that slept.
 */
const staleMs = 300_000;
const turnMs = 5_000;

/** The right to write to an index, held by one process at a time. */
export interface WriteLock {
  release(): Promise<void>;
}

/**
 * Takes the lock of an index, or returns undefined when a living process holds it. A lock left by a killed
 * process is taken over at once.
 * @param dir The index's folder.
 */
export async function takeWriteLock(dir: string): Promise<WriteLock | undefined> {
  const file = join(dir, "writer.lock");
  if (!(await create(file)) && !(await replaceStale(file))) return undefined;
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => undefined);
  }, heartbeatMs);
  heartbeat.unref();
  return {
    async release() {
      clearInterval(heartbeat);
      await rm(file, { force: true });
    },
  };
}

/**
 * Puts a lock of this process in place of one that a killed process left. Only one process at a time may try,
 * and looks again first: else a slow one would remove the lock that a quick one has just taken.
 */
async function replaceStale(file: string): Promise<boolean> {
  if (await isHeld(file)) return false;
  const turn = `${file}.turn`;
  if (!(await create(turn))) {
    const since = await stat(turn).then(
      (stats) => stats.mtimeMs,
      () => Date.now(),
    );
    // Its owner was killed within these few milliseconds; the next try will succeed.
    if (Date.now() - since > turnMs) await rm(turn, { force: true });
    return false;
  }
  try {
    if (await isHeld(file)) return false;
    await rm(file, { force: true });
    return await create(file);
  } finally {
    await rm(turn, { force: true });
  }
}

async function create(file: string): Promise<boolean> {
  try {
    await writeFile(file, String(process.pid), { flag: "wx" });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

async function isHeld(file: string): Promise<boolean> {
  try {
    const { mtimeMs } = await stat(file);
    if (Date.now() - mtimeMs > staleMs) return false;
    const pid = Number(await readFile(file, "utf8"));
    // The file is empty for a moment while another process makes it.
    if (!Number.isInteger(pid) || pid <= 0) return true;
    return isAlive(pid);
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
