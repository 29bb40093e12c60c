import * as v from "valibot";

/**
 * A word that was read in the picture of a page, and its box: left, top, right and bottom in ten-thousandths of the
 * page's width and height, as the page is shown.
 */
const scannedWord = v.tuple([v.string(), v.number(), v.number(), v.number(), v.number()]);
export type ScannedWord = v.InferOutput<typeof scannedWord>;

const scannedLine = v.object({
  words: v.array(scannedWord),
  /** The type's size in points. */
  size: v.number(),
  /** True for the first line of a paragraph. */
  isFirst: v.exactOptional(v.literal(true)),
});
export type ScannedLine = v.InferOutput<typeof scannedLine>;

/** A page with fewer characters of its own may be a scan with a stamp on it, or a running number. */
export const stampCharacters = 60;

/** What was read in the picture of a page. */
export const scannedPage = v.object({ page: v.number(), lines: v.array(scannedLine) });
export type ScannedPage = v.InferOutput<typeof scannedPage>;
