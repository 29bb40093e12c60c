import assert from "node:assert/strict";
import { test } from "node:test";
import { lockProblem, sqliteCode } from "../../indexer/store/lockProblem.ts";

const file = "/nowhere/locks/m-f.lock";

/** As node:sqlite gives it: the primary code in the low byte, more detail above it. */
function sqlite(errcode: number): Error {
  return Object.assign(new Error("database or disk is …"), { code: "ERR_SQLITE_ERROR", errcode });
}

function system(code: string): Error {
  return Object.assign(new Error(`${code}: …`), { code });
}

test("whatever stands in the way of a lock is said, with what to do", () => {
  for (const [error, message, remedy] of [
    [system("EROFS"), /read-only disk/, /Make that disk writable/],
    [system("EACCES"), /no permission to write to \/nowhere\/locks/, /Give your user/],
    [system("EPERM"), /no permission/, /Give your user/],
    [system("ENOSPC"), /no space left/, /Free some/],
    [system("EDQUOT"), /no space left/, /Free some/],
    [sqlite(13), /no space left/, /Free some/],
    [sqlite(10), /can't lock files/, /local disk/],
    [sqlite(10 | (15 << 8)), /can't lock files/, /local disk/],
    [sqlite(26), /m-f\.lock is not a lock file/, /Delete that file/],
    [sqlite(11), /m-f\.lock is not a lock file/, /Delete that file/],
    [system("ERR_UNKNOWN_BUILTIN_MODULE"), /no node:sqlite/, /22\.13/],
    [system("EISDIR"), /EISDIR/, /\/nowhere\/locks is a folder/],
    [sqlite(1), /disk is …/, /is a folder/],
    ["odd", /odd/, /is a folder/],
  ] as const) {
    const problem = lockProblem(file, error);
    assert.match(problem.message, /^The index can't be written to: /);
    assert.match(problem.message, message);
    assert.match(problem.remedy, remedy);
  }
});

test("a lock file that SQLite can't open has the system's reason, if it has one", () => {
  // The folder is not there, which accessing the file tells.
  assert.match(lockProblem(file, sqlite(14)).remedy, /is a folder/);
  const here = lockProblem(import.meta.filename, sqlite(14));
  assert.match(here.message, /lockProblem\.test\.ts can't be opened for writing/);
  assert.match(here.remedy, /can be written to/);
  assert.match(lockProblem(import.meta.filename, sqlite(8)).message, /can't be opened/);
});

test("a lock that is held is told from all else", () => {
  assert.deepEqual(
    [5, 6, 5 | (2 << 8), 13, 1].map((code) => sqliteCode(sqlite(code))),
    ["busy", "busy", "busy", "full", undefined],
  );
  assert.equal(sqliteCode(system("EBUSY")), undefined);
  assert.equal(sqliteCode("busy"), undefined);
});
