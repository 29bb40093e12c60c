import assert from "node:assert/strict";
import { join, sep } from "node:path";
import { test } from "node:test";
import { nestedIn } from "../../engine/workspace/nested.ts";

const at = (path: string): string => join(sep, ...path.split("/"));

test("folders inside another are named relative to it, with a slash at their end", () => {
  const folders = [at("w"), at("w/a"), at("w/b/c"), at("x"), at("")];
  assert.deepEqual(nestedIn(at("w"), folders), ["a/", "b/c/"]);
});

test("a folder is not inside itself, nor inside one whose name begins like its own", () => {
  assert.deepEqual(nestedIn(at("w/a"), [at("w/a"), at("w/ab"), at("w"), at("w/a/../b")]), []);
});

test("a folder whose name begins with two dots is inside", () => {
  assert.deepEqual(nestedIn(at("w"), [at("w/..a"), at("w/...")]), ["..a/", ".../"]);
});
