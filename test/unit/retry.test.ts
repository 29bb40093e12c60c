import assert from "node:assert/strict";
import { test } from "node:test";
import { Retry } from "../../engine/workspace/retry.ts";

test("what has not failed is due", () => {
  const retry = new Retry(100, 1_000);
  assert.equal(retry.at, 0);
  assert.equal(retry.isDue(0), true);
  assert.equal(retry.isDue(5_000), true);
});

test("waits double up to the longest one", () => {
  const retry = new Retry(100, 1_000);
  const waits = Array.from({ length: 6 }, (_, n) => {
    retry.failed(n * 10_000);
    return retry.at - n * 10_000;
  });
  assert.deepEqual(waits, [100, 200, 400, 800, 1_000, 1_000]);
  for (let n = 0; n < 2_000; n++) retry.failed(0);
  assert.equal(retry.at, 1_000);
});

test("a try is due when its wait is over, and not before", () => {
  const retry = new Retry(100, 1_000);
  retry.failed(5_000);
  assert.equal(retry.isDue(5_099), false);
  assert.equal(retry.isDue(5_100), true);
  assert.equal(retry.isDue(5_101), true);
});

test("a clock that was set back puts the next try off by no more than the longest wait", () => {
  const retry = new Retry(100, 1_000);
  retry.failed(100_000);
  assert.equal(retry.isDue(99_100), false);
  assert.equal(retry.isDue(99_099), true);
});

test("a try that is hastened is due at once, and the waits after it go on growing", () => {
  const retry = new Retry(100, 1_000);
  retry.failed(5_000);
  retry.hasten();
  assert.equal(retry.at, 0);
  assert.equal(retry.isDue(5_000), true);
  retry.failed(5_000);
  assert.equal(retry.at, 5_200);
});

test("success makes the next wait short again", () => {
  const retry = new Retry(100, 1_000);
  retry.failed(5_000);
  retry.failed(5_000);
  retry.succeeded();
  assert.equal(retry.at, 0);
  assert.equal(retry.isDue(5_000), true);
  retry.failed(5_000);
  assert.equal(retry.at, 5_100);
});
