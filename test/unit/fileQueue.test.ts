import assert from "node:assert/strict";
import { test } from "node:test";
import { FileQueue } from "../../engine/workspace/fileQueue.ts";
import type { WalkedFile } from "../../indexer/files/walkedFile.ts";

const file = (path: string, size = 1): WalkedFile => ({ path, size, mtimeMs: 1, changedMs: 1 });
const paths = (files: Iterable<WalkedFile>): string[] => [...files].map((one) => one.path);

test("files are read in the order in which they were found, those that were told first", () => {
  const queue = new FileQueue();
  queue.replace([file("a"), file("b"), file("c")], 3);
  assert.equal(queue.hasUrgent, false);
  queue.putFirst(file("z"));
  queue.putFirst(file("c"));
  assert.equal(queue.hasUrgent, true);
  assert.equal(queue.size, 4);
  assert.deepEqual(paths(queue.reading().files), ["z", "c", "a", "b"]);
  assert.equal(queue.size, 4, "they wait until they are done");
});

test("a file leaves when it is done, and only if it was begun", () => {
  const queue = new FileQueue();
  queue.replace([file("a"), file("b")], 2);
  queue.putFirst(file("z"));
  const { files, done } = queue.reading();
  const source = files[Symbol.iterator]();
  source.next();
  done("z");
  assert.deepEqual([queue.hasUrgent, queue.size], [false, 2]);
  source.next();
  done("a");
  done("b");
  done("unknown");
  assert.deepEqual(paths(queue.reading().files), ["b"]);
});

test("a file that is put in anew while it is being read is read again", () => {
  const queue = new FileQueue();
  queue.replace([file("a")], 1);
  queue.putFirst(file("z"));
  const { files, done } = queue.reading();
  paths(files);
  queue.putFirst(file("z", 2));
  queue.putFirst(file("a", 2));
  done("z");
  done("a");
  assert.deepEqual(
    [...queue.reading().files].map(({ path, size }) => [path, size]),
    [
      ["z", 2],
      ["a", 2],
    ],
  );
});

test("what is put in while others are read comes in the same reading", () => {
  const queue = new FileQueue();
  queue.replace([file("a"), file("b")], 2);
  const { files } = queue.reading();
  const source = files[Symbol.iterator]();
  source.next();
  queue.replace([file("c")], 1);
  assert.equal(source.next().value?.path, "c");
  assert.equal(source.next().done, true);
});

test("a look at the whole folder takes the place of the one before, and leaves what is urgent", () => {
  const queue = new FileQueue();
  queue.replace([file("a"), file("b")], 2);
  queue.putFirst(file("z"));
  queue.replace([file("c")], 1);
  assert.deepEqual(paths(queue.reading().files), ["z", "c"]);
});

test("what was dropped, or cleared away, is not read", () => {
  const queue = new FileQueue();
  queue.replace([file("a"), file("b")], 2);
  queue.putFirst(file("y"));
  queue.putFirst(file("z"));
  queue.drop("a");
  queue.drop("y");
  assert.deepEqual(paths(queue.reading().files), ["z", "b"]);
  queue.clear();
  assert.equal(queue.size, 0);
  assert.equal(queue.hasUrgent, false);
});

test("progress counts the files of the last look, and is nothing when none waits", () => {
  const queue = new FileQueue();
  assert.deepEqual(queue.progress, { done: 0, total: 0 });
  queue.replace([file("a"), file("b")], 10);
  assert.deepEqual(queue.progress, { done: 8, total: 10 });
  queue.drop("a");
  assert.deepEqual(queue.progress, { done: 9, total: 10 });
  queue.drop("b");
  assert.deepEqual(queue.progress, { done: 0, total: 0 });
  queue.replace([file("a")], 1);
  queue.putFirst(file("y"));
  queue.putFirst(file("z"));
  assert.deepEqual(queue.progress, { done: 0, total: 3 });
  queue.replace([file("a")], 1);
  assert.deepEqual(queue.progress, { done: 0, total: 3 });
});
