import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import fs, { mkdirSync, rmSync, symlinkSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { dirname, join, resolve, sep } from "node:path";
import { beforeEach, test } from "node:test";
import { networkShare } from "../../indexer/files/networkPath.ts";
import { walkFolder } from "../../indexer/files/walk.ts";
import { root as base, put } from "../support/scratchFolder.ts";

/** The folder that Carrel is given. */
let root = "";

beforeEach(() => {
  root = join(base, "workspace");
  mkdirSync(root);
});

async function found(folder = root): Promise<string[]> {
  const { files } = await walkFolder(folder, { exclude: [], maxFileBytes: 1000 });
  return files.map((file) => file.path).sort();
}

/** Every path that the file system was asked for in any way while `work` ran. */
async function touched(work: () => Promise<unknown>): Promise<string[]> {
  const paths: string[] = [];
  const promises = fs.promises as unknown as Record<string, unknown>;
  const originals = { ...promises };
  for (const [name, original] of Object.entries(originals)) {
    if (typeof original !== "function") continue;
    promises[name] = (...args: unknown[]): unknown => {
      if (typeof args[0] === "string") paths.push(resolve(args[0]));
      return Reflect.apply(original, fs.promises, args);
    };
  }
  syncBuiltinESMExports();
  try {
    await work();
  } finally {
    Object.assign(promises, originals);
    syncBuiltinESMExports();
  }
  return paths;
}

/** What was touched beside the folder, the folders above it, and git's own names in those. */
async function strange(): Promise<string[]> {
  const above = [root];
  for (let at = root; dirname(at) !== at; at = dirname(at)) above.push(dirname(at));
  const own = above.flatMap((folder) =>
    ["", ".gitignore", ".git", ".git/info", ".git/info/exclude", ".git/HEAD"].map((name) =>
      join(folder, name),
    ),
  );
  const paths = await touched(() => found());
  assert.ok(paths.includes(join(root, ".git")), "the pointer was looked at");
  return paths.filter((path) => !own.includes(path) && !path.startsWith(root + sep));
}

const foreign = [
  "/net/evil.test/share",
  "/net/evil.test/repo/.git/worktrees/w",
  "/afs/evil.test/repo/.git/worktrees/w",
  "//evil.test/share/repo/.git/worktrees/w",
  "\\\\evil.test\\share\\repo\\.git\\worktrees\\w",
  "\\\\?\\UNC\\evil.test\\share",
  "../../../../../../../../../net/evil.test/repo/.git/worktrees/w",
  "/proc/self/root/net/evil.test/.git/worktrees/w",
  "/no/such/place",
  "/etc",
];

for (const target of foreign) {
  test(`a pointer to ${target} is not followed`, async () => {
    put({ "workspace/.git": `gitdir: ${target}\n`, "workspace/a.md": "x" });
    // The first step of a way may be looked at: it is this machine's own. Nothing below it is.
    const firstSteps = ["/proc", "/no", "/etc"];
    assert.deepEqual(
      (await strange()).filter((path) => !firstSteps.includes(path)),
      [],
    );
    assert.deepEqual(await found(), ["a.md"]);
  });
}

test("nothing is opened in a folder elsewhere that does not point back", async () => {
  put({
    "elsewhere/.git/worktrees/w/gitdir": `${join(base, "other/.git")}\n`,
    "elsewhere/.git/worktrees/w/commondir": "../..\n",
    "elsewhere/.git/info/exclude": "a.md\n",
    "workspace/.git": `gitdir: ${join(base, "elsewhere/.git/worktrees/w")}\n`,
    "workspace/a.md": "x",
  });
  assert.deepEqual(await found(), ["a.md"]);
  const asked = await strange();
  assert.ok(!asked.some((path) => path.endsWith("exclude")), asked.join(", "));
});

test("no link on the way of a pointer is followed", async (t) => {
  if (process.platform === "win32") return t.skip("links need rights on Windows");
  put({
    "target/worktrees/w/gitdir": `${join(base, "workspace/.git")}\n`,
    "target/info/exclude": "a.md\n",
    "workspace/.git": `gitdir: ${join(base, "workspace/repo/worktrees/w")}\n`,
    "workspace/a.md": "x",
  });
  symlinkSync(join(base, "target"), join(root, "repo"));
  const asked = await strange();
  assert.deepEqual(
    asked.filter((path) => path.startsWith(join(base, "target"))),
    [],
  );
  const behind = (await touched(() => found())).filter((path) => path.startsWith(join(root, "repo") + sep));
  assert.deepEqual(behind, []);
  assert.deepEqual(await found(), ["a.md"]);
});

test("a .git or .git/info that is a link is not followed", async (t) => {
  if (process.platform === "win32") return t.skip("links need rights on Windows");
  put({ "target/HEAD": "x", "target/info/exclude": "a.md\n", "workspace/a.md": "x" });
  symlinkSync(join(base, "target"), join(root, ".git"));
  assert.deepEqual(await found(), ["a.md"]);
  rmSync(join(root, ".git"));
  put({ "workspace/.git/HEAD": "x" });
  symlinkSync(join(base, "target/info"), join(root, ".git/info"));
  assert.deepEqual(await found(), ["a.md"]);
  assert.ok(!(await touched(() => found())).includes(join(root, ".git/info/exclude")));
});

test("commondir is not believed", async () => {
  put({
    "elsewhere/info/exclude": "a.md\n",
    "workspace/repo/.git/worktrees/w/commondir": `${join(base, "elsewhere")}\n`,
    "workspace/repo/.git/worktrees/w/gitdir": `${join(base, "workspace/.git")}\n`,
    "workspace/repo/.git/info/exclude": "b.md\n",
    "workspace/.git": "gitdir: repo/.git/worktrees/w\n",
    "workspace/a.md": "x",
    "workspace/b.md": "x",
  });
  assert.deepEqual(await strange(), []);
  assert.deepEqual(await found(), ["a.md"]);
});

test("a git folder of another name within the folder is found", async () => {
  put({
    "workspace/.git": "gitdir: store\n",
    "workspace/store/info/exclude": "a.md\nstore/\n",
    "workspace/a.md": "x",
    "workspace/b.md": "x",
  });
  assert.deepEqual(await found(), ["b.md"]);
});

test("the exclude files of git's own worktrees and submodules are found", async (t) => {
  if (spawnSync("git", ["--version"]).status !== 0) return t.skip("git is not installed");
  const git = (folder: string, ...args: string[]): void => {
    const person = [
      "-c",
      "user.name=A",
      "-c",
      "user.email=a@example.com",
      "-c",
      "protocol.file.allow=always",
    ];
    const env = { ...process.env, GIT_CONFIG_GLOBAL: "/dev/null", GIT_CONFIG_SYSTEM: "/dev/null" };
    execFileSync("git", [...person, ...args], { cwd: folder, env, stdio: "pipe" });
  };
  put({ "main/a.md": "x", "library/lib.md": "x" });
  for (const name of ["main", "library"]) {
    git(join(base, name), "init", "-q");
    git(join(base, name), "add", ".");
    git(join(base, name), "commit", "-q", "-m", "first");
  }
  git(join(base, "main"), "submodule", "--quiet", "add", join(base, "library"), "sub");
  git(join(base, "main"), "worktree", "add", "-q", join(base, "tree"));
  git(base, "clone", "-q", "--bare", join(base, "library"), join(base, "bare.git"));
  git(join(base, "bare.git"), "worktree", "add", "-q", join(base, "of-bare"));
  put({
    "main/.git/info/exclude": "local.md\n",
    "main/.git/modules/sub/info/exclude": "local.md\n",
    "bare.git/info/exclude": "local.md\n",
    "tree/local.md": "x",
    "of-bare/local.md": "x",
    "main/sub/local.md": "x",
  });
  assert.deepEqual(await found(join(base, "tree")), ["a.md"]);
  assert.deepEqual(await found(join(base, "of-bare")), ["lib.md"]);
  assert.deepEqual(await found(join(base, "main/sub")), ["lib.md"]);
  assert.deepEqual(await found(join(base, "main")), [".gitmodules", "a.md", "sub/lib.md"]);
});

test("paths of a network are told by their form alone", () => {
  const shares: [string, string | undefined][] = [
    ["\\\\server\\share\\x", "//server/share"],
    ["//Server/Share/x", "//server/share"],
    ["\\\\?\\C:\\x", "//?/c:"],
    ["\\\\.\\pipe\\x", "//./pipe"],
    ["/net/host/x", "/net/host"],
    ["/net", "/net/"],
    ["/afs/cell/x", "/afs/cell"],
    ["/Network/Servers/x", "/network/servers"],
    ["/home/net/x", undefined],
    ["/network-of-one/x", undefined],
    ["C:\\Users\\x", undefined],
    ["../net/x", undefined],
  ];
  for (const [path, share] of shares) assert.equal(networkShare(path), share, path);
});
