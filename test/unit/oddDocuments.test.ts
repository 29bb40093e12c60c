import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { cutUp } from "../../indexer/chunk/cutUp.ts";
import { extract } from "../../indexer/read/extract.ts";
import { zip } from "../support/archive.ts";

const textOf = async (name: string, content: string | Buffer): Promise<string> =>
  (await extract(Buffer.from(content as string, "latin1"), name)).text;

function archive(parts: Readonly<Record<string, string>>): Buffer {
  return zip(Object.fromEntries(Object.entries(parts).map(([name, text]) => [name, Buffer.from(text)])));
}

/** Some words, so many that a page is there to be read. */
const words = `<p>${"What the keeper of the lamp wrote. ".repeat(12)}</p>`;
const page = (body: string): Promise<string> => textOf("a.html", `<html><body>${words}${body}</body></html>`);

describe("a document with an odd part", () => {
  it("is read where a link in it is no address (EPUB)", async () => {
    for (const href of ["oil 100%.png", "http://["]) {
      const book = archive({
        mimetype: "application/epub+zip",
        "META-INF/container.xml": '<c><rootfile full-path="b.opf"/></c>',
        "b.opf": `<package><item id="i" href="${href}"/><item id="a" href="100%25 oil.xhtml"/><itemref idref="i"/><itemref idref="a"/></package>`,
        "100% oil.xhtml": "<p>The lamp burns.</p>",
      });
      assert.equal(await textOf("a.epub", book), "The lamp burns.");
    }
  });

  it("has its chapters called by its contents, else by their own titles, else by their numbers (EPUB)", async () => {
    const titled = (title: string): string =>
      `<html><head><title>${title}</title></head><body><p>The lamp.</p></body></html>`;
    const book = archive({
      mimetype: "application/epub+zip",
      "META-INF/container.xml": '<c><rootfile full-path="b.opf"/></c>',
      "b.opf": `<package><dc:title>Lamps</dc:title><item id="n" href="toc.ncx"/>${["a", "b", "c"].map((id) => `<item id="${id}" href="${id}.xhtml"/>`).join("")}<itemref idref="a"/><itemref idref="b"/><itemref idref="c"/></package>`,
      "toc.ncx":
        '<ncx><navMap><navPoint><navLabel><text>Of oil</text></navLabel><content src="a.xhtml"/></navPoint></navMap></ncx>',
      "a.xhtml": titled("First file"),
      "b.xhtml": titled("Of wicks"),
      "c.xhtml": titled("Lamps"),
    });
    const { places } = await extract(book, "a.epub");
    assert.deepEqual(
      places?.map(({ place }) => place),
      ["Of oil", "Of wicks", "3"].map((chapter) => ({ in: "chapter", chapter })),
    );
  });

  it("is read where a drawing has no relation, or one to something else, and lines end where they break (DOCX)", async () => {
    const document = archive({
      "word/document.xml": `<w:document xmlns:w="w"><w:p><w:r><w:t>The lamp</w:t><w:br/><w:t>burns.</w:t><w:drawing><c:chart c:id="gone"/><c:chart c:id="image"/></w:drawing></w:r></w:p></w:document>`,
      "word/_rels/document.xml.rels": `<Relationships><Relationship Id="image" Type="t/image" Target="i.xml"/></Relationships>`,
      "word/i.xml": "<i><p><r><t>Nothing to read.</t></r></p></i>",
    });
    assert.equal(await textOf("a.docx", document), "The lamp\nburns.");
  });

  it("is read without what is there to be clicked (HTML)", async () => {
    const text = await page("<p>The wick.</p><button>Buy it</button><select><option>Red</option></select>");
    assert.match(text, /The wick/);
    assert.doesNotMatch(text, /Buy it|Red/);
  });

  it("is read where a relation leads nowhere, and an element is called as JavaScript's own (DOCX)", async () => {
    const document = archive({
      "word/document.xml": `<w:document xmlns:w="w"><w:p><w:constructor/><w:r><w:t>The lamp burns.</w:t></w:r></w:p></w:document>`,
      "word/_rels/document.xml.rels": `<Relationships><Relationship Id="r" Type="hyperlink" Target="http://"/></Relationships>`,
    });
    assert.equal(await textOf("a.docx", document), "The lamp burns.");
  });

  it("may have parts in UTF-16 (DOCX)", async () => {
    const xml = '<w:document xmlns:w="w"><w:p><w:r><w:t>Die Lampe glüht.</w:t></w:r></w:p></w:document>';
    const little = Buffer.from(`\ufeff${xml}`, "utf16le");
    for (const part of [little, Buffer.from(little).swap16(), Buffer.from(`\ufeff${xml}`)]) {
      const { text } = await extract(zip({ "word/document.xml": part }), "a.docx");
      assert.equal(text, "Die Lampe glüht.");
    }
  });

  it("has levels of headings that are levels (ODT)", async () => {
    const levels = ["x", "-3", "0.5", "2"].map((level) => `<text:h text:outline-level="${level}">H</text:h>`);
    const open = `<office:document office:mimetype="application/vnd.oasis.opendocument.text" xmlns:office="o" xmlns:text="t"><office:text>${levels.join("")}</office:text></office:document>`;
    const { headings } = await extract(Buffer.from(open), "a.fodt");
    assert.deepEqual(
      headings.map(({ level }) => level),
      [1, 1, 1, 3],
    );
  });
});

