import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, type TestContext, test } from "node:test";
import type { WalkedFile } from "../../indexer/files/walkedFile.ts";
import { FolderIndex } from "../../indexer/folderIndex.ts";
import { deleteIndexFiles, type FolderIndexOptions, removeEmptyIndex } from "../../indexer/openIndex.ts";
import type { ParseResult } from "../../indexer/read/pool.ts";
import { testModel } from "../support/inProcess.ts";
import { testParser } from "../support/testParser.ts";

/* The index of one folder, over a real store, with files that are only told of. */

const base = await mkdtemp(join(tmpdir(), "carrel-folder-index-"));
after(() => rm(base, { recursive: true, force: true }));
const embedding = testModel("m");
const never = { signal: new AbortController().signal, isYielding: () => false };

interface Opened {
  readonly index: FolderIndex;
  readonly logged: string[];
  readonly damaged: (readonly string[] | undefined)[];
  readonly told: () => number;
}

/** What each file holds, as the parser gives it: its chunks' texts, or why it can't be read. */
type Contents = Record<string, readonly string[] | { reason: string; mayPass?: true }>;

async function open(
  t: TestContext,
  dir: string,
  contents: Contents = {},
  more: Partial<FolderIndexOptions> = {},
): Promise<Opened> {
  const logged: string[] = [];
  const damaged: (readonly string[] | undefined)[] = [];
  let told = 0;
  await mkdir(dir, { recursive: true });
  const index = await FolderIndex.open({
    folder: "/folder",
    dir,
    writes: true,
    embedding,
    refining: undefined,
    parser: testParser(async (_, path): Promise<ParseResult> => {
      const content = contents[path] ?? [];
      if ("reason" in content) return { ok: false, ...content };
      const chunks = content.map((text, n) => ({ text, startLine: n + 1, endLine: n + 1 }));
      const parsed = { kind: "prose", language: "markdown", chunks, withheld: [], letThrough: 0 } as const;
      return { ok: true, hash: content.join("|"), parsed };
    }),
    onProgress: () => {
      told += 1;
    },
    onDamage: (paths) => damaged.push(paths),
    log: (message) => logged.push(message),
    ...more,
  });
  t.after(() => index.close());
  return { index, logged, damaged, told: () => told };
}

const file = (path: string, more: Partial<WalkedFile> = {}): WalkedFile => ({
  path,
  size: 10,
  mtimeMs: 20,
  changedMs: 30,
  ...more,
});

async function write({ index }: Opened, ...paths: string[]): Promise<void> {
  await index.write(
    paths.map((path) => file(path)),
    embedding,
    1_000,
    never,
    () => undefined,
  );
}

const place = (name: string): string => join(base, name, "indexes", "model", "folder");

const noScans = { read: 0, pages: 0 };

test("what was written is counted, known and searched, also when it is opened again", async (t) => {
  const contents = { "a.md": ["one", "two"], "b.md": ["three"], "c.md": { reason: "It is empty." } };
  const dir = place("written");
  const made = await open(t, dir, contents);
  assert.deepEqual(made.index.counts(), { files: 0, chunks: 0, skipped: 0, refined: 0, scans: noScans });
  assert.equal(made.index.isComplete, false);
  await write(made, "a.md", "b.md", "c.md");
  const counts = { files: 2, chunks: 3, skipped: 1, refined: 0, scans: noScans };
  assert.deepEqual(made.index.counts(), counts);
  assert.ok(made.told() > 0);
  await made.index.finish();
  await made.index.setComplete();
  assert.equal(made.index.isComplete, true);
  await made.index.close();

  const again = await open(t, dir, contents);
  assert.deepEqual(again.index.counts(), counts);
  assert.equal(again.index.isComplete, true);
  assert.deepEqual(again.index.skipped(), [{ path: "c.md", reason: "It is empty." }]);
  assert.deepEqual([...again.index.knownPaths()].sort(), ["a.md", "b.md", "c.md"]);
  assert.deepEqual(again.logged, []);
  assert.equal((await again.index.store?.lexical(["three"], 5))?.length, 1);
});

test("files in folders that have an index of their own are not counted", async (t) => {
  const contents = {
    "a.md": ["one", "two"],
    "in/b.md": ["three"],
    "inn/c.md": ["four"],
    "in/d.md": { reason: "It is empty." },
  };
  const made = await open(t, place("nested"), contents);
  await write(made, ...Object.keys(contents));
  assert.deepEqual(made.index.counts(["in/"]), {
    files: 2,
    chunks: 3,
    skipped: 0,
    refined: 0,
    scans: noScans,
  });
  assert.deepEqual(made.index.counts(["in/", "inn/"]), {
    files: 1,
    chunks: 2,
    skipped: 0,
    refined: 0,
    scans: noScans,
  });
  assert.deepEqual(made.index.counts([]), { files: 3, chunks: 4, skipped: 1, refined: 0, scans: noScans });
});

