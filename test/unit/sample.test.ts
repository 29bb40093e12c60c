import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { getDocument, VerbosityLevel } from "pdfjs-dist/legacy/build/pdf.mjs";
import * as v from "valibot";
import { Zip } from "../../indexer/read/zip.ts";
import { guessLanguage } from "../../text/stopWords.ts";

const sample = fileURLToPath(new URL("../../sample/", import.meta.url));
const fixture = (name: string): readonly unknown[] =>
  readFileSync(new URL(`../fixtures/${name}`, import.meta.url), "utf8")
    .trim()
    .split("\n")
    .map((line): unknown => JSON.parse(line));

const question = v.strictObject({
  id: v.pipe(v.string(), v.regex(/^[a-z]+(-[a-z]+)+$/)),
  query: v.pipe(v.string(), v.minLength(10)),
  path: v.string(),
  startLine: v.optional(v.number()),
  endLine: v.optional(v.number()),
  page: v.optional(v.number()),
  answer: v.pipe(v.string(), v.minLength(2)),
  or: v.optional(v.array(v.strictObject({ path: v.string(), page: v.optional(v.number()) }))),
});
const openQuestion = v.strictObject({
  id: v.pipe(v.string(), v.regex(/^none(-[a-z]+)+$/)),
  query: v.pipe(v.string(), v.minLength(10)),
  said: v.pipe(v.string(), v.minLength(10)),
});
const languageQuestion = v.strictObject({
  id: v.pipe(v.string(), v.regex(/^(de|fr|es)-[a-z]+$/)),
  language: v.picklist(["de", "fr", "es"]),
  query: v.pipe(v.string(), v.minLength(10)),
  path: v.string(),
  page: v.optional(v.number()),
  answer: v.picklist(["same", "other"]),
});
type Question = v.InferOutput<typeof question>;

const questions = fixture("sampleQuestions.jsonl").map((one) => v.parse(question, one));
const languageQuestions = fixture("languageQuestions.jsonl").map((one) => v.parse(languageQuestion, one));
const openQuestions = fixture("noAnswerQuestions.jsonl").map((one) => v.parse(openQuestion, one));

const files = readdirSync(sample, { recursive: true, encoding: "utf8" }).filter((path) =>
  statSync(join(sample, path)).isFile(),
);

function plain(text: string): string {
  return text.replace(/\s+/g, " ");
}

async function pageText(path: string, page: number): Promise<string> {
  const data = new Uint8Array(readFileSync(path));
  const task = getDocument({ data, verbosity: VerbosityLevel.ERRORS });
  try {
    const document = await task.promise;
    const content = await (await document.getPage(page)).getTextContent();
    return content.items.map((item) => ("str" in item ? item.str + (item.hasEOL ? "\n" : "") : "")).join("");
  } finally {
    await task.destroy();
  }
}

/** The text of the passage that a question points at; throws if the question has no such place. */
async function passageOf({ path, page, startLine, endLine }: Question): Promise<string> {
  const file = join(sample, path);
  if (path.endsWith(".pdf")) {
    assert.ok(page !== undefined, "a PDF needs a page");
    return pageText(file, page);
  }
  assert.equal(page, undefined, "only a PDF has pages");
  if (path.endsWith(".docx")) {
    const xml = new Zip(readFileSync(file)).text("word/document.xml") ?? "";
    return xml.replaceAll("</w:p>", " ").replace(/<[^>]+>/g, "");
  }
  const lines = readFileSync(file, "utf8").split("\n");
  assert.ok(startLine !== undefined && endLine !== undefined, "text needs lines");
  assert.ok(startLine >= 1 && endLine >= startLine && endLine <= lines.length, "lines out of range");
  const passage = lines.slice(startLine - 1, endLine);
  assert.ok(passage.at(0)?.trim() && passage.at(-1)?.trim(), "a passage begins and ends with text");
  return passage.join("\n");
}

describe("the questions on the sample workspace", () => {
  for (const one of questions) {
    it(`${one.id}: the passage holds the answer`, async () => {
      const passage = plain(await passageOf(one));
      assert.ok(passage.includes(one.answer), passage);
    });
  }

  it("names each question once", () => {
    const ids = [...questions, ...openQuestions].map(({ id }) => id);
    assert.deepEqual(
      ids.filter((id, at) => ids.indexOf(id) !== at),
      [],
    );
  });

  it("asks about most of the files", () => {
    const asked = new Set(questions.map(({ path }) => path));
    const kinds = new Set(questions.map(({ path }) => extname(path)));
    assert.ok(asked.size >= 20, `${asked.size} files`);
    for (const kind of [".md", ".pdf", ".docx", ".ts", ".py", ".go", ".sql", ".json", ".csv"]) {
      assert.ok(kinds.has(kind), kind);
    }
  });
});

describe("the questions in other languages", () => {
  for (const language of ["de", "fr", "es"] as const) {
    const own = languageQuestions.filter((one) => one.language === language);
    it(`${language}: asks 22 times, mostly for texts in another language`, () => {
      assert.equal(new Set(own.map(({ query }) => query)).size, 22);
      assert.ok(own.filter(({ answer }) => answer === "same").length >= 6);
      assert.ok(own.filter(({ answer }) => answer === "other").length >= 12);
      for (const { id } of own) assert.ok(id.startsWith(`${language}-`), id);
    });
  }

  it("asks for files that are there, in the language that is said", () => {
    for (const { id, path, page, language, answer } of languageQuestions) {
      assert.ok(files.includes(path), id);
      assert.equal(page !== undefined, path.endsWith(".pdf"), id);
      if (/\.(pdf|docx)$/.test(path)) continue;
      const written = guessLanguage(readFileSync(join(sample, path), "utf8"));
      assert.equal(written === language ? "same" : "other", answer, id);
    }
  });

  it("names each question once", () => {
    assert.equal(new Set(languageQuestions.map(({ id }) => id)).size, languageQuestions.length);
  });
});

describe("the sample workspace", () => {
  it("is small", () => {
    const bytes = files.reduce((sum, path) => sum + statSync(join(sample, path)).size, 0);
    assert.ok(bytes < 1_500_000, `${bytes} bytes`);
    assert.ok(files.length >= 40 && files.length <= 60, `${files.length} files`);
  });

  it("holds no file that looks like a secret", () => {
    assert.deepEqual(
      files.filter((path) => /(^|[\\/])(\.env.*|.*\.(pem|key|p12|pfx)|id_[a-z0-9]+)$/.test(path)),
      [],
    );
  });
});
