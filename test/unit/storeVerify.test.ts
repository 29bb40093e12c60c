import assert from "node:assert/strict";
import { test } from "node:test";
import type { Table } from "@lancedb/lancedb";
import { fileSum, termsSum, textSum, vectorSum } from "../../indexer/store/checksums.ts";
import { verifyRows } from "../../indexer/store/verify.ts";
import { fileRow, seededRows } from "../support/storeRows.ts";

const rows = seededRows(5, 4);
const never = new AbortController().signal;

/** A table of which `read` gives the rows; each commit of another process makes a new version. */
function table(read: () => object[]): { table: Table; commit(): void } {
  let version = 1;
  const batch = (all: object[]): object => ({
    numRows: all.length,
    getChild: (name: string) => ({ get: (i: number) => Reflect.get(all[i] ?? {}, name) }),
  });
  const query = {
    select: () => query,
    async *[Symbol.asyncIterator]() {
      yield batch(read());
    },
  };
  const commit = (): void => {
    version += 1;
  };
  return { table: { version: async () => version, query: () => query } as unknown as Table, commit };
}

function chunkRows(path: string, hash: string, count: number): object[] {
  return rows.file(path, hash, count).chunks.map((chunk) => ({
    ...chunk,
    vector: { toArray: () => chunk.vector },
    textSum: textSum(chunk),
    vectorSum: vectorSum(chunk),
    termsSum: termsSum(chunk),
  }));
}

function fileRows(...files: Parameters<typeof fileRow>[]): object[] {
  return files.map((one) => ({ ...fileRow(...one), sum: fileSum(fileRow(...one)) }));
}

test("files of which there are other chunks than is said are named", async () => {
  const chunks = table(() => [
    ...chunkRows("a", "1", 2),
    ...chunkRows("b", "1", 2),
    ...chunkRows("c", "1", 1),
  ]);
  const files = table(() => fileRows(["a", "1", 2], ["b", "2", 2], ["d", "1", 3], ["e", "1", 0]));
  assert.deepEqual((await verifyRows(chunks.table, files.table, never)).sort(), ["b", "c", "d"]);
});

test("a version that is dropped while it is read is no damage, one that stays and can't be read is", async () => {
  let failures = 1;
  const chunks = table(() => {
    if (failures === 0) return chunkRows("a", "1", 2);
    failures -= 1;
    chunks.commit();
    throw new Error("Not found");
  });
  const files = table(() => fileRows(["a", "1", 2]));
  assert.deepEqual(await verifyRows(chunks.table, files.table, never), []);
  const broken = table(() => {
    throw new Error("Not found");
  });
  await assert.rejects(verifyRows(broken.table, files.table, never), /Not found/);
});

test("tables that differ since one of them was just written to are no damage", async () => {
  const chunks = table(() => chunkRows("a", "new", 2));
  const files = table(() => {
    chunks.commit();
    return fileRows(["a", "old", 2]);
  });
  assert.deepEqual(await verifyRows(chunks.table, files.table, never), []);
});

test("what differs is named once nobody writes any more, and not when somebody never ends writing", async () => {
  let commits = 1;
  const chunks = table(() => [...chunkRows("a", "new", 2), ...broken("b")]);
  const broken = (path: string): object[] => chunkRows(path, "1", 1).map((row) => ({ ...row, textSum: 1 }));
  const files = table(() => {
    if (commits-- > 0) chunks.commit();
    return fileRows(["a", "old", 2], ["b", "1", 1]);
  });
  assert.deepEqual((await verifyRows(chunks.table, files.table, never)).sort(), ["a", "b"]);
  commits = 2;
  assert.deepEqual((await verifyRows(chunks.table, files.table, never)).sort(), ["a", "b"]);
  commits = Number.POSITIVE_INFINITY;
  assert.deepEqual(await verifyRows(chunks.table, files.table, never), ["b"]);
});

test("between the two commits of a write of this process the tables may differ", async () => {
  const chunks = table(() => chunkRows("a", "new", 2));
  const files = table(() => fileRows(["a", "old", 2]));
  assert.deepEqual(await verifyRows(chunks.table, files.table, never, () => true), []);
  assert.deepEqual(await verifyRows(chunks.table, files.table, never, () => false), ["a"]);
});

test("verifying ends early when it is told to, and accuses nothing that it has not read", async () => {
  const chunks = table(() => chunkRows("a", "1", 600));
  const files = table(() => fileRows(["a", "1", 600]));
  let asked = 0;
  const signal = {
    get aborted() {
      asked += 1;
      return asked > 300;
    },
  } as AbortSignal;
  assert.deepEqual(await verifyRows(chunks.table, files.table, signal), []);
  assert.ok(asked < 400);
});

test("others get their turn while many rows are verified", async () => {
  const chunks = table(() => chunkRows("a", "1", 5_120));
  const files = table(() => fileRows(["a", "1", 5_120]));
  let turns = 0;
  const turn = (): NodeJS.Immediate =>
    setImmediate(() => {
      turns += 1;
      next = turn();
    });
  let next = turn();
  assert.deepEqual(await verifyRows(chunks.table, files.table, never), []);
  clearImmediate(next);
  assert.ok(turns >= 20, `${turns} turns`);
});
