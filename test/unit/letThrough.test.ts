import assert from "node:assert/strict";
import { test } from "node:test";
import { keyOf } from "../../indexer/files/letThrough.ts";

test("the same choice has the same short key, in whatever order and however often it names a place", () => {
  const key = keyOf({ salt: "s", allowed: ["a", "b"] });
  assert.match(key, /^[0-9a-f]{12}$/);
  assert.equal(keyOf({ salt: "s", allowed: ["b", "a", "b"] }), key);
  const others = [
    undefined,
    { salt: "s", allowed: [] },
    { salt: "t", allowed: ["a", "b"] },
    { salt: "s", allowed: ["ab"] },
  ];
  assert.equal(new Set([key, ...others.map(keyOf)]).size, 5);
});
