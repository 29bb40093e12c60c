import { formats } from "../../protocol/formats.ts";
import { readParts } from "./docxReader.ts";
import { type Extracted, UnreadableFile } from "./extracted.ts";
import { flatPackage } from "./flatPackage.ts";
import { readBy } from "./readers.ts";
import { read as readText } from "./textReader.ts";

/** What may stand before the root of an XML text. */
const prolog = /^(?:\s|<\?[^>]*>|<!--[\s\S]*?-->|<!DOCTYPE[^>[]*>)*/;
const looked = 16_000;

/**
 * The text of an XML file as it is, or of the document that it holds: office programs also write whole documents as a
 * single XML text. Throws UnreadableFile.
 */
export async function read(bytes: Buffer, path: string): Promise<Extracted> {
  const extracted = await readText(bytes);
  const head = extracted.text
    .slice(0, looked)
    .replace(prolog, "")
    .slice(0, looked / 2);
  const [root = ""] = /^<[^>]*>/.exec(head) ?? [];
  const [, type = ""] = /^<office:document\s[^>]*office:mimetype="([^"]*)"/.exec(root) ?? [];
  const open = formats.find(({ signs = [] }) => signs.some((sign) => type.startsWith(sign)));
  if (open) return { ...(await readBy(open, bytes, path)), as: { id: open.language, kind: open.kind } };
  if (root.startsWith("<w:wordDocument")) {
    throw new UnreadableFile(
      "A document in the XML of Word 2003, which Carrel does not read: save it as DOCX.",
    );
  }
  const word = formats.find(({ reader }) => reader === "docx");
  const parts = root.startsWith("<pkg:package") ? flatPackage(extracted.text) : undefined;
  if (!word || !parts?.names.some((name) => word.signs?.some((sign) => name.startsWith(sign))))
    return extracted;
  return { ...readParts(parts), as: { id: word.language, kind: word.kind } };
}
