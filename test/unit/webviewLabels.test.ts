import assert from "node:assert/strict";
import { test } from "node:test";
import type { Range } from "../../protocol/data.ts";
import { selectionLabel } from "../../protocol/places.ts";
import { excerptRange, flowingText, passageRuns } from "../../webview/render/excerpt.ts";
import {
  contextParts,
  hasOriginal,
  indexSummary,
  languageHint,
  place,
  readingText,
  searchedForLabel,
  sourceLabels,
  splitPath,
  spokenAnswer,
} from "../../webview/render/labels.ts";
import { answer, checkedAnswer, passageAnswer, passages, readyIndex } from "../webview/conversations.ts";

test("a selection is named by its lines, in a document by its place there", () => {
  const selection = { path: "a/b.py", language: "python", startLine: 3, endLine: 5, text: "" };
  assert.equal(selectionLabel(selection), "a/b.py:3-5");
  assert.equal(selectionLabel({ ...selection, endLine: 3 }), "a/b.py:3");
  assert.equal(selectionLabel({ ...selection, path: "a/b.pdf", where: "page 4" }), "a/b.pdf, page 4");
  assert.equal(selectionLabel({ ...selection, path: "a/b.docx", where: "" }), "a/b.docx");
});

test("only documents that can carry no code are offered to the system's programs", () => {
  const [passage] = passages;
  assert.ok(passage);
  const offered = (path: string): boolean => hasOriginal({ ...passage, path, kind: "document" });
  assert.deepEqual(["a.pdf", "b.xlsx", "c.xlsm", "d.eml"].map(offered), [true, true, false, false]);
  assert.equal(hasOriginal({ ...passage, path: "a.ts", kind: "code" }), false);
});

test("the context line says what the model was given", () => {
  assert.deepEqual(contextParts(answer), [
    "qwen3:8b",
    "3,120 of 8,192 tokens",
    "2 passages left out",
    "4.2 s",
  ]);
  assert.deepEqual(contextParts(passageAnswer), ["found in 38 ms"]);
  const url = "http://127.0.0.1:1";
  assert.equal(contextParts({ ...answer, server: { product: "llama.cpp", url } })[0], "qwen3:8b (llama.cpp)");
  const away = { product: "vLLM", url: "http://192.168.1.20:8000", away: "192.168.1.20" };
  assert.equal(contextParts({ ...answer, server: away })[0], "qwen3:8b on 192.168.1.20, not this machine");
});

test("what was searched for is said where it was not the question", () => {
  const label = (...searchedFor: string[]): string | undefined =>
    searchedForLabel("And in capitals?", { ...answer, searchedFor });
  assert.equal(searchedForLabel("And in capitals?", answer), undefined);
  assert.equal(label("And in capitals?"), undefined);
  assert.equal(
    label("And in capitals?", "hotel cost: And in capitals?"),
    "Searched also for: hotel cost: And in capitals?",
  );
  assert.equal(label("hotel\n  cost: Why?"), "Searched for: hotel cost: Why?");
  assert.equal(label("x".repeat(900))?.length, "Searched for: ".length + 121);
});

test("languages are called by their names", () => {
  const named = (...languages: string[]): string => languageHint(languages).split(". ")[0] ?? "";
  assert.equal(named("de"), "Some of your files are in German");
  assert.equal(named("fr", "Han"), "Some of your files are in French and Chinese");
  assert.equal(named("Cyrillic"), "Some of your files are in Cyrillic script");
});

test("the index says what it does", () => {
  assert.equal(indexSummary(readyIndex), "512 files indexed");
  assert.equal(indexSummary({ ...readyIndex, state: "indexing", done: 120 }), "Indexing 120 of 512 files");
  assert.equal(
    indexSummary({ ...readyIndex, state: "paused", done: 120 }),
    "Indexing is paused at 120 of 512 files",
  );
  assert.equal(
    indexSummary({ ...readyIndex, state: "problem", problem: "The disk is full." }),
    "The disk is full.",
  );
});

