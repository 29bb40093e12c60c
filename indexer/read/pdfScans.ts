import type { PDFDocumentProxy } from "pdfjs-dist/legacy/build/pdf.mjs";
import { stampCharacters } from "../../protocol/scans.ts";
import type { ReadScanLine } from "./extracted.ts";
import { openPdf } from "./pdfDocument.ts";
import type { PageLine } from "./pdfLines.ts";

/** Of fewer pixels a picture is a logo; a page may be made of strips, though. */
const smallestPicture = 40_000;
/** A page with a stamp on it is still a scan if its picture is as large as the page of one. */
const smallestStamped = 700_000;
/**
 * The pages of a PDF that are pictures of text: those that show hardly any text, and a picture. No picture is decoded:
 * where one is larger than allowed, a strict document ends the page, and a lenient one leaves the picture out.
 */
export async function findScans(bytes: Buffer, pages: readonly (readonly PageLine[])[]): Promise<number[]> {
  const empty: number[] = [];
  const stamped: number[] = [];
  pages.forEach((lines, index) => {
    const characters = lines.reduce((sum, { text }) => sum + text.replace(/\s/g, "").length, 0);
    if (characters < 3) empty.push(index + 1);
    else if (characters < stampCharacters) stamped.push(index + 1);
  });
  const found = [
    ...(await withPictures(bytes, empty, smallestPicture)),
    ...(await withPictures(bytes, stamped, smallestStamped)),
  ];
  return found.sort((a, b) => a - b);
}

async function withPictures(bytes: Buffer, pages: readonly number[], pixels: number): Promise<number[]> {
  if (pages.length === 0) return [];
  const strict = await openPdf(bytes, { maxImagePixels: pixels, isStrict: true });
  const lenient = await openPdf(bytes, { maxImagePixels: pixels });
  const found: number[] = [];
  try {
    for (const number of pages) {
      const all = await stepsOf(lenient.document, number);
      if (all > 0 && (await stepsOf(strict.document, number)) < all) found.push(number);
    }
  } finally {
    await Promise.all([strict.close(), lenient.close()]);
  }
  return found;
}

/** In how many steps a page is drawn, up to its end or to what ends it. */
async function stepsOf(document: PDFDocumentProxy, number: number): Promise<number> {
  try {
    const page = await document.getPage(number);
    const { fnArray } = await page.getOperatorList({ annotationMode: 0 });
    page.cleanup();
    return fnArray.length;
  } catch {
    return 0;
  }
}

/** The lines of a page as they were read, with paragraphs set apart by an empty line. */
export function linesOfScan(lines: readonly ReadScanLine[]): PageLine[] {
  const usual = middleOf(lines.map(({ size }) => size));
  const gaps = lines.map(({ down }, index) => (down ?? Number.NaN) - (lines[index - 1]?.down ?? Number.NaN));
  const usualGap = middleOf(gaps.filter((gap) => gap > 0));
  return lines.flatMap(({ text, size, down, isFirst }, index) => {
    // The same type is measured a little differently from line to line.
    const isUsual = Math.abs(size - usual) <= usual * 0.25;
    const line = { text, size: Math.round(isUsual ? usual : size), ...(down === undefined ? {} : { down }) };
    // A line that ends early is taken for the end of a paragraph, also in the middle of a sentence.
    const gap = gaps[index] ?? Number.NaN;
    const isClose = gap > 0 && gap < usualGap * 1.2;
    return isFirst && index > 0 && !isClose ? [{ text: "", size: 0 }, line] : [line];
  });
}

function middleOf(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}
