import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";
import { createParser, type Parser, type ParserOptions } from "../../indexer/read/pool.ts";
import { CarrelError } from "../../protocol/channel.ts";
import { entryThat, onEachOpen, parserEntry } from "../support/parserEntry.ts";

/** When the parser process reads what, and how it begins and ends. What harm files do is in parser.test.ts. */

const limit = 2_000_000;
const parsers: Parser[] = [];
let root = "";

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "carrel-turns-"));
});
afterEach(async () => {
  await Promise.all(parsers.splice(0).map((parser) => parser.close()));
  rmSync(root, { recursive: true, force: true });
});

function make(options: Partial<ParserOptions> = {}): Parser {
  const parser = createParser({ entry: parserEntry, memoryMb: 256, timeoutMs: 60_000, ...options });
  parsers.push(parser);
  return parser;
}

/** Puts `count` short texts there. */
function put(count: number): string[] {
  const names = Array.from({ length: count }, (_, i) => `file${i}.md`);
  for (const name of names) writeFileSync(join(root, name), `The text of ${name}.`);
  return names;
}

test("what a person waits for goes before the files that wait to be indexed", async () => {
  const names = put(300);
  const parser = make();
  let parsed = 0;
  const all = names.map((name) => parser.parse(root, name, limit).then(() => parsed++));
  await all[0];
  const { text } = await parser.documentText(root, "file7.md");
  assert.equal(text, "The text of file7.md.");
  const before = parsed;
  assert.ok((await parser.walls()).length > 0);
  assert.ok(before < 150 && parsed < 250, `${before} and ${parsed} of 300 files were read before`);
  await Promise.all(all);
});

test("a signal is let go of when its file is done, and a file that waits is not read once it is cancelled", async () => {
  const seen = join(root, "seen");
  const parser = make({
    entry: entryThat(root, onEachOpen(`fs.appendFileSync(${JSON.stringify(seen)}, name + "\\n");`)),
  });
  const names = put(100);
  const kept = new AbortController();
  const cancelled = new AbortController();
  const results = names.map((name, i) => parser.parse(root, name, limit, (i < 90 ? kept : cancelled).signal));
  assert.equal(getEventListeners(kept.signal, "abort").length, 90);
  cancelled.abort();
  const settled = await Promise.allSettled(results);
  assert.deepEqual(
    settled.map(({ status }) => status),
    names.map((_, i) => (i < 90 ? "fulfilled" : "rejected")),
  );
  assert.equal(getEventListeners(kept.signal, "abort").length, 0);
  // Whatever was sent before is read before this one.
  await parser.parse(root, "file0.md", limit);
  const paths = readFileSync(seen, "utf8");
  assert.ok(paths.includes("file89.md") && !paths.includes("file90.md") && !paths.includes("file99.md"));
});

test("a process that does not come up is started again a few times, after each time that it has been there", async () => {
  const starts = join(root, "starts");
  writeFileSync(starts, "");
  const parser = make({
    entry: entryThat(
      root,
      `fs.appendFileSync(${JSON.stringify(starts)}, "x");
       if (fs.readFileSync(${JSON.stringify(starts)}, "utf8").length % 3 !== 0) process.exit(9);
       ${onEachOpen(`if (name === "crash.md") process.exit(3);`)}`,
    ),
  });
  const [name = ""] = put(1);
  for (let round = 1; round <= 3; round++) {
    assert.ok((await parser.parse(root, name, limit)).ok);
    assert.equal(readFileSync(starts, "utf8").length, round * 3, "two starts in vain, and one that came up");
    assert.equal((await parser.parse(root, "crash.md", limit)).ok, false);
  }
});

test("what could not be started is tried again by the next file, and says why it failed", async () => {
  const [name = ""] = put(1);
  const path = join(root, "later.mjs");
  const parser = make({ entry: path });
  writeFileSync(path, `throw new TypeError("no such wasm");`);
  await assert.rejects(parser.parse(root, name, limit), (error) => {
    assert.ok(error instanceof CarrelError);
    assert.equal(error.message, "The process that reads files can't be started: TypeError: no such wasm");
    return true;
  });
  writeFileSync(path, "process.exit(4);");
  await assert.rejects(parser.walls(), /can't be started: exit code 4/);
  writeFileSync(path, `await import(${JSON.stringify(parserEntry)});`);
  assert.ok((await parser.parse(root, name, limit)).ok);
});

test("what the user lets through is not masked, from then on and in documents too", async () => {
  const key = `ghp_${"aB3dE6gH9j".repeat(4).slice(0, 36)}`;
  writeFileSync(join(root, "keys.md"), `The key is ${key} here.`);
  const parser = make();
  const unset = parser.exceptionsKey;
  parser.letThrough({ salt: "salt", allowed: [] });
  assert.notEqual(parser.exceptionsKey, unset);
  const masked = await parser.parse(root, "keys.md", limit);
  assert.ok(masked.ok && !JSON.stringify(masked).includes(key));
  const fingerprints = masked.parsed.withheld.flatMap(({ fingerprint }) => fingerprint ?? []);
  assert.equal(fingerprints.length, 1);
  assert.doesNotMatch((await parser.documentText(root, "keys.md")).text, /ghp_/);
  parser.letThrough({ salt: "salt", allowed: fingerprints });
  const shown = await parser.parse(root, "keys.md", limit);
  assert.ok(shown.ok && shown.parsed.chunks[0]?.text.includes(key));
  assert.deepEqual([shown.parsed.letThrough, shown.parsed.withheld], [1, []]);
  assert.ok((await parser.documentText(root, "keys.md")).text.includes(key));
});
