import type { PDFPageProxy } from "pdfjs-dist/legacy/build/pdf.mjs";
import { hasFilledGaps, withFilledGaps } from "../../text/filledGaps.ts";
import { glyphsOfPage } from "../../text/pageGlyphs.ts";
import { loadPdfJs } from "./pdfDocument.ts";
import type { TextPiece } from "./pdfRows.ts";

/** The pieces of text of a page. Single letters are looked at only where words are drawn in parts. */
export async function piecesOfPage(page: PDFPageProxy): Promise<TextPiece[]> {
  const { items } = await page.getTextContent();
  const pieces = items.filter((item): item is typeof item & TextPiece => "str" in item);
  if (!hasFilledGaps(pieces)) return pieces;
  const { OPS } = (await loadPdfJs()).library;
  const steps = await page.getOperatorList({ annotationMode: 0 }).catch(() => undefined);
  return steps ? withFilledGaps(pieces, glyphsOfPage({ OPS, ...steps })) : pieces;
}
