import assert from "node:assert/strict";
import { test } from "node:test";
import { Retries, retryOf } from "../../indexer/retries.ts";

test("files are tried again when they are due, each once for each due time", () => {
  const retries = new Retries();
  assert.equal(retries.nextAt(), Number.POSITIVE_INFINITY);
  retries.put("late.md", 300);
  retries.put("soon.md", 100);
  retries.put("gone.md", 50);
  retries.drop("gone.md");
  retries.put("read.md", 60);
  retries.put("read.md", 0);
  assert.equal(retries.nextAt(), 100);
  assert.deepEqual(retries.takeDue(99), []);
  assert.deepEqual(retries.takeDue(100), ["soon.md"]);
  assert.deepEqual(retries.takeDue(100), []);
  assert.equal(retries.nextAt(), 300);
  retries.put("soon.md", 200);
  assert.equal(retries.nextAt(), 200);
});

test("as many files may wait as a disk refuses", () => {
  const retries = new Retries();
  const many = 200_000;
  for (let i = 0; i < many; i++) retries.put(`${i}.md`, 1_000 + i);
  assert.equal(retries.nextAt(), 1_000);
  assert.equal(retries.takeDue(1_000 + many).length, many);
  assert.equal(retries.nextAt(), Number.POSITIVE_INFINITY);
});

test("the wait for another try ends at an hour", (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: 0 });
  assert.deepEqual(retryOf(0), { tries: 1, retryAtMs: 30_000 });
  assert.deepEqual(retryOf(3), { tries: 4, retryAtMs: 240_000 });
  assert.deepEqual(retryOf(7), { tries: 8, retryAtMs: 3_600_000 });
  assert.deepEqual(retryOf(5_000), { tries: 5_001, retryAtMs: 3_600_000 });
});

test("a file whose next try is due is told of, also when the clock was set back by more than the longest wait", () => {
  const hour = 3_600_000;
  const retries = new Retries();
  assert.equal(retries.hasDue(hour), false);
  retries.put("a.md", 2 * hour);
  for (const [now, isDue] of [
    [hour, false],
    [2 * hour - 1, false],
    [2 * hour, true],
    [hour - 1, true],
  ] as const) {
    assert.equal(retries.hasDue(now), isDue, `${now}`);
  }
  assert.deepEqual(retries.takeDue(hour - 1), ["a.md"]);
  assert.equal(retries.hasDue(2 * hour), false);
});
