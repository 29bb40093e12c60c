import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Chunk } from "../../indexer/chunk/chunk.ts";
import { outlineCode } from "../../indexer/chunk/code.ts";
import { cut } from "../../indexer/chunk/cut.ts";
import { grammarOf } from "../../indexer/chunk/grammars.ts";
import { Lines, weigh } from "../../indexer/chunk/lines.ts";
import { outlineMarkdown } from "../../indexer/chunk/markdownOutline.ts";
import { outlineMarkup } from "../../indexer/chunk/markupOutline.ts";
import { markups } from "../../indexer/chunk/markups.ts";
import type { Outline } from "../../indexer/chunk/outline.ts";
import {
  dataSections,
  definitionsByWords,
  outlineByIndent,
  outlineProse,
} from "../../indexer/chunk/plain.ts";
import { type Sizes, sizesOf } from "../../indexer/chunk/sizes.ts";
import { languageOf } from "../../indexer/files/languages.ts";

const fixtures = fileURLToPath(new URL("../fixtures/files/", import.meta.url));

function sizesFor(path: string): Sizes {
  const { id, kind } = languageOf(path);
  return sizesOf(kind, id);
}

async function outlineOf(lines: Lines, path: string): Promise<Outline> {
  const { id, kind } = languageOf(path);
  if (id === "markdown") return outlineMarkdown(lines);
  const markup = markups[id];
  if (markup) return outlineMarkup(lines, markup);
  if (kind === "prose") return outlineProse(lines);
  if (kind === "data") return outlineByIndent(lines, dataSections(lines, id));
  const grammar = await grammarOf(id);
  return (grammar && outlineCode(lines, grammar)) ?? outlineByIndent(lines, definitionsByWords(lines));
}

async function chunksOf(path: string, text: string): Promise<Chunk[]> {
  const lines = new Lines(text);
  return cut(lines, await outlineOf(lines, path), sizesFor(path));
}

/** What must hold for each text: exact places, nothing left out, nothing twice, sizes kept. */
function checkChunks(path: string, text: string, chunks: readonly Chunk[]): void {
  const rows = text.split("\n");
  const { most } = sizesFor(path);
  const covered = new Uint8Array(rows.length + 1);
  let last = 0;
  for (const chunk of chunks) {
    const place = `${path}:${chunk.startLine}-${chunk.endLine}`;
    assert.ok(chunk.startLine <= chunk.endLine && chunk.text.trim() !== "", place);
    const whole = rows.slice(chunk.startLine - 1, chunk.endLine).join("\n");
    const isPiece = chunk.startLine === chunk.endLine && whole !== chunk.text;
    if (isPiece) {
      assert.ok(weigh(whole) >= most, `${place} is cut within a line that fits`);
      assert.ok(whole.includes(chunk.text), place);
    } else {
      assert.equal(chunk.text, whole, place);
      assert.ok(chunk.startLine > last, `${place} overlaps`);
    }
    assert.ok(weigh(chunk.text) <= most + 1, `${place} is too large: ${weigh(chunk.text)}`);
    covered.fill(1, chunk.startLine, chunk.endLine + 1);
    last = chunk.endLine;
  }
  rows.forEach((row, i) => {
    if (row.trim() !== "")
      assert.equal(covered[i + 1], 1, `${path}:${i + 1} is in no chunk: ${row.slice(0, 60)}`);
  });
}

async function headingsOf(path: string, text: string): Promise<string[]> {
  return (await chunksOf(path, text)).map((chunk) => chunk.heading ?? "");
}

const words = "lamp sea keeper oil wick tide bell fog rope boat night watch light glass tower".split(" ");

