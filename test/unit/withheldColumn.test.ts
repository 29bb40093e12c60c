import assert from "node:assert/strict";
import { lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { withheldLines } from "../../cli/withheldLines.ts";
import { saltOf } from "../../engine/salt.ts";
import { keyOf } from "../../indexer/files/letThrough.ts";
import { isMaskedOtherwise, withheldColumn, withheldIn } from "../../indexer/withheldColumn.ts";

const secret = { line: 3, kind: "password", fingerprint: "0123456789ab" };

test("a choice of what is let through has a key of its own, whatever its order", () => {
  const key = (salt: string, ...allowed: string[]): string => keyOf({ salt, allowed });
  assert.equal(key("s", "a", "b"), key("s", "b", "a", "a"));
  const keys = [keyOf(undefined), key("s"), key("t"), key("s", "a"), key("s", "b"), key("s", "a", "b")];
  assert.equal(new Set(keys).size, keys.length);
});

test("a file's row keeps what was held back, and under which choice", () => {
  const column = withheldColumn({ withheld: [secret], letThrough: 0 }, "one");
  assert.deepEqual(withheldIn(column), [secret]);
  assert.equal(isMaskedOtherwise(column, "one"), false);
  assert.equal(isMaskedOtherwise(column, "two"), true);
});

test("a file whose secrets were all let through is known too, and one without any is not read again", () => {
  const through = withheldColumn({ withheld: [], letThrough: 1 }, "one");
  assert.deepEqual(withheldIn(through), []);
  assert.equal(isMaskedOtherwise(through, "two"), true);
  const none = withheldColumn({ withheld: [], letThrough: 0 }, "one");
  assert.equal(none, "");
  assert.deepEqual(withheldIn(none), []);
  assert.equal(isMaskedOtherwise(none, "two"), false);
});

test("a row that can't be read holds nothing back, and its file is read again", () => {
  for (const text of ["no JSON", "{}", '{"key":"one","withheld":[{"line":"x"}]}']) {
    assert.deepEqual(withheldIn(text), []);
    assert.equal(isMaskedOtherwise(text, "one"), true);
  }
});

test("the salt is made once for a storage, private, and anew when it is damaged", (t) => {
  const base = mkdtempSync(join(tmpdir(), "carrel-salt-"));
  t.after(() => rmSync(base, { recursive: true }));
  const storage = join(base, "storage");
  const before = process.umask(0o022);
  t.after(() => process.umask(before));
  const salt = saltOf(storage);
  assert.match(salt, /^[0-9a-f]{32}$/);
  assert.equal(saltOf(storage), salt);
  assert.notEqual(saltOf(join(base, "other")), salt);
  assert.deepEqual(readdirSync(storage), ["salt"], "no draft is left");
  if (process.platform !== "win32") assert.equal(lstatSync(join(storage, "salt")).mode & 0o777, 0o600);
  writeFileSync(join(storage, "salt"), "short");
  const mended = saltOf(storage);
  assert.match(mended, /^[0-9a-f]{32}$/);
  assert.equal(readFileSync(join(storage, "salt"), "latin1"), mended);
});

test("where nothing can be written there is a salt all the same", (t) => {
  const base = mkdtempSync(join(tmpdir(), "carrel-salt-"));
  t.after(() => rmSync(base, { recursive: true }));
  writeFileSync(join(base, "file"), "");
  assert.match(saltOf(join(base, "file")), /^[0-9a-f]{32}$/);
});

test("the terminal lists places and codes", () => {
  const text = withheldLines([{ path: "conf/app.ini", ...secret }]).join("\n");
  assert.match(text, /Held back as secrets \(1\):\n {2}conf\/app\.ini:3: password \(0123456789ab\)/);
  assert.match(text, /--allow-secret/);
  assert.deepEqual(withheldLines([]), []);
  assert.match(withheldLines(Array(30).fill({ path: "a", ...secret })).join("\n"), /and 10 more/);
});
