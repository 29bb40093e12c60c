import assert from "node:assert/strict";
import fs, {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { readInFolder } from "../../indexer/read/readInFolder.ts";

const limit = 1_000;

/** A folder with docs/a.md, and another one beside it with a file of the same name. */
function folders(t: TestContext): { folder: string; beside: string } {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "carrel-read-")));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const [folder, beside] = [join(root, "folder"), join(root, "beside")];
  for (const [dir, text] of [
    [join(folder, "docs"), "ours"],
    [beside, "not ours"],
  ] as const) {
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, "a.md"), text);
  }
  return { folder, beside };
}

/** Has all code see what a test does to a function of node:fs, until the test ends. */
function mockFs<Name extends "openSync" | "closeSync">(
  t: TestContext,
  name: Name,
  implementation: (typeof fs)[Name],
) {
  const mocked = t.mock.method(fs, name, implementation);
  syncBuiltinESMExports();
  t.after(() => {
    mocked.mock.restore();
    syncBuiltinESMExports();
  });
  return mocked.mock;
}

test("a link that stands in the place of a folder for the moment of opening leads nowhere", (t) => {
  const { folder, beside } = folders(t);
  const [docs, away] = [join(folder, "docs"), join(folder, "away")];
  const { openSync } = fs;
  mockFs(t, "openSync", (path, ...rest) => {
    renameSync(docs, away);
    symlinkSync(beside, docs);
    const file = openSync(path, ...rest);
    rmSync(docs);
    renameSync(away, docs);
    return file;
  });
  const read = readInFolder(folder, "docs/a.md", limit);
  assert.equal(read.ok, false);
  assert.match(read.ok ? "" : read.reason, /^A link to a place outside the folder/);
});

test("what was opened is closed, whatever came of it", (t) => {
  const { folder, beside } = folders(t);
  symlinkSync(beside, join(folder, "link"));
  const opened: number[] = [];
  const closed: number[] = [];
  const { openSync, closeSync } = fs;
  mockFs(t, "openSync", (...args) => {
    const file = openSync(...args);
    opened.push(file);
    return file;
  });
  mockFs(t, "closeSync", (file) => {
    closed.push(file);
    closeSync(file);
  });
  const read = (path: string, most = limit): boolean => readInFolder(folder, path, most).ok;
  const whole = readInFolder(folder, "docs/a.md", limit);
  assert.equal(whole.ok ? whole.bytes.toString() : whole.reason, "ours");
  assert.deepEqual(
    [read("docs/a.md", 1), read("link/a.md"), read("docs"), read("gone.md")],
    [false, false, false, false],
  );
  assert.equal(opened.length, 4, "all but what is gone");
  assert.deepEqual(closed, opened);
});

test("a file that can't be opened says why", (t) => {
  const { folder } = folders(t);
  const reasonWith = (code: string): string => {
    mockFs(t, "openSync", () => {
      throw Object.assign(new Error(`${code}: no`), { code });
    });
    const read = readInFolder(folder, "docs/a.md", limit);
    return read.ok ? "" : read.reason;
  };
  assert.match(reasonWith("EIO"), /^The file can't be read: .+\.$/);
  assert.equal(reasonWith("EMLINK"), "A link, which is not followed.");
  assert.equal(reasonWith("ENOTDIR"), "The file is gone.");
});
