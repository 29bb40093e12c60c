import assert from "node:assert/strict";
import { test } from "node:test";
import { Retries } from "../../indexer/retries.ts";

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
