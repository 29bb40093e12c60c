import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtemp, rm, statfs, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type FileRow, Store } from "../../indexer/store/store.ts";
import { CarrelError } from "../../protocol/channel.ts";
import { seededRows } from "../support/storeRows.ts";

const dimension = 16;
const never = new AbortController().signal;

/** A small disk in memory; undefined, and the test skipped, where this process may not mount one. */
async function smallDisk(t: TestContext): Promise<string | undefined> {
  const dir = await mkdtemp(join(tmpdir(), "carrel-disk-"));
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=2m", "carrel-test", dir], { stdio: "ignore" });
  } catch {
    await rm(dir, { recursive: true });
    t.skip("mounting is not allowed here");
    return undefined;
  }
  t.after(async () => {
    execFileSync("umount", ["-l", dir]);
    await rm(dir, { recursive: true });
  });
  return dir;
}

async function isThere(store: Store, vector: Float32Array): Promise<boolean> {
  const found = await store.nearest(vector, 5);
  return (await store.chunksById(found.map(({ id }) => id))).size === 5;
}

test("a full disk is said, leaves what was there readable, and ends with the shortage", async (t) => {
  const disk = await smallDisk(t);
  if (!disk) return;
  const rows = seededRows(3, dimension);
  const versions: FileRow[] = [];
  let failures = 0;
  for (const freeBytes of [0, 4_096, 12_288, 32_768, 80_000, 160_000, 300_000]) {
    const dir = join(disk, String(freeBytes));
    const store = await Store.openForWriting(dir, dimension);
    const put = async (hash: string): Promise<void> => {
      const { file, chunks } = rows.file("a.md", hash, 100);
      versions.push(file);
      await store.replaceFiles([file], chunks);
    };
    await put("first");
    const { bavail, bsize } = await statfs(disk);
    await writeFile(join(disk, "filling"), Buffer.alloc(bavail * bsize - freeBytes));
    // Each try leaves a little less space, so that the next fails elsewhere.
    for (let n = 0, failed = 0; failed < 3; n++) {
      await put(`${freeBytes}-${n}`).catch((error: unknown) => {
        assert.ok(error instanceof CarrelError && /no space left/.test(error.message), String(error));
        failed += 1;
      });
      const reader = await Store.openForReading(dir, dimension);
      assert.ok(reader);
      for (const file of versions) assert.equal(reader.holds(file), store.holds(file), file.hash);
      assert.ok(await isThere(store, rows.vector()));
      await reader.close();
      failures += failed > 0 ? 1 : 0;
    }
    await rm(join(disk, "filling"));
    await put("last");
    assert.deepEqual(await store.verify(never), []);
    assert.ok(await isThere(store, rows.vector()));
    await store.close();
    await rm(dir, { recursive: true });
  }
  assert.ok(failures >= 21);
});

test("a read-only disk can be searched, and says why it can't be written to", async (t) => {
  const disk = await smallDisk(t);
  if (!disk) return;
  const rows = seededRows(4, dimension);
  const dir = join(disk, "store");
  const before = await Store.openForWriting(dir, dimension);
  const { file, chunks } = rows.file("a.md", "one", 20);
  await before.replaceFiles([file], chunks);
  await before.close();
  execFileSync("mount", ["-o", "remount,ro", disk]);

  const reader = await Store.openForReading(dir, dimension);
  assert.ok(reader);
  assert.ok(await isThere(reader, rows.vector()));
  assert.ok((await reader.lexical(chunks[0]?.terms.split(" ").slice(0, 2) ?? [], 5)).length > 0);
  assert.deepEqual(await reader.verify(never), []);
  assert.equal(await Store.openForReading(join(disk, "none"), dimension), undefined);
  const writer = await Store.openForWriting(dir, dimension);
  const other = rows.file("a.md", "two", 20);
  await assert.rejects(writer.replaceFiles([other.file], other.chunks), /read-only/);
  assert.ok(writer.holds(file));
  await assert.rejects(Store.openForWriting(join(disk, "new"), dimension), /read-only/);
  await reader.close();
  await writer.close();
});
