import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";

test("the lock file lists the native packages of every platform", () => {
  const check = spawnSync(process.execPath, ["scripts/completeLock.mjs", "--check"], { encoding: "utf8" });
  assert.equal(check.status, 0, `Run node scripts/completeLock.mjs.\n${check.stdout}${check.stderr}`);
});
