import assert from "node:assert/strict";
import { matchesGlob } from "node:path/posix";
import { test } from "node:test";
import * as v from "valibot";
import { patternOf, whereOf } from "../../indexer/store/where.ts";
import { CarrelError } from "../../protocol/channel.ts";
import { type Filter, filter } from "../../protocol/data.ts";
import { filterLabels, hasFilters, readFilters, readQuestion } from "../../protocol/filters.ts";

test("filters are taken out of what was typed, and the rest stays as it is", () => {
  const cases: [typed: string, text: string, expected: Filter][] = [
    ["how are errors logged", "how are errors logged", {}],
    ["path:src/api how are errors logged", "how are errors logged", { paths: ["src/api"] }],
    ["how are path:src/api errors logged", "how are errors logged", { paths: ["src/api"] }],
    ["errors path:./src/ path:/lib//a", "errors", { paths: ["src", "lib/a"] }],
    ["errors path:src path:src", "errors", { paths: ["src"] }],
    ["errors path:.", "errors", { paths: ["."] }],
    ["errors path:src\\api", "errors", { paths: ["src/api"] }],
    ["errors -path:**/*.test.ts", "errors", { notPaths: ["**/*.test.ts"] }],
    [
      'errors path:"my files/old one" in:"Client A"',
      "errors",
      { paths: ["my files/old one"], folders: ["Client A"] },
    ],
    ['errors path:src/"my files"/x', "errors", { paths: ["src/my files/x"] }],
    ["errors LANG:Py", "errors", { languages: ["python"] }],
    ["errors lang:c++ lang:c# lang:golang", "errors", { languages: ["cpp", "csharp", "go"] }],
    ["errors lang:ts", "errors", { languages: ["typescript", "typescriptreact"] }],
    ["errors kind:tests kind:Doc", "errors", { kinds: ["tests", "docs"] }],
    ["first line\n  path:src  second line", "first line\n  second line", { paths: ["src"] }],
    ["lang:md\tkind:prose\nwhat", "what", { languages: ["markdown"], kinds: ["prose"] }],
    ["x path:'); DROP TABLE chunks;--", "x DROP TABLE chunks;--", { paths: ["');"] }],
  ];
  for (const [typed, text, expected] of cases) {
    assert.deepEqual(readFilters(typed), { text, filter: expected }, typed);
    assert.ok(v.is(filter, expected), "the protocol carries it");
  }
});

test("what only looks like a filter is text", () => {
  const texts = [
    "what does https://path:80/in:x do",
    "std::path: and std::path::Path",
    "path::Path is used where",
    "kind: regards",
    "kind:",
    "the path:\nsrc",
    '{"path":"src"} and (lang:py)',
    "built-in:x, mypath:src, --path:src",
    "  code\n\tthat is indented  ",
  ];
  for (const text of texts) {
    assert.deepEqual(readFilters(text), { text: text.trim(), filter: {} });
  }
});

test("a filter that can't be understood says what there is", () => {
  const cases: [typed: string, message: RegExp, remedy: RegExp][] = [
    ["x lang:pyton", /no language "pyton"/, /ada, .*python.*typescript/],
    ["x lang:png", /no language "png"/, /./],
    ["x kind:picture", /no kind "picture"/, /code, prose, document, data, docs, tests/],
    ["x -lang:py", /-lang: is no filter/, /-path:docs/],
    ['x path:""', /path: has no value/, /path:src\/api/],
    ['x path:"my fol', /quotation mark is not closed/, /path:"my folder"/],
    ["x path:../other", /leads out of the folder/, /path:src/],
    [`x path:${"a".repeat(301)}`, /too long/, /./],
    [Array.from({ length: 51 }, (_, n) => `x path:${n}`).join(" "), /More than 50/, /./],
  ];
  for (const [typed, message, remedy] of cases) {
    assert.throws(
      () => readFilters(typed),
      (error) =>
        error instanceof CarrelError &&
        error.code === "invalid" &&
        message.test(error.message) &&
        remedy.test(error.remedy),
      typed,
    );
  }
});

test("filters alone are no question, and no text is no error", () => {
  assert.throws(() => readQuestion(" path:src lang:py "), /nothing to look for/);
  assert.deepEqual(readQuestion(""), { text: "", filter: {} });
  assert.deepEqual(readQuestion("why path:src"), { text: "why", filter: { paths: ["src"] } });
});

test("the labels of filters read back as the same filters", () => {
  const { filter: read } = readFilters('x path:"a b" -path:c lang:ts kind:docs in:"My Folder" in:y');
  assert.ok(hasFilters(read));
  assert.ok(!hasFilters({}) && !hasFilters({ paths: [] }));
  assert.deepEqual(readFilters(filterLabels(read).join(" ")).filter, read);
});

const files = [
  "README.md",
  "src/api/handler.ts",
  "src/api/handler.test.ts",
  "src/apis.ts",
  "src/api.ts",
  "lib/src/api/x.py",
  "app/[id]/page.tsx",
  "a+b (1)/c.txt",
  "a/b/c/d.test.js",
  "übung/größe.md",
  "a.b/c^$|x",
];

test("a glob fits what Node's own globs fit, and all that lies in a folder that it names", () => {
  const globs =
    "README.md|src/api|src/*.ts|**/*.test.ts|**/*.{test,spec}.{ts,js}|src/**|**/api/**|s?c/api|a/**/d.*|*/*|**";
  const folders = (path: string): string[] =>
    path.split("/").map((_, n, parts) => parts.slice(0, n + 1).join("/"));
  for (const glob of globs.split("|")) {
    const pattern = new RegExp(patternOf([glob]));
    for (const path of files) {
      const expected = folders(path).some((one) => matchesGlob(one, glob));
      assert.equal(pattern.test(path), expected, `${glob} and ${path}`);
    }
  }
});

test("paths fit whole names, in upper or lower case, and signs stand for themselves", () => {
  const fitting = (...paths: string[]): string[] =>
    files.filter((file) => new RegExp(patternOf(paths)).test(file));
  assert.deepEqual(fitting("src/api"), ["src/api/handler.ts", "src/api/handler.test.ts"]);
  assert.deepEqual(fitting("SRC/Api.TS"), ["src/api.ts"]);
  assert.deepEqual(fitting("*.md"), ["README.md", "übung/größe.md"]);
  assert.deepEqual(fitting("ÜBUNG", "app/[id]"), ["app/[id]/page.tsx", "übung/größe.md"]);
  assert.deepEqual(fitting("a+b (1)"), ["a+b (1)/c.txt"]);
  assert.deepEqual(fitting("a.b/c^$|x"), ["a.b/c^$|x"]);
  assert.deepEqual(fitting("."), files);
  assert.deepEqual(fitting("{a,lib"), []);
});

test("no text of a filter ends the query's own", () => {
  const where = whereOf({ paths: ["'); DROP TABLE chunks;--"], languages: ["x' OR '1'='1"] }) ?? "";
  assert.equal(where.replaceAll("''", "").split("'").length - 1, 4, where);
  assert.equal(whereOf({}), undefined);
  assert.equal(whereOf({ paths: [], folders: ["a"] }), undefined);
});