test("places are named as people name them", () => {
  const at = { startLine: 4, endLine: 9, kind: "document" } as const;
  assert.equal(place(at), "lines 4–9");
  assert.equal(place({ ...at, endLine: 4 }), "line 4");
  assert.equal(place({ ...at, page: 3 }), "page 3");
  const heading = "Lease › 6. Ending › 6.3 Form of notices";
  assert.equal(place({ ...at, heading }), "6.3 Form of notices", "lines of a document's text are nobody's");
  assert.equal(place({ ...at, heading, kind: "prose" }), "lines 4–9");
  const hit = { ...at, folder: "/ws", path: "a/lease.docx", language: "docx", score: 1, text: "", marks: [] };
  assert.equal(sourceLabels({ ...hit, heading, ordinal: 1 }).line, "", "where it lies says it already");
  assert.deepEqual(splitPath("a/b/c.md"), { name: "c.md", directory: "a/b" });
  assert.deepEqual(splitPath("c.md"), { name: "c.md", directory: "" });
});

test("a screen reader hears the answer without its marks", () => {
  const spoken = spokenAnswer(answer);
  assert.match(spoken, /^Answer: The lease can be ended by notice in writing, .* \(source 1\)\./);
  assert.match(spoken, /2 of 3 sentences confirmed, 1 could not be\. 4 sources\.$/);
  assert.doesNotMatch(spoken, /[`*[\]]/);
  assert.match(spokenAnswer(passageAnswer), /4 passages found/);
});

test("a screen reader hears that something is contradicted before the answer", () => {
  assert.match(
    spokenAnswer(checkedAnswer),
    /^2 sentences say something else than their sources, 1 could not be confirmed\. Answer: The lease/,
  );
});

test("citations are said as words, however they are written", () => {
  const text = "So [1-3][4; 5]. Then `rows[1]` [2](lease.md) and [0].";
  const spoken = spokenAnswer({ ...answer, text, sentences: [] });
  assert.match(spoken, /^Answer: So \(source 1, 2, 3, 4, 5\)\. Then rows\[1\] \(source 2\) and \[0\]\./);
});

test("an excerpt holds the first mark and is no longer than asked for", () => {
  const lines = Array.from({ length: 200 }, (_, index) => `Line ${index} of a long passage.`);
  const text = lines.join("\n");
  const marked = "Line 150 of a long passage.";
  const mark: Range = [text.indexOf(marked), text.indexOf(marked) + marked.length];
  const [start, end] = excerptRange(text, [mark], 400);
  const shown = text.slice(start, end);
  assert.ok(shown.includes(marked));
  assert.ok(shown.length <= 400);
  assert.match(shown, /^Line \d+ /);
  assert.deepEqual(excerptRange("short", [], 400), [0, 5]);
});

test("runs of a passage put together are the passage, and the marked ones its marks", () => {
  for (const passage of passages) {
    const whole: Range = [0, passage.text.length];
    const runs = passageRuns(passage.text, passage.marks, passage.language, whole);
    assert.equal(runs.map(({ text }) => text).join(""), passage.text);
    const marked = runs.filter((run) => run.marked).map(({ text }) => text);
    assert.equal(marked.join(""), passage.marks.map(([from, to]) => passage.text.slice(from, to)).join(""));
    const part = passageRuns(passage.text, passage.marks, passage.language, [10, 40]);
    assert.equal(part.map(({ text }) => text).join(""), passage.text.slice(10, 40));
  }
});

test("prose flows over its own line ends; headings, lists, tables and code-like lines stay", () => {
  const long =
    "The Tenant may end the lease on 31 March 2027 if it gives notice in writing at least nine months";
  assert.equal(flowingText(`${long}\nbefore that day.`), `${long} before that day.`);
  assert.equal(flowingText(`- ${long}\n  before that day.`).length, `- ${long}\n  before that day.`.length);
  assert.ok(!flowingText(`- ${long}\n  before that day.`).includes("\n"));
  for (const kept of [
    `${long}\n\nAnother paragraph.`,
    `${long}\n## Heading`,
    `${long}\n- item`,
    `${long}\n* item`,
    `${long}\n2. second`,
    `| ${long} |\n| cell |`,
    "A short line\nand the next.",
  ]) {
    assert.equal(flowingText(kept), kept);
  }
});

test("an answer out of half an index says of which half, and how the other is going on", () => {
  const read = { files: 1200, of: 4217 };
  assert.equal(readingText(read), "Reading your files: 1,200 of 4,217");
  assert.equal(readingText({ files: 0, of: 0 }), "Looking for your files…");
});
