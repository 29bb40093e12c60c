import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { checkPath } from "../../indexer/files/lookAt.ts";
import { type WalkOptions, walkFolder } from "../../indexer/files/walk.ts";
import { CarrelError } from "../../protocol/channel.ts";
import { put, root } from "../support/scratchFolder.ts";

const options: WalkOptions = { exclude: [], maxFileBytes: 1000 };
async function found(walkOptions = options): Promise<string[]> {
  const { files } = await walkFolder(root, walkOptions);
  return files.map((file) => file.path).sort();
}

async function reasons(): Promise<Record<string, string>> {
  const { skipped } = await walkFolder(root, options);
  return Object.fromEntries(skipped.map(({ path, reason }) => [path, reason]));
}

test("lists files with size and time, by relative paths", async () => {
  put({ "a.txt": "one", "b/c/d.md": "three" });
  utimesSync(join(root, "a.txt"), 1_600_000_000, 1_600_000_000);
  const { files, skipped } = await walkFolder(root, options);
  assert.deepEqual(files.map((file) => [file.path, file.size]).sort(), [
    ["a.txt", 3],
    ["b/c/d.md", 5],
  ]);
  assert.equal(files.find((file) => file.path === "a.txt")?.mtimeMs, 1_600_000_000_000);
  assert.deepEqual(skipped, []);
});

const tree = {
  ".gitignore": "*.log\n!keep.log\n/build/\ndocs/**/draft.md\nfoo\n\\#hash\ntrailing   \n[ab].txt\n",
  "x.log": "",
  "keep.log": "",
  "build/a.ts": "",
  "src/build/a.ts": "",
  "docs/draft.md": "",
  "docs/a/b/draft.md": "",
  "docs/final.md": "",
  "foo/bar.ts": "",
  "lib/foo": "",
  "#hash": "",
  trailing: "",
  "a.txt": "",
  "c.txt": "",
  "src/.gitignore": "!x.log\n*.gen.ts\n/only-here.ts\n",
  "src/x.log": "",
  "src/y.log": "",
  "src/m.gen.ts": "",
  "src/only-here.ts": "",
  "src/deep/only-here.ts": "",
  "src/deep/.gitignore": "!m.gen.ts\n",
  "src/deep/m.gen.ts": "",
  "deny/.gitignore": "*\n!.gitignore\n!yes.md\n",
  "deny/no.md": "",
  "deny/yes.md": "",
  "deny/sub/yes.md": "",
  "dir-only/.gitignore": "thing/\n",
  "dir-only/thing": "",
  "dir-only/sub/thing/x.md": "",
};

test("reads nested .gitignore files as git does", async (t) => {
  put(tree);
  const isGitHere = spawnSync("git", ["--version"]).status === 0;
  if (!isGitHere) return t.skip("git is not installed");
  execFileSync("git", ["init", "-q"], { cwd: root });
  writeFileSync(join(root, ".git/info/exclude"), "c.txt\n");
  const listed = execFileSync("git", ["-c", "core.quotePath=off", "ls-files", "-co", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null", HOME: root },
  });
  assert.deepEqual(await found(), listed.trim().split("\n").sort());
});

test("reads nested .gitignore files without a repository too", async () => {
  put(tree);
  assert.deepEqual(await found(), [
    ".gitignore",
    "c.txt",
    "deny/.gitignore",
    "deny/yes.md",
    "dir-only/.gitignore",
    "dir-only/thing",
    "docs/final.md",
    "keep.log",
    "src/.gitignore",
    "src/build/a.ts",
    "src/deep/.gitignore",
    "src/deep/m.gen.ts",
    "src/deep/only-here.ts",
    "src/x.log",
  ]);
});

test(".carrelignore and the exclude setting come before git's rules and built-in ones", async () => {
  put({
    ".gitignore": "generated/\n",
    ".carrelignore": "!generated/\n!dist/\nprivate/\n.git*\n.carrelignore\n",
    "generated/api.md": "",
    "dist/out.md": "",
    "node_modules/x.md": "",
    "private/diary.md": "",
    "notes/a.md": "",
    "notes/b.md": "",
  });
  assert.deepEqual(await found({ ...options, exclude: ["b.md"] }), [
    "dist/out.md",
    "generated/api.md",
    "notes/a.md",
  ]);
});

