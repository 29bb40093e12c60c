import assert from "node:assert/strict";
import { test } from "node:test";
import { namedLeft } from "../../indexer/read/leftOut.ts";

test("what was left out of a document is named, and of very much the rest is counted", () => {
  const names = Array.from({ length: 1_520 }, (_, i) => `${i + 1}.png`);
  assert.equal(namedLeft(names.slice(0, 2)), "1.png; 2.png");
  assert.equal(namedLeft(names.slice(0, 20)), names.slice(0, 20).join("; "));
  assert.equal(namedLeft(names), `${names.slice(0, 20).join("; ")}; and 1,500 more`);
});

test("a name that is longer than any is cut", () => {
  assert.equal(namedLeft(["a".repeat(200), "b".repeat(201)]), `${"a".repeat(200)}; ${"b".repeat(200)}…`);
});
