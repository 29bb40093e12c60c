import assert from "node:assert/strict";
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { search } from "../../indexer/search/search.ts";
import { type ChunkRow, DamagedStoreError, type FileRow, Store } from "../../indexer/store/store.ts";
import { CarrelError } from "../../protocol/channel.ts";
import { seededRows } from "../support/storeRows.ts";

/**
 * Damages each file of a store in each way, and holds the store to its promises: what is shown is what was written;
 * what is damaged is noticed, when it is opened, searched or verified, or changes nothing; and it can be mended.
 * `CARREL_DAMAGE_BITS` turns more single bits in each file than the few of a usual run.
 */
const bitsOfEachFile = Number(process.env["CARREL_DAMAGE_BITS"] ?? 1);
const dimension = 16;
const base = await mkdtemp(join(tmpdir(), "carrel-damage-"));
after(() => rm(base, { recursive: true, force: true }));
const whole = join(base, "whole");
const rows = seededRows(7, dimension);
const never = new AbortController().signal;

/** What the store must hold, by path. */
const files = new Map<string, { file: FileRow; chunks: ChunkRow[] }>();
const questions = ["lease zebra", "court12 fee", "window garden3 parser"].map((query) => ({
  query,
  vector: rows.vector(),
}));

/** The vectors have an index, too. */
const options = { indexVectorsFrom: 100 };

/** Two fragments with deletions, one of them in the indexes. */
async function build(): Promise<void> {
  const store = await Store.openForWriting(whole, dimension, options);
  const put = async (paths: readonly string[], hash: string): Promise<void> => {
    const made = paths.map((path) => rows.file(path, `${hash}-${path}`, 10));
    await store.replaceFiles(
      made.map(({ file }) => file),
      made.flatMap(({ chunks }) => chunks),
    );
    for (const one of made) files.set(one.file.path, one);
  };
  await put(
    Array.from({ length: 15 }, (_, i) => `docs/file${i}.md`),
    "a",
  );
  await store.maintain(true);
  await put(
    Array.from({ length: 15 }, (_, i) => `notes/other${i}.md`),
    "b",
  );
  await put(["docs/file3.md"], "c");
  await put(["notes/other4.md"], "d");
  await store.removeFiles(["docs/file5.md"]);
  files.delete("docs/file5.md");
  await store.close();
}

type Damage = (bytes: Buffer, at: number) => Buffer | undefined;

const damages: Record<string, Damage> = {
  gone: () => undefined,
  empty: () => Buffer.alloc(0),
  half: (bytes) => bytes.subarray(0, bytes.length >> 1),
  "less its last byte": (bytes) => bytes.subarray(0, -1),
  zeroed: (bytes, at) => bytes.fill(0, at, Math.min(bytes.length, at + 512)),
};

function turnBit(bytes: Buffer, at: number): Buffer {
  bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(rows.random() * 8));
  return bytes;
}

/** All that the questions find, as one string; throws when a passage is not what was written. */
async function ask(store: Store): Promise<string> {
  const lines: string[] = [];
  for (const { query, vector } of questions) {
    for (const mode of ["lexical", "vector", "hybrid"] as const) {
      const found = await search([{ folder: "/ws", store }], query, { plain: vector }, 10, mode);
      for (const hit of found) {
        const written = files.get(hit.path)?.chunks.find(({ startLine }) => startLine === hit.startLine);
        const { text, heading, page, endLine } = written ?? {};
        assert.deepEqual(
          [hit.text, hit.heading ?? null, hit.page ?? null, hit.endLine],
          [text, heading, page, endLine],
        );
      }
      lines.push(found.map(({ path, startLine, score }) => `${path}:${startLine} ${score}`).join(" "));
    }
  }
  return lines.join("\n");
}

/** Undefined when the task says that the store is damaged; any other error is one of the test. */
async function unlessDamaged<T>(task: () => Promise<T>): Promise<T | undefined> {
  try {
    return await task();
  } catch (error) {
    if (!(error instanceof CarrelError)) throw error;
    assert.doesNotMatch(`${error.message} ${error.remedy}`, /lance|\.rs/i);
    assert.ok(error instanceof DamagedStoreError, `${error.message} ${String(error.cause)}`);
    return undefined;
  }
}

async function assertHoldsAll(store: Store): Promise<void> {
  const chunks = [...files.values()].flatMap((one) => one.chunks);
  const found = await store.chunksById(chunks.map(({ id }) => id));
  assert.equal(found.size, chunks.length);
  for (const { id, text } of chunks) assert.equal(found.get(id)?.text, text);
  for (const { file } of files.values()) assert.ok(store.holds(file), file.path);
  assert.equal(store.writtenRows(), chunks.length);
}

/**
 * Opens a store as the engine does, asks, and verifies. Returns when the damage was noticed first.
 * @param same What the questions found before, with the text index as it was and built anew.
 */
