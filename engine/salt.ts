import { randomBytes } from "node:crypto";
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The salt of this storage, 32 hexadecimal digits, which is made once and never leaves it: fingerprints of secrets
 * can't be tried out without it. Of several processes that make one at once, one wins and all get its salt. Where
 * nothing can be written it is made for this process alone.
 */
export function saltOf(storage: string): string {
  const file = join(storage, "salt");
  const known = read(file);
  if (known !== undefined) return known;
  const made = randomBytes(16).toString("hex");
  const draft = `${file}.${process.pid}`;
  try {
    mkdirSync(storage, { recursive: true, mode: 0o700 });
    writeFileSync(draft, made, { mode: 0o600, flag: "wx" });
    publish(draft, file);
  } catch {
    return read(file) ?? made;
  } finally {
    drop(draft);
  }
  return read(file) ?? made;
}

function drop(draft: string): void {
  try {
    rmSync(draft, { force: true });
  } catch {
    // Where nothing can be written there is no draft either.
  }
}

/** A link is made in one step and never replaces a file. A damaged salt is replaced, as is one on a disk without links. */
function publish(draft: string, file: string): void {
  try {
    linkSync(draft, file);
  } catch {
    if (read(file) === undefined) renameSync(draft, file);
  }
}

function read(file: string): string | undefined {
  try {
    const text = readFileSync(file, "latin1");
    return /^[0-9a-f]{32}$/.test(text) ? text : undefined;
  } catch {
    return undefined;
  }
}
