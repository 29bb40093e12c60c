import type { PDFDocumentProxy } from "pdfjs-dist/legacy/build/pdf.mjs";
import type { Heading } from "../chunk/markdownOutline.ts";
import { maxDocumentCharacters } from "../files/limits.ts";
import { numbersOf, scansOf, startsOf } from "./attachedPages.ts";
import { type ReadScans, UnreadableFile } from "./extracted.ts";
import { namedLeft } from "./leftOut.ts";
import { openPdf } from "./pdfDocument.ts";
import { notesOf } from "./pdfFields.ts";
import { isRead, readAs } from "./readers.ts";

const mostAttachments = 50;
/** A PDF in a PDF in a PDF: deeper ones are named only. */
const deepest = 3;

let depth = 0;

interface Attachments {
  /** Follows the document's text, an empty line first; "" where nothing is attached. */
  readonly text: string;
  /** Rows count from the end of the document's text. */
  readonly headings: readonly Heading[];
  /** What was not read: sentences for people. */
  readonly left: readonly string[];
  /** Their pages that are pictures of text, as the document numbers them. */
  readonly scans: readonly number[];
  /** Where those begin that were read; lines count from the end of the document's text. */
  readonly scanStarts: readonly (readonly [page: number, line: number])[];
}

/**
 * What is attached to a PDF, each file as a document of its own under a heading with its name.
 * @param onPages The files that are attached to pages: their names by their ids.
 * @param known What was read in their scans before.
 */
export async function readAttachments(
  document: PDFDocumentProxy,
  onPages: ReadonlyMap<string, string>,
  known: ReadScans | undefined,
): Promise<Attachments> {
  const lines: string[] = [];
  const headings: Heading[] = [];
  const left: string[] = [];
  const scans: number[] = [];
  const scanStarts: [number, number][] = [];
  let characters = 0;
  for (const [index, [id, name]] of [...new Map([...(await named(document)), ...onPages])].entries()) {
    const number = index + 1;
    const inner =
      index < mostAttachments
        ? await read(document, id, name, scansOf(known, number))
        : { why: "there are too many" };
    scans.push(...numbersOf(number, inner.scans));
    if ("why" in inner) {
      left.push(inner.why === "" ? name : `${name} (${inner.why})`);
      continue;
    }
    characters += inner.text.length;
    if (characters > maxDocumentCharacters) throw new UnreadableFile("It holds more text than any book has.");
    lines.push("", `Attachment ${name}`, "");
    headings.push({ name: `Attachment ${name}`, level: 1, row: lines.length - 2 });
    for (const one of inner.headings) {
      headings.push({ ...one, level: one.level + 1, row: one.row + lines.length });
    }
    scanStarts.push(...startsOf(number, inner, lines.length));
    for (const line of inner.text.split("\n")) lines.push(line);
    if (inner.partly !== undefined) left.push(`a part of ${name}`);
  }
  const text = lines.map((line) => `\n${line}`).join("");
  return {
    text,
    headings,
    left: left.length > 0 ? [`Not read of the attachments: ${namedLeft(left)}.`] : [],
    scans,
    scanStarts,
  };
}

/** The content of an attachment, by its number in the document; undefined when there is none. */
export async function attachmentOf(bytes: Buffer, number: number): Promise<Buffer | undefined> {
  const { document, close } = await openPdf(bytes, { maxImagePixels: 0 });
  try {
    const ids = new Map(await named(document));
    for (let page = 1; page <= document.numPages && ids.size < number; page++) {
      const annotations = await (await document.getPage(page)).getAnnotations();
      for (const { id, name } of notesOf(annotations).attachments) ids.set(id, name);
    }
    const id = [...ids.keys()][number - 1];
    const content = id === undefined ? null : await document.getAttachmentContent(id);
    return content ? Buffer.from(content) : undefined;
  } finally {
    await close();
  }
}

/** The names of what is attached to the document as a whole, by their ids. */
async function named(document: PDFDocumentProxy): Promise<(readonly [string, string])[]> {
  const whole = await document.getAttachments().catch(() => null);
  return [...(whole ?? [])].map(([id, { filename }]) => [id, filename] as const);
}

/** Why an attachment has no text, "" where its name says it; it may be one of scans. */
interface NotRead {
  readonly why: string;
  readonly scans?: readonly number[];
}

async function read(
  document: PDFDocumentProxy,
  id: string,
  name: string,
  known: ReadScans,
): Promise<Awaited<ReturnType<typeof readAs>> | NotRead> {
  if (!isRead(name) || depth >= deepest) return { why: "" };
  depth += 1;
  try {
    const content = await document.getAttachmentContent(id);
    if (!content) return { why: "it is damaged" };
    return await readAs(name, Buffer.from(content), known);
  } catch (error) {
    if (!(error instanceof UnreadableFile)) return { why: "it is damaged" };
    return { why: error.message.replace(/\.$/, ""), scans: error.scans };
  } finally {
    depth -= 1;
  }
}