test("a file has changed when its size, a time or its chunks are not what is known", async (t) => {
  const made = await open(t, place("changed"), { "a.md": ["one"] });
  assert.equal(made.index.hasChanged(file("a.md")), true);
  await write(made, "a.md");
  assert.equal(made.index.hasChanged(file("a.md")), false);
  for (const change of [{ size: 11 }, { mtimeMs: 21 }, { changedMs: 31 }]) {
    assert.equal(made.index.hasChanged(file("a.md", change)), true);
  }
  await made.index.store?.removeFiles(["a.md"]);
  assert.equal(made.index.hasChanged(file("a.md")), true);
});

test("files are found by their path and by the folder that they are in, and are taken out with their reasons", async (t) => {
  const contents = {
    a: ["one"],
    "a/b.md": ["two"],
    "a/c.md": { reason: "Locked.", mayPass: true },
    "ab.md": ["three"],
  } as const;
  const made = await open(t, place("under"), contents);
  await write(made, ...Object.keys(contents));
  assert.deepEqual(made.index.filesUnder("a"), ["a", "a/b.md", "a/c.md"]);
  assert.deepEqual(made.index.filesUnder("ab.md"), ["ab.md"]);
  assert.deepEqual(made.index.filesUnder("b.md"), []);
  const told = made.told();
  await made.index.remove([]);
  assert.equal(made.told(), told);
  await made.index.remove(["a/b.md", "a/c.md", "unknown"]);
  assert.equal(made.told(), told + 1);
  assert.deepEqual(made.index.counts(), { files: 2, chunks: 2, skipped: 0, refined: 0, scans: noScans });
  assert.deepEqual(made.index.skipped(), []);
  assert.equal(made.index.nextRetryAt(), Number.POSITIVE_INFINITY);
  assert.deepEqual([...made.index.knownPaths()].sort(), ["a", "ab.md"]);
});

test("what may not be indexed is listed in order, loses its chunks, and is written once", async (t) => {
  const made = await open(t, place("skipped"), { "b.md": ["two"] });
  await write(made, "b.md");
  const refused = [
    { path: "z.bin", reason: "No text." },
    { path: "b.md", reason: "Too large." },
  ];
  await made.index.skip(refused);
  assert.deepEqual(made.index.skipped(), [refused[1], refused[0]]);
  assert.deepEqual(made.index.counts(), { files: 0, chunks: 0, skipped: 2, refined: 0, scans: noScans });
  const version = await made.index.store?.version();
  await made.index.skip(refused);
  await made.index.skip([]);
  assert.equal(await made.index.store?.version(), version);
  await made.index.skip([{ path: "b.md", reason: "No text." }]);
  assert.notEqual(await made.index.store?.version(), version);
  assert.equal(made.index.counts().skipped, 2);
  await write(made, "b.md");
  assert.deepEqual(made.index.counts(), { files: 1, chunks: 1, skipped: 1, refined: 0, scans: noScans });
});

test("what may pass is due after growing waits, is named once for each, and is known after a restart", async (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: 1_000_000 });
  const dir = place("retried");
  const made = await open(t, dir);
  const refused = [{ path: "a.md", reason: "Locked.", mayPass: true as const }];
  await made.index.skip(refused);
  assert.equal(made.index.nextRetryAt(), 1_030_000);
  await made.index.skip(refused);
  assert.equal(made.index.nextRetryAt(), 1_030_000, "a look before it is due changes nothing");
  assert.deepEqual(made.index.takeDueRetries(1_029_999), []);
  assert.deepEqual(made.index.takeDueRetries(1_030_000), ["a.md"]);
  assert.deepEqual(made.index.takeDueRetries(1_030_000), []);
  t.mock.timers.tick(30_000);
  await made.index.skip(refused);
  assert.equal(made.index.nextRetryAt(), 1_090_000);
  await made.index.close();

  const again = await open(t, dir, { "a.md": ["one"] });
  assert.equal(again.index.nextRetryAt(), 1_090_000);
  await again.index.skip([{ path: "a.md", reason: "Too large.", mayPass: true }]);
  assert.equal(again.index.nextRetryAt(), 1_060_000, "another reason is waited for anew");
  await again.index.skip([{ path: "a.md", reason: "No text." }]);
  assert.equal(again.index.nextRetryAt(), Number.POSITIVE_INFINITY);
});

