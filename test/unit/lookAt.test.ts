import assert from "node:assert/strict";
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import fsPromises from "node:fs/promises";
import { syncBuiltinESMExports } from "node:module";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { Directories } from "../../indexer/files/directories.ts";
import { lookAt } from "../../indexer/files/lookAt.ts";
import { type Walked, type WalkOptions, walkFolder } from "../../indexer/files/walk.ts";
import { put, root } from "../support/scratchFolder.ts";

const options: WalkOptions = { exclude: [], maxFileBytes: 1000 };
/** Every directory that is listed from now on, relative to the test's folder. */
function watchListings(t: TestContext): string[] {
  const listed: string[] = [];
  const { readdir } = fsPromises;
  const spy = (path: string, ...rest: unknown[]): unknown => {
    listed.push(path.slice(root.length + 1));
    return Reflect.apply(readdir, fsPromises, [path, ...rest]);
  };
  Object.assign(fsPromises, { readdir: spy });
  syncBuiltinESMExports();
  t.after(() => {
    Object.assign(fsPromises, { readdir });
    syncBuiltinESMExports();
  });
  return listed;
}

/** Paths and reasons, sorted, so that two walks can be compared. */
function summary(...parts: readonly Walked[]): { files: unknown[]; skipped: string[]; ignored: string[] } {
  const counts = new Map<string, number>();
  for (const { rule, files, folders } of parts.flatMap((part) => part.ignored)) {
    counts.set(rule, (counts.get(rule) ?? 0) + files + folders * 1000);
  }
  return {
    files: parts.flatMap((part) => part.files).sort((a, b) => (a.path < b.path ? -1 : 1)),
    skipped: parts.flatMap((part) => part.skipped.map((skip) => `${skip.path}: ${skip.reason}`)).sort(),
    ignored: [...counts].map(([rule, count]) => `${rule}: ${count}`).sort(),
  };
}

test("a file is judged alone, a folder with all that is below it", async () => {
  put({ "a.md": "x", "docs/b.md": "x", "docs/deep/c.md": "x", "docs/.env": "x", "other/d.md": "x" });
  const file = await lookAt(root, join(root, "a.md"), options);
  assert.deepEqual([file.kind, file.path, file.files.map(({ path }) => path)], ["file", "a.md", ["a.md"]]);
  const folder = await lookAt(root, join(root, "docs"), options);
  assert.deepEqual([folder.kind, folder.path], ["folder", "docs"]);
  assert.deepEqual(folder.files.map(({ path }) => path).sort(), ["docs/b.md", "docs/deep/c.md"]);
  assert.deepEqual(
    folder.skipped.map(({ path }) => path),
    ["docs/.env"],
  );
  const whole = await lookAt(root, root, options);
  assert.deepEqual([whole.kind, whole.path], ["folder", ""]);
  assert.deepEqual(summary(whole), summary(await walkFolder(root, options)));
});

test("says of each path what is there", async (t) => {
  put({
    ".gitignore": "*.log\nout/\n",
    "x.log": "",
    "out/a.md": "",
    ".ssh/config": "",
    "node_modules/p/a.js": "",
    "real/a.md": "",
    "logo.png": "",
  });
  if (process.platform !== "win32") symlinkSync("real", join(root, "link"));
  const kinds: Record<string, string> = {
    "x.log": "ignored",
    out: "ignored",
    "out/a.md": "ignored",
    "out/gone.md": "ignored",
    node_modules: "ignored",
    "node_modules/p": "ignored",
    "node_modules/p/a.js": "ignored",
    ".ssh": "folder",
    ".ssh/config": "ignored",
    "logo.png": "file",
    "real/a.md": "file",
    "real/gone.md": "gone",
    "gone/b.md": "gone",
    "real/a.md/c": "gone",
    "..": "outside",
    "../else.md": "outside",
    ...(process.platform !== "win32" && { link: "file", "link/a.md": "gone" }),
  };
  for (const [path, kind] of Object.entries(kinds)) {
    assert.equal((await lookAt(root, join(root, path), options)).kind, kind, path);
  }
  // Whichever event comes, the folder of keys is accounted for.
  for (const path of [".ssh", ".ssh/config"]) {
    const { files, skipped } = await lookAt(root, join(root, path), options);
    assert.deepEqual([files, skipped.map((skip) => skip.path)], [[], [".ssh"]], path);
  }
  t.diagnostic(`${Object.keys(kinds).length} paths`);
});

