import assert from "node:assert/strict";
import { test } from "node:test";
import { HeldVectors } from "../../indexer/store/heldVectors.ts";

test("vectors are held by their hash, more than there was room for at first, and up to the limit", () => {
  const held = new HeldVectors(2, 3_000);
  for (let n = 0; n < 2_999; n++) held.add(`h${n}`, Int8Array.of(n % 128, -(n % 128)));
  assert.equal(held.isFull, false);
  for (let n = 2_999; n < 3_001; n++) held.add(`h${n}`, Int8Array.of(n % 128, -(n % 128)));
  assert.equal(held.isFull, true);
  assert.deepEqual([...(held.get("h0") ?? [])], [0, 0]);
  assert.deepEqual([...(held.get("h1100") ?? [])], [1100 % 128, -(1100 % 128)]);
  assert.deepEqual([...(held.get("h2999") ?? [])], [2999 % 128, -(2999 % 128)]);
  assert.equal(held.get("h3000"), undefined, "there is no room for it");
  held.add("h5", Int8Array.of(7, 8));
  assert.deepEqual([...(held.get("h5") ?? [])], [7, 8]);
  assert.deepEqual([...(held.get("h6") ?? [])], [6, -6], "its neighbour is untouched");
  held.clear();
  assert.equal(held.get("h5"), undefined);
});
