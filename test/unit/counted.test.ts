import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { hitsText, progressText, summaryText } from "../../cli/render.ts";
import { statusReport } from "../../extension/reportText.ts";
import { statusView } from "../../extension/statusText.ts";
import { partlyReadText } from "../../protocol/answerLabels.ts";
import { counted } from "../../protocol/counted.ts";
import { defaultSettings, type Hit, type IndexStatus } from "../../protocol/data.ts";
import { indexSummary } from "../../webview/render/labels.ts";

/** That one of something is not called many. */

const root = join(import.meta.dirname, "..", "..");

const one: IndexStatus = {
  ...{ state: "ready", done: 0, total: 0, files: 1, chunks: 1, refined: 0, skipped: 1 },
  ...{ writer: true, embedding: "bundled" },
};
const many: IndexStatus = { ...one, files: 1_200, chunks: 0, skipped: 2 };
const hit: Hit = {
  ...{ folder: "/ws", path: "a.md", kind: "prose", language: "markdown", startLine: 1, endLine: 1 },
  ...{ score: 1, text: "Words.", marks: [] },
};

test("a number stands before the word that fits it", () => {
  assert.equal(counted(1, "file"), "1 file");
  assert.equal(counted(0, "file"), "0 files");
  assert.equal(counted(2_000, "entry", "entries"), "2,000 entries");
});

test("the terminal counts files, chunks, passages and pages", () => {
  const summary = { files: 1, chunks: 1, changed: 1, removed: 0, skipped: [], bytes: 0, seconds: 1 };
  assert.equal(
    summaryText(summary),
    "1 file, 1 chunk in the index.\n1 file (0.0 MB) indexed and 0 removed in 1.0 s.",
  );
  assert.equal(
    summaryText({ ...summary, files: 1_200, chunks: 2, changed: 0 }),
    "1,200 files, 2 chunks in the index.\n0 files (0.0 MB) indexed and 0 removed in 1.0 s.",
  );
  assert.match(hitsText({ hits: [hit], nearest: [], ms: 3 }), /1 passage in 3 ms/);
  assert.match(hitsText({ hits: [hit, hit], nearest: [], ms: 3 }), /2 passages in 3 ms/);
  assert.equal(progressText({ ...one, total: 1 }), "Indexing 0 of 1 file");
  assert.equal(progressText({ ...one, total: 3, done: 1 }), "Indexing 1 of 3 files");
  assert.equal(progressText({ ...one, refined: 1 }), "Refined 1 of 1 chunk");
  assert.equal(progressText({ ...one, scans: { read: 1, pages: 2 } }), "Read 1 of 2 scanned pages");
  assert.equal(progressText({ ...one, scans: { read: 2, pages: 2 } }), undefined);
});

test("the status bar, the report and the panel count them, too", () => {
  const detail = (status: IndexStatus): string => statusView({ state: "running" }, status)?.detail ?? "";
  assert.equal(detail(one), "Ready: 1 file, 1 passage, 1 file left out.");
  assert.equal(detail(many), "Ready: 1,200 files, 0 passages, 2 files left out.");
  assert.match(detail({ ...one, state: "indexing", total: 1 }), /^Indexing: 0\/1 file looked at\./);
  assert.match(detail({ ...one, chunks: 2, refined: 1 }), / 1 passage so far\.$/);
  assert.match(detail({ ...one, scans: { read: 0, pages: 1 } }), / 0 of 1 scanned page is read\.$/);
  const report = statusReport({
    ...{ engine: { state: "running" }, folders: [], storage: "/s", settings: defaultSettings },
    ...{ skipped: [], withheld: [], server: undefined, connections: [], kept: [], keptSince: undefined },
    status: { ...one, state: "indexing", total: 1 },
  });
  assert.match(report, /State: indexing, 0 of 1 file looked at/);
  assert.equal(indexSummary(one), "1 file indexed");
  assert.equal(partlyReadText({ files: 0, of: 1 }), "From 0 of 1 file. The others may say something else.");
});

test("no text counts these things without a look at how many there are", () => {
  const found = globSync("{cli,extension,protocol,webview}/**/*.{ts,tsx}", { cwd: root }).flatMap((path) => {
    const code = readFileSync(join(root, path), "utf8");
    const all = code.match(/\$\{[^}]*\} (?:\w+ )?(?:files|chunks|passages|pages)\b[^`]*/g) ?? [];
    return all.map((text) => `${path}: ${text}`);
  });
  assert.deepEqual(found, []);
  const texts = Object.keys(JSON.parse(readFileSync(join(root, "l10n/bundle.l10n.json"), "utf8")));
  const counts = texts.filter((text) => /\{\d\} (?:files|chunks|passages|pages)\b/.test(text));
  assert.deepEqual(counts, ["{0} files", "{0} passages"]);
  for (const text of counts) assert.ok(texts.includes(text.replace("{0}", "1").slice(0, -1)), text);
});
