import { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";
import type { PDFDocumentProxy } from "pdfjs-dist/legacy/build/pdf.mjs";
import type { Heading } from "../chunk/markdownOutline.ts";
import { maxDocumentCharacters, maxPages } from "../files/limits.ts";
import { type Extracted, UnreadableFile } from "./extracted.ts";
import { linesOfPage, type PageLine, type TextPiece } from "./pdfLines.ts";

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
 * The text of a PDF, page by page, in reading order. No script runs, nothing is fetched, no image is decoded.
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
    return await readPages(document);
  } finally {
    await task.destroy().catch(() => undefined);
  }
}

async function readPages(document: PDFDocumentProxy): Promise<Extracted> {
  const lines: string[] = [];
  const sizes: number[] = [];
  const pages: { page: number; startLine: number }[] = [];
  const count = Math.min(document.numPages, maxPages);
  let characters = 0;
  let broken = 0;
  for (let number = 1; number <= count; number++) {
    let pageLines: PageLine[] = [];
    try {
      const page = await document.getPage(number);
      const { items } = await page.getTextContent();
      pageLines = linesOfPage(items.filter((item): item is typeof item & TextPiece => "str" in item));
      page.cleanup();
    } catch {
      broken += 1;
    }
    if (lines.length > 0) push("", 0);
    pages.push({ page: number, startLine: lines.length + 1 });
    for (const { text, size } of pageLines) push(text, size);
    if (pageLines.length === 0) push("", 0);
    if (characters > maxDocumentCharacters) throw new UnreadableFile("It holds more text than any book has.");
  }
  if (characters < 3) {
    throw new UnreadableFile(
      broken > 0
        ? "The PDF is damaged: none of its pages can be read."
        : "The PDF holds no text, only images (a scan): Carrel does not read text in images yet.",
    );
  }
  const { numPages } = document;
  const partly = `Read in part: the first ${count.toLocaleString("en")} of ${numPages.toLocaleString("en")} pages.`;
  const headings = headingsBySize(lines, sizes);
  return { text: lines.join("\n"), pages, headings, ...(count < numPages ? { partly } : {}) };

  function push(text: string, size: number): void {
    lines.push(text);
    sizes.push(size);
    characters += text.trim().length;
  }
}

/** Short lines in a larger type than most of the text are headings; three sizes make three levels. */
function headingsBySize(lines: readonly string[], sizes: readonly number[]): Heading[] {
  const weights = new Map<number, number>();
  sizes.forEach((size, row) => {
    if (size > 0) weights.set(size, (weights.get(size) ?? 0) + (lines[row]?.length ?? 0));
  });
  const body = [...weights].reduce((a, b) => (b[1] > a[1] ? b : a), [0, 0])[0];
  const larger = [...weights.keys()].filter((size) => size >= body * 1.15).sort((a, b) => b - a);
  const headings: Heading[] = [];
  lines.forEach((line, row) => {
    const size = sizes[row] ?? 0;
    if (size < body * 1.15 || line.length > 120 || !/\p{L}{2}/u.test(line)) return;
    const level = Math.min(3, 1 + larger.indexOf(size));
    const previous = headings.at(-1);
    // A heading on two lines.
    if (previous && previous.row === row - 1 && previous.level === level) {
      headings[headings.length - 1] = { ...previous, name: `${previous.name} ${line.trim()}` };
    } else headings.push({ name: line.trim(), level, row });
  });
  return headings;
}

function openingFailure(error: unknown): string {
  const name = error instanceof Error ? error.name : "";
  if (name === "PasswordException") return "The PDF is protected by a password.";
  return "The PDF is damaged: it can't be opened.";
}
