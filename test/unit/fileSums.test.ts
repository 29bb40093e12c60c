import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { FileSums } from "../../indexer/store/fileSums.ts";
import { DamagedStoreError } from "../../indexer/store/problems.ts";

/* A store's folder as LanceDB lays it out, without LanceDB: what counts here are the bytes of files alone. */

const base = await mkdtemp(join(tmpdir(), "carrel-sums-"));
after(() => rm(base, { recursive: true, force: true }));
let folders = 0;

const manifest = "chunks.lance/_versions/1.manifest";
const deletion = "files.lance/_deletions/1.arrow";
const tokens = "chunks.lance/_indices/text/tokens.lance";
const postings = "chunks.lance/_indices/text/part_0/postings.lance";
const data = "chunks.lance/data/1.lance";

async function write(dir: string, file: string, text: string): Promise<void> {
  await mkdir(dirname(join(dir, file)), { recursive: true });
  await writeFile(join(dir, file), text);
}

/** A store whose checksums have been written down, and the path of its folder. */
async function store(): Promise<string> {
  folders += 1;
  const dir = join(base, String(folders));
  for (const file of [manifest, deletion, tokens, postings, data]) await write(dir, file, `all of ${file}`);
  await (await FileSums.read(dir)).update();
  return dir;
}

/** What is wrong, as one who has just opened the store sees it. */
async function seen(dir: string): Promise<[isWhole: boolean, hasDamagedIndex: boolean]> {
  const sums = await FileSums.read(dir);
  const isWhole = await sums.assertWhole().then(
    () => true,
    (error: unknown) => {
      assert.ok(error instanceof DamagedStoreError);
      return false;
    },
  );
  return [isWhole, await sums.hasDamagedIndex()];
}

test("a store as it was written is whole, and so is one of which nothing was written down", async () => {
  const dir = await store();
  assert.deepEqual(await seen(dir), [true, false]);
  assert.deepEqual((await readdir(dir)).sort(), ["checksums.json", "chunks.lance", "files.lance"]);
  await rm(join(dir, "checksums.json"));
  for (const file of [manifest, deletion, tokens]) await write(dir, file, "other");
  assert.deepEqual(await seen(dir), [true, false]);
  assert.deepEqual(await seen(join(base, "none")), [true, false]);
});

test("a changed manifest or list of deletions makes the tables damaged, a changed file of an index that index", async () => {
  for (const [file, wanted] of [
    [manifest, [false, false]],
    [deletion, [false, false]],
    [tokens, [true, true]],
    [postings, [true, true]],
    [data, [true, false]],
  ] as const) {
    const dir = await store();
    await write(dir, file, "other");
    assert.deepEqual(await seen(dir), wanted, file);
  }
});

test("a part of an index that is gone is damage; the whole of it, a manifest or a deletion list is not", async () => {
  for (const [file, wanted] of [
    [tokens, [true, false]],
    [manifest, [true, false]],
    [deletion, [true, false]],
  ] as const) {
    const dir = await store();
    await rm(join(dir, dirname(file)), { recursive: true });
    assert.deepEqual(await seen(dir), wanted, file);
  }
  const dir = await store();
  await write(dir, "chunks.lance/_indices/text/other.lance", "not known");
  await rm(join(dir, tokens));
  assert.deepEqual(await seen(dir), [true, true]);
});

test("what is new is written down and what is gone forgotten; what changes by right is left out", async () => {
  const dir = await store();
  const sums = await FileSums.read(dir);
  await write(dir, "chunks.lance/_versions/2.manifest", "second");
  await write(dir, "chunks.lance/_versions/latest_version_hint.json", "2");
  await write(dir, "chunks.lance/_versions/.tmp3", "half");
  await write(dir, "other/_versions/1.manifest", "no table");
  await rm(join(dir, manifest));
  await sums.update();
  const [list = ""] = (await readFile(join(dir, "checksums.json"), "utf8")).split("\n");
  const files = (JSON.parse(list) as [string, number][]).map(([file]) => file).sort();
  assert.deepEqual(files, [postings, tokens, "chunks.lance/_versions/2.manifest", deletion].sort());
  await write(dir, "chunks.lance/_versions/2.manifest", "third");
  assert.deepEqual(await seen(dir), [false, false]);
});

test("a file that has its checksum keeps it, and a list that is as it was is not written again", async () => {
  const dir = await store();
  const sums = await FileSums.read(dir);
  await write(dir, manifest, "other");
  await rm(join(dir, "checksums.json"));
  await sums.update();
  assert.ok(!(await readdir(dir)).includes("checksums.json"));
  await write(dir, "chunks.lance/_versions/2.manifest", "second");
  await sums.update();
  assert.deepEqual(await seen(dir), [false, false]);
});

test("a list of checksums that was changed itself accuses no file", async () => {
  const dir = await store();
  const list = join(dir, "checksums.json");
  const text = await readFile(list, "utf8");
  for (const changed of [
    text.replace(/\d(?=\])/, "x"),
    text.replace(/\d\n$/, "x\n"),
    text.slice(0, 30),
    "",
  ]) {
    await writeFile(list, changed);
    assert.deepEqual(await seen(dir), [true, false], changed);
  }
});

test("where the list can't be written, writing goes on and the list stays as it was", async () => {
  const dir = await store();
  await mkdir(join(dir, "checksums.json.tmp"));
  await write(dir, "chunks.lance/_versions/2.manifest", "second");
  await (await FileSums.read(dir)).update();
  await write(dir, manifest, "other");
  assert.deepEqual(await seen(dir), [false, false]);
});

test("looking at an index ends early when it is told to", async () => {
  const dir = await store();
  await write(dir, tokens, "other");
  assert.equal(await (await FileSums.read(dir)).hasDamagedIndex(AbortSignal.abort()), false);
});
