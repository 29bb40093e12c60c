import type { PDFPageProxy } from "pdfjs-dist";
import { hasFilledGaps, withFilledGaps } from "../../text/filledGaps.ts";
import { glyphsOfPage } from "../../text/pageGlyphs.ts";
import type { PdfFile } from "./pdfFile.ts";

/** The text of a page as pdf.js has it. */
export type TextContent = Awaited<ReturnType<PDFPageProxy["getTextContent"]>>;

/** The text of a page, with words whole that are drawn in parts, as the index has them. */
export async function ownText(page: PDFPageProxy, { OPS }: PdfFile["lib"]): Promise<TextContent> {
  const content = await page.getTextContent({ includeMarkedContent: true });
  if (!hasFilledGaps(content.items)) return content;
  // What can't be drawn is still shown with its text as far as pdf.js has it.
  const steps = await page.getOperatorList({ annotationMode: 0 }).catch(() => undefined);
  if (!steps) return content;
  return { ...content, items: withFilledGaps(content.items, glyphsOfPage({ OPS, ...steps })) };
}
