import { decode } from "./decode.ts";
import { type Extracted, UnreadableFile } from "./extracted.ts";

/** The text of a file that is nothing but text, in whatever encoding. Throws UnreadableFile. */
export async function read(bytes: Buffer): Promise<Extracted> {
  const decoded = decode(bytes);
  if (!decoded.ok) throw new UnreadableFile(decoded.reason);
  return { text: decoded.text, pages: [], headings: [] };
}
