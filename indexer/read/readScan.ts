import type { PDFDocumentProxy } from "pdfjs-dist/legacy/build/pdf.mjs";
import type { ScannedLine } from "../../protocol/scans.ts";
import { limitWhenAsked } from "../files/limits.ts";
import { type Exceptions, maskSecrets } from "../files/secretsMask.ts";
import type { Withheld } from "../files/withheld.ts";
import { attachedPage } from "./attachedPages.ts";
import type { ReadScan } from "./contract.ts";
import { UnreadableFile } from "./extracted.ts";
import type { GreyPage, Turn } from "./greyPage.ts";
import { attachmentOf as attachmentOfMail } from "./mailReader.ts";
import { paintPictures } from "./pagePictures.ts";
import { hashOf } from "./parseFile.ts";
import { attachmentOf as attachmentOfPdf } from "./pdfAttachments.ts";
import { type OpenPdf, openPdf } from "./pdfDocument.ts";
import { readInFolder } from "./readInFolder.ts";
import { linesOf, textOf, textOfLine, worthOf } from "./scanLines.ts";
import { type ReadPage, Tesseract } from "./tesseract.ts";

/** A page of A4 at 600 dots an inch has 35 million. */
const maxImagePixels = 50_000_000;
const pointsPerInch = 72;

/** The languages of scans, and where the data of those is that do not come with Carrel; "" for nowhere. */
interface ScanLanguages {
  readonly languages: readonly string[];
  readonly languageFolder: string;
}

export interface ScanRequest extends ScanLanguages {
  /** Of the file as it was when its pages were listed. */
  readonly hash: string;
  readonly page: number;
}

let opened: { readonly key: string; readonly tesseract: Tesseract } | undefined;
let lastPdf: { readonly key: string; readonly open: OpenPdf } | undefined;

/**
 * Reads the picture of one page of a PDF in a folder, or of one that is attached to a file there. A page that can't be read gives a reason; undefined when the file
 * is no longer what it was. Throws a CarrelError when the data of a language is missing.
 */
export async function readScan(
  folder: string,
  path: string,
  { hash, page, languages, languageFolder }: ScanRequest,
  exceptions?: Exceptions,
): Promise<ReadScan | undefined> {
  const file = readInFolder(folder, path, limitWhenAsked(path));
  if (!file.ok || hashOf(file.bytes) !== hash) return undefined;
  const key = `${languages.join("+")} ${languageFolder}`;
  if (opened?.key !== key) opened = { key, tesseract: await Tesseract.open(languages, languageFolder) };
  try {
    const { document, page: own } = await pdfOf(hash, file.bytes, page);
    const shown = await document.getPage(own);
    const sheet = await paintPictures(shown);
    const dotsPerInch = (sheet.width / shown.getViewport({ scale: 1 }).width) * pointsPerInch;
    shown.cleanup();
    return masked({ page, lines: readUpright(opened.tesseract, sheet, dotsPerInch) }, exceptions);
  } catch (error) {
    const reason = error instanceof UnreadableFile ? error.message : "It is damaged.";
    return { page, failed: reason };
  }
}

/**
 * The PDF in which a page lies, the file itself or what is attached to it, and the page's number there. The pages of
 * one file follow each other: it stays open until another one comes.
 */
async function pdfOf(
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

/**
 * A page that is hardly read as it stands may have been scanned upside down or sideways. The engine reads text that
 * runs up a page by itself.
 */
function readUpright(tesseract: Tesseract, sheet: GreyPage, dotsPerInch: number): ScannedLine[] {
  let best: { read: ReadPage; worth: number; page: GreyPage; turned: Turn } | undefined;
  for (const turned of [0, 180, 90, 270] as const) {
    const page = sheet.turned(turned);
    const read = tesseract.read(page, dotsPerInch);
    const { worth, isSure } = worthOf(read);
    // As it stands, unless it is clearly better otherwise.
    if (!best || worth > best.worth * 1.2) best = { read, worth, page, turned };
    if (isSure || read.blocks.length === 0) break;
  }
  return best ? linesOf(best.read, best.page, best.turned, dotsPerInch) : [];
}

/** What is kept of a page holds no secret: a line with one is kept as one word that says so. */
function masked(
  page: Extract<ReadScan, { lines: unknown }>,
  exceptions: Exceptions | undefined,
): Extract<ReadScan, { lines: unknown }> {
  const found = maskSecrets(textOf(page), exceptions);
  if (found.withheld.length === 0 && found.letThrough === 0) return page;
  const texts = found.text.split("\n");
  const lines = page.lines.map((line, row) => {
    const text = texts[row] ?? "";
    if (text === textOfLine(line)) return line;
    const edge = (at: 1 | 2 | 3 | 4, of: (...all: number[]) => number): number =>
      of(...line.words.map((word) => word[at]));
    const whole = [edge(1, Math.min), edge(2, Math.min), edge(3, Math.max), edge(4, Math.max)] as const;
    return { ...line, words: [[text, ...whole] as (typeof line.words)[number]] };
  });
  const withheld: Withheld[] = [...found.withheld];
  return { ...page, lines, secrets: { withheld, letThrough: found.letThrough } };
}