test("300 new folders in node_modules list nothing below it, and the rest once", async (t) => {
  const paths = Array.from({ length: 300 }, (_, i) => `node_modules/p${i}`);
  put(Object.fromEntries(paths.map((path) => [`${path}/lib/index.js`, ""])));
  put({ "src/a.ts": "", "src/b.ts": "" });
  const listed = watchListings(t);
  const directories = await Directories.of(root, []);
  for (const path of [...paths, "src/a.ts", "src/b.ts"]) {
    await lookAt(root, join(root, path), options, directories);
  }
  assert.deepEqual(listed, ["", "src"]);
});

test("a walk under a directory lists what leads there and what is below", async (t) => {
  put({
    ".gitignore": "/a/b/skip/\n",
    "a/.gitignore": "*.tmp.md\n",
    "a/x.md": "",
    "a/b/y.md": "",
    "a/b/z.tmp.md": "",
    "a/b/skip/s.md": "",
    "a/b/c/w.md": "",
    "other/o.md": "",
    "dist/sub/d.md": "",
    ".aws/sub/e.md": "",
  });
  const listed = watchListings(t);
  const within = async (under: string): Promise<string[]> =>
    (await walkFolder(root, { ...options, under })).files.map(({ path }) => path).sort();
  assert.deepEqual(await within("a/b"), ["a/b/c/w.md", "a/b/y.md"]);
  assert.deepEqual(listed, ["", "a", "a/b", "a/b/c"]);
  for (const under of ["a/b/skip", "dist/sub", "gone", "a/x.md", "..", "../.."]) {
    assert.deepEqual(await walkFolder(root, { ...options, under }), { files: [], skipped: [], ignored: [] });
  }
  const secret = await walkFolder(root, { ...options, under: ".aws/sub" });
  assert.deepEqual([secret.files, secret.skipped.map(({ path }) => path)], [[], [".aws"]]);
  assert.deepEqual(await within("a"), ["a/.gitignore", "a/b/c/w.md", "a/b/y.md", "a/x.md"]);
  assert.deepEqual(await within(""), (await walkFolder(root, options)).files.map(({ path }) => path).sort());
});

