import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { findFolders, folderNames } from "../../engine/workspace/folders.ts";
import type { Folder } from "../../protocol/data.ts";

const base = await realpath(await mkdtemp(join(tmpdir(), "carrel-folders-")));
after(() => rm(base, { recursive: true, force: true }));
const folder = (name: string): Folder => ({ path: join(base, name), name });

test("folders that are there are found by their real paths, each place once by its first name", async () => {
  await mkdir(join(base, "real"));
  await symlink(join(base, "real"), join(base, "link"));
  await mkdir(join(base, "other"));
  const { present, missing } = await findFolders([folder("link"), folder("other"), folder("real")]);
  assert.deepEqual(missing, []);
  assert.deepEqual(present, [
    { folder: folder("link"), realPath: join(base, "real") },
    { folder: folder("other"), realPath: join(base, "other") },
  ]);
});

test("what can't be read is named with its reason, and the others are found all the same", async () => {
  await writeFile(join(base, "file"), "");
  await symlink(join(base, "b"), join(base, "a"));
  await symlink(join(base, "a"), join(base, "b"));
  await mkdir(join(base, "here"));
  const wanted = ["gone", "file", "a", "here"].map(folder);
  const { present, missing } = await findFolders(wanted);
  assert.deepEqual(
    present.map((one) => one.folder.name),
    ["here"],
  );
  assert.deepEqual(
    missing.map(({ folder: { name } }) => name),
    ["gone", "file", "a"],
  );
  const [gone, file, circle] = missing.map(({ problem }) => problem.message);
  assert.match(gone ?? "", /"gone".*does not exist.*\/gone\)/);
  assert.match(file ?? "", /not a folder/);
  assert.match(circle ?? "", /circle/);
  for (const { problem } of missing) assert.match(problem.remedy, /looks again/);
});

test("a folder that may not be read is missing", { skip: process.getuid?.() === 0 }, async () => {
  await mkdir(join(base, "shut"));
  await chmod(join(base, "shut"), 0);
  const { missing } = await findFolders([folder("shut")]);
  assert.match(missing[0]?.problem.message ?? "", /permission denied/);
});

test("a path that no system takes is missing, with what the system says", async () => {
  const { missing } = await findFolders([{ path: "/a\0b", name: "odd" }]);
  assert.match(missing[0]?.problem.message ?? "", /"odd" can't be read: .*null bytes/);
});

test("folders are told apart by their names, with the folder above where two have the same", () => {
  const named = (...paths: string[]): [string, string][] => [
    ...folderNames(paths.map((path) => ({ path, name: path.slice(path.lastIndexOf("/") + 1) }))),
  ];
  assert.deepEqual(named("/a/office"), []);
  assert.deepEqual(named("/a/office", "/b/api"), [
    ["/a/office", "office"],
    ["/b/api", "api"],
  ]);
  assert.deepEqual(
    named("/a/src", "/b/src", "/c/api").map(([, name]) => name),
    ["a/src", "b/src", "api"],
  );
});
