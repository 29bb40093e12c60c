import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach } from "node:test";

/** A folder that each test of a file gets anew, by its real path. */
export let root = "";

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "carrel-scratch-")));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Writes files into it, by their relative paths. */
export function put(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}
