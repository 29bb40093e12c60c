import type { PDFDocumentProxy } from "pdfjs-dist/legacy/build/pdf.mjs";
import type { Heading } from "../chunk/markdownOutline.ts";
import { maxDocumentCharacters } from "../files/limits.ts";
import { UnreadableFile } from "./extracted.ts";
import { namedLeft } from "./leftOut.ts";
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
}

/**
 * What is attached to a PDF, each file as a document of its own under a heading with its name.
 * @param onPages The files that are attached to pages: their names by their ids.
 */
export async function readAttachments(
  document: PDFDocumentProxy,
  onPages: ReadonlyMap<string, string>,
): Promise<Attachments> {
  const lines: string[] = [];
  const headings: Heading[] = [];
  const left: string[] = [];
  const whole = await document.getAttachments().catch(() => null);
  const named = [...(whole ?? [])].map(([id, { filename }]) => [id, filename] as const);
  let characters = 0;
  for (const [index, [id, name]] of [...new Map([...named, ...onPages])].entries()) {
    const inner = index < mostAttachments ? await read(document, id, name) : "there are too many";
    if (typeof inner === "string") {
      left.push(inner === "" ? name : `${name} (${inner})`);
      continue;
    }
    characters += inner.text.length;
    if (characters > maxDocumentCharacters) throw new UnreadableFile("It holds more text than any book has.");
    lines.push("", `Attachment ${name}`, "");
    headings.push({ name: `Attachment ${name}`, level: 1, row: lines.length - 2 });
    for (const one of inner.headings) {
      headings.push({ ...one, level: one.level + 1, row: one.row + lines.length });
    }
    for (const line of inner.text.split("\n")) lines.push(line);
    if (inner.partly !== undefined) left.push(`a part of ${name}`);
  }
  const text = lines.map((line) => `\n${line}`).join("");
  return {
    text,
    headings,
    left: left.length > 0 ? [`Not read of the attachments: ${namedLeft(left)}.`] : [],
  };
}

/** The text of one; or why it has none, "" where its name says it. */
async function read(
  document: PDFDocumentProxy,
  id: string,
  name: string,
): Promise<Awaited<ReturnType<typeof readAs>> | string> {
  if (!isRead(name) || depth >= deepest) return "";
  depth += 1;
  try {
    const content = await document.getAttachmentContent(id);
    if (!content) return "it is damaged";
    return await readAs(name, Buffer.from(content));
  } catch (error) {
    if (error instanceof UnreadableFile) return error.message.replace(/\.$/, "");
    return "it is damaged";
  } finally {
    depth -= 1;
  }
}
