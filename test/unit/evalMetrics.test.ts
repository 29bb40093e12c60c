import assert from "node:assert/strict";
import { test } from "node:test";
import type { StoredChunk } from "../../indexer/store/store.ts";
import { extractFunctions, extractSections } from "../eval/extract.ts";
import { interval, type Judged, judge } from "../eval/metrics.ts";
import { rankAtEachWeight, weights } from "../eval/plainFusion.ts";
import { cutBlindly } from "../eval/tutorial.ts";

const hit = (path: string, startLine = 1, endLine = 10, page?: number): Judged => ({
  path,
  startLine,
  endLine,
  page,
  text: "",
});
/** A passage of a text that is one long line. */
const piece = (from: number, length: number): Judged => ({
  ...hit("a", 1, 1),
  from,
  text: "x".repeat(length),
});
const near = (value: number, expected: number): void =>
  assert.ok(Math.abs(value - expected) < 1e-9, `${value}`);

test("the first place counts fully, the third half, none nothing", () => {
  const question = { id: "1", query: "", relevant: [{ path: "a" }] };
  near(judge(question, [hit("a"), hit("b")])["nDCG@10"], 1);
  near(judge(question, [hit("b"), hit("c"), hit("a")])["nDCG@10"], 0.5);
  near(judge(question, [hit("b"), hit("c"), hit("a")])["MRR@10"], 1 / 3);
  near(judge(question, [hit("b")])["nDCG@10"], 0);
  near(judge(question, [])["recall@10"], 0);
});

test("further passages of a file take no place where files are asked for, but do where lines are", () => {
  const files = { id: "1", query: "", relevant: [{ path: "a" }] };
  near(judge(files, [hit("b"), hit("b", 20, 30), hit("b", 40, 50), hit("a")])["MRR@10"], 1 / 2);
  const lines = { id: "1", query: "", relevant: [{ path: "a", startLine: 25, endLine: 26 }] };
  near(judge(lines, [hit("a", 1, 10), hit("a", 11, 24), hit("a", 20, 30)])["MRR@10"], 1 / 3);
});

test("a target counts once; of several, all must be found", () => {
  const question = { id: "1", query: "", relevant: [{ path: "a" }, { path: "b" }] };
  near(judge(question, [hit("a"), hit("b")])["nDCG@10"], 1);
  near(judge(question, [hit("a"), hit("a"), hit("c"), hit("d")])["recall@10"], 1 / 2);
  const paged = { id: "1", query: "", relevant: [{ path: "a", page: 3 }] };
  near(judge(paged, [hit("a", 1, 9, 2), hit("a", 1, 9, 3)])["MRR@10"], 1 / 2);
});

test("a hit that meets two targets is as good as two hits, and no better", () => {
  const relevant = [
    { path: "a", startLine: 5, endLine: 6 },
    { path: "a", startLine: 8, endLine: 9 },
  ];
  const question = { id: "1", query: "", relevant };
  for (const perfect of [[hit("a", 1, 10)], [hit("a", 5, 6), hit("a", 8, 9)]]) {
    near(judge(question, perfect)["nDCG@10"], 1);
    near(judge(question, perfect)["recall@5"], 1);
  }
  const second = judge(question, [hit("b"), hit("a", 1, 10)]);
  near(second["nDCG@10"], (1 / Math.log2(3) + 1 / Math.log2(4)) / (1 + 1 / Math.log2(3)));
  near(second["MRR@10"], 1 / 2);
  near(judge(question, [hit("a", 1, 6), hit("b")])["recall@10"], 1 / 2);
});

test("a passage that is marked in characters is met by half of it, not by its line", () => {
  const question = { id: "1", query: "", relevant: [{ path: "a", marked: [1000, 1100] as const }] };
  near(judge(question, [piece(2000, 500)])["recall@10"], 0);
  near(judge(question, [piece(900, 149), piece(950, 100)])["MRR@10"], 1 / 2);
  near(judge(question, [piece(1060, 500), piece(2000, 500), piece(960, 50)])["MRR@10"], 1 / 3);
  near(judge(question, [{ ...piece(1000, 100), path: "b" }])["recall@10"], 0);
});

test("what stands in the first 6,000 characters counts, and the first passage whatever its length", () => {
  const marked = (...at: number[]) => at.map((from) => ({ path: "a", marked: [from, from + 10] as const }));
  const question = { id: "1", query: "", relevant: marked(100, 4000, 6000) };
  near(judge(question, [piece(0, 2500), piece(3500, 3000), piece(5900, 501)])["in 6,000"], 1);
  near(judge(question, [piece(0, 3000), piece(3500, 2000), piece(5900, 1001)])["in 6,000"], 2 / 3);
  near(judge(question, [piece(0, 9000), piece(10_000, 1)])["in 6,000"], 1);
});

