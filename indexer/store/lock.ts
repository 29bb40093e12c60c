import { closeSync, openSync } from "node:fs";
import { mkdir, realpath } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { CarrelError } from "../../protocol/channel.ts";
import { lockProblem, sqliteCode } from "./lockProblem.ts";

/** The right to write to an index, held by one process at a time. */
export interface WriteLock {
  /** Lets go of the lock. To release it again does nothing. */
  release(): Promise<void>;
}

/**
 * What came of an attempt to take a lock: it is this caller's; somebody else holds it, perhaps this very process;
 * or nobody can take it here, for instance since the disk is read-only, and `problem` says why.
 */
export type LockAttempt =
  | { readonly state: "taken"; readonly lock: WriteLock }
  | { readonly state: "held" }
  | { readonly state: "unavailable"; readonly problem: CarrelError };

type Sqlite = typeof import("node:sqlite");

/**
 * The locks that this process holds, by file. A database that nobody refers to would be closed by the garbage
 * collector, and its lock with it.
 */
const held = new Map<string, DatabaseSync>();

/**
 * Takes the write lock of an index, or tells at once that another holds it. When it is taken, the index's folder
 * is there.
 *
 * The lock is one that the operating system keeps on an open file (fcntl, on Windows LockFileEx), by way of a
 * SQLite transaction that never writes. The system drops it when the process ends, however it ends, and not
 * before: a process that is stopped or a machine that sleeps keeps it, and no clock and no process number counts.
 *
 * The file lies outside of the index's folder, in `<storage>/locks`, so that the folder can be moved away and
 * deleted by the holder. It is empty, and nobody ever deletes it: somebody else may have it open, about to lock
 * it. Nor may this process open it by any other means: closing it would drop the lock (as POSIX has it).
 *
 * On a network file system the lock holds as far as the file system's own locks do. NFS and SMB lock between
 * machines, but a server takes a lock from a machine that it has not heard from for a while, a minute or so; and
 * mounts with local locks (NFS `nolock`, folders shared with a virtual machine) lock on each side by itself.
 * @param dir The index's folder: <storage>/indexes/<model>/<folder>.
 */
export async function takeWriteLock(dir: string): Promise<LockAttempt> {
  let file = lockFile(dir);
  try {
    await makeFolder(dirname(file));
    // One file has one entry in `held`, by whichever path one came.
    file = join(await realpath(dirname(file)), basename(file));
    const sqlite = await import("node:sqlite");
    const database = lockNow(sqlite, file);
    if (!database) return { state: "held" };
    return { state: "taken", lock: await prepared(dir, file, database) };
  } catch (error) {
    return { state: "unavailable", problem: lockProblem(file, error) };
  }
}

function lockFile(dir: string): string {
  const model = dirname(dir);
  return join(dirname(dirname(model)), "locks", `${basename(model)}-${basename(dir)}.lock`);
}

/** Does not wait between looking and taking, so that two attempts of this process don't mingle. */
function lockNow(sqlite: Sqlite, file: string): DatabaseSync | undefined {
  if (held.has(file)) return undefined;
  createEmpty(file);
  const database = new sqlite.DatabaseSync(file);
  try {
    // With no journal file there is nothing to write. IMMEDIATE and not EXCLUSIVE: it takes one single lock, so
    // that of many who try at once one succeeds, where the steps of EXCLUSIVE can make all fail.
    database.exec("PRAGMA journal_mode = MEMORY; BEGIN IMMEDIATE");
    // A file that can't be written to is opened for reading, without an error, and BEGIN then locks nothing.
    // A change shows the difference. It is never committed.
    database.exec("PRAGMA user_version = 1");
  } catch (error) {
    database.close();
    if (sqliteCode(error) === "busy") return undefined;
    throw error;
  }
  held.set(file, database);
  return database;
}

/** SQLite could create the file too, but does not say why it can't. */
function createEmpty(file: string): void {
  try {
    closeSync(openSync(file, "wx"));
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  }
}

/** The lock with the index's folder in place: whoever held it before may have deleted that folder. */
async function prepared(dir: string, file: string, database: DatabaseSync): Promise<WriteLock> {
  const release = async (): Promise<void> => {
    // A second release must not touch the lock that somebody has taken since.
    if (held.get(file) !== database) return;
    held.delete(file);
    database.close();
  };
  try {
    await makeFolder(dir);
  } catch (error) {
    await release();
    throw error;
  }
  return { release };
}

/** On a read-only disk a recursive `mkdir` fails with ENOENT, which hides why. A plain one says it. */
async function makeFolder(dir: string): Promise<void> {
  try {
    await mkdir(dir);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT") await mkdir(dir, { recursive: true });
    else if (code !== "EEXIST") throw error;
  }
}
