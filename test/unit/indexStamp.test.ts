import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { readStamp, writeStamp } from "../../indexer/indexStamp.ts";
import { indexPlace, shortHash } from "../../indexer/store/indexPlace.ts";

const base = await mkdtemp(join(tmpdir(), "carrel-stamp-"));
after(() => rm(base, { recursive: true, force: true }));
const wanted = { folder: "/home/me/notes", embedding: "model" };

async function dirNamed(name: string): Promise<string> {
  const dir = join(base, name);
  await mkdir(dir);
  return dir;
}

test("what was written of an index is read again, and the next replaces it", async () => {
  const dir = await dirNamed("whole");
  for (const complete of [false, true]) {
    await writeStamp(dir, { ...wanted, complete, made: `${complete}` });
    assert.deepEqual(await readStamp(dir, wanted), { state: "ok", ...wanted, complete, made: `${complete}` });
  }
  assert.deepEqual(await readdir(dir), ["index.json"]);
});

test("no description is no index", async () => {
  assert.deepEqual(await readStamp(await dirNamed("empty"), wanted), { state: "missing" });
  assert.deepEqual(await readStamp(join(base, "nowhere"), wanted), { state: "missing" });
});

test("an index of before, which does not say when it was made, is still of use", async () => {
  const dir = await dirNamed("before");
  await writeStamp(dir, { ...wanted, complete: true, made: "once" });
  const file = join(dir, "index.json");
  await writeFile(file, (await readFile(file, "utf8")).replace(',"made":"once"', ""));
  assert.deepEqual(await readStamp(dir, wanted), { state: "ok", ...wanted, complete: true, made: "" });
});

test("an index of another folder, model or version is another", async () => {
  const dir = await dirNamed("other");
  await writeStamp(dir, { ...wanted, complete: true, made: "once" });
  assert.deepEqual(await readStamp(dir, { ...wanted, folder: "/else" }), { state: "other" });
  assert.deepEqual(await readStamp(dir, { ...wanted, embedding: "else" }), { state: "other" });
  const file = join(dir, "index.json");
  const content: unknown = JSON.parse(await readFile(file, "utf8"));
  assert.ok(content && typeof content === "object" && "formatVersion" in content);
  await writeFile(file, JSON.stringify({ ...content, formatVersion: Number(content.formatVersion) - 1 }));
  assert.deepEqual(await readStamp(dir, wanted), { state: "other" });
});

test("a description that can't be read is damaged", async () => {
  const dir = await dirNamed("damaged");
  await writeStamp(dir, { ...wanted, complete: true, made: "once" });
  const whole = await readFile(join(dir, "index.json"), "utf8");
  for (const text of ["", whole.slice(0, -1), "{}", "null", whole.replace("true", '"true"')]) {
    await writeFile(join(dir, "index.json"), text);
    assert.deepEqual(await readStamp(dir, wanted), { state: "damaged" }, text);
  }
  await rm(join(dir, "index.json"));
  await mkdir(join(dir, "index.json"));
  assert.deepEqual(await readStamp(dir, wanted), { state: "damaged" });
});

test("each folder has an index for each model, under the storage", () => {
  const places = new Set([
    indexPlace("/storage", "m1", "/a"),
    indexPlace("/storage", "m1", "/b"),
    indexPlace("/storage", "m2", "/a"),
  ]);
  assert.equal(places.size, 3);
  const hash = (text: string): string => shortHash(text);
  assert.equal(indexPlace("/storage", "m1", "/a"), join("/storage", "indexes", hash("m1"), hash("/a")));
  assert.equal(shortHash("a"), "ca978112ca1bbdca");
});
