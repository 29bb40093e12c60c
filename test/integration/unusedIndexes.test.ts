import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, type TestContext, test } from "node:test";
import { deleteIndexFiles } from "../../indexer/openIndex.ts";
import { takeWriteLock } from "../../indexer/store/lock.ts";
import { Store } from "../../indexer/store/store.ts";
import { deleteIndex, dropUnusedIndexes, markUsed } from "../../indexer/store/unusedIndexes.ts";
import { openFiles } from "../soak/processes.ts";
import { LockProcess } from "../support/lockProcess.ts";
import { seededRows } from "../support/storeRows.ts";

const base = await mkdtemp(join(tmpdir(), "carrel-unused-"));
after(() => rm(base, { recursive: true, force: true }));

const dayMs = 24 * 3_600_000;

/** A storage with an index in use, and a way to make others of given ages in days. */
async function makeStorage(): Promise<{
  storage: string;
  indexes: string;
  dir: string;
  make: (model: string, days: number, folder?: string) => Promise<string>;
}> {
  const storage = await mkdtemp(join(base, "storage-"));
  const indexes = join(storage, "indexes");
  const make = async (model: string, days: number, folder = "folder"): Promise<string> => {
    const dir = join(indexes, model, folder);
    await mkdir(join(dir, "lance"), { recursive: true });
    await writeFile(join(dir, "lance", "data"), "data");
    await writeFile(join(dir, "index.json"), "{}");
    const opened = new Date(Date.now() - days * dayMs);
    await utimes(join(dir, "index.json"), opened, opened);
    return dir;
  };
  return { storage, indexes, dir: await make("current", 20), make };
}

async function drop(dir: string): Promise<string[]> {
  const said: string[] = [];
  await dropUnusedIndexes(dir, (message) => said.push(message));
  return said;
}

/** Tells whether another process can take the lock. */
async function isFree(t: TestContext, dir: string): Promise<boolean> {
  const other = new LockProcess(dir);
  t.after(() => other.kill());
  return (await other.take()) === "taken";
}

test("indexes of other models go after a fortnight, and their lock is released", async (t) => {
  const { indexes, dir, make } = await makeStorage();
  const old = await make("old", 15);
  await make("recent", 13);
  await make("shared", 15);
  await make("shared", 15, "another folder");
  assert.deepEqual(await drop(dir), []);
  assert.deepEqual((await readdir(indexes)).sort(), ["current", "recent", "shared"]);
  assert.deepEqual(await readdir(join(indexes, "shared")), ["another folder"]);
  assert.ok(existsSync(dir));
  assert.ok(await isFree(t, old));
});

test("where there are no indexes nothing is deleted, and nothing said", async () => {
  assert.deepEqual(await drop(join(base, "nowhere", "indexes", "model", "folder")), []);
});

test("an index that another process writes to stays, and so does one that was opened again", async (t) => {
  const { dir, make } = await makeStorage();
  const used = await make("used", 15);
  const writer = new LockProcess(used);
  t.after(() => writer.kill());
  assert.equal(await writer.take(), "taken");
  const again = await make("again", 15);
  await markUsed(again);
  assert.deepEqual(await drop(dir), []);
  assert.ok(existsSync(join(used, "lance", "data")));
  assert.ok(existsSync(join(again, "lance", "data")));
  await writer.kill();
  await drop(dir);
  assert.ok(!existsSync(used));
});

test("one that can't be deleted is told of, and stops neither the others nor the caller", async () => {
  const { storage, indexes, dir, make } = await makeStorage();
  const stuck = await make("a-stuck", 15);
  await make("b-old", 15);
  // A folder where the lock file should be.
  await mkdir(join(storage, "locks", "a-stuck-folder.lock"), { recursive: true });
  const said = await drop(dir);
  assert.equal(said.length, 1);
  assert.ok(said[0]?.includes(stuck));
  assert.ok(existsSync(join(stuck, "lance", "data")));
  assert.deepEqual((await readdir(indexes)).sort(), ["a-stuck", "current"]);
});

test("the lock is released when deleting fails", async (t) => {
  const { make } = await makeStorage();
  const old = await make("old", 15);
  await assert.rejects(
    deleteIndex(old, () => Promise.reject(new Error("no"))),
    /^Error: no$/,
  );
  assert.ok(existsSync(join(old, "lance", "data")));
  assert.ok(await isFree(t, old));
});

test("what a killed process left of an index goes at the next run, of the one in use as well", async () => {
  const { indexes, dir, make } = await makeStorage();
  await make("current", 0, "folder.deleted");
  await make("recent", 0);
  await make("recent", 0, "folder.deleted");
  await make("recent", 0, "another.deleted");
  assert.deepEqual(await drop(dir), []);
  assert.deepEqual(await readdir(join(indexes, "current")), ["folder"]);
  assert.deepEqual((await readdir(join(indexes, "recent"))).sort(), ["another.deleted", "folder"]);
});

test("deleting waits for nobody: an index that is held stays, one that was used meanwhile too", async (t) => {
  const { make, dir, indexes } = await makeStorage();
  const attempt = await takeWriteLock(dir);
  assert.equal(attempt.state, "taken");
  await deleteIndex(dir);
  assert.ok(existsSync(join(dir, "lance", "data")));
  if (attempt.state === "taken") await attempt.lock.release();
  const other = await make("other", 0);
  await deleteIndex(other, () => Promise.resolve(false));
  assert.ok(existsSync(join(other, "lance", "data")));
  assert.ok(await isFree(t, other));
  await deleteIndex(dir);
  assert.deepEqual(await readdir(indexes), ["other"]);
  assert.ok(await isFree(t, dir));
});

test("no file of a deleted index stays open, though it was searched just before", async (t) => {
  if (!existsSync("/proc/self/fd")) return t.skip("there is no /proc here");
  const dir = await mkdtemp(join(base, "searched-"));
  const rows = seededRows(3, 16);
  const store = await Store.openForWriting(join(dir, "lance"), 16);
  const { file, chunks } = rows.file("a.md", "one", 600);
  await store.replaceFiles([file], chunks);
  // Searches of an index of words that has been built hold its files.
  await store.maintain(true);
  await store.lexical(["lease", "tenant"], 20);
  const isOurs = (path: string): boolean => path.startsWith(dir);
  assert.ok(
    openFiles(process.pid).some(isOurs),
    "the search holds nothing: this test would pass in any case",
  );
  await store.close();
  await deleteIndexFiles(dir);
  assert.deepEqual(openFiles(process.pid).filter(isOurs), []);
});
