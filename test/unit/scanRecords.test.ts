import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { ScanRecords } from "../../indexer/scans/scanRecords.ts";
import { scansColumn, scansIn, waitingScans } from "../../indexer/scans/scansColumn.ts";

let root = "";
before(() => {
  root = mkdtempSync(join(tmpdir(), "carrel-scan-records-"));
});
after(() => rmSync(root, { recursive: true, force: true }));

const page = (number: number, word: string) => ({
  page: number,
  lines: [{ words: [[word, 1, 2, 3, 4] as [string, number, number, number, number]], size: 10 }],
});

test("pages come back as they were put in, the last one of a number", async () => {
  const records = new ScanRecords(join(root, "back"));
  assert.equal((await records.pages("ab12", "m")).size, 0);
  await records.add("ab12", { key: "eng", masking: "m", scan: page(1, "one") });
  await records.add("ab12", { key: "eng", masking: "m", scan: { page: 2, failed: "Torn." } });
  await records.add("ab12", { key: "deu", masking: "m", scan: page(1, "eins") });
  assert.deepEqual(
    [...(await records.pages("ab12", "m")).values()],
    [
      { key: "deu", scan: page(1, "eins") },
      { key: "eng", scan: { page: 2, failed: "Torn." } },
    ],
  );
  assert.equal((await records.pages("cd34", "m")).size, 0);
  await records.add("ab12", { key: "eng", masking: "m", scan: page(11, "eleven") });
  assert.deepEqual(await records.page("ab12", "m", 1), page(1, "eins"));
  assert.deepEqual(await records.page("ab12", "m", 2), { page: 2, failed: "Torn." });
  assert.deepEqual(await records.page("ab12", "m", 11), page(11, "eleven"));
  assert.equal(await records.page("ab12", "m", 12), undefined);
  assert.equal(await records.page("cd34", "m", 1), undefined);
  if (process.platform !== "win32")
    assert.equal(statSync(join(root, "back", "ab12.jsonl")).mode & 0o777, 0o600);
});

test("a line that a kill cut off, and one that was changed, cost their own page alone", async () => {
  const records = new ScanRecords(join(root, "torn"));
  const file = join(root, "torn", "ab12.jsonl");
  await records.add("ab12", { key: "eng", masking: "m", scan: page(1, "one") });
  await records.add("ab12", { key: "eng", masking: "m", scan: page(2, "two") });
  writeFileSync(file, readFileSync(file, "utf8").trimEnd().slice(0, -5));
  await records.add("ab12", { key: "eng", masking: "m", scan: page(3, "three") });
  assert.deepEqual([...(await records.pages("ab12", "m")).keys()], [1, 3]);
  writeFileSync(file, readFileSync(file, "utf8").replace("three", "Three"));
  assert.deepEqual([...(await records.pages("ab12", "m")).keys()], [1]);
});

test("a page with secrets counts under the choice alone that it was masked under", async () => {
  const records = new ScanRecords(join(root, "secrets"));
  const secrets = { withheld: [{ line: 1, kind: "password" }], letThrough: 0 };
  await records.add("ab12", { key: "eng", masking: "old", scan: { ...page(1, "[masked secret]"), secrets } });
  await records.add("ab12", { key: "eng", masking: "old", scan: page(2, "two") });
  assert.deepEqual([...(await records.pages("ab12", "old")).keys()], [1, 2]);
  assert.deepEqual([...(await records.pages("ab12", "new")).keys()], [2]);
  assert.equal(await records.page("ab12", "new", 1), undefined);
});

test("what belongs to no file is deleted", async () => {
  const records = new ScanRecords(join(root, "kept"));
  for (const hash of ["ab12", "cd34"])
    await records.add(hash, { key: "eng", masking: "m", scan: page(1, hash) });
  await records.keepOnly(new Set(["cd34"]));
  assert.deepEqual(readdirSync(join(root, "kept")), ["cd34.jsonl"]);
  await assert.rejects(records.add("../x", { key: "eng", masking: "m", scan: page(1, "x") }));
});

test("a row tells which pages are scans, and how many wait", () => {
  assert.equal(scansColumn({ pages: [], read: 0, key: "" }), "");
  assert.equal(scansIn(""), undefined);
  const scans = { pages: [1, 2, 3, 7, 9, 10], read: 4, key: "eng" };
  assert.deepEqual(scansIn(scansColumn(scans)), scans);
  assert.ok(scansColumn({ ...scans, pages: Array.from({ length: 9_000 }, (_, i) => i + 1) }).length < 60);
  assert.equal(waitingScans(scans, "eng"), 2);
  assert.equal(waitingScans(scans, "deu"), 6);
  assert.equal(waitingScans(scans, undefined), 2);
});
