/** How large a file may be, and what may come out of it. */

/** Documents carry fonts and images beside their text, so they may be this many times as large as other files. */
const documentFactor = 20;

/** Text taken from one document; more than any book has. */
export const maxDocumentCharacters = 20_000_000;
export const maxPages = 10_000;

/** What a DOCX file, which is a ZIP archive, may unpack to. */
export const maxArchiveEntries = 10_000;
export const maxArchiveBytes = 300_000_000;
export const maxArchiveTextBytes = 100_000_000;

export function isWithinLimit(path: string, size: number, maxFileBytes: number): boolean {
  return size <= maxFileBytes * factor(path);
}

export function tooLargeReason(path: string, size: number, maxFileBytes: number): string {
  return `Too large: ${megabytes(size)}; the limit for this kind of file is ${megabytes(maxFileBytes * factor(path))}.`;
}

function factor(path: string): number {
  return /\.(pdf|docx)$/i.test(path) ? documentFactor : 1;
}

function megabytes(bytes: number): string {
  return bytes < 100_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