function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** Lines of every shape, valid or not, in any language. */
function anyText(next: () => number): string {
  const pick = <T>(from: readonly T[]): T => from[Math.floor(next() * from.length)] as T;
  const sentence = (): string =>
    Array.from({ length: 1 + Math.floor(next() * 14) }, () => pick(words)).join(" ");
  const makers: (() => string)[] = [
    () => "",
    () => "   \t ",
    () => sentence(),
    () => `${"#".repeat(1 + Math.floor(next() * 6))} ${sentence()}`,
    () =>
      pick(["```", "```js", "~~~", "---", "===", "<!--", "-->", '"""', "/*", "*/", "{", "}", "});", "end"]),
    () => `${" ".repeat(Math.floor(next() * 9))}- ${sentence()}`,
    () => `| ${sentence()} | ${sentence()} |`,
    () => `function ${pick(words)}() {`,
    () => `${" ".repeat(2 * Math.floor(next() * 5))}def ${pick(words)}(self):`,
    () => `class ${pick(words)} {`,
    () => `// ${sentence()}`,
    () => `${sentence()}. `.repeat(Math.floor(next() * 60)),
    () => "灯台の光は海の上を照らしていた。".repeat(Math.floor(next() * 90)),
    () => "x".repeat(Math.floor(next() * 4000)),
    () => "👩‍🚀é".repeat(Math.floor(next() * 700)),
  ];
  return Array.from({ length: Math.floor(next() * 120) }, () => pick(makers)()).join("\n");
}

test("any text in any language is covered, exactly placed, and within the sizes", async () => {
  const paths = [
    "a.md",
    "a.txt",
    "a.rst",
    "a.ts",
    "a.py",
    "a.cpp",
    "a.sh",
    "a.rb",
    "a.swift",
    "a.yaml",
    "a.csv",
    "a.sql",
  ];
  const next = random(11);
  for (let round = 0; round < 120; round++) {
    const text = anyText(next);
    const path = paths[round % paths.length] ?? "";
    checkChunks(path, text, await chunksOf(path, text));
  }
});

test("every fixture and every source file here is covered, exactly placed, and within the sizes", async () => {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const files = [
    ...readdirSync(fixtures).map((name) => fixtures + name),
    ...["indexer", "engine", "protocol"].flatMap((room) =>
      readdirSync(root + room, { recursive: true, encoding: "utf8" }).map((name) => `${root}${room}/${name}`),
    ),
    `${root}README.md`,
  ].filter((path) => /\.(ts|tsx|js|py|java|go|rs|c|cpp|cs|rb|php|sh|md)$/.test(path));
  assert.ok(files.length > 40);
  for (const file of files) {
    const text = readFileSync(file, "latin1").replace(/\r\n?/g, "\n");
    checkChunks(file, text, await chunksOf(file, text));
  }
});

function lorem(characters: number): string {
  const line = "The keeper lit the lamp and wrote the hour down in the log book.\n";
  return line.repeat(Math.ceil(characters / line.length)).trimEnd();
}

test("Markdown: sections are chunks with their path of headings", async () => {
  const text = `# Guide\n\n${lorem(800)}\n\n## Setup\n\n${lorem(800)}\n\n### Linux \`apt\`\n\n${lorem(800)}\n\n## [Use](x.md)\n\n${lorem(800)}\n`;
  assert.deepEqual(await headingsOf("a.md", text), [
    "Guide",
    "Guide › Setup",
    "Guide › Setup › Linux apt",
    "Guide › Use",
  ]);
});

test("Markdown: small sections share a chunk that names them", async () => {
  const text = "# Faq\n\n## One\n\nFirst.\n\n## Two\n\nSecond.\n";
  assert.deepEqual(await headingsOf("a.md", text), ["Faq › One, Two"]);
});

test("Markdown: what looks like a heading in code, comments or front matter is none", async () => {
  const text = `---\n# no: 1\n---\n# Yes\n\n\`\`\`sh\n# no 2\n\`\`\`\n\n~~~\n\`\`\`\n# no 3\n~~~\n\n<!--\n# no 4\n-->\n\n    # no 5\n\nYes too\n-------\n\nText.\n`;
  assert.deepEqual(await headingsOf("a.md", text), ["Yes › Yes too"]);
});

