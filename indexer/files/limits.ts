import { formatOf } from "../../protocol/formats.ts";

/** How large a file may be, and what may come out of it. */

/** Text taken from one document; more than any book has. */
export const maxDocumentCharacters = 20_000_000;
export const maxPages = 10_000;
/** Rows taken of one sheet, and cells of a whole spreadsheet. */
export const maxSheetRows = 20_000;
export const maxCells = 1_000_000;

/** What a document that is a ZIP archive may unpack to. */
export const maxArchiveEntries = 10_000;
export const maxArchiveBytes = 300_000_000;
export const maxArchiveTextBytes = 100_000_000;

/** For a file whose size nobody has looked at: what `maxFileBytes` is to be so that it may have this many bytes. */
const maxBytesAsked = 500_000_000;
export function limitWhenAsked(path: string): number {
  return maxBytesAsked / formatOf(path).sizeFactor;
}

export function isWithinLimit(path: string, size: number, maxFileBytes: number): boolean {
  return size <= maxFileBytes * formatOf(path).sizeFactor;
}

export function tooLargeReason(path: string, size: number, maxFileBytes: number): string {
  return `Too large: ${megabytes(size)}; the limit for this kind of file is ${megabytes(maxFileBytes * formatOf(path).sizeFactor)}.`;
}

function megabytes(bytes: number): string {
  return bytes < 100_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
