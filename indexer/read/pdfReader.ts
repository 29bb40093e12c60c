import type { PDFDocumentProxy } from "pdfjs-dist/legacy/build/pdf.mjs";
import { maxDocumentCharacters, maxPages } from "../files/limits.ts";
import { type Extracted, type ReadScans, UnreadableFile } from "./extracted.ts";
import { namedLeft } from "./leftOut.ts";
import { readAttachments } from "./pdfAttachments.ts";
import { openPdf } from "./pdfDocument.ts";
import { notesOf } from "./pdfFields.ts";
import { headingsOf } from "./pdfHeadings.ts";
import { linesOfPage, type PageLine } from "./pdfLines.ts";
import { piecesOfPage } from "./pdfPieces.ts";
import { findScans, linesOfScan } from "./pdfScans.ts";
import { joinHyphens, withoutRepeats } from "./pdfText.ts";
import { titleLines } from "./pdfTitle.ts";

/**
 * The text of a PDF, page by page, in reading order, with what is filled in and noted on its pages, and then the
 * documents that are attached to it. No script runs, nothing is fetched, no image is decoded.
 * Throws UnreadableFile when it is protected, damaged, or holds no text.
 */
export async function read(bytes: Buffer, _path: string, scans?: ReadScans): Promise<Extracted> {
  const { document, close } = await openPdf(bytes, { maxImagePixels: 0 });
  try {
    return await readDocument(document, bytes, scans);
  } finally {
    await close();
  }
}

interface ReadPages {
  readonly pages: PageLine[][];
  readonly attached: Map<string, string>;
  /** Damaged pages, from 1. */
  readonly broken: readonly number[];
}

async function readDocument(
  document: PDFDocumentProxy,
  bytes: Buffer,
  read: ReadScans | undefined,
): Promise<Extracted> {
  const count = Math.min(document.numPages, maxPages);
  const { pages: drawn, attached, broken } = await readPages(document, count);
  const own = await findScans(bytes, drawn);
  const found = linesOfScans(read, own);
  const pages = joinHyphens(
    withoutRepeats(drawn.map((lines, index) => [...(found.get(index + 1) ?? []), ...lines])),
  );
  pages[0]?.unshift(...(await titleLines(document, pages[0])));
  const { text, starts } = joined(pages);
  const attachments = await readAttachments(document, attached, read);
  const scans = [...own, ...attachments.scans];
  if (text.trim().length < 3 && attachments.text === "") {
    throw new UnreadableFile(nothingFound(broken.length, own, read), scans);
  }
  const headings = await headingsOf(document, { pages, starts });
  const left = [...leftPages(count, document.numPages, broken), ...attachments.left];
  const below = text.split("\n").length;
  return {
    text: text + attachments.text,
    pages: starts.map((start, index) => ({
      page: index + 1,
      startLine: start + 1,
      ...(found.has(index + 1) && { isScan: true as const }),
    })),
    headings: [...headings, ...attachments.headings.map((one) => ({ ...one, row: one.row + below }))],
    ...(left.length > 0 ? { partly: left.join(" ") } : {}),
    ...(scans.length > 0 && { scans }),
    scanStarts: new Map(attachments.scanStarts.map(([page, line]) => [page, line + below])),
  };
}

/** What was read in the pictures of those pages that are scans. */
function linesOfScans(read: ReadScans | undefined, scans: readonly number[]): Map<number, PageLine[]> {
  const pages = (read?.pages ?? []).filter(({ page, lines }) => scans.includes(page) && lines.length > 0);
  return new Map(pages.map(({ page, lines }) => [page, linesOfScan(lines)]));
}

function nothingFound(broken: number, scans: readonly number[], read: ReadScans | undefined): string {
  if (broken > 0) return "The PDF is damaged: none of its pages can be read.";
  if (scans.length === 0) return "The PDF holds no text.";
  const isRead = scans.every((scan) => read?.pages.some(({ page }) => page === scan));
  return isRead
    ? "Its pages are pictures (a scan), and no text was found in them."
    : "Its pages are pictures of text (a scan).";
}

function leftPages(count: number, all: number, broken: readonly number[]): string[] {
  const damaged = broken.map((page) => `page ${page}, which is damaged`);
  return [
    ...(count === all
      ? []
      : [`Read in part: the first ${count.toLocaleString("en")} of ${all.toLocaleString("en")} pages.`]),
    ...(damaged.length === 0 ? [] : [`Not read: ${namedLeft(damaged)}.`]),
  ];
}

/** What each page says: its text, what is filled in where it is, then what was noted on it. */
async function readPages(document: PDFDocumentProxy, count: number): Promise<ReadPages> {
  const pages: PageLine[][] = [];
  const attached = new Map<string, string>();
  let characters = 0;
  const broken: number[] = [];
  for (let number = 1; number <= count; number++) {
    const lines: PageLine[] = [];
    try {
      const page = await document.getPage(number);
      const annotations: unknown[] = await page.getAnnotations().catch(() => []);
      const { fields, comments, attachments } = notesOf(annotations);
      for (const { id, name } of attachments) attached.set(id, name);
      lines.push(...linesOfPage(await piecesOfPage(page), page.view, fields));
      for (const text of comments) lines.push({ text: "", size: 0 }, { text, size: 0 });
      page.cleanup();
    } catch {
      broken.push(number);
    }
    pages.push(lines);
    for (const { text } of lines) characters += text.length;
    if (characters > maxDocumentCharacters) throw new UnreadableFile("It holds more text than any book has.");
  }
  return { pages, attached, broken };
}

/** One text of all pages, with an empty line in between; and the row in which each begins. */
function joined(pages: readonly (readonly PageLine[])[]): { text: string; starts: number[] } {
  const lines: string[] = [];
  const starts = pages.map((page, index) => {
    if (index > 0) lines.push("");
    const start = lines.length;
    lines.push(...(page.length > 0 ? page.map(({ text }) => text) : [""]));
    return start;
  });
  return { text: lines.join("\n"), starts };
}
