import type { Extracted, ReadScans } from "./extracted.ts";

/**
 * Pages of documents that are attached to a file are numbered after its own: the third page of the second attachment
 * is 200,003. Those of attachments of attachments have numbers beyond that; what is deeper has none.
 */

/** No document has so many pages that are read, and no file so many attachments. */
const most = 100_000;
const mostNested = most * most;

/** A page of a document that is attached to another one. */
interface AttachedPage {
  /** The number of the attachment in the file, from 1. */
  readonly attachment: number;
  /** As the attachment numbers it. */
  readonly page: number;
}

/** Whose page a number means; undefined for a page of the file itself. */
export function attachedPage(number: number): AttachedPage | undefined {
  if (number < most) return undefined;
  const unit = number < mostNested ? most : mostNested;
  return { attachment: Math.floor(number / unit), page: number % unit };
}

/** The number of an attachment's page in the file; undefined for one that can have none. */
export function numberOf({ attachment, page }: AttachedPage): number | undefined {
  if (attachment >= most || page >= mostNested) return undefined;
  return attachment * (page < most ? most : mostNested) + page;
}

/** The same for several. */
export function numbersOf(attachment: number, pages: readonly number[] = []): number[] {
  return pages.flatMap((page) => numberOf({ attachment, page }) ?? []);
}

/** What was read in the pages of an attachment, as that numbers them. */
export function scansOf(scans: ReadScans | undefined, attachment: number): ReadScans {
  const pages = (scans?.pages ?? []).flatMap((read) => {
    const owner = attachedPage(read.page);
    return owner?.attachment === attachment ? [{ ...read, page: owner.page }] : [];
  });
  return { pages };
}

/**
 * The lines of the file with which the pages of an attachment begin that were read in scans.
 * @param above How many lines stand above those of the attachment.
 */
export function startsOf(attachment: number, inner: Extracted, above: number): [number, number][] {
  const own = inner.pages.flatMap(({ page, startLine, isScan }) =>
    isScan ? [[page, startLine] as const] : [],
  );
  return [...own, ...(inner.scanStarts ?? [])].flatMap(([page, line]) => {
    const number = numberOf({ attachment, page });
    return number === undefined ? [] : [[number, above + line]];
  });
}

/** A page as people are told of it. */
export function pageLabel(number: number): string {
  const owner = attachedPage(number);
  return owner ? `${pageLabel(owner.page)} of attachment ${owner.attachment}` : `Page ${number}`;
}