test("at each weight the candidates of both searches are ranked, each with its cosine", async () => {
  const candidate = (id: string, score: number, vector: readonly number[]) => ({
    ...{ id, score, vector: Float32Array.from(vector) },
    ...{ path: id, fileHash: "", textHash: "", kind: "prose" as const },
  });
  const stored = (id: string) =>
    ({ id, path: id, page: null, heading: null, place: null }) as unknown as StoredChunk;
  const rankings = await rankAtEachWeight(
    {
      lexical: async () => [candidate("terms", 9, [0.85, 0]), candidate("both", 6, [0.8, 0])],
      nearest: async () => [candidate("near", 0.9, [0.9, 0]), candidate("both", 0.8, [0.8, 0])],
      chunksById: async (ids) => new Map(ids.map((id) => [id, stored(id)])),
    },
    "a question",
    Float32Array.of(1, 0),
    2,
  );
  const orders = rankings.map((hits) => hits.map(({ path }) => path).join(" "));
  assert.equal(orders.length, weights.length);
  assert.deepEqual([orders[0], orders[4], orders.at(-1)], ["terms both", "terms near", "near terms"]);
});

test("the tutorial's pieces have 1,000 characters, overlap by 200, and know their lines and pages", () => {
  const text = `${"x".repeat(999)}\n`.repeat(2);
  const cuts = cutBlindly("a", { text, pages: [] });
  assert.deepEqual(
    cuts.map((cut) => [cut.from, cut.text.length, cut.startLine, cut.endLine, cut.page]),
    [
      [0, 1000, 1, 1, undefined],
      [800, 1000, 1, 2, undefined],
      [1600, 400, 2, 2, undefined],
    ],
  );
  assert.ok(cuts.every((cut) => text.slice(cut.from, cut.from + cut.text.length) === cut.text));
  const pages = [
    { page: 1, startLine: 1 },
    { page: 2, startLine: 3 },
  ];
  const paged = cutBlindly("a", { text: "one\nmore\ntwo\n", pages });
  assert.deepEqual(
    paged.map((cut) => [cut.page, cut.text, cut.startLine]),
    [
      [1, "one\nmore\n", 1],
      [2, "two\n", 3],
    ],
  );
});

test("the interval holds the mean, is narrower with more values, and is the same each time", () => {
  const some = Array.from({ length: 50 }, (_, i) => i % 2);
  const [low, high] = interval(some);
  assert.ok(low < 0.5 && high > 0.5 && high - low < 0.35);
  const [low2, high2] = interval(Array.from({ length: 5000 }, (_, i) => i % 2));
  assert.ok(high2 - low2 < (high - low) / 5);
  assert.deepEqual(interval(some), [low, high]);
});

test("functions are cut out, without what documents them", () => {
  const python =
    'def area(r):\n    """Return the area of a circle.\n\n    More.\n    """\n    import math\n    return math.pi * r * r  # in square metres, as a float\n\nx = 1\n';
  assert.deepEqual(extractFunctions(python, "py"), [
    {
      said: "Return the area of a circle.",
      code: "def area(r):\n    import math\n    return math.pi * r * r  # in square metres, as a float\n",
    },
  ]);
  const go =
    "// Area returns the area of a circle. It never fails.\nfunc Area(r float64) float64 {\n\tsquare := r * r\n\treturn math.Pi * square\n}\n\nvar x = 1\n";
  const [found] = extractFunctions(go, "go");
  assert.equal(found?.said, "Area returns the area of a circle.");
  assert.ok(found?.code.startsWith("func Area") && found.code.endsWith("}"));
});

test("sections are cut at headings, which are not part of their text", () => {
  const body = "word ".repeat(25).trim();
  const markdown = `# Guide\n\n## Set up\n\n${body}\n\n\`\`\`\n# no heading\n\`\`\`\n\n## Run\n\n${body}\n`;
  const found = extractSections(markdown, "a.md");
  assert.deepEqual(
    found.map((one) => one.heading),
    ["Guide Set up", "Guide Run"],
  );
  assert.ok(found[0]?.text.includes("# no heading"));
  const rst = `Guide\n=====\n\nSet up\n------\n\n${body}\n`;
  assert.deepEqual(extractSections(rst, "a.rst"), [{ heading: "Guide Set up", text: body }]);
});
