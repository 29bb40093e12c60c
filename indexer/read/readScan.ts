import { limitWhenAsked } from "../files/limits.ts";
import type { Exceptions } from "../files/secretsMask.ts";
import type { ReadScan } from "./contract.ts";
import { UnreadableFile } from "./extracted.ts";
import { maskedScan } from "./maskedScan.ts";
import { paintPictures } from "./pagePictures.ts";
import { hashOf } from "./parseFile.ts";
import { readInFolder } from "./readInFolder.ts";
import { pdfOf } from "./scanDocument.ts";
import { Tesseract } from "./tesseract.ts";
import { readUpright } from "./uprightScan.ts";

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

/**
 * Reads the picture of one page of a PDF in a folder, or of one that is attached to a file there. A page that can't
 * be read gives a reason; undefined when the file is no longer what it was. Throws a CarrelError when the data of a
 * language is missing.
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
    return maskedScan({ page, lines: readUpright(opened.tesseract, sheet, dotsPerInch) }, exceptions);
  } catch (error) {
    const reason = error instanceof UnreadableFile ? error.message : "It is damaged.";
    return { page, failed: reason };
  }
}
