import { createHash } from "node:crypto";
import type { DocumentText } from "../../protocol/data.ts";
import { outlineCode } from "../chunk/code.ts";
import { cut } from "../chunk/cut.ts";
import { grammarOf } from "../chunk/grammars.ts";
import { Lines } from "../chunk/lines.ts";
import { outlineMarkdown } from "../chunk/markdown.ts";
import type { Outline } from "../chunk/outline.ts";
import { outlineDocument } from "../chunk/pages.ts";
import { dataSections, definitionsByWords, outlineByIndent, outlineProse } from "../chunk/plain.ts";
import { sizes } from "../chunk/sizes.ts";
import { type Language, languageOf, languageOfText } from "../files/languages.ts";
import { maskSecrets } from "../files/secretsMask.ts";
import { mayPass } from "../files/systemErrors.ts";
import type { ParsedFile } from "../types.ts";
import { decode } from "./decode.ts";
import { type Extracted, UnreadableDocument } from "./extracted.ts";
import { readInFolder } from "./readInFolder.ts";

/**
 * `hash` is of the file's bytes: SHA-256, the first 32 hexadecimal digits; absent when they were not read.
 * `mayPass` marks a reason that may be gone in a while (busy, locked, no permission, out of time): such a file
 * is worth another try though it has not changed.
 */
export type ParseResult =
  | { readonly ok: true; readonly hash: string; readonly parsed: ParsedFile }
  | { readonly ok: false; readonly reason: string; readonly hash?: string; readonly mayPass?: true };

/** Lines longer than this on average are made by a program for a program. */
const minifiedLine = 500;

/**
 * Reads a file of a folder, turns it into text with every key masked, and cuts the text into chunks. A file
 * that can't be indexed gives a reason, which is a sentence for people; nothing is thrown for a bad file.
 * @param path Relative to `folder`, with "/".
 */
export async function parseFile(folder: string, path: string, maxFileBytes: number): Promise<ParseResult> {
  const file = readInFolder(folder, path, maxFileBytes);
  if (!file.ok) return file;
  const { bytes } = file;
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 32);
  if (bytes.length === 0) return { ok: false, reason: "The file is empty.", hash };
  const language = languageOf(path);
  try {
    const parsed =
      language.kind === "document" ? await parseDocument(bytes, language) : await parseText(bytes, path);
    return typeof parsed === "string" ? { ok: false, reason: parsed, hash } : { ok: true, hash, parsed };
  } catch (error) {
    if (error instanceof UnreadableDocument) return { ok: false, reason: error.message, hash };
    const detail = error instanceof Error ? error.message : String(error);
    return { ok: false, reason: `The file can't be read: ${detail}`, hash, ...mayPass(error) };
  }
}

/** The text of a PDF or DOCX as its chunks have it, or of any other file. Throws UnreadableDocument. */
export async function documentText(folder: string, path: string): Promise<DocumentText> {
  const file = readInFolder(folder, path, Number.MAX_SAFE_INTEGER);
  if (!file.ok) throw new UnreadableDocument(file.reason);
  const language = languageOf(path);
  if (language.kind === "document") {
    const { text, pages } = await extract(file.bytes, language);
    return { text, pages };
  }
  const decoded = decode(file.bytes);
  if (!decoded.ok) throw new UnreadableDocument(decoded.reason);
  return { text: maskSecrets(decoded.text), pages: [] };
}

async function parseDocument(bytes: Buffer, language: Language): Promise<ParsedFile> {
  const { text, pages, headings } = await extract(bytes, language);
  const lines = new Lines(text);
  const pageOfRow = pages.length > 0 ? pageFinder(pages) : undefined;
  const outline = outlineDocument(lines, pages, headings);
  return { kind: "document", language: language.id, chunks: cut(lines, outline, sizes.document, pageOfRow) };
}

async function extract(bytes: Buffer, language: Language): Promise<Extracted> {
  // Both libraries are large: a child that meets no documents does not load them.
  const extracted =
    language.id === "pdf"
      ? await (await import("./pdf.ts")).extractPdf(bytes)
      : await (await import("./docx.ts")).extractDocx(bytes);
  return { ...extracted, text: maskSecrets(extracted.text) };
}

function pageFinder(pages: DocumentText["pages"]): (row: number) => number {
  let at = 0;
  return (row) => {
    for (let next = pages[at + 1]; next && next.startLine <= row + 1; next = pages[at + 1]) at += 1;
    return pages[at]?.page ?? 1;
  };
}

/** A text file's chunks, or the reason why it has none. */
async function parseText(bytes: Buffer, path: string): Promise<ParsedFile | string> {
  const decoded = decode(bytes);
  if (!decoded.ok) return decoded.reason;
  const text = maskSecrets(decoded.text);
  const { id, kind } = languageOfText(path, text);
  const lines = new Lines(text);
  if (isMinified(text, lines, id, kind)) {
    return "Its lines are so long that it looks minified or generated: it is made for programs, not for people.";
  }
  const chunks = cut(lines, await outlineOf(lines, id, kind), sizes[kind]);
  return chunks.length === 0 ? "The file holds nothing but white space." : { kind, language: id, chunks };
}

function isMinified(text: string, lines: Lines, id: string, kind: Language["kind"]): boolean {
  if (kind === "prose" || text.length < 5_000 || ["sql", "csv", "tsv", "jsonl"].includes(id)) return false;
  return text.length / lines.count > minifiedLine;
}

async function outlineOf(lines: Lines, id: string, kind: Language["kind"]): Promise<Outline> {
  if (id === "markdown") return outlineMarkdown(lines);
  if (kind === "prose" || kind === "document") return outlineProse(lines, id);
  if (kind === "data") return outlineByIndent(lines, dataSections(lines, id));
  const grammar = await grammarOf(id);
  return (grammar && outlineCode(lines, grammar)) ?? outlineByIndent(lines, definitionsByWords(lines));
}
