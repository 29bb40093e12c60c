import { type Exceptions, type MaskedText, maskSecrets } from "../files/secretsMask.ts";
import type { Extracted } from "./extracted.ts";
import { readAs } from "./readers.ts";

/**
 * The text of a file's bytes, with every key masked but the exceptions. Throws UnreadableFile when it holds nothing to
 * index.
 */
export async function extract(
  bytes: Buffer,
  path: string,
  exceptions?: Exceptions,
): Promise<Extracted & MaskedText> {
  const extracted = await readAs(path, bytes);
  return { ...extracted, ...maskSecrets(extracted.text, exceptions) };
}
