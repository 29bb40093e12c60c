import assert from "node:assert/strict";
import { test } from "node:test";
import { FileVersions } from "../../indexer/store/fileVersions.ts";

function versionsOf(...chunks: [path: string, hash: string][]): FileVersions {
  const versions = new FileVersions();
  for (const [path, hash] of chunks) versions.add(path, hash);
  return versions;
}

test("a version is held when all its chunks are there, and no others", () => {
  const versions = versionsOf(["a", "1"], ["a", "1"], ["b", "1"], ["b", "2"]);
  assert.equal(versions.rows, 4);
  assert.deepEqual([...versions.paths()], ["a", "b"]);
  assert.equal(versions.holds({ path: "a", hash: "1", chunks: 2 }), true);
  assert.equal(versions.holds({ path: "a", hash: "1", chunks: 3 }), false, "one is missing");
  assert.equal(versions.holds({ path: "a", hash: "2", chunks: 2 }), false, "another version");
  for (const hash of ["1", "2"]) {
    assert.equal(versions.holds({ path: "b", hash, chunks: 2 }), false, "chunks of two versions");
  }
  assert.equal(versions.holds({ path: "empty", hash: "1", chunks: 0 }), true);
  assert.equal(versions.holds({ path: "absent", hash: "1", chunks: 1 }), false);
  versions.drop(["a", "absent"]);
  assert.deepEqual([versions.rows, versions.has("a"), versions.has("b")], [2, false, true]);
});

test("a file with a damaged row is not held until it has been written again", () => {
  const versions = versionsOf(["a", "1"], ["b", "1"]);
  const [a, b] = ["a", "b"].map((path) => ({ path, hash: "1", chunks: 1 }));
  assert.ok(a && b);
  versions.distrust(["a"]);
  assert.deepEqual([versions.holds(a), versions.holds(b)], [false, true]);
  versions.trust(["a"]);
  assert.equal(versions.holds(a), true);
});

test("chunks of another version than their file's row are in doubt until the file has been looked at", () => {
  const versions = versionsOf(["a", "new"], ["b", "1"], ["c", "1"], ["c", "2"]);
  versions.doubt(
    new Map([
      ["a", "old"],
      ["b", "1"],
      ["c", "1"],
    ]),
  );
  const doubted = (path: string, fileHash: string): boolean => versions.isInDoubt({ path, fileHash });
  assert.deepEqual([doubted("a", "new"), doubted("b", "1"), doubted("c", "1")], [true, false, true]);
  assert.equal(doubted("a", "newer"), false, "another process has written it since");
  versions.confirm({ path: "a", hash: "new", chunks: 2 });
  assert.equal(doubted("a", "new"), true, "these chunks are not what the file has");
  versions.confirm({ path: "a", hash: "new", chunks: 1 });
  assert.equal(doubted("a", "new"), false);
  versions.doubt(new Map([["b", "1"]]));
  assert.deepEqual([doubted("a", "new"), doubted("b", "1")], [true, false]);
});
