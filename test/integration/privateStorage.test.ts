import assert from "node:assert/strict";
import { chmodSync, lstatSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { workspaceOf } from "../support/workspace.ts";

const skip = process.platform === "win32" ? "Windows keeps no such permissions" : false;

/** What is below a folder and lets in anybody but its owner. */
function openIn(storage: string): string[] {
  return readdirSync(storage, { recursive: true, encoding: "utf8" }).filter(
    (path) => (lstatSync(join(storage, path)).mode & 0o077) !== 0,
  );
}

test("all that the engine stores is private to the user, and what was open is mended", {
  skip,
}, async (t) => {
  const before = process.umask(0o022);
  t.after(() => process.umask(before));
  const workspace = await workspaceOf(t, { "lease.md": "# Lease\n\nThe notice period is three months.\n" });
  const { storage } = workspace;
  const loose = join(storage, "indexes", "old", "folder");
  mkdirSync(loose, { recursive: true });
  writeFileSync(join(loose, "index.json"), "{}");
  chmodSync(join(loose, "index.json"), 0o666);
  assert.ok(openIn(storage).length > 0);

  const { channel } = await workspace.start();
  assert.deepEqual(openIn(storage), [], "mended at the start");
  await channel.request("index", { refine: true });
  await channel.request("search", { query: "notice", k: 3, mode: "hybrid" });
  assert.ok(readdirSync(storage, { recursive: true }).length > 15, "there is an index");
  assert.deepEqual(openIn(storage), [], "written private");

  const { checks } = await channel.request("doctor", {});
  assert.match(checks.find(({ name }) => name === "Storage")?.detail ?? "", /private to you/);
  chmodSync(join(loose, "index.json"), 0o644);
  const again = await channel.request("doctor", {});
  const check = again.checks.find(({ name }) => name === "Storage");
  assert.equal(check?.state, "warning");
  assert.match(check?.detail ?? "", /open to others: indexes/);
});
