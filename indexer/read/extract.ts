import { type Exceptions, type MaskedText, maskSecrets } from "../files/secretsMask.ts";
import type { Extracted, ReadScans } from "./extracted.ts";
import { readAs } from "./readers.ts";

/**
 * The text of a file's bytes, with every key masked but the exceptions. Throws UnreadableFile when it holds nothing to
 * index.
 */
export async function extract(
  bytes: Buffer,
  path: string,
  exceptions?: Exceptions,
  scans?: ReadScans,
): Promise<Extracted & MaskedText> {
  const extracted = await readAs(path, bytes, scans);
  return { ...extracted, ...maskSecrets(extracted.text, exceptions) };
}