test("an index of another version, folder or model, or with a damaged description, is begun anew", async (t) => {
  const dir = place("other");
  const made = await open(t, dir, { "a.md": ["one"] });
  await write(made, "a.md");
  await made.index.setComplete();
  await made.index.close();
  await writeFile(join(dir, "left"), "over");
  const other = await open(t, dir, {}, { folder: "/elsewhere" });
  assert.deepEqual([other.index.counts().files, other.index.isComplete], [0, false]);
  assert.deepEqual(other.logged, [], "another folder's is no damage");
  assert.ok(!(await readdir(dir)).includes("left"));
  await other.index.close();
  await writeFile(join(dir, "index.json"), "{");
  const damaged = await open(t, dir);
  assert.match(damaged.logged.join(), /damaged and is built anew: its description \(index\.json\)/);
  assert.deepEqual([damaged.index.counts().files, damaged.index.isComplete], [0, false]);
});

test("a store that is damaged is begun anew by who writes, and said so", async (t) => {
  const dir = place("damaged");
  const made = await open(t, dir, { "a.md": ["one"] });
  await write(made, "a.md");
  await made.index.setComplete();
  await made.index.close();
  for (const name of await readdir(join(dir, "lance"), { recursive: true })) {
    if (/\.(lance|manifest)$/.test(name) && (await stat(join(dir, "lance", name))).isFile())
      await writeFile(join(dir, "lance", name), "broken");
  }
  const reader = await open(t, dir, {}, { writes: false });
  assert.equal(reader.index.store, undefined, "who reads finds nothing until it is whole");
  const again = await open(t, dir);
  assert.match(again.logged.join(), /damaged and is built anew/);
  assert.deepEqual([again.index.counts().files, again.index.isComplete], [0, false]);
});

test("one who reads makes nothing, changes nothing, and hears of what is written", async (t) => {
  const dir = place("read");
  const reader = await open(t, dir, {}, { writes: false });
  assert.equal(reader.index.store, undefined);
  assert.deepEqual(await readdir(dir), []);
  assert.equal(await reader.index.hasNews(), false);
  assert.throws(() => reader.index.knownPaths(), /only read/);
  await assert.rejects(reader.index.remove(["a.md"]), /only read/);
  const writer = await open(t, dir, { "a.md": ["one"], "b.md": ["two"] });
  assert.equal(await reader.index.hasNews(), true);
  await write(writer, "a.md");

  const second = await open(t, dir, {}, { writes: false });
  assert.equal(second.index.counts().files, 1);
  assert.equal(second.index.isComplete, false);
  assert.equal(await second.index.hasNews(), false);
  assert.throws(() => second.index.knownPaths(), /only read/);
  await write(writer, "b.md");
  assert.equal(await second.index.hasNews(), true);

  const third = await open(t, dir, {}, { writes: false });
  assert.equal(await third.index.hasNews(), false);
  await writer.index.setComplete();
  assert.equal(await third.index.hasNews(), true, "that it is whole is news");
  await writer.index.setComplete();

  const fourth = await open(t, dir, {}, { writes: false });
  assert.equal(fourth.index.isComplete, true);
  await writeFile(join(dir, "index.json"), "{}");
  assert.equal(await fourth.index.hasNews(), true, "that it has gone is news");
});

