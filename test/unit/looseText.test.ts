import assert from "node:assert/strict";
import { test } from "node:test";
import { findAll, locate, loosen } from "../../text/looseText.ts";

/** What the places of `wanted` in `source` hold. */
function found(source: string, wanted: string, near = 0): string[] {
  return locate(loosen(source), wanted, near).map(([start, end]) => source.slice(start, end));
}

test("a sentence is found whatever became of its white space, hyphens, ligatures, accents and case", () => {
  const page = "The ten-\nant may of\ufb01cially  end the cafe\u0301 lease.";
  assert.deepEqual(found(page, "The tenant may officially end the café lease."), [page.slice(0, -1)]);
  assert.deepEqual(found(page, "OFFICIALLY END"), ["of\ufb01cially  end"]);
});

test("signs beyond the basic plane count as what they are", () => {
  assert.deepEqual(found("😀 𝟙st rent 😀 due", "1st rent due"), ["𝟙st rent 😀 due"]);
});

test("of several places the nearest is taken, and all are found for a search", () => {
  const text = "Rent is due. Later: rent is due. Last: rent is due.";
  assert.deepEqual(
    locate(loosen(text), "rent is due", 36).map(([start]) => start),
    [39],
  );
  assert.deepEqual(
    findAll(loosen(text), "rent is due").map(([start]) => start),
    [0, 20, 39],
  );
});

test("a text that stands in pieces is found by its lines, the short ones left out", () => {
  const page = "left column first line | right column first line | 6.3";
  assert.deepEqual(found(page, "left column first line\n6.3\nright column first line\nnot on this page"), [
    "left column first line",
    "right column first line",
  ]);
});

test("what is not there, and what has no letters, is not found", () => {
  assert.deepEqual(found("Some text.", "Another one"), []);
  assert.deepEqual(found("— … —", "—"), []);
  assert.deepEqual(found("", "text"), []);
});
