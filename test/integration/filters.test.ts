import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { roleOf } from "../../indexer/search/fileRole.ts";
import { withNeighbours } from "../../indexer/search/neighbours.ts";
import { search } from "../../indexer/search/search.ts";
import { type ChunkRow, type FileRow, Store } from "../../indexer/store/store.ts";
import { fits } from "../../indexer/store/where.ts";
import { type Filter, filterLimits } from "../../protocol/data.ts";
import { readFilters } from "../../protocol/filters.ts";
import { formatOf } from "../../protocol/formats.ts";
import { seededRows } from "../support/storeRows.ts";

const base = await mkdtemp(join(tmpdir(), "carrel-filters-"));
after(() => rm(base, { recursive: true, force: true }));

const dimension = 8;
const rows = seededRows(7, dimension);

/** A store in which each of these files has `count` chunks that all hold the word "lease". */
async function storeOf(name: string, paths: readonly string[], count: number): Promise<Store> {
  const store = await Store.openForWriting(join(base, name), dimension);
  const made: { file: FileRow; chunks: ChunkRow[] }[] = paths.map((path) => {
    const { file, chunks } = rows.file(path, "h1", count);
    const { kind, language } = formatOf(path);
    return {
      file,
      chunks: chunks.map((chunk) => ({ ...chunk, kind, language, terms: `lease ${chunk.terms}` })),
    };
  });
  await store.replaceFiles(
    made.map(({ file }) => file),
    made.flatMap(({ chunks }) => chunks),
  );
  return store;
}

/** The files that a search finds with this filter, each once; every search must find the same. */
async function found(store: Store, filter: Filter, k = 100): Promise<string[]> {
  const query = rows.vector();
  const each = await Promise.all(
    (["lexical", "vector", "hybrid"] as const).map(async (mode) => {
      const hits = await search([{ folder: "/ws", store, filter }], "lease", { plain: query }, k, mode);
      return [...new Set(hits.map(({ path }) => path))].sort();
    }),
  );
  assert.deepEqual(each[0], each[1]);
  assert.deepEqual(each[0], each[2]);
  return each[0] ?? [];
}

test("each filter leaves what it names, in every search", async (t) => {
  const files = [
    "README.md",
    "src/api/handler.ts",
    "src/api/handler.test.ts",
    "src/view.tsx",
    "src/it's [new]/100%_done.py",
    "test/data.json",
    "test/run.py",
    "docs/guide.pdf",
    "Docs2/guide.md",
  ];
  const store = await storeOf("kinds", files, 2);
  t.after(() => store.close());
  const cases: [typed: string, paths: string[]][] = [
    ["path:src/api", ["src/api/handler.test.ts", "src/api/handler.ts"]],
    ["path:docs", ["docs/guide.pdf"]],
    ["path:README.md path:DOCS2", ["Docs2/guide.md", "README.md"]],
    ["path:**/*.test.ts", ["src/api/handler.test.ts"]],
    ["path:src -path:src/api -path:*.py", ["src/view.tsx"]],
    [`path:"src/it's [new]"`, ["src/it's [new]/100%_done.py"]],
    ["path:*%_*", ["src/it's [new]/100%_done.py"]],
    ["path:1__%", []],
    ["lang:py", ["src/it's [new]/100%_done.py", "test/run.py"]],
    ["lang:ts -path:*.test.ts", ["src/api/handler.ts", "src/view.tsx"]],
    ["kind:tests", ["src/api/handler.test.ts", "test/run.py"]],
    ["kind:docs", ["Docs2/guide.md", "README.md", "docs/guide.pdf"]],
    ["kind:document kind:data", ["docs/guide.pdf", "test/data.json"]],
    ["kind:tests lang:py path:test", ["test/run.py"]],
    [`path:'); DROP TABLE chunks;--`, []],
    [`path:x' lang:md`, []],
    [`path:"' OR '1'='1"`, []],
    ["path:\u0000", []],
  ];
  for (const [typed, paths] of cases) {
    const { filter } = readFilters(`lease ${typed}`);
    assert.deepEqual(await found(store, filter), paths, typed);
    // The same is let through where files are counted without the store.
    const isLetThrough = fits(filter);
    const counted = files.filter((path) => {
      const { kind, language } = formatOf(path);
      return isLetThrough({ path, kind, language });
    });
    assert.deepEqual(counted.sort(), paths, `counting ${typed}`);
  }
  assert.equal((await found(store, {})).length, 9, "the store is as it was");
});