/** A sequence of numbers that a seed makes, below a limit each. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) % below;
  };
}

const directoryNames = ["src", "docs", "build", "dist", "node_modules", ".ssh", "a", "b", "x.log"];
const fileNames = ["a.md", "b.ts", "x.log", "keep.log", ".env", "logo.png", "package.json", "big.txt"];
const patterns = [
  "*.log",
  "!keep.log",
  "/src/",
  "docs/*",
  "!docs/a.md",
  "a",
  "b/**",
  "!build/",
  "*.md",
  "# no",
  "",
  "!dist",
];

function growTree(next: (below: number) => number, path: string, depth: number): void {
  const pick = <T>(list: readonly T[]): T => list[next(list.length)] as T;
  for (let i = 0; i < 2 + next(4); i++) {
    const name = pick(fileNames);
    put({ [path + name]: "x".repeat(name === "big.txt" ? 2000 : next(50)) });
  }
  for (const ignoreFile of [".gitignore", ".carrelignore"]) {
    const lines = Array.from({ length: 1 + next(4) }, () => pick(patterns));
    if (next(3) === 0) put({ [path + ignoreFile]: lines.join("\n") });
  }
  for (let i = 0; depth > 0 && i < 1 + next(3); i++) {
    const name = pick(directoryNames);
    try {
      growTree(next, `${path}${name}/`, depth - 1);
    } catch {
      // The name is taken by a file: a tree without that directory is as good.
    }
  }
}

test("what is looked at piece by piece is what a walk of the whole finds", async () => {
  let files = 0;
  for (let seed = 1; seed <= 60; seed++) {
    rmSync(root, { recursive: true, force: true });
    mkdirSync(root);
    growTree(numbers(seed), "", 3);
    const exclude = seed % 4 === 0 ? ["b.ts", "!keep.log"] : [];
    const whole = await walkFolder(root, { ...options, exclude });
    const directories = await Directories.of(root, exclude);
    const pieces: Walked[] = [];
    for (const name of readdirSync(root)) {
      pieces.push(await lookAt(root, join(root, name), { ...options, exclude }, directories));
    }
    const found = summary(...pieces);
    const expected = summary(whole);
    assert.deepEqual([found.files, found.skipped], [expected.files, expected.skipped], `seed ${seed}`);
    for (const directory of directoryNames) {
      const under = `${directory}/${directoryNames[seed % directoryNames.length]}`;
      const part = await walkFolder(root, { ...options, exclude, under });
      const here = whole.files.filter(({ path }) => path.startsWith(`${under}/`));
      assert.deepEqual(
        summary(part).files,
        summary({ ...whole, files: here }).files,
        `seed ${seed} ${under}`,
      );
    }
    files += whole.files.length;
  }
  assert.ok(files > 300, `${files} files`);
});

test("an edit that keeps size and time shows in changedMs", async () => {
  put({ "a.md": "ten" });
  const time = new Date(1_600_000_000_000);
  utimesSync(join(root, "a.md"), time, time);
  const look = async (): Promise<{ size: number; mtimeMs: number; changedMs: number } | undefined> =>
    (await lookAt(root, join(root, "a.md"), options)).files[0];
  const before = await look();
  let after = before;
  // Clocks of some disks tick every few milliseconds only.
  for (let round = 0; round < 500 && after?.changedMs === before?.changedMs; round++) {
    writeFileSync(join(root, "a.md"), "two");
    utimesSync(join(root, "a.md"), time, time);
    after = await look();
  }
  assert.deepEqual([after?.size, after?.mtimeMs], [before?.size, before?.mtimeMs]);
  assert.ok((after?.changedMs ?? 0) > (before?.changedMs ?? Number.POSITIVE_INFINITY));
});

test("what can't be read for now is marked so, what is refused for good is not", async (t) => {
  if (process.platform === "win32") return t.skip("needs POSIX rights");
  put({ "shut/a.md": "", "closed/b.md": "", ".env": "" });
  chmodSync(root, 0o755);
  chmodSync(join(root, "shut"), 0);
  // A directory whose names may be read but not what is behind them.
  chmodSync(join(root, "closed"), 0o444);
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid?.(65534);
  try {
    const { skipped } = await walkFolder(root, options);
    const marks = Object.fromEntries(skipped.map((skip) => [skip.path, skip.mayPass]));
    assert.deepEqual(marks, { shut: true, "closed/b.md": true, ".env": undefined });
    const folder = await lookAt(root, join(root, "shut"), options);
    assert.deepEqual([folder.kind, folder.skipped[0]?.mayPass], ["folder", true]);
    const below = await lookAt(root, join(root, "shut/a.md"), options);
    assert.deepEqual([below.kind, below.skipped[0]?.path], ["ignored", "shut"]);
  } finally {
    if (isRoot) process.seteuid?.(0);
    chmodSync(join(root, "shut"), 0o700);
    chmodSync(join(root, "closed"), 0o700);
  }
});

test("a folder that is opened by a link is known by its real path too", async (t) => {
  if (process.platform === "win32") return t.skip("links need rights on Windows");
  put({ "real/a.md": "a" });
  const link = join(root, "link");
  symlinkSync("real", link);
  const real = realpathSync(link);
  for (const place of [link, real, join(link, "a.md"), join(real, "a.md")]) {
    const { kind, files } = await lookAt(link, place, options);
    assert.equal(kind, place.endsWith("a.md") ? "file" : "folder");
    assert.deepEqual(
      files.map(({ path }) => path),
      ["a.md"],
    );
  }
});
