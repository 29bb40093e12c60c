import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { explainEmpty } from "../../indexer/files/explainEmpty.ts";
import { lookAt } from "../../indexer/files/lookAt.ts";
import { type WalkOptions, walkFolder } from "../../indexer/files/walk.ts";
import { put, root } from "../support/scratchFolder.ts";

const options: WalkOptions = { exclude: [], maxFileBytes: 1000 };
test("what rules leave out is counted by rule, with the place of the rule and an example", async () => {
  put({
    "above/.git/HEAD": "ref: x",
    "above/.git/info/exclude": "# mine\nscratch.md\n",
    "above/.gitignore": "upper.md\n",
    "above/work/.gitignore": "\ufeff*.log\n\n  \n/out/\n",
    "above/work/a.log": "",
    "above/work/b.log": "",
    "above/work/out/x.md": "",
    "above/work/upper.md": "",
    "above/work/scratch.md": "",
    "above/work/docs/.carrelignore": "draft*  \r\n",
    "above/work/docs/draft.md": "",
    "above/work/docs/c.tmp": "",
    "above/work/node_modules/p/a.js": "",
    "above/work/sub/node_modules/p/a.js": "",
    "above/work/sub/inner/.git/HEAD": "ref: y",
    "above/work/sub/inner/.git/info/exclude": "i.md\n",
    "above/work/sub/inner/i.md": "",
    "above/work/kept.md": "",
  });
  const { files, ignored } = await walkFolder(join(root, "above/work"), { ...options, exclude: ["*.tmp"] });
  assert.deepEqual(files.map(({ path }) => path).sort(), [".gitignore", "docs/.carrelignore", "kept.md"]);
  const found = Object.fromEntries(
    ignored.map(({ rule, files: count, folders, example }) => [rule, [count, folders, example]]),
  );
  const example = found['"*.log" in .gitignore (line 1)']?.[2] ?? "";
  assert.ok(["a.log", "b.log"].includes(String(example)));
  const module = found['the built-in rule for "node_modules"']?.[2] ?? "";
  assert.ok(["node_modules", "sub/node_modules"].includes(String(module)));
  assert.deepEqual(found, {
    '"*.log" in .gitignore (line 1)': [2, 0, example],
    '"/out/" in .gitignore (line 4)': [0, 1, "out"],
    '"upper.md" in ../.gitignore (line 1)': [1, 0, "upper.md"],
    '"scratch.md" in ../.git/info/exclude (line 2)': [1, 0, "scratch.md"],
    '"draft*" in docs/.carrelignore (line 1)': [1, 0, "docs/draft.md"],
    '"*.tmp" in the setting carrel.indexing.exclude': [1, 0, "docs/c.tmp"],
    'the built-in rule for "node_modules"': [0, 2, module],
    'the built-in rule for ".git"': [0, 1, "sub/inner/.git"],
    '"i.md" in sub/inner/.git/info/exclude (line 1)': [1, 0, "sub/inner/i.md"],
  });
});

test("the rule that is named is the one that git names", async (t) => {
  if (spawnSync("git", ["--version"]).status !== 0) return t.skip("git is not installed");
  put({
    ".gitignore": "*.log\n!keep.log\n# no\n*.md\n!b/\nb/x.log\n",
    "b/.gitignore": "!y.md\n\\#z\n",
    "a.log": "",
    "a.md": "",
    "b/x.log": "",
    "b/y.md": "",
    "b/#z": "",
    "keep.log": "",
  });
  execFileSync("git", ["init", "-q"], { cwd: root });
  const { ignored } = await walkFolder(root, options);
  const ours = ignored
    .filter(({ rule }) => !rule.startsWith("the built-in"))
    .map(({ rule, example }) => {
      const [, pattern, file, line] = /^"(.*)" in (\S+) \(line (\d+)\)$/.exec(rule) ?? [];
      return `${file}:${line}:${pattern}\t${example}`;
    });
  const paths = ["a.log", "a.md", "b/x.log", "b/y.md", "b/#z", "keep.log"];
  const git = execFileSync("git", ["check-ignore", "-v", ...paths], { cwd: root, encoding: "utf8" });
  const theirs = git.trim().split("\n");
  const leftOut = theirs.filter((line) => !/:!/.test(line));
  assert.equal(leftOut.length, 4);
  assert.deepEqual(ours.sort(), leftOut.sort());
});

test("no more than 50 rules are told apart, and nothing is lost in the count", async () => {
  const names = Array.from({ length: 80 }, (_, i) => `f${i}.md`);
  put({ ".gitignore": names.join("\n"), ...Object.fromEntries(names.map((name) => [name, ""])) });
  const { ignored } = await walkFolder(root, options);
  assert.equal(ignored.length, 51);
  assert.deepEqual([ignored[0]?.rule, ignored[0]?.files], ["other rules", 30]);
  assert.equal(
    ignored.reduce((sum, { files }) => sum + files, 0),
    80,
  );
});

