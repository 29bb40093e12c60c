import assert from "node:assert/strict";
import { test } from "node:test";
import { connectTo, isLocalPath } from "../../indexer/store/lance.ts";

const elsewhere = [
  "s3://bucket/index",
  "S3+DDB://bucket/index",
  "az://container/index",
  "gs://bucket/index",
  "db://project",
  "https://example.com/index",
  "file-object-store:///index",
  "memory://",
  "s3:/bucket",
  "//server/share",
  "index",
  "./index",
  "",
];

test("LanceDB is never given an address, which its native code would connect to", async () => {
  const caches = { indexBytes: 1n, metadataBytes: 1n };
  for (const dir of elsewhere) {
    await assert.rejects(connectTo(dir, caches), { message: /lies in a folder of this machine/ }, dir);
  }
});

test("paths of each platform are told from addresses and from other machines", () => {
  for (const dir of elsewhere) {
    assert.equal(isLocalPath(dir, "posix"), false, dir);
    assert.equal(isLocalPath(dir, "win32"), false, dir);
  }
  assert.equal(isLocalPath("/home/me/a: b/s3:/index", "posix"), true);
  assert.equal(isLocalPath("C:\\Users\\me", "win32"), true);
  assert.equal(isLocalPath("c:/Users/me", "win32"), true);
  assert.equal(isLocalPath("C:index", "win32"), false);
  assert.equal(isLocalPath("\\\\server\\share", "win32"), false);
});
