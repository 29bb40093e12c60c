import assert from "node:assert/strict";
import { basename, dirname, join } from "node:path/posix";
import { test } from "node:test";
import { circles, filesNamedIn, functionsIn, importsIn, sourceFiles } from "../support/sourceCode.ts";

const rooms = ["protocol", "text", "walls", "models", "indexer", "engine", "extension", "webview", "cli"];
const longest = 60;

/** Names that several files may have, and why. */
const sharedNames: Readonly<Record<string, string>> = {
  main: "the entry of a process or of the panel's page",
  port: "one end of a channel, each for its own kind of peer",
};

const files = sourceFiles(rooms);
const local = files
  .flatMap(importsIn)
  .filter(({ from }) => from.startsWith("."))
  // Of a template the name of the file is not known: it is some file of that folder.
  .map(({ file, from }) => [file, join(dirname(file), from.endsWith("/") ? `${from}*` : from)] as const);

test("no file and no folder imports in a circle", () => {
  assert.ok(local.length > 300, "the imports were read");
  assert.deepEqual(circles(local), [], "files");
  const folders = local.map(([from, to]) => [dirname(from), folderOf(to)] as const);
  assert.deepEqual(circles(folders), [], "folders");
});

/** What is imported by a name made at run time ends in "/" here: any file of that folder. */
function folderOf(imported: string): string {
  return imported.endsWith("/") ? imported.slice(0, -1) : dirname(imported);
}

test("a circle is found, however long", () => {
  assert.deepEqual(circles([]), []);
  assert.deepEqual(
    circles([
      ["a", "a"],
      ["a", "b"],
      ["b", "c"],
      ["a", "c"],
    ]),
    [],
  );
  assert.deepEqual(
    circles([
      ["a", "b"],
      ["b", "c"],
      ["c", "a"],
      ["c", "d"],
      ["x", "y"],
      ["y", "x"],
    ]),
    [
      ["a", "b", "c"],
      ["x", "y"],
    ],
  );
});

test(`no function has over ${longest} lines without a reason`, () => {
  const long = [...files, ...sourceFiles(["scripts"])]
    .flatMap(functionsIn)
    .filter(({ lines, hasReason }) => lines > longest && !hasReason);
  assert.deepEqual(
    long.map(({ file, line, lines }) => `${file}:${line} has ${lines} lines`),
    [],
  );
});

test("every kind of function is measured, and a reason must stand right above it", () => {
  const body = "  step();\n".repeat(3);
  const cases: [source: string, lines: number[], hasReason: boolean][] = [
    [`function one() {\n${body}}`, [5], false],
    [`/** Does it.\n * Long because it is a table. */\nexport async function one() {\n${body}}`, [5], true],
    [`// Long because it is a table.\nconst one = () => {\n${body}};`, [5], true],
    [`// Long because it is a table.\n\nconst one = () => {\n${body}};`, [5], false],
    [`class One {\n  two() {\n${body}  }\n}`, [5], false],
    [`const one = {\n  // Long because it is a table.\n  two() {\n${body}  },\n};`, [5], true],
    [`function one() {\n  return () => {\n${body}  };\n}`, [7, 5], false],
  ];
  for (const [source, lines, hasReason] of cases) {
    const found = functionsIn({ file: "one.ts", source });
    assert.deepEqual(found.map((one) => one.lines).sort(), [...lines].sort(), source);
    assert.ok(
      found.every((one) => one.hasReason === hasReason),
      source,
    );
  }
});

test("no two files have the same name and another meaning", () => {
  const byName = Map.groupBy(files, ({ file }) => basename(file).replace(/\.\w+$/, ""));
  const shared = [...byName].filter(([, same]) => same.length > 1);
  assert.deepEqual(
    shared.filter(([name]) => !(name in sharedNames)).map(([, same]) => same.map(({ file }) => file)),
    [],
  );
  const gone = Object.keys(sharedNames).filter((name) => !shared.some(([one]) => one === name));
  assert.deepEqual(gone, [], "no longer shared: take them off the list");
});

test("comments name only files that are there", () => {
  const there = sourceFiles([...rooms, "scripts", "test"]).map(({ file }) => `/${file}`);
  const named = files.flatMap(filesNamedIn);
  assert.ok(named.length >= 5, "the comments were read");
  const isThere = (name: string): boolean => there.some((file) => file.endsWith(name.replace(/^[./]*/, "/")));
  const gone = named.filter((mention) => !isThere(mention.named));
  assert.deepEqual(
    gone.map(({ file, line, named: name }) => `${file}:${line} names ${name}`),
    [],
  );
});

test("a file is seen in a comment of either kind, and not in code or in an example", () => {
  const source = `const one = "one.ts";\n// See two.ts.\n/**\n * As in ../a/three.tsx; "src/four.ts:10" is one.\n */\n`;
  assert.deepEqual(
    filesNamedIn({ file: "x.ts", source }).map(({ line, named }) => [line, named]),
    [
      [2, "two.ts"],
      [4, "../a/three.tsx"],
    ],
  );
});
