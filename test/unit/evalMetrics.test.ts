import assert from "node:assert/strict";
import { test } from "node:test";
import { extractFunctions, extractSections } from "../eval/extract.ts";
import { interval, type Judged, judge } from "../eval/metrics.ts";

const hit = (path: string, startLine = 1, endLine = 10, page?: number): Judged => ({
  path,
  startLine,
  endLine,
  page,
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