test("a folder inside a repository follows the rules above it, unless they ignore the folder itself", async () => {
  put({
    ".git/HEAD": "ref: x",
    ".git/info/exclude": "e.md\n",
    ".gitignore": "/pkg/a.md\n/ignored/\nlogs/\n",
  });
  put({
    "pkg/a.md": "",
    "pkg/b.md": "",
    "pkg/e.md": "",
    "pkg/logs/c.md": "",
    "ignored/a.md": "",
    "ignored/logs/d.md": "",
  });
  const within = async (name: string): Promise<string[]> =>
    (await walkFolder(join(root, name), options)).files.map((file) => file.path).sort();
  assert.deepEqual(await within("pkg"), ["b.md"]);
  put({ "far/down/below/e.md": "", "far/down/below/f.md": "", "far/down/below/logs/g.md": "" });
  assert.deepEqual(await within("far/down/below"), ["f.md"]);
  assert.deepEqual(await within("ignored"), ["a.md", "logs/d.md"]);
});

test("finds the exclude file of a worktree, and a repository inside has rules of its own", async () => {
  put({
    "main/.git/HEAD": "ref: x",
    "main/.git/info/exclude": "secretive.md\n",
    "main/.git/worktrees/w/commondir": "../..\n",
    "main/.git/worktrees/w/gitdir": `${join(root, "w/.git")}\n`,
    "w/.git": `gitdir: ${join(root, "main/.git/worktrees/w")}\n`,
    "w/.gitignore": "*.log\n",
    "w/secretive.md": "",
    "w/open.md": "",
    "w/a.log": "",
    "w/inner/.git/HEAD": "ref: x",
    "w/inner/b.log": "",
  });
  const { files } = await walkFolder(join(root, "w"), options);
  assert.deepEqual(files.map((file) => file.path).sort(), [".gitignore", "inner/b.log", "open.md"]);
});

test("leaves out packages, caches and build output", async () => {
  put({
    "node_modules/a/index.js": "",
    ".git/config": "",
    "py/__pycache__/a.py": "",
    "rust/Cargo.toml": "",
    "rust/target/debug/a.rs": "",
    "target/my-targets.md": "",
    "web/package.json": "",
    "web/build/a.js": "",
    "build/how-we-build.md": "",
    "x.egg-info/top.txt": "",
    "ios/DerivedData/a.swift": "",
  });
  assert.deepEqual(await found(), [
    "build/how-we-build.md",
    "rust/Cargo.toml",
    "target/my-targets.md",
    "web/package.json",
  ]);
});

test("lists what it refuses, each with a reason", async () => {
  put({
    ".env": "A=b",
    ".env.example": "A=",
    "server.pem": "x",
    id_rsa: "x",
    ".ssh/config": "x",
    "logo.png": "x",
    "clip.mp4": "x",
    "data.zip": "x",
    "package-lock.json": "{}",
    "a.min.js": "x",
    "plan.odg": "x",
    "big.txt": "x".repeat(1001),
    "ok.txt": "x".repeat(1000),
    "big.pdf": "x".repeat(20_000),
    "huge.pdf": "x".repeat(20_001),
  });
  const all = await reasons();
  assert.deepEqual(await found(), [".env.example", "big.pdf", "ok.txt"]);
  assert.match(all[".env"] ?? "", /passwords or keys/);
  assert.match(all["server.pem"] ?? "", /passwords or keys/);
  assert.match(all["id_rsa"] ?? "", /passwords or keys/);
  assert.match(all[".ssh"] ?? "", /passwords and keys/);
  assert.match(all["logo.png"] ?? "", /image/);
  assert.match(all["clip.mp4"] ?? "", /video/);
  assert.match(all["data.zip"] ?? "", /archive/);
  assert.match(all["package-lock.json"] ?? "", /lock file/);
  assert.match(all["a.min.js"] ?? "", /Minified/);
  assert.match(all["plan.odg"] ?? "", /drawing/);
  assert.match(all["big.txt"] ?? "", /Too large: 2 kB; the limit .* 1 kB/);
  assert.match(all["huge.pdf"] ?? "", /Too large/);
  assert.equal(Object.keys(all).length, 12);
});

test("no ignore file takes secrets in", async () => {
  put({ ".carrelignore": "!.env\n!id_rsa\n!.ssh/\n", ".env": "x", id_rsa: "x", ".ssh/a": "x" });
  assert.deepEqual(await found(), [".carrelignore"]);
});

