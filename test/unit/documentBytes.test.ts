import assert from "node:assert/strict";
import { appendFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { readEnds, readRange } from "../../extension/documentBytes.ts";

const folder = mkdtempSync(join(tmpdir(), "carrel-bytes-"));
after(() => rmSync(folder, { recursive: true, force: true }));

function made(name: string, size: number): { file: string; bytes: Buffer } {
  const bytes = Buffer.from(Array.from({ length: size }, (_, index) => (index * 7 + (index >> 8)) & 255));
  const file = join(folder, name);
  writeFileSync(file, bytes);
  return { file, bytes };
}

test("a small file comes whole, an empty one as nothing", async () => {
  const { file, bytes } = made("small", 5_000);
  const ends = await readEnds(file);
  assert.deepEqual([ends.size, Buffer.from(ends.start).equals(bytes), ends.end.length], [5_000, true, 0]);
  const nothing = await readEnds(made("empty", 0).file);
  assert.deepEqual([nothing.size, nothing.start.length, nothing.end.length], [0, 0, 0]);
});

test("of a large file come its two ends, and any range of it", async () => {
  const { file, bytes } = made("large", 2_000_003);
  const { size, version, start, end } = await readEnds(file);
  assert.equal(size, bytes.length);
  assert.ok(start.length + end.length < size / 2, "not all of it");
  assert.ok(Buffer.from(start).equals(bytes.subarray(0, start.length)));
  assert.ok(Buffer.from(end).equals(bytes.subarray(-end.length)));
  const range = await readRange(file, { version, begin: 700_000, end: 1_300_000 });
  assert.ok(Buffer.from(range).equals(bytes.subarray(700_000, 1_300_000)));
});

test("no bytes of another version are given for those of the one that was opened", async () => {
  const { file } = made("changing", 1_500_000);
  const { version } = await readEnds(file);
  appendFileSync(file, "more");
  await assert.rejects(readRange(file, { version, begin: 0, end: 10 }), /changed while it was shown/);
  truncateSync(file, 5);
  await assert.rejects(readRange(file, { version, begin: 0, end: 10 }), /changed while it was shown/);
});

test("a range that is none is refused", async () => {
  const { file } = made("ranges", 10);
  const { version } = await readEnds(file);
  for (const [begin, end] of [
    [-1, 5],
    [5, 2],
    [0.5, 2],
    [0, 1e12],
    [0, 5e6],
    [Number.NaN, 4],
  ] as const) {
    await assert.rejects(readRange(file, { version, begin, end }), /no bytes of a file/);
  }
});

test("a file that is larger than the page can hold says so", async () => {
  const file = join(folder, "huge");
  writeFileSync(file, "");
  truncateSync(file, 400_000_000);
  await assert.rejects(readEnds(file), /too large to be shown here: 400 MB/);
});

test("a file that is gone says so", async () => {
  await assert.rejects(readEnds(join(folder, "nowhere")), /can't be read \(ENOENT\)/);
});