describe("a document with a level for each of its headings", () => {
  it("is cut up all the same", async () => {
    const levels = Array.from(
      { length: 20_000 },
      (_, i) => `<text:h text:outline-level="${i}">H${i}</text:h>`,
    );
    const open = `<office:document office:mimetype="application/vnd.oasis.opendocument.text" xmlns:office="o" xmlns:text="t"><office:text>${levels.join("")}</office:text></office:document>`;
    const chunks = await cutUp({
      ...(await extract(Buffer.from(open), "a.fodt")),
      kind: "document",
      language: "odt",
    });
    assert.ok(typeof chunks !== "string" && chunks.length > 50);
  });
});

describe("RTF", () => {
  it("keeps all of a long line", async () => {
    const line = "oil ".repeat(20_000);
    assert.equal(await textOf("a.rtf", `{\\rtf1 ${line}end\\par}`), `${line}end`);
  });

  it("passes over the bytes of a picture, whatever they look like", async () => {
    const picture = "{\\pict\\wmetafile8\\bin9 }}}\\par{{}";
    assert.equal(await textOf("a.rtf", `{\\rtf1 One.${picture} Two.\\par}`), "One. Two.");
    // A number that is larger than the file is none.
    assert.equal(await textOf("a.rtf", "{\\rtf1 One.{\\pict\\bin999 ab} Two.\\par}"), "One. Two.");
  });

  it("leaves out in a note, too, what only some programs know", async () => {
    const note = "{\\footnote Seen.{\\*\\unknown no}}";
    assert.equal(
      await textOf("a.rtf", `{\\rtf1 One.${note}\\constructor  Two.\\par}`),
      "One. Two.\n\nNote: Seen.",
    );
  });
});

describe("a page", () => {
  it("has a line break also where its source has one, too", async () => {
    assert.match(await page("<p>one\n line<br>\n two<br/>three</p>"), /\n\none line\ntwo\nthree$/);
  });

  it("keeps the words of what is nested deeper than any page is", async () => {
    const fonts = Array.from({ length: 600 }, (_, size) => `<font size=${size}>`).join("");
    const text = await page(`${fonts}<p>The oil <b>ran</b> out.</p><script>no</script><ul><li>At noon.</ul>`);
    assert.match(text, /The oil ran out\.\s+At noon\.$/);
    const lists = "<ul><li>".repeat(500);
    assert.match(await page(`${lists}At dusk.`), /At dusk\.$/);
    const definitions = "<dl><div>".repeat(500);
    assert.match(await page(`${definitions}<dt>At dawn.`), /At dawn\.$/);
  });

  it("may have a table of more rows than a function takes arguments", async () => {
    const rows = Array.from({ length: 140_000 }, (_, i) => `<tr><td>${i}<td>a`).join("");
    assert.match(await page(`<table>${rows}</table>`), /\n139999 \| a$/);
  });
});
