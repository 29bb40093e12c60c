import assert from "node:assert/strict";
import { test } from "node:test";
import { findLine } from "../../webview/reader/lineSearch.ts";

const lines = Array.from({ length: 7_001 }, (_, index) =>
  [10, 2_000, 6_500].includes(index + 1) ? `Here are the grey geese of line ${index + 1}.` : `Nothing.`,
);

async function found(from: number, back = false, wanted = "grey GEESE"): Promise<number | undefined> {
  return await findLine(lines, wanted, from, back, new AbortController().signal);
}

test("the next line at which a text stands is found, the one before, and round about", async () => {
  assert.equal(await found(1), 10);
  assert.equal(await found(10), 10);
  assert.equal(await found(11), 2_000);
  assert.equal(await found(2_001), 6_500);
  assert.equal(await found(6_501), 10);
  assert.equal(await found(7_002), 10);
  assert.equal(await found(6_499, true), 2_000);
  assert.equal(await found(1_999, true), 10);
  assert.equal(await found(9, true), 6_500);
  assert.equal(await found(0, true), 6_500);
});

test("a text that goes on over lines, and over what is looked through at once, is found where it begins", async () => {
  assert.equal(await found(1, false, "geese of line 2000. Nothing. Nothing."), 2_000);
  assert.equal(await found(7_001, true, "geese of line 2000. Nothing. Nothing."), 2_000);
});

test("what stands nowhere is not found, and a search that is ended finds nothing", async () => {
  assert.equal(await found(1, false, "swans"), undefined);
  assert.equal(await found(1, true, "?"), undefined);
  assert.equal(await findLine([], "geese", 1, false, new AbortController().signal), undefined);
  const ended = AbortSignal.abort();
  assert.equal(await findLine(lines, "geese of line 6500", 1, false, ended), undefined);
});
