import { createHash } from "node:crypto";
import type { DocumentText, FileKind } from "../../protocol/data.ts";
import type { Chunk } from "../chunk/chunk.ts";
import { cutUp } from "../chunk/cutUp.ts";
import { languageOfText } from "../files/languages.ts";
import type { Exceptions } from "../files/secretsMask.ts";
import { mayPass } from "../files/systemErrors.ts";
import type { Withheld } from "../files/withheld.ts";
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
  | { readonly ok: true; readonly hash: string; readonly parsed: ParsedFile }
  | { readonly ok: false; readonly reason: string; readonly hash?: string; readonly mayPass?: true };

/**
 * Reads a file of a folder, turns it into text with every key masked, and cuts the text into chunks. A file
 * that can't be indexed gives a reason, which is a sentence for people; nothing is thrown for a bad file.
 * @param path Relative to `folder`, with "/".
 * @param exceptions What is not masked; with it, what is masked gets fingerprints.
 */
export async function parseFile(
  folder: string,
  path: string,
  maxFileBytes: number,
  exceptions?: Exceptions,
): Promise<ParseResult> {
  const file = readInFolder(folder, path, maxFileBytes);
  if (!file.ok) return file;
  const { bytes } = file;
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 32);
  if (bytes.length === 0) return { ok: false, reason: "The file is empty.", hash };
  try {
    const extracted = await extract(bytes, path, exceptions);
    const { withheld, letThrough, partly } = extracted;
    const { id: language, kind } = extracted.as ?? languageOfText(path, extracted.text);
    const chunks = await cutUp({ ...extracted, kind, language });
    if (typeof chunks === "string") return { ok: false, reason: chunks, hash };
    return {
      ok: true,
      hash,
      parsed: { kind, language, chunks, withheld, letThrough, ...(partly && { partly }) },
    };
  } catch (error) {
    if (error instanceof UnreadableFile) return { ok: false, reason: error.message, hash };
    const detail = error instanceof Error ? error.message : String(error);
    return { ok: false, reason: `The file can't be read: ${detail}`, hash, ...mayPass(error) };
  }
}

/** The text of a file as its chunks have it. Throws UnreadableFile. */
export async function documentText(
  folder: string,
  path: string,
  exceptions?: Exceptions,
): Promise<DocumentText> {
  const file = readInFolder(folder, path, Number.MAX_SAFE_INTEGER);
  if (!file.ok) throw new UnreadableFile(file.reason);
  const { text, pages, places, headings } = await extract(file.bytes, path, exceptions);
  return { text, pages, headings, ...(places && { places }) };
}
