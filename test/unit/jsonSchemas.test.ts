import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { jsonSchemas } from "../../scripts/jsonSchemas.ts";
import { root } from "../../scripts/tools.mjs";
import { published } from "../support/publishedSchema.ts";

test("the published JSON schemas are those of the code", () => {
  const made = jsonSchemas();
  const dir = join(root, "docs/schema");
  assert.deepEqual(readdirSync(dir).sort(), [...made.keys()].sort());
  for (const [name, text] of made) {
    assert.equal(readFileSync(join(dir, name), "utf8"), text, "Run npm run schemas.");
  }
});

test("a document with a field too few, too many or of another type does not fit", () => {
  const hit = { path: "a.md", startLine: 1, endLine: 2, score: 0.5, text: "x" };
  const { text: _, ...short } = hit;
  published("search", JSON.stringify([hit]));
  for (const wrong of [short, { ...hit, more: 1 }, { ...hit, startLine: "1" }, { ...hit, endLine: 1.5 }]) {
    assert.throws(() => published("search", JSON.stringify([wrong])), /search: data\/0/);
  }
});
