import assert from "node:assert/strict";
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import { lookForOpen, mendOpen } from "../../engine/privateStorage.ts";

const skip = process.platform === "win32" ? "Windows keeps no such permissions" : false;

function storageOf(t: TestContext, files: readonly string[]): string {
  const storage = mkdtempSync(join(tmpdir(), "carrel-private-"));
  t.after(() => rmSync(storage, { recursive: true }));
  for (const file of files) {
    mkdirSync(dirname(join(storage, file)), { recursive: true });
    writeFileSync(join(storage, file), "");
    chmodSync(join(storage, file), 0o644);
    for (let dir = dirname(file); dir !== "."; dir = dirname(dir)) chmodSync(join(storage, dir), 0o755);
  }
  return storage;
}

const mode = (...path: string[]): number => lstatSync(join(...path)).mode & 0o777;

test("what lies open in the storage is made private, and nothing is left to find", { skip }, async (t) => {
  const files = ["indexes/m/f/index.json", "indexes/m/f/lance/chunks.lance/data/1", "locks/a.lock", "salt"];
  const storage = storageOf(t, files);
  // Three files are below folders, of which there are seven; the salt is a file of the storage itself.
  assert.equal((await lookForOpen(storage)).open.length, 11);
  assert.deepEqual(await mendOpen(storage), { looked: 11, open: [] });
  assert.deepEqual(await lookForOpen(storage), { looked: 11, open: [] });
  for (const file of files) {
    assert.equal(mode(storage, file), 0o600, file);
    for (let dir = dirname(file); dir !== "."; dir = dirname(dir))
      assert.equal(mode(storage, dir), 0o700, dir);
  }
});

test("what is not Carrel's own is left as it is", { skip }, async (t) => {
  const storage = storageOf(t, ["queries.jsonl", "notes/mine.txt", "indexes/m/f/index.json"]);
  chmodSync(storage, 0o755);
  await mendOpen(storage);
  assert.equal(mode(storage, "queries.jsonl"), 0o644);
  assert.equal(mode(storage, "notes"), 0o755);
  assert.equal(mode(storage, "notes/mine.txt"), 0o644);
  assert.equal(mode(storage), 0o755);
});

test("a link is not followed, and it is told", { skip }, async (t) => {
  const storage = storageOf(t, ["indexes/m/index.json", "elsewhere/a.txt", "elsewhere/locks/b.lock"]);
  symlinkSync(join(storage, "elsewhere/a.txt"), join(storage, "indexes/m/link"));
  symlinkSync(join(storage, "elsewhere/locks"), join(storage, "locks"));
  const { open } = await mendOpen(storage);
  assert.deepEqual([...open].sort(), [join("indexes", "m", "link"), "locks"]);
  assert.equal(mode(storage, "elsewhere/a.txt"), 0o644);
  assert.equal(mode(storage, "elsewhere/locks/b.lock"), 0o644);
  assert.equal(mode(storage, "elsewhere/locks"), 0o755);
});

test("a storage that is not there yet has nothing open", async () => {
  assert.deepEqual(await mendOpen(join(tmpdir(), "carrel-private-none")), { looked: 0, open: [] });
});

test("the walk ends when there is far too much, and says so", { skip }, async (t) => {
  const storage = storageOf(t, ["indexes/m/1", "indexes/m/2", "indexes/m/3"]);
  const { looked, open } = await mendOpen(storage, 3);
  assert.equal(looked, 3);
  assert.deepEqual(open, ["what lies beyond the first 3 files"]);
});