test("an empty result is explained", async () => {
  const explain = async (walk = options): Promise<string | undefined> =>
    explainEmpty(await walkFolder(root, walk));
  assert.equal(await explain(), "This folder is empty.");
  put({ ".gitignore": "*\n", "a.md": "", "b.md": "", "sub/c.md": "", "node_modules/p.js": "" });
  assert.equal(
    await explain(),
    'All 5 entries of this folder are left out: 5 by "*" in .gitignore (line 1). ' +
      'A line such as "!docs/" in .carrelignore takes a folder in.',
  );
  rmSync(join(root, ".gitignore"));
  assert.equal(await explain(), undefined, "there are files");
  assert.match(
    (await explain({ ...options, exclude: ["a.*", "b.*", "sub"] })) ?? "",
    /^All 4 entries .* left out: 1 by ".*, 1 by .*, 1 by .*, 1 by other rules\. /,
  );
  rmSync(join(root, "sub"), { recursive: true });
  rmSync(join(root, "b.md"));
  rmSync(join(root, "node_modules"), { recursive: true });
  assert.match(
    (await explain({ ...options, exclude: ["*"] })) ?? "",
    /^The only entry of this folder is left out: 1 by "\*" in the setting carrel\.indexing\.exclude\. /,
  );
  put({ "logo.png": "" });
  assert.match(
    (await explain({ ...options, exclude: ["a.md"] })) ?? "",
    /^1 entry of this folder is left out: 1 by .*; 1 file or folder is listed with the reason why not\. /,
  );
  rmSync(join(root, "a.md"));
  assert.equal(
    await explain(),
    "Nothing in this folder can be indexed: 1 file or folder is listed with the reason why not.",
  );
});

/** Makes files and directories under names that are no UTF-8; only Linux lets them be. */
function putOdd(t: TestContext): boolean {
  if (process.platform !== "linux") {
    t.skip("only Linux has such names");
    return false;
  }
  const at = (...bytes: (string | number)[]): Buffer =>
    Buffer.concat([
      Buffer.from(`${root}/`),
      ...bytes.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from([part]))),
    ]);
  try {
    writeFileSync(at("caf", 0xe9, ".md"), "x");
    writeFileSync(at("caf", 0xe8, ".md"), "x");
    writeFileSync(at("Größe", 0xff, "ß.md"), "x");
    writeFileSync(at("photo", 0xe9, ".png"), "x");
    writeFileSync(at("left", 0xe9, ".log"), "x");
    mkdirSync(at("dir", 0xfc));
    writeFileSync(at("dir", 0xfc, "/in.md"), "x");
    writeFileSync(at("real\ufffd.md"), "x");
  } catch {
    t.skip("this disk allows only UTF-8 names");
    return false;
  }
  put({ "plain.md": "x", ".gitignore": "*.log\n" });
  return true;
}

test("files and folders whose names are no UTF-8 are listed, each under a name of its own", async (t) => {
  if (!putOdd(t)) return;
  const { files, skipped, ignored } = await walkFolder(root, options);
  assert.deepEqual(files.map(({ path }) => path).sort(), [".gitignore", "plain.md", "real\ufffd.md"]);
  const reasons = Object.fromEntries(skipped.map(({ path, reason }) => [path, reason]));
  assert.deepEqual(Object.keys(reasons).sort(), [
    "Größe\\xFFß.md",
    "caf\\xE8.md",
    "caf\\xE9.md",
    "dir\\xFC",
    "photo\\xE9.png",
  ]);
  for (const name of ["caf\\xE8.md", "caf\\xE9.md", "dir\\xFC"])
    assert.match(reasons[name] ?? "", /not UTF-8/);
  assert.match(reasons["photo\\xE9.png"] ?? "", /image/);
  assert.equal(ignored.find(({ rule }) => rule.startsWith('"*.log"'))?.example, "left\\xE9.log");
});

test("a watcher's name with replaced bytes means the files that read so", async (t) => {
  if (!putOdd(t)) return;
  const look = async (name: string): Promise<[string, string[]]> => {
    const { kind, files, skipped } = await lookAt(root, join(root, name), options);
    return [kind, [...files, ...skipped].map(({ path }) => path).sort()];
  };
  assert.deepEqual(await look("caf\ufffd.md"), ["file", ["caf\\xE8.md", "caf\\xE9.md"]]);
  assert.deepEqual(await look("real\ufffd.md"), ["file", ["real\ufffd.md"]]);
  assert.deepEqual(await look("left\ufffd.log"), ["ignored", []]);
  assert.deepEqual(await look("none\ufffd.md"), ["gone", []]);
});
