import type { PDFDocumentProxy } from "pdfjs-dist/legacy/build/pdf.mjs";
import { attachedPage } from "./attachedPages.ts";
import { UnreadableFile } from "./extracted.ts";
import { attachmentOf as attachmentOfMail } from "./mailReader.ts";
import { attachmentOf as attachmentOfPdf } from "./pdfAttachments.ts";
import { type OpenPdf, openPdf } from "./pdfDocument.ts";

/** A page of A4 at 600 dots an inch has 35 million. */
const maxImagePixels = 50_000_000;

let lastPdf: { readonly key: string; readonly open: OpenPdf } | undefined;

/**
 * The PDF in which a page lies, the file itself or what is attached to it, and the page's number there. The pages of
 * one file follow each other: it stays open until another one comes.
 */
export async function pdfOf(
  hash: string,
  bytes: Buffer,
  number: number,
): Promise<{ readonly document: PDFDocumentProxy; readonly page: number }> {
  const attachments: number[] = [];
  let page = number;
  for (let owner = attachedPage(page); owner; owner = attachedPage(page)) {
    attachments.push(owner.attachment);
    page = owner.page;
  }
  const key = [hash, ...attachments].join(" ");
  if (lastPdf?.key !== key) {
    await lastPdf?.open.close();
    lastPdf = undefined;
    let inner = bytes;
    for (const attachment of attachments) inner = await attached(inner, attachment);
    lastPdf = { key, open: await openPdf(inner, { maxImagePixels }) };
  }
  return { document: lastPdf.open.document, page };
}

async function attached(bytes: Buffer, number: number): Promise<Buffer> {
  const isPdf = bytes.toString("latin1", 0, 1_024).includes("%PDF-");
  const content = await (isPdf ? attachmentOfPdf : attachmentOfMail)(bytes, number);
  if (!content) throw new UnreadableFile("Its attachment is damaged.");
  return content;
}