async function noticed(
  dir: string,
  same: readonly string[],
): Promise<"open" | "search" | "verify" | "never"> {
  let reported = false;
  const onDamage = (): void => {
    reported = true;
  };
  const store = await unlessDamaged(() => Store.openForWriting(dir, dimension, { ...options, onDamage }));
  if (!store) return "open";
  try {
    const listed = await unlessDamaged(() => store.allFiles());
    if (!listed) return "open";
    const known = new Map(listed.map((file) => [file.path, file]));
    const differs = [...files.values()].some(
      ({ file }) => !store.holds(file) || known.get(file.path)?.hash !== file.hash,
    );
    const atOpen = reported || differs;
    const answer = await unlessDamaged(() => ask(store));
    const atSearch = reported || answer === undefined;
    const paths = await unlessDamaged(() => store.verify(never));
    if (!paths) return atOpen ? "open" : atSearch ? "search" : "verify";
    for (const path of paths) {
      const file = files.get(path)?.file;
      assert.ok(!file || !store.holds(file), `${path} is damaged, and must not count as held`);
    }
    const unsure = new Set([...paths, ...(atOpen ? files.keys() : [])]);
    const again = [...unsure].flatMap((path) => files.get(path) ?? []);
    await store.replaceFiles(
      again.map(({ file }) => file),
      again.flatMap(({ chunks }) => chunks),
    );
    await store.removeFiles(paths.filter((path) => !files.has(path)));
    await store.maintain(true);
    await assertHoldsAll(store);
    assert.deepEqual(await store.verify(never), []);
    const mended = await ask(store);
    if (atOpen) return "open";
    if (atSearch) return "search";
    if (paths.length > 0) return "verify";
    assert.ok(same.includes(mended), "what is found differs though nothing was noticed");
    return mended === answer ? "never" : "verify";
  } finally {
    await store.close();
  }
}

/** What the questions find in the whole store, and what they find when its text index holds all rows. */
async function answers(): Promise<string[]> {
  const copy = join(base, "indexed");
  await cp(whole, copy, { recursive: true });
  const [index = ""] = (await readdir(copy, { recursive: true })).filter((name) =>
    name.endsWith("tokens.lance"),
  );
  await writeFile(join(copy, index), turnBit(await readFile(join(copy, index)), 100));
  const store = await Store.openForWriting(copy, dimension, options);
  await store.verify(never);
  await store.maintain(true);
  const indexed = await ask(store);
  await store.close();
  const before = await Store.openForReading(whole, dimension);
  assert.ok(before);
  const found = [await ask(before), indexed];
  await before.close();
  return found;
}

await build();

test("whatever happens to a file of the store is noticed and mended, and no text is changed", async () => {
  const same = await answers();
  const entries = await readdir(whole, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(whole.length + 1));
  // Of the files that differ by their name alone, the newest.
  const kinds = new Map<string, string>();
  for (const path of paths.sort().reverse())
    kinds.set(path.replace(/[0-9a-f-]{30,}|\d[\d-]{6,}/g, "*"), path);
  const ways: [string, Damage][] = [
    ...Object.entries(damages),
    ...Array.from({ length: bitsOfEachFile }, (_, i): [string, Damage] => [`with bit ${i} turned`, turnBit]),
  ];
  const tally = new Map<string, number>();
  for (const [kind, path] of kinds) {
    for (const [name, damage] of ways) {
      const dir = join(base, "damaged");
      await cp(whole, dir, { recursive: true });
      const bytes = await readFile(join(dir, path));
      const damaged = damage(bytes, Math.floor(rows.random() * bytes.length));
      if (damaged) await writeFile(join(dir, path), damaged);
      else await rm(join(dir, path));
      const when = await noticed(dir, same).catch((error: unknown) => {
        throw new Error(`${kind} ${name}`, { cause: error });
      });
      tally.set(when, (tally.get(when) ?? 0) + 1);
      await rm(dir, { recursive: true });
    }
  }
  assert.ok((tally.get("open") ?? 0) > 20, "damage was noticed at opening");
  assert.ok((tally.get("search") ?? 0) + (tally.get("verify") ?? 0) > 5, "and later");
});

test("a bit of a manifest or of a list of deletions is noticed before it is read", async () => {
  const entries = await readdir(whole, { recursive: true });
  const watched = entries.filter((path) => /_deletions.*arrow$|\.manifest$/.test(path));
  assert.ok(watched.length > 6);
  for (const path of watched) {
    const bytes = await readFile(join(whole, path));
    await writeFile(join(whole, path), turnBit(Buffer.from(bytes), Math.floor(rows.random() * bytes.length)));
    await assert.rejects(Store.openForWriting(whole, dimension, options), DamagedStoreError, path);
    await assert.rejects(Store.openForReading(whole, dimension), DamagedStoreError, path);
    await writeFile(join(whole, path), bytes);
  }
  const store = await Store.openForWriting(whole, dimension, options);
  await assertHoldsAll(store);
  await store.close();
});
