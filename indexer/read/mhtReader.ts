import { isUtf8 } from "node:buffer";
import iconv from "iconv-lite";
import { parse } from "parse5";
import { type Extracted, UnreadableFile } from "./extracted.ts";
import { extractedPage, pageIn } from "./htmlReader.ts";
import { type MimePart, mimeParts } from "./mimeParts.ts";
import { type Frame, openShadows, putFrames } from "./savedPage.ts";

const htmlTypes = /^(?:text\/html|application\/xhtml\+xml)$/;

/**
 * A web page that was saved as a single file: the document that it shows, with its frames in their places. Pictures
 * and styles are not looked at, nothing is fetched and no script is run. Throws UnreadableFile.
 */
export async function read(bytes: Buffer): Promise<Extracted> {
  // Some programs give plain pages this ending.
  if (/^\s*</.test(bytes.toString("latin1", 0, 200).replace(/^\u00ef\u00bb\u00bf/, ""))) {
    return extractedPage(parse(await pageIn(bytes)).childNodes);
  }
  const [main, ...frames] = mimeParts(bytes, htmlTypes);
  if (!main) throw new UnreadableFile("The saved web page is damaged: there is no page in it.");
  const page = parse(await textOf(main)).childNodes;
  const framed: Frame[] = [];
  for (const frame of frames) {
    framed.push({ names: frame.names, nodes: parse(await textOf(frame)).childNodes });
  }
  putFrames(page, new Set(framed));
  openShadows(page);
  return extractedPage(page);
}

/** Its text in the encoding that the part names, or the page itself. */
async function textOf({ content, charset }: MimePart): Promise<string> {
  const isNamed = !isUtf8(content) && !/^us-ascii$/i.test(charset) && iconv.encodingExists(charset);
  return isNamed ? iconv.decode(content, charset) : await pageIn(content);
}
