import assert from "node:assert/strict";
import { test } from "node:test";
import { isTooComplex, patternsOf } from "../../indexer/files/ignorePatterns.ts";
import { type Walked, walkFolder } from "../../indexer/files/walk.ts";
import { put, root } from "../support/scratchFolder.ts";

const walk = (): Promise<Walked> => walkFolder(root, { exclude: [], maxFileBytes: 2_000_000 });

/** The patterns that are made of one line. */
function made(line: string): readonly string[] | string {
  const patterns = patternsOf([line]);
  return isTooComplex(patterns) ? patterns.tooComplex : patterns.map(({ pattern }) => pattern);
}

test("what people write is taken as it is written", () => {
  for (const line of [
    "*.log",
    "!keep.log",
    "**/a/**/b",
    "a/**",
    "/x/**/y/**/*.ts",
    "a**b/**c",
    "\\#x",
    "a/***",
  ])
    assert.deepEqual(made(line), [line]);
  assert.deepEqual(patternsOf(["", "# comment", "a\r", "b"]), [
    { pattern: "a", mark: "line 3" },
    { pattern: "b", mark: "line 4" },
  ]);
});

test("a rule of many ** is read more broadly, one that takes files in not at all", () => {
  assert.deepEqual(made(`${"**/a/".repeat(12)}`), ["**/a/"]);
  assert.deepEqual(made("x/**/y/**/z/**/*.ts"), ["x/**/*.ts"]);
  assert.deepEqual(made("**/**/**/b/**"), ["**/b/**"]);
  assert.deepEqual(made("****/a/***/b/**/c"), ["****/c"]);
  assert.deepEqual(made("!**/a/**/b/**/c"), []);
  assert.deepEqual(made("!**/b/**/c"), ["!**/b/**/c"]);
});

test("lines and files beyond all measure make the file too complex, unless they can't match anything", () => {
  assert.deepEqual(made("x".repeat(60_000)), []);
  assert.deepEqual(made("x".repeat(1500)), ["x".repeat(1500)]);
  assert.deepEqual(made(`!${"*a".repeat(30_000)}`), []);
  assert.match(String(made("*a".repeat(30_000))), /line 1 is too long for a rule \(60000 characters\)/);
  assert.match(String(made(`${"[a]".repeat(400)}`)), /too long/);
  assert.ok(isTooComplex(patternsOf(Array.from({ length: 5001 }, (_, i) => `a${i}`))));
  assert.ok(!isTooComplex(patternsOf(Array.from({ length: 5000 }, (_, i) => `a${i}`))));
});

test("hostile rules over a deep folder end, and the rest of the folder is found", async () => {
  const many = "**/a/".repeat(12);
  const deep = "a/".repeat(40);
  put({
    ".gitignore": `${many}zz\n${many}b/\n*.log\n${"x".repeat(60_000)}\n`,
    [`${deep}one.md`]: "x",
    [`${deep}zz`]: "x",
    "a/two.log": "x",
    "a/b/three.md": "x",
  });
  const { files, ignored } = await walk();
  assert.deepEqual(files.map(({ path }) => path).sort(), [".gitignore", `${deep}one.md`]);
  assert.deepEqual(ignored.map(({ rule, example }) => [rule, example]).sort(), [
    ['"**/a/b/" in .gitignore (line 2, read more broadly than it is written: too many **)', "a/b"],
    ['"**/a/zz" in .gitignore (line 1, read more broadly than it is written: too many **)', `${deep}zz`],
    ['"*.log" in .gitignore (line 3)', "a/two.log"],
  ]);
});

test("rules that can't be applied leave their folder out and say so; .carrelignore takes it in", async () => {
  put({ "sub/.gitignore": `${"*a".repeat(30_000)}\n`, "sub/a.md": "x", "b.md": "x" });
  const first = await walk();
  assert.deepEqual(
    first.files.map(({ path }) => path),
    ["b.md"],
  );
  assert.match(first.ignored[0]?.rule ?? "", /^sub\/\.gitignore, which is too complex: line 1 is too long/);
  put({ "sub/.carrelignore": "!*\n" });
  const second = await walk();
  assert.ok(second.files.some(({ path }) => path === "sub/a.md"));
});

test("many rules in each of many folders are too many together", async () => {
  const rules = Array.from({ length: 4000 }, (_, i) => `n${i}`).join("\n");
  const folders = ["", "a/", "a/a/", "a/a/a/", "a/a/a/a/", "a/a/a/a/a/"];
  put(
    Object.fromEntries(
      folders.flatMap((at) => [
        [`${at}.gitignore`, rules],
        [`${at}x.md`, "x"],
      ]),
    ),
  );
  const { files, ignored } = await walk();
  const found = files.map(({ path }) => path).filter((path) => path.endsWith(".md"));
  assert.deepEqual(
    found.sort(),
    folders
      .slice(0, 5)
      .map((at) => `${at}x.md`)
      .sort(),
  );
  assert.match(
    ignored[0]?.rule ?? "",
    /^a\/a\/a\/a\/a\/\.gitignore, which is too complex: .*with those above it/,
  );
});
