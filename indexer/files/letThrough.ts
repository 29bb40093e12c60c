import { createHash } from "node:crypto";
import * as v from "valibot";
import type { Exceptions } from "./secretsMask.ts";

/** What looks like a secret and is none, as the user said: it crosses to the process that reads files. */
export const letThrough = v.object({
  /** Kept on this machine alone (see `fingerprintOf`). */
  salt: v.string(),
  /** Fingerprints. */
  allowed: v.pipe(v.array(v.string()), v.readonly()),
});
export type LetThrough = v.InferOutput<typeof letThrough>;

export function exceptionsOf(chosen: LetThrough | undefined): Exceptions | undefined {
  return chosen && { salt: chosen.salt, fingerprints: new Set(chosen.allowed) };
}

/** Tells one choice from another, in 12 characters: a file that was masked under another one is read again. */
export function keyOf(chosen: LetThrough | undefined): string {
  const parts = chosen ? [chosen.salt, ...[...new Set(chosen.allowed)].sort()] : [];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 12);
}
