import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { extract } from "../../indexer/read/extract.ts";
import { zip } from "../support/archive.ts";

const chapters = ["a", "b", "c"];

interface Book {
  readonly title?: string;
  /** What stands before the names of the package's elements. */
  readonly prefix?: string;
  /** A table of contents, under its name. */
  readonly contents?: readonly [name: string, text: string];
  /** Of each chapter, in its head. */
  readonly titles?: Readonly<Record<string, string>>;
  readonly more?: Readonly<Record<string, string>>;
}

/** A book of three chapters in a folder of their own. */
function book({ title = "", prefix = "", contents, titles = {}, more = {} }: Book): Buffer {
  const item = (id: string, href: string): string => `<${prefix}item id="${id}" href="${href}"/>`;
  const items = [
    ...chapters.map((id) => item(id, `text/${id}.xhtml`)),
    ...(contents ? [item("n", contents[0])] : []),
  ];
  const spine = chapters.map((id) => `<${prefix}itemref idref="${id}"/>`).join("");
  const pages = chapters.map((id) => [
    `x/book/text/${id}.xhtml`,
    `<html><head><title>${titles[id] ?? ""}</title></head><body><p>Of ${id}.</p></body></html>`,
  ]);
  const parts: Record<string, string> = {
    mimetype: "application/epub+zip",
    "META-INF/container.xml": '<c><rootfile full-path="x/book/b.opf"/></c>',
    "x/book/b.opf": `<package>${title && `<dc:title>${title}</dc:title>`}${items.join("")}${spine}<${prefix}itemref idref="gone"/><${prefix}itemref/></package>`,
    ...Object.fromEntries(pages),
    ...(contents && { [`x/book/${contents[0]}`]: contents[1] }),
    ...more,
  };
  return zip(Object.fromEntries(Object.entries(parts).map(([name, text]) => [name, Buffer.from(text)])));
}

/** What the chapters are called. */
async function called(description: Book): Promise<(string | undefined)[]> {
  const { places = [] } = await extract(book(description), "a.epub");
  return places.map(({ place }) => (place.in === "chapter" ? place.chapter : undefined));
}

const link = (id: string, title: string): string => `<li><a href="text/${id}.xhtml#top">${title}</a></li>`;
const point = (id: string, title: string, inner = ""): string =>
  `<navPoint><navLabel><text>${title}</text></navLabel>${id && `<content src="text/${id}.xhtml"/>`}${inner}</navPoint>`;

describe("the chapters of an e-book", () => {
  it("are called as a page of contents says, by the first link to each that says anything", async () => {
    const page = `<html><nav><a>nowhere</a>${link("a", " ")}${link("a", " Of\n  oil&nbsp;lamps ")}${link("a", "Again")}${link("b", "Of <i>wicks</i>")}</nav></html>`;
    for (const name of ["nav.xhtml", "toc.html", "my-nav-2.htm", "TOC.XHTM"]) {
      assert.deepEqual(await called({ contents: [name, page] }), ["Of oil lamps", "Of wicks", "3"], name);
    }
    for (const name of ["contents.xhtml", "nav.txt", "nav.xhtml.bak", "toc/x.xhtml", "toc.ncx.txt"]) {
      assert.deepEqual(await called({ contents: [name, page] }), ["1", "2", "3"], name);
    }
  });

  it("are called as the points of an older table say, those in others, too", async () => {
    const table = `<ncx>${point("", "Part one", point("a", "Of oil", point("b", "Of wicks")))}<navPoint><content src="text/c.xhtml"/></navPoint></ncx>`;
    assert.deepEqual(await called({ contents: ["x.NCX", table] }), ["Of oil", "Of wicks", "3"]);
    assert.deepEqual(await called({ contents: ["x.ncx", "<ncx"] }), ["1", "2", "3"], "damaged");
    const two = `<ncx><navPoint><navLabel><text>Of</text></navLabel><navLabel><text>oil</text></navLabel><content src="text/a.xhtml"/></navPoint></ncx>`;
    assert.deepEqual(await called({ contents: ["x.ncx", two] }), ["Of oil", "2", "3"]);
  });

  it("have their own titles where these are not the book's", async () => {
    const titles = { a: "Lamps and oil", b: "Of wicks" };
    const description = { title: " Lamps\n  and oil ", titles, prefix: "opf:" };
    assert.deepEqual(await called(description), ["1", "Of wicks", "3"]);
    assert.deepEqual(await called({ titles }), ["Lamps and oil", "Of wicks", "3"]);
    const page = "<html><head><title>t</title></head><body><p>Lamps and oil</p><p>Of wicks</p></body></html>";
    const more = { "x/book/text/b.xhtml": page.replace("<title>t", "<title>Of wicks") };
    const { headings } = await extract(book({ ...description, more }), "a.epub");
    assert.deepEqual(headings, [{ name: "Lamps and oil", level: 1, row: 2 }]);
  });
});

describe("an e-book", () => {
  it("that is protected, empty or damaged says so", async () => {
    const rights = book({ more: { "META-INF/rights.xml": "<r/>" } });
    await assert.rejects(extract(rights, "a.epub"), { message: "The book is protected (DRM)." });
    const blank = Object.fromEntries(chapters.map((id) => [`x/book/text/${id}.xhtml`, "<p></p>"]));
    await assert.rejects(extract(book({ more: blank }), "a.epub"), { message: "The book holds no text." });
    for (const container of ["<c/>", '<c><rootfile full-path="gone.opf"/></c>', "<c><rootfile/></c>"]) {
      await assert.rejects(extract(book({ more: { "META-INF/container.xml": container } }), "a.epub"), {
        message: "The book is damaged: it does not say what it holds.",
      });
    }
  });
});
