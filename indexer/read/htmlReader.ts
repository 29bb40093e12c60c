import { isUtf8 } from "node:buffer";
import iconv from "iconv-lite";
import { parse } from "parse5";
import type { Extracted } from "./extracted.ts";
import { type HtmlNode, titleIn, writeNodes } from "./html.ts";
import { holds, isDocument, mainPart } from "./htmlPage.ts";
import { read as readText } from "./textReader.ts";
import { DocumentWriter } from "./writer.ts";

/** How much of a page is looked at for the encoding that it names; as browsers do. */
const looked = 1_024;

/**
 * A page that is there to be read as the document that it shows: headings, paragraphs, lists, tables. One that is
 * source code stays the text that it is. Nothing is fetched and no script is run. Throws UnreadableFile.
 */
export async function read(bytes: Buffer, path: string): Promise<Extracted> {
  const text = await pageIn(bytes);
  const page = parse(text).childNodes;
  return isDocument(text, page, path) ? extractedPage(page) : { text, pages: [], headings: [] };
}

/** What a page shows of its main part. The nodes around that are taken out of the tree. Throws UnreadableFile. */
export function extractedPage(page: readonly HtmlNode[]): Extracted {
  const title = titleIn(page);
  const main = mainPart(page);
  const writer = new DocumentWriter();
  // The title is a heading where the page shows none.
  if (!holds(main, "h1")) writer.heading(title, 1);
  writeNodes(main, writer);
  return { ...writer.extracted("The page"), as: { id: "html", kind: "document" } };
}

/** The source of a page, in whatever encoding. Throws UnreadableFile. */
export async function pageIn(bytes: Buffer): Promise<string> {
  return (await readText(inUtf8(bytes))).text;
}

/** The bytes in UTF-8 where the page says that they are in another encoding, and they can't be UTF-8. */
function inUtf8(bytes: Buffer): Buffer {
  if (isUtf8(bytes)) return bytes;
  const head = bytes.toString("latin1", 0, looked);
  const [, name = ""] = /<meta[^>]+charset\s*=\s*["']?\s*([\w-]+)/i.exec(head) ?? [];
  return iconv.encodingExists(name) ? Buffer.from(iconv.decode(bytes, name)) : bytes;
}
