/**
 * Keys and passwords in a text are replaced by a mask before anything else sees the text: they reach neither
 * the index nor the model, and the rest of the file stays searchable. (Refusing the whole file would hide a
 * 500-line module because of one token in a test.) Line breaks stay, so that places stay right. What is
 * recognised: private keys as a whole, tokens by the beginnings that their makers give them, hashes of
 * passwords, passwords in addresses, headers and commands, and values that a name tells to be secrets. A
 * password that is an ordinary word in quotes cannot be told from a label and is not found.
 */
import { createHmac } from "node:crypto";
import { findAssigned } from "./secrets/assigned.ts";
import type { Found } from "./secrets/found.ts";
import { findKeyBlocks } from "./secrets/keyBlocks.ts";
import { findByForm } from "./secrets/scan.ts";
import type { Withheld } from "./withheld.ts";

const mask = "[masked secret]";

export interface MaskedText {
  readonly text: string;
  /** In the order of the text, at most `maxWithheld`; the text is masked in every place. */
  readonly withheld: readonly Withheld[];
  /** How many were not masked since the user said that they are no secrets. */
  readonly letThrough: number;
}

/** Values that the user said are no secrets. */
export interface Exceptions {
  /** Kept on this machine alone: without it, nobody can try passwords against a fingerprint. */
  readonly salt: string;
  readonly fingerprints: ReadonlySet<string>;
}

/** More are masked but not listed. */
export const maxWithheld = 100;

/** The text with every secret that was recognised masked. The number of lines does not change. */
export function maskSecrets(text: string, exceptions?: Exceptions): MaskedText {
  const found: Found[] = [];
  findKeyBlocks(text, found);
  findByForm(text, found);
  findAssigned(text, found);
  if (found.length === 0) return { text, withheld: [], letThrough: 0 };
  return replace(text, merged(found), exceptions);
}

/** What tells one secret from another without saying it: 12 hexadecimal digits of its keyed hash. */
export function fingerprintOf(secret: string, salt: string): string {
  return createHmac("sha256", salt).update(secret).digest("hex").slice(0, 12);
}

/** Sorted, with those that overlap made one; the one that begins first gives its kind. */
function merged(found: Found[]): Found[] {
  found.sort((a, b) => a.start - b.start || b.end - a.end);
  const result: Found[] = [];
  for (const next of found) {
    const last = result.at(-1);
    if (!last || next.start >= last.end) result.push(next);
    else if (next.end > last.end) result[result.length - 1] = { ...last, end: next.end };
  }
  return result;
}

function replace(text: string, found: readonly Found[], exceptions: Exceptions | undefined): MaskedText {
  const withheld: Withheld[] = [];
  const pieces: string[] = [];
  let line = 1;
  let letThrough = 0;
  let from = 0;
  for (const { start, end, kind } of found) {
    const before = text.slice(from, start);
    const secret = text.slice(start, end);
    const fingerprint = exceptions && fingerprintOf(secret, exceptions.salt);
    line += lineBreaks(before).length;
    pieces.push(before);
    from = end;
    if (fingerprint !== undefined && exceptions?.fingerprints.has(fingerprint)) {
      pieces.push(secret);
      letThrough += 1;
      line += lineBreaks(secret).length;
      continue;
    }
    const breaks = lineBreaks(secret);
    pieces.push(mask, breaks);
    if (withheld.length < maxWithheld) {
      withheld.push({ line, kind, ...(fingerprint === undefined ? {} : { fingerprint }) });
    }
    line += breaks.length;
  }
  pieces.push(text.slice(from));
  return { text: pieces.join(""), withheld, letThrough };
}

function lineBreaks(text: string): string {
  return text.replace(/[^\n]+/g, "");
}
