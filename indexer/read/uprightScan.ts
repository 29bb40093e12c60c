import type { ScannedLine } from "../../protocol/scans.ts";
import type { GreyPage, Turn } from "./greyPage.ts";
import { linesOf, worthOf } from "./scanLines.ts";
import type { ReadPage, Tesseract } from "./tesseract.ts";

/**
 * A page that is hardly read as it stands may have been scanned upside down or sideways. The engine reads text that
 * runs up a page by itself.
 */
export function readUpright(
  tesseract: Pick<Tesseract, "read">,
  sheet: GreyPage,
  dotsPerInch: number,
): ScannedLine[] {
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
