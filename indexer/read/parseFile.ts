import { createHash } from "node:crypto";
import type { DocumentText, FileKind } from "../../protocol/data.ts";
import type { Chunk } from "../chunk/chunk.ts";
import { cutUp, leftOutOf } from "../chunk/cutUp.ts";
import { languageOfText } from "../files/languages.ts";
import { limitWhenAsked } from "../files/limits.ts";
import { type Exceptions, maxWithheld } from "../files/secretsMask.ts";
import { mayPass } from "../files/systemErrors.ts";
import type { Withheld } from "../files/withheld.ts";
import type { KnownScans } from "./contract.ts";
import { extract } from "./extract.ts";
import { UnreadableFile } from "./extracted.ts";
import { readInFolder } from "./readInFolder.ts";

/** A file turned into text and cut up. For documents, lines are those of the extracted text. */
export interface ParsedFile {
  readonly kind: FileKind;
  readonly language: string;
  readonly chunks: readonly Chunk[];
  /** Secrets that were left out of the text, with their places; at most a hundred. */
  readonly withheld: readonly Withheld[];
  /** How many were not left out since the user said that they are no secrets. */
  readonly letThrough: number;
  /** What of the file was not read, for people; absent when all was. */
  readonly partly?: string;
}

/**
 * `hash` is of the file's bytes: SHA-256, the first 32 hexadecimal digits; absent when they were not read.
 * `mayPass` marks a reason that may be gone in a while (busy, locked, no permission, out of time): such a file
 * is worth another try though it has not changed.
 */
export type ParseResult =
  | ({ readonly ok: true; readonly hash: string; readonly parsed: ParsedFile } & WithScans)
  | ({
      readonly ok: false;
      readonly reason: string;
      readonly hash?: string;
      readonly mayPass?: true;
    } & WithScans);

interface WithScans {
  /** Its pages that are pictures of text, whether these were read or not; absent when it has none. */
  readonly scans?: readonly number[];
}

/**
 * Reads a file of a folder, turns it into text with every key masked, and cuts the text into chunks. A file
 * that can't be indexed gives a reason, which is a sentence for people; nothing is thrown for a bad file.
 * @param path Relative to `folder`, with "/".
 * @param exceptions What is not masked; with it, what is masked gets fingerprints.
 * @param known What was read in the pictures of its pages before.
 */
export async function parseFile(
  folder: string,
  path: string,
  maxFileBytes: number,
  exceptions?: Exceptions,
  known?: KnownScans,
): Promise<ParseResult> {
  const file = readInFolder(folder, path, maxFileBytes);
  if (!file.ok) return file;
  const { bytes } = file;
  const hash = hashOf(bytes);
  if (bytes.length === 0) return { ok: false, reason: "The file is empty.", hash };
  try {
    const read = known?.hash === hash ? known : undefined;
    const extracted = await extract(bytes, path, exceptions, read);
    const { scans } = extracted;
    const { withheld, letThrough } = withScans(extracted, read);
    const { id: language, kind } = extracted.as ?? languageOfText(path, extracted.text);
    const partly = extracted.partly ?? leftOutOf({ ...extracted, kind, language });
    const chunks = await cutUp({ ...extracted, kind, language });
    if (typeof chunks === "string") return { ok: false, reason: chunks, hash };
    return {
      ok: true,
      hash,
      ...(scans && { scans }),
      parsed: { kind, language, chunks, withheld, letThrough, ...(partly && { partly }) },
    };
  } catch (error) {
    if (error instanceof UnreadableFile) {
      const { message: reason, scans } = error;
      return { ok: false, reason, hash, ...(scans.length > 0 && { scans }) };
    }
    const detail = error instanceof Error ? error.message : String(error);
    return { ok: false, reason: `The file can't be read: ${detail}`, hash, ...mayPass(error) };
  }
}

/** The text of a file as its chunks have it. Throws UnreadableFile. */
export async function documentText(
  folder: string,
  path: string,
  exceptions?: Exceptions,
  known?: KnownScans,
): Promise<DocumentText> {
  const file = readInFolder(folder, path, limitWhenAsked(path));
  if (!file.ok) throw new UnreadableFile(file.reason);
  const read = known?.hash === hashOf(file.bytes) ? known : undefined;
  const { text, pages, places, headings } = await extract(file.bytes, path, exceptions, read);
  return { text, pages, headings, ...(places && { places }) };
}

/** What tells one version of a file from another. */
export function hashOf(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex").slice(0, 32);
}

/** What is kept of scans was masked when they were read, and is not found again in their text. */
function withScans(
  { withheld, letThrough, pages, scanStarts }: Awaited<ReturnType<typeof extract>>,
  read: KnownScans | undefined,
): Pick<ParsedFile, "withheld" | "letThrough"> {
  const all = [...withheld];
  let through = letThrough;
  for (const { page, secrets } of read?.pages ?? []) {
    const start = pages.find((one) => one.page === page)?.startLine ?? scanStarts?.get(page) ?? 1;
    for (const one of secrets?.withheld ?? []) all.push({ ...one, line: start + one.line - 1 });
    through += secrets?.letThrough ?? 0;
  }
  all.sort((a, b) => a.line - b.line);
  return { withheld: all.slice(0, maxWithheld), letThrough: through };
}