test("a second pass is counted, kept for its model alone, and done without where it is damaged", async (t) => {
  const dir = place("refined");
  const better = testModel("better");
  const contents = { "a.md": ["one", "two"], "b.md": ["three"] };
  const made = await open(t, dir, contents, { refining: better });
  await write(made, "a.md");
  await made.index.refine(better, never.signal);
  assert.equal(made.index.counts().refined, 2);
  await write(made, "b.md");
  assert.deepEqual([made.index.counts().refined, made.index.counts().chunks], [2, 3]);
  await made.index.remove(["a.md"]);
  assert.equal(made.index.counts().refined, 1, "never more than there are chunks");
  await made.index.close();

  const plain = await open(t, dir, contents);
  assert.equal(plain.index.refined, undefined);
  await plain.index.refine(better, never.signal);
  await plain.index.close();
  const again = await open(t, dir, contents, { refining: better });
  assert.equal(again.index.counts().refined, 1);
  await again.index.close();
  const names = async (): Promise<string[]> =>
    (await readdir(dir)).filter((name) => name.startsWith("refined-"));
  const [name] = await names();
  assert.ok(name);
  for (const one of await readdir(join(dir, name), { recursive: true })) {
    if (/\.(lance|manifest)$/.test(one) && (await stat(join(dir, name, one))).isFile())
      await writeFile(join(dir, name, one), "broken");
  }
  const reader = await open(t, dir, contents, { refining: better, writes: false });
  assert.equal(reader.index.refined, undefined);
  assert.match(reader.logged.join(), /refined vectors.*damaged/);
  const mended = await open(t, dir, contents, { refining: better });
  assert.match(mended.logged.join(), /refined vectors.*damaged/);
  assert.equal(mended.index.counts().refined, 0);
  assert.equal(mended.index.counts().files, 1, "the rest stays");
  await mended.index.refine(better, never.signal);
  assert.equal(mended.index.counts().refined, 1);
  await mended.index.close();
  const other = await open(t, dir, contents, { refining: testModel("best") });
  assert.equal(other.index.counts().refined, 0);
  assert.ok(!(await names()).includes(name));
});

test("to open an index notes that it is in use", async (t) => {
  const dir = place("used");
  const made = await open(t, dir);
  await made.index.close();
  const past = new Date("2020-01-01T00:00:00Z");
  await utimes(join(dir, "index.json"), past, past);
  await open(t, dir, {}, { writes: false });
  assert.ok((await stat(join(dir, "index.json"))).mtimeMs > past.getTime());
});

test("rows that differ from their checksums are told", async (t) => {
  const made = await open(t, place("verified"), { "a.md": ["one"] });
  await write(made, "a.md");
  await made.index.verify(never.signal);
  assert.deepEqual(made.damaged, []);
  // The chunks are there, and what is known of their file says otherwise.
  await made.index.store?.touchFiles([
    { ...file("a.md"), hash: "one", reason: "", chunks: 2, retryAtMs: 0, tries: 0, withheld: "", scans: "" },
  ]);
  await made.index.verify(never.signal);
  assert.deepEqual(made.damaged, [["a.md"]]);
});

test("an index is deleted with its folder, and its model's if no other index is in it", async () => {
  const dir = place("deleted");
  await mkdir(join(dir, "lance"), { recursive: true });
  await writeFile(join(dir, "lance", "x"), "");
  await mkdir(`${dir}2`);
  await deleteIndexFiles(dir);
  assert.deepEqual(await readdir(dir), []);
  await removeEmptyIndex(dir);
  assert.deepEqual(await readdir(join(dir, "..")), ["folder2"]);
  await removeEmptyIndex(`${dir}2`);
  assert.deepEqual(await readdir(join(base, "deleted", "indexes")), []);
});

test("what was read in scans stays while a PDF can't be read for a moment, and goes when none needs it", async (t) => {
  const busy = { reason: "Another program holds it.", mayPass: true } as const;
  const contents: Contents = { "a.pdf": busy };
  const dir = place("scans");
  const opened = await open(t, dir, contents);
  const put = (): Promise<void> => writeFile(join(dir, "scans", "abc.jsonl"), "");
  await mkdir(join(dir, "scans"), { recursive: true });
  await put();
  await write(opened, "a.pdf");
  await opened.index.tidy();
  assert.deepEqual(await readdir(join(dir, "scans")), ["abc.jsonl"]);
  for (let tries = 0; tries < 6; tries++) await write(opened, "a.pdf");
  await opened.index.tidy();
  assert.deepEqual(await readdir(join(dir, "scans")), [], "it is given up");
  await put();
  contents["a.pdf"] = ["another version"];
  await write(opened, "a.pdf");
  await opened.index.tidy();
  assert.deepEqual(await readdir(join(dir, "scans")), [], "it can be read");
});

test("what was read in scans outlives an index that is built anew since it is damaged", async (t) => {
  const dir = place("outlives");
  const made = await open(t, dir, { "a.md": ["one"] });
  await write(made, "a.md");
  await made.index.close();
  await mkdir(join(dir, "scans"));
  await writeFile(join(dir, "scans", "abc.jsonl"), "");
  await writeFile(join(dir, "index.json"), "{");
  const { index, logged } = await open(t, dir);
  assert.match(logged[0] ?? "", /is built anew/);
  assert.equal(index.files.size, 0);
  assert.deepEqual(await readdir(join(dir, "scans")), ["abc.jsonl"]);
  await deleteIndexFiles(dir);
  assert.deepEqual(await readdir(dir), []);
});
