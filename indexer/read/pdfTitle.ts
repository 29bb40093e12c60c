import type { PDFDocumentProxy } from "pdfjs-dist/legacy/build/pdf.mjs";
import * as v from "valibot";
import { formatOf, notReadReason } from "../../protocol/formats.ts";
import type { PageLine } from "./pdfLines.ts";

const text = v.fallback(v.string(), "");
const metadata = v.object({ info: v.object({ Title: text, Author: text, CreationDate: text }) });

/** What programs write where nobody gave a title or a name. */
const noTitle =
  /^(?:microsoft \w+ - |untitled|unbenannt|sans titre|document\s*\d*$|print\b|slide 1$|\(?anonymous|unspecified|no ?title)|\.(?:dvi|indd|qxd|ps|txt)$|^[^\p{L}]*$/iu;
const noAuthor =
  /^(?:admin\w*|user\w*|root|owner|unknown|anonymous|author|default|\(?unspecified\)?|scan\w*)$|^[^\p{L}]*$/iu;

/**
 * A line for the first page that says what the file says of itself, "Title — Author, 2026-01-05", where the page does
 * not show the title: people ask for a document by it. Without a title there is none: an author and a date that only
 * the file knows are often those of the program that wrote it.
 */
export async function titleLines(
  document: PDFDocumentProxy,
  first: readonly PageLine[],
): Promise<PageLine[]> {
  const parsed = v.safeParse(metadata, await document.getMetadata().catch(() => undefined));
  if (!parsed.success) return [];
  const { Title, Author, CreationDate } = parsed.output.info;
  const [title, author] = [Title, Author].map((one) => one.replace(/\s+/g, " ").trim()) as [string, string];
  const page = plain(first.map((line) => line.text).join(" "));
  const isFileName = formatOf(title).language !== "plaintext" || notReadReason(title) !== undefined;
  if (title.length < 4 || title.length > 200 || isFileName || noTitle.test(title)) return [];
  if (page.includes(plain(title))) return [];
  const date = /^(?:D:)?((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])/.exec(CreationDate);
  const by = author === "" || author.length > 200 || noAuthor.test(author) ? [] : [author];
  const from = [...by, ...(date ? [`${date[1]}-${date[2]}-${date[3]}`] : [])].join(", ");
  return [
    { text: from === "" ? title : `${title} — ${from}`, size: 0 },
    { text: "", size: 0 },
  ];
}

function plain(value: string): string {
  return value.toLowerCase().replace(/[^\p{L}\p{N}]/gu, "");
}