test("the store takes the same files for tests as the ranking does", async (t) => {
  const paths =
    "tests/a.ts test/b.py t/c.pl spec/d.rb src/__tests__/e.js test_f.py src/test_g.py h.test.ts i-spec.js"
      .concat(
        " j_tests.go KTest.java LTests.cs attest/m.ts contest.ts latest.py testing/n.ts Test.o/p.ts mytest_q.py",
      )
      .concat(" tests/data.json docs/tests/read.md src/STest.üx src/UTest src/test.ts")
      .split(" ");
  const store = await storeOf("tests", paths, 1);
  t.after(() => store.close());
  const tests = paths.filter((path) => roleOf({ kind: formatOf(path).kind, path }) === "test").sort();
  assert.ok(tests.length > 10 && tests.length < paths.length - 5);
  assert.deepEqual(await found(store, { kinds: ["tests"] }), tests);
});

test("one file of 5,000 is found whole, be it in the text index or too new for it", async (t) => {
  const store = await storeOf(
    "many",
    Array.from({ length: 5_000 }, (_, n) => `src/d${n % 50}/f${n}.ts`),
    2,
  );
  t.after(() => store.close());
  await store.maintain(true);
  const late = rows.file("late/one.py", "h2", 12);
  const chunks = late.chunks.map((chunk) => ({
    ...chunk,
    kind: "code" as const,
    language: "python",
    terms: "lease",
  }));
  await store.replaceFiles([late.file], chunks);
  const vector = rows.vector();
  for (const [typed, count] of [
    ["path:src/d7/f4957.ts", 2],
    ["path:**/f4957.*", 2],
    ["path:src/d7", 100],
    ["lang:py", 12],
    ["-path:src", 12],
    ["path:src/d7 -path:src/d7/f4*", 100],
  ] as const) {
    const { filter } = readFilters(typed);
    assert.equal((await store.lexical(["lease"], 100, filter)).length, count, typed);
    assert.equal((await store.nearest(vector, 100, filter)).length, count, typed);
  }
});

test("as many and as long filters as are allowed can be searched with", async (t) => {
  const store = await storeOf("limits", ["a.md"], 1);
  t.after(() => store.close());
  for (const part of ["ß*", "*", "**/", "{ä,b}", "\\", "?", "("]) {
    const one = part.repeat(filterLimits.length).slice(0, filterLimits.length);
    const paths = Array.from({ length: filterLimits.count }, (_, n) =>
      `${n}${one}`.slice(0, filterLimits.length),
    );
    assert.deepEqual(await found(store, { paths, notPaths: paths, languages: paths }), []);
  }
});

test("the neighbours of a hit are those beside it in its file, as far as it goes", async (t) => {
  const store = await storeOf("neighbours", ["a.md", "b.md"], 12);
  t.after(() => store.close());
  const [chunks, others] = [await store.chunksOfFiles(["a.md"]), await store.chunksOfFiles(["b.md"])];
  const hits = await search([{ folder: "/ws", store }], "lease", {}, 100, "lexical");
  const folders = [{ folder: "/ws", store }];
  for (const count of [1, 3, 100]) {
    const found = await withNeighbours(folders, hits, count);
    assert.equal(found.length, 24);
    for (const { path, startLine, before, after } of found) {
      const file = path === "a.md" ? chunks : others;
      const at = (startLine - 1) / 10;
      const text = (from: number, to: number): string =>
        file.flatMap(({ text }, n) => (n >= from && n < to ? [text] : [])).join("\n");
      assert.equal(before, text(at - count, at), `${path}:${startLine}`);
      assert.equal(after, text(at + 1, at + 1 + count));
    }
  }
  assert.deepEqual(
    chunks.map(({ startLine }) => (startLine - 1) / 10),
    [...Array(12).keys()],
  );
});
