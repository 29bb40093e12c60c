import { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";
import type { PDFDocumentProxy } from "pdfjs-dist/legacy/build/pdf.mjs";
import { maxDocumentCharacters, maxPages } from "../files/limits.ts";
import { type Extracted, UnreadableFile } from "./extracted.ts";
import { readAttachments } from "./pdfAttachments.ts";
import { notesOf } from "./pdfFields.ts";
import { headingsOf } from "./pdfHeadings.ts";
import { linesOfPage, type PageLine } from "./pdfLines.ts";
import type { TextPiece } from "./pdfRows.ts";
import { joinHyphens, withoutRepeats } from "./pdfText.ts";
import { titleLines } from "./pdfTitle.ts";

type PdfJs = typeof import("pdfjs-dist/legacy/build/pdf.mjs");

let loading: Promise<{ pdf: PdfJs; data: string }> | undefined;

/** pdf.js is large and loaded when the first PDF comes. Its worker runs here: this process is the fence. */
function load(): Promise<{ pdf: PdfJs; data: string }> {
  loading ??= (async () => {
    const data = dirname(createRequire(import.meta.url).resolve("pdfjs-dist/package.json"));
    const pdf = await import("pdfjs-dist/legacy/build/pdf.mjs");
    // The worker's module registers itself, so that pdf.js does not look for a file by an address.
    await import("pdfjs-dist/legacy/build/pdf.worker.mjs" as string);
    return { pdf, data };
  })();
  return loading;
}

/**
 * The text of a PDF, page by page, in reading order, with what is filled in and noted on its pages, and then the
 * documents that are attached to it. No script runs, nothing is fetched, no image is decoded.
 * Throws UnreadableFile when it is protected, damaged, or holds no text.
 */
export async function read(bytes: Buffer): Promise<Extracted> {
  const { pdf, data } = await load();
  const folder = (name: string): string => join(data, name) + sep;
  const task = pdf.getDocument({
    // pdf.js takes the memory over, so it gets its own.
    data: new Uint8Array(bytes),
    cMapUrl: folder("cmaps"),
    cMapPacked: true,
    standardFontDataUrl: folder("standard_fonts"),
    // Text needs no fonts, images or scripts; old readers of these options ran code from the document.
    isEvalSupported: false,
    enableXfa: false,
    disableFontFace: true,
    useSystemFonts: false,
    useWorkerFetch: false,
    isOffscreenCanvasSupported: false,
    isImageDecoderSupported: false,
    maxImageSize: 0,
    stopAtErrors: false,
    verbosity: 0,
  } as Parameters<PdfJs["getDocument"]>[0]);
  try {
    const document = await task.promise.catch((error: unknown) => {
      throw new UnreadableFile(openingFailure(error));
    });
    return await readDocument(document);
  } finally {
    await task.destroy().catch(() => undefined);
  }
}

interface ReadPages {
  readonly pages: PageLine[][];
  readonly attached: Map<string, string>;
  readonly broken: number;
}

async function readDocument(document: PDFDocumentProxy): Promise<Extracted> {
  const count = Math.min(document.numPages, maxPages);
  const { pages: drawn, attached, broken } = await readPages(document, count);
  const pages = joinHyphens(withoutRepeats(drawn));
  pages[0]?.unshift(...(await titleLines(document, pages[0])));
  const { text, starts } = joined(pages);
  const attachments = await readAttachments(document, attached);
  if (text.trim().length < 3 && attachments.text === "") {
    throw new UnreadableFile(
      broken > 0
        ? "The PDF is damaged: none of its pages can be read."
        : "The PDF holds no text, only images (a scan): Carrel does not read text in images yet.",
    );
  }
  const headings = await headingsOf(document, { pages, starts });
  const left = [...leftPages(count, document.numPages), ...attachments.left];
  const below = text.split("\n").length;
  return {
    text: text + attachments.text,
    pages: starts.map((start, index) => ({ page: index + 1, startLine: start + 1 })),
    headings: [...headings, ...attachments.headings.map((one) => ({ ...one, row: one.row + below }))],
    ...(left.length > 0 ? { partly: left.join(" ") } : {}),
  };
}

function leftPages(count: number, all: number): string[] {
  if (count === all) return [];
  return [`Read in part: the first ${count.toLocaleString("en")} of ${all.toLocaleString("en")} pages.`];
}

/** What each page says: its text, what is filled in where it is, then what was noted on it. */
async function readPages(document: PDFDocumentProxy, count: number): Promise<ReadPages> {
  const pages: PageLine[][] = [];
  const attached = new Map<string, string>();
  let characters = 0;
  let broken = 0;
  for (let number = 1; number <= count; number++) {
    const lines: PageLine[] = [];
    try {
      const page = await document.getPage(number);
      const annotations: unknown[] = await page.getAnnotations().catch(() => []);
      const { fields, comments, attachments } = notesOf(annotations);
      for (const { id, name } of attachments) attached.set(id, name);
      const { items } = await page.getTextContent();
      const pieces = items.filter((item): item is typeof item & TextPiece => "str" in item);
      lines.push(...linesOfPage(pieces, page.view, fields));
      for (const text of comments) lines.push({ text: "", size: 0 }, { text, size: 0 });
      page.cleanup();
    } catch {
      broken += 1;
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

function openingFailure(error: unknown): string {
  const name = error instanceof Error ? error.name : "";
  if (name === "PasswordException") return "The PDF is protected by a password.";
  return "The PDF is damaged: it can't be opened.";
}