test("Markdown: a heading stays with its text, a fence and a table stay whole where they fit", async () => {
  const fence = `\`\`\`js\n${"call();\n\n".repeat(90)}\`\`\``;
  const table = `| a | b |\n|---|---|\n${"| cell | cell |\n".repeat(50)}`;
  const text = `# A\n\n${lorem(1300)}\n\n## Code\n\n${fence}\n\n${lorem(1000)}\n\n## Table\n\n${lorem(1000)}\n\n${table}`;
  const chunks = await chunksOf("a.md", text);
  checkChunks("a.md", text, chunks);
  assert.ok(chunks.some((chunk) => chunk.text.startsWith("## Code") && chunk.text.includes(fence)));
  assert.ok(chunks.some((chunk) => chunk.text.includes(table.trim())));
  for (const chunk of chunks)
    assert.doesNotMatch(chunk.text, /(^|\n)#+ .*$(?![\s\S])/, "ends with a heading");
});

test("Markdown: a large table is cut between rows, its header with the first of them", async () => {
  const text = `| name | price |\n|---|---|\n${"| rope of hemp | 12.50 |\n".repeat(150)}`;
  const chunks = await chunksOf("a.md", text);
  assert.ok(chunks.length > 1);
  assert.match(chunks[0]?.text ?? "", /^\| name \| price \|\n\|---\|---\|\n\| rope/);
});

test("code: a large class is cut between its methods, and each chunk names what it holds", async () => {
  const method = (name: string): string =>
    `  /** What ${name} does. */\n  ${name}() {\n${"    this.count += compute(this.count);\n".repeat(20)}  }\n`;
  const text = `import { compute } from "./compute.js";\n\n/** Keeps count. */\nexport class Parser {\n${["parse", "parseLine", "parseWord"].map(method).join("\n")}}\n`;
  const chunks = await chunksOf("a.ts", text);
  checkChunks("a.ts", text, chunks);
  assert.deepEqual(
    chunks.map((chunk) => chunk.heading),
    ["Parser › parse", "Parser › parseLine", "Parser › parseWord"],
  );
  for (const chunk of chunks.slice(1)) assert.match(chunk.text, /^ {2}\/\*\* What parse/);
});

test("code: a large function is cut between its statements, and keeps its name", async () => {
  const text = `def work(items):\n${"    for item in items:\n        first(item)\n        second(item)\n\n".repeat(60)}    return items\n`;
  const chunks = await chunksOf("a.py", text);
  checkChunks("a.py", text, chunks);
  assert.ok(chunks.length > 2);
  for (const chunk of chunks) {
    assert.equal(chunk.heading, "work");
    assert.match(chunk.text, /^(def| {4}for| {4}return)/);
  }
});

test("code: comments and decorators stay with what they stand above", async () => {
  const one = (name: string): string =>
    `# About ${name}.\n# More about it.\n@cached\ndef ${name}():\n    """Docstring."""\n${"    work_hard(1, 2, 3)\n".repeat(45)}\n\n`;
  const chunks = await chunksOf("a.py", ["one", "two", "three"].map(one).join(""));
  assert.deepEqual(
    chunks.map((chunk) => [chunk.heading, chunk.text.split("\n")[0]]),
    ["one", "two", "three"].map((name) => [name, `# About ${name}.`]),
  );
});

const firstNames: Record<string, RegExp> = {
  "inventory.ts": /Item.*Inventory › .*add.*loadInventory/s,
  "TideTable.tsx": /TideTable/,
  "scheduler.js": /Scheduler.*retry/s,
  "beehive.py": /Apiary.*harvest.*announce/s,
  "Library.java": /Library › .*lend/s,
  "beacon.go": /Beacon.*Beacon\.flash/s,
  "compass.rs": /Turn for Point.*course/s,
  "ring.c": /ring_pop.*main/s,
  "matrix.cpp": /picture.*Matrix.*main/s,
  "Greenhouse.cs": /Garden\.Climate.*Greenhouse/s,
  "orchard.rb": /Orchard › .*Tree/s,
  "Ferry.php": /Ferry › .*leavesAt.*next_departure/s,
  "archive.sh": /usage.*main/s,
};

for (const [file, names] of Object.entries(firstNames)) {
  test(`code: ${file} gives the names of its definitions`, async () => {
    assert.match((await headingsOf(file, readFileSync(fixtures + file, "utf8"))).join("\n"), names);
  });
}

test("code: what does not parse is cut all the same", async () => {
  const text = `${"}}}} )) class {{ function (((\n".repeat(200)}export function fine() {\n  return 1;\n}\n`;
  checkChunks("a.ts", text, await chunksOf("a.ts", text));
});

test("code without a grammar is cut between definitions told by their words", async () => {
  const body = "        total = total + compute(total)\n".repeat(30);
  const text = `class Lamp {\n    func light() {\n${body}    }\n\n    func shade() {\n${body}    }\n}\n`;
  const chunks = await chunksOf("a.swift", text);
  checkChunks("a.swift", text, chunks);
  assert.deepEqual(
    chunks.map((chunk) => chunk.heading),
    ["Lamp › light", "Lamp › shade"],
  );
});

test("data: tables carry their header, settings their section", async () => {
  const csv = `name,price,city\n${"rope,12,Oslo\n".repeat(300)}`;
  const tables = await chunksOf("a.csv", csv);
  assert.ok(tables.length > 1);
  for (const chunk of tables) assert.equal(chunk.heading, "name, price, city");
  assert.ok(
    Math.max(...tables.map(({ text }) => text.length)) <= 1_200,
    "rows are many facts: few go together",
  );
  const wide = Array.from({ length: 14 }, (_, i) => `name of column ${i + 1}`);
  for (const { heading } of await chunksOf("a.csv", `${wide.join(",")}\n${`${wide.join("-")}\n`.repeat(30)}`))
    assert.equal(heading, wide.join(", "));
  const toml = `[server]\n${'host = "127.0.0.1"\n'.repeat(70)}\n[client]\n${"retries = 3\n".repeat(100)}`;
  assert.deepEqual(await headingsOf("a.toml", toml), ["server", "client"]);
});

test("long lines are cut at sentences; text without spaces by its width", async () => {
  const prose = "The lamp was lit at dusk. ".repeat(300).trim();
  const chunks = await chunksOf("a.txt", prose);
  assert.ok(chunks.length >= 5);
  for (const chunk of chunks) {
    assert.match(chunk.text, /^The lamp.*dusk\.$/);
    assert.equal(chunk.startLine, 1);
  }
  const japanese = "灯台の光は海の上を照らしていた。".repeat(200);
  const wide = await chunksOf("a.txt", japanese);
  assert.equal(wide.map((chunk) => chunk.text).join(""), japanese);
  for (const chunk of wide)
    assert.ok(chunk.text.length <= 640 && chunk.text.endsWith("。"), String(chunk.text.length));
});

test("a cut never falls between the halves of a character", async () => {
  for (const chunk of await chunksOf("a.txt", "👩‍🚀".repeat(3000)))
    assert.doesNotMatch(chunk.text, /\p{Surrogate}/u);
});

test("of an endless line of data only the beginning is taken", async () => {
  const chunks = await chunksOf("a.yaml", `key: 1\nblob: ${"QUJD".repeat(100_000)}\nlast: 2\n`);
  assert.ok(chunks.length < 12);
  assert.match(chunks.at(-1)?.text ?? "", /last: 2/);
});

test("Lines knows rows, sizes and indentation", () => {
  const lines = new Lines("a\n\tb\n\n    灯\n");
  assert.equal(lines.count, 4);
  assert.equal(lines.line(1), "\tb");
  assert.equal(lines.slice(1, 3), "\tb\n\n    灯");
  assert.deepEqual([lines.isBlank(0), lines.isBlank(2)], [false, true]);
  assert.deepEqual([lines.indent(0), lines.indent(1), lines.indent(3)], [0, 4, 4]);
  assert.equal(lines.size(3, 3), 4 + 3 + 1);
});
