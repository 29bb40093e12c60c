import assert from "node:assert/strict";
import { test } from "node:test";
import { DamagedStoreError, storeProblem } from "../../indexer/store/problems.ts";
import { CarrelError } from "../../protocol/channel.ts";

/** As LanceDB 0.39 and Node said it on a full, a read-only and a locked disk; Windows' by its documentation. */
const said: [string, RegExp][] = [
  [
    "Failed to execute merge insert: GenericFailure, lance error: LanceError(IO): No space left on device (os error 28), lance-file-12.0.0/src/writer/structural.rs:188:9",
    /no space/,
  ],
  ["LanceError(IO): There is not enough space on the disk. (os error 112)", /no space/],
  ["ENOSPC: no space left on device, write", /no space/],
  ["LanceError(IO): Disk quota exceeded (os error 122)", /no space/],
  ['LanceError(IO): Read-only file system (os error 30) at path "/x/chunks.lance/data/.tmpG7"', /read-only/],
  ["EROFS: read-only file system, open '/x/checksums.json'", /read-only/],
  ["ENOENT: no such file or directory, mkdir '/x/lance'", /can't be made/],
  ['LanceError(IO): Permission denied (os error 13) at path "/x/chunks.lance/_deletions/.tmpk"', /may not/],
  ["EACCES: permission denied, scandir '/x/chunks.lance/_versions'", /may not/],
  ["LanceError(IO): Access is denied. (os error 5)", /may not/],
  ["EMFILE: too many open files, scandir '/x/chunks.lance/_versions'", /[Tt]oo many files/],
  [
    "Unable to walk dir: IO error for operation on /x: Too many open files (os error 24)",
    /[Tt]oo many files/,
  ],
  ["LanceError(IO): Input/output error (os error 5)", /reports an error/],
  ["Table chunks is closed", /closed/],
];

test("what the operating system refuses has a message of its own and a remedy", () => {
  for (const [message, wanted] of said) {
    const cause = new Error(message);
    const problem = storeProblem(cause, "/x");
    assert.match(problem.message, wanted, message);
    assert.doesNotMatch(problem.message, /lance|os error/i);
    assert.ok(problem.remedy);
    assert.equal(problem.cause, cause);
    assert.ok(!(problem instanceof DamagedStoreError), message);
  }
});

test("whatever else LanceDB says is damage, with what it said for the log alone", () => {
  for (const message of [
    "Table 'chunks' was not found: Dataset at path tmp/lance/chunks.lance was not found",
    "LanceError(IO): Encountered internal error. Please file a bug report. range end index 3991207936 out of range",
    "Invalid input, the file footer is damaged, position 1301, os error 130 of 280",
  ]) {
    const problem = storeProblem(new Error(message), "/x");
    assert.ok(problem instanceof DamagedStoreError, message);
    assert.doesNotMatch(problem.message, /lance/i);
    assert.ok(problem.detail.includes(message));
  }
});

test("an error that is meant for people stays as it is", () => {
  const error = new CarrelError("What.", "Do this.");
  assert.equal(storeProblem(error, "/x"), error);
});
