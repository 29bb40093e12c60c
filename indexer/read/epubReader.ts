import { type Extracted, UnreadableFile } from "./extracted.ts";
import { htmlTitle, writeHtml } from "./html.ts";
import { DocumentWriter } from "./writer.ts";
import { childrenOf, parseXml, textIn, within } from "./xml.ts";
import { Zip } from "./zip.ts";

/** The text of an e-book, chapter by chapter in the order of reading. Throws UnreadableFile. */
export async function read(bytes: Buffer): Promise<Extracted> {
  const zip = new Zip(bytes);
  const container = zip.text("META-INF/container.xml");
  const [rootFile] = container === undefined ? [] : within(parseXml(container), "rootfile");
  const opf = rootFile?.attributes["full-path"] ?? "";
  const text = zip.text(opf);
  if (text === undefined) throw new UnreadableFile("The book is damaged: it does not say what it holds.");
  if (zip.names.includes("META-INF/rights.xml")) throw new UnreadableFile("The book is protected (DRM).");
  const book = parseXml(text);
  const items = new Map(
    within(book, "item", "opf:item").map(({ attributes }) => [attributes["id"], attributes["href"] ?? ""]),
  );
  const titles = chapterTitles(zip, opf, [...items.values()]);
  const writer = new DocumentWriter();
  const name = within(book, "dc:title").map(textIn)[0]?.replace(/\s+/g, " ").trim() ?? "";
  within(book, "itemref", "opf:itemref").forEach(({ attributes }, index) => {
    const path = resolve(items.get(attributes["idref"]) ?? "", opf);
    const html = zip.text(path);
    if (html === undefined) return;
    const title = htmlTitle(html);
    const chapter = titles.get(path) ?? (title !== "" && title !== name ? title : `${index + 1}`);
    writer.at({ in: "chapter", chapter });
    const start = writer.length;
    writeHtml(html, writer, 1);
    // Many books have their titles as large paragraphs.
    writer.headWith(start, name, 1);
    writer.headWith(start, chapter, 2);
  });
  return writer.extracted("The book");
}

/** What the table of contents calls each part: of EPUB 3 (a page with `nav`) or of EPUB 2 (NCX). */
function chapterTitles(zip: Zip, opf: string, hrefs: readonly string[]): Map<string, string> {
  const titles = new Map<string, string>();
  const name = (of: string, href: string | undefined, title: string): void => {
    const path = resolve(href ?? "", of);
    const clean = title.replace(/\s+/g, " ").trim();
    if (clean !== "" && !titles.has(path)) titles.set(path, clean);
  };
  for (const href of hrefs) {
    const path = resolve(href, opf);
    const text = /\.ncx$|(?:nav|toc)[^/]*\.x?html?$/i.test(path) ? zip.text(path) : undefined;
    if (text === undefined) continue;
    try {
      const root = parseXml(text.replace(/&nbsp;/g, " "));
      for (const point of points(root)) name(path, point.href, point.title);
    } catch {
      // A book without a table of contents that can be read has its chapters all the same.
    }
  }
  return titles;
}

function points(root: ReturnType<typeof parseXml>): { href: string | undefined; title: string }[] {
  const links = within(root, "a").map((link) => ({ href: link.attributes["href"], title: textIn(link) }));
  const all = (parent: typeof root): { href: string | undefined; title: string }[] =>
    within(parent, "navPoint").flatMap((point) => [
      {
        href: childrenOf(point, "content")[0]?.attributes["src"],
        title: childrenOf(point, "navLabel").map(textIn).join(" "),
      },
      ...all(point),
    ]);
  return [...links, ...all(root)];
}

/** A link of a part, as the name of a part of the archive; "" for one that is no address or none at all. */
function resolve(href: string, from: string): string {
  const base = new URL(from.split("/").map(encodeURIComponent).join("/"), "zip:/x/");
  // Nothing would be the part itself.
  if (href === "" || !URL.canParse(href, base)) return "";
  const { pathname } = new URL(href, base);
  return unescaped(pathname).replace(/^\/x\//, "");
}

/** A name may have a percent sign that escapes nothing. */
function unescaped(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