test("follows no link and opens no pipe or socket", async (t) => {
  if (process.platform === "win32") return t.skip("links need rights on Windows");
  const outside = mkdtempSync(join(tmpdir(), "carrel-outside-"));
  t.after(() => rmSync(outside, { recursive: true, force: true }));
  writeFileSync(join(outside, "secret.md"), "x");
  put({ "a.md": "x" });
  symlinkSync(outside, join(root, "out-dir"));
  symlinkSync(join(outside, "secret.md"), join(root, "out.md"));
  symlinkSync("a.md", join(root, "in.md"));
  symlinkSync("nowhere", join(root, "dangling.md"));
  symlinkSync(".", join(root, "loop"));
  execFileSync("mkfifo", [join(root, "pipe.md")]);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(join(root, "sock.md"), resolve));
  t.after(() => server.close());
  const all = await reasons();
  assert.deepEqual(await found(), ["a.md"]);
  assert.match(all["out-dir"] ?? "", /outside the folder/);
  assert.match(all["out.md"] ?? "", /outside the folder/);
  assert.match(all["in.md"] ?? "", /another place in the folder/);
  assert.match(all["loop"] ?? "", /link/);
  assert.match(all["dangling.md"] ?? "", /leads nowhere/);
  assert.match(all["pipe.md"] ?? "", /Not a regular file/);
  assert.match(all["sock.md"] ?? "", /Not a regular file/);
});

test("lists a folder that can't be read and goes on", async (t) => {
  if (process.platform === "win32") return t.skip("needs POSIX rights");
  put({ "shut/a.md": "", "open/b.md": "" });
  chmodSync(root, 0o755);
  chmodSync(join(root, "shut"), 0);
  // No rights bind the superuser: for the walk it is somebody else.
  const isRoot = process.getuid?.() === 0;
  if (isRoot) process.seteuid?.(65534);
  try {
    assert.deepEqual(await found(), ["open/b.md"]);
    assert.match((await reasons())["shut"] ?? "", /permission denied/);
  } finally {
    if (isRoot) process.seteuid?.(0);
    chmodSync(join(root, "shut"), 0o700);
  }
});

test("a folder that is missing or a file is an error that says so", async () => {
  await assert.rejects(walkFolder(join(root, "nope"), options), (error) => {
    assert.ok(error instanceof CarrelError);
    assert.match(error.message, /"nope" can't be read: it does not exist/);
    assert.notEqual(error.remedy, "");
    return true;
  });
  put({ file: "x" });
  await assert.rejects(walkFolder(join(root, "file"), options), /it is not a folder/);
});

test("stops when it is aborted", async () => {
  put(Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`d${i}/a.md`, ""])));
  const { files } = await walkFolder(root, { ...options, signal: AbortSignal.abort() });
  assert.deepEqual(files, []);
});

test("checkPath judges single paths as the walk does", async (t) => {
  put({
    ...tree,
    ".env": "x",
    "node_modules/a.md": "",
    ".git/HEAD": "x",
    "big.txt": "x".repeat(2000),
    "p.png": "x",
  });
  if (process.platform !== "win32") symlinkSync("src", join(root, "linked"));
  const walked = await walkFolder(root, options);
  const expected = new Map<string, unknown>();
  for (const file of [...walked.files, ...walked.skipped]) expected.set(file.path, file);
  assert.ok(expected.size > 15);
  const paths = [...Object.keys(tree), ".env", "node_modules/a.md", ".git/HEAD", "big.txt", "p.png"];
  for (const path of paths) {
    assert.deepEqual(await checkPath(root, join(root, path), options), expected.get(path), path);
  }
  assert.equal(await checkPath(root, join(root, "gone.md"), options), undefined);
  assert.equal(await checkPath(root, join(root, "src"), options), undefined, "a directory");
  assert.equal(await checkPath(root, join(root, "..", "else.md"), options), undefined, "outside");
  assert.equal(await checkPath(root, join(root, "linked/x.log"), options), undefined, "behind a link");
  t.diagnostic(`${paths.length} paths`);
});

test("checkPath understands a root that is a link", async (t) => {
  if (process.platform === "win32") return t.skip("links need rights on Windows");
  put({ "real/a.md": "x" });
  symlinkSync("real", join(root, "link"));
  const byLink = await checkPath(join(root, "link"), join(root, "link/a.md"), options);
  const byReal = await checkPath(join(root, "link"), join(root, "real/a.md"), options);
  assert.equal(byLink && "size" in byLink && byLink.path, "a.md");
  assert.deepEqual(byLink, byReal);
});
