import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { extract } from "../../indexer/read/extract.ts";
import type { Extracted } from "../../indexer/read/extracted.ts";
import { flatPackage } from "../../indexer/read/flatPackage.ts";
import { formatInside } from "../../indexer/read/formatInside.ts";
import { Zip } from "../../indexer/read/zip.ts";
import { formatOf } from "../../protocol/formats.ts";
import { zip } from "../support/archive.ts";
import { compoundFile } from "../support/wordFile.ts";

const folder = fileURLToPath(new URL("../fixtures/files/", import.meta.url));
const bytes = (name: string): Buffer => readFileSync(folder + name);
const under = (name: string, other: string): Promise<Extracted> => extract(bytes(name), other);

describe("a document under another format's name", () => {
  const documents = {
    "report.docx": ["a.doc", "a.odt", "a.pdf"],
    "report.doc": ["a.docx", "a.rtf"],
    "report.rtf": ["a.doc", "a.docx"],
    "report.odt": ["a.doc"],
    "fivePages.pdf": ["a.docx"],
    "book.xlsx": ["a.docx", "a.xls", "a.ods"],
    "book.ods": ["a.odt"],
    "book.xls": ["a.doc", "a.xlsx"],
    "kickoff.pptx": ["a.odp", "a.docx"],
    "kickoff.odp": ["a.odt"],
    "kickoff.ppt": ["a.pptx", "a.doc"],
    "report.epub": ["a.docx"],
  };
  for (const [name, others] of Object.entries(documents)) {
    it(`is read as what it is (${name})`, async () => {
      const own = await under(name, name);
      for (const other of others) assert.deepEqual(await under(name, other), own, other);
    });
  }

  it("called a Word document is also read as the web page, XML or plain text that it is", async () => {
    assert.match((await under("report.fodt", "a.doc")).text, /^Mill Bridge \| 1994/m);
    assert.match((await under("latin1.txt", "a.doc")).text, /châtaigniers/);
    assert.match((await under("offer.eml", "a.doc")).text, /^From: /m);
    await assert.rejects(under("binary.txt", "a.doc"), /binary data/);
  });

  it("keeps the format of its name where one reader reads both, or what it holds is of both", () => {
    for (const [name, other] of [
      ["book.xlsx", "a.ods"],
      ["book.xls", "a.xlsx"],
      ["kickoff.odp", "a.pptx"],
    ] as const) {
      assert.equal(formatInside(bytes(name), formatOf(other)), formatOf(other), other);
    }
    const both = zip({ "word/document.xml": Buffer.alloc(1), "xl/workbook.xml": Buffer.alloc(1) });
    for (const name of ["a.docx", "a.xlsx"]) assert.equal(formatInside(both, formatOf(name)), formatOf(name));
    assert.equal(formatInside(both, formatOf("a.pptx")), formatOf("a.docx"));
    const template = zip({ mimetype: Buffer.from("application/vnd.oasis.opendocument.text-template") });
    assert.equal(formatInside(template, formatOf("a.docx")), formatOf("a.odt"));
    for (const unknown of [
      zip({ "a/word/x": Buffer.alloc(1) }),
      Buffer.from("PK, said the sign"),
      Buffer.alloc(0),
    ]) {
      assert.equal(formatInside(unknown, formatOf("a.docx")), formatOf("a.docx"));
    }
  });

  it("that is locked says so", async () => {
    const locked = compoundFile({ EncryptedPackage: Buffer.alloc(5_000), EncryptionInfo: Buffer.alloc(50) });
    for (const name of ["a.docx", "a.pptx", "a.doc"]) {
      await assert.rejects(extract(locked, name), /protected by a password/, name);
    }
  });
});

describe("a document that is a single XML text", () => {
  const others = { "report.fodt": "report.odt", "kickoff.fodp": "kickoff.odp" };
  for (const [name, other] of Object.entries(others)) {
    it(`is read as the packed one is (${name})`, async () => {
      const packed = await under(other, other);
      assert.deepEqual(await under(name, name), packed);
      const { as, ...read } = await under(name, "a.xml");
      assert.deepEqual(read, packed);
      assert.equal(as?.kind, "document");
    });
  }

  it("may be a spreadsheet", async () => {
    const { text, places = [] } = await under("book.fods", "book.fods");
    assert.match(text, /^Toner cartridge \| Kyo Print \| /m);
    const { as, ...read } = await under("book.fods", "a.xml");
    assert.deepEqual(read, { ...read, text, places });
    assert.deepEqual(as, { id: "spreadsheet", kind: "document" });
  });

  it("may be Word's", async () => {
    const archive = new Zip(bytes("lease.docx"));
    const parts = archive.names.map((name) => {
      const content = (archive.text(name) ?? "").replace(/<\?xml[^>]*\?>\s*/, "");
      return `<pkg:part pkg:name="/${name}" pkg:contentType="application/xml"><pkg:xmlData>${content}</pkg:xmlData></pkg:part>`;
    });
    const packageName = "http://schemas.microsoft.com/office/2006/xmlPackage";
    const flat = (inside: string): Buffer =>
      Buffer.from(
        `<?xml version="1.0"?>\r\n<?mso-application progid="Word.Document"?>\r\n<!-- by hand --><pkg:package xmlns:pkg="${packageName}">${inside}</pkg:package>`,
      );
    const { as, ...read } = await extract(flat(parts.join("")), "a.xml");
    assert.deepEqual(read, await under("lease.docx", "lease.docx"));
    assert.deepEqual(as, { id: "docx", kind: "document" });
    // Written otherwise, and cut off in its last part.
    const [own = ""] = /<w:document[\s\S]*/.exec(archive.text("word/document.xml") ?? "") ?? [];
    const loose = `<pkg:part\n pkg:padding="0" pkg:name="word/document.xml" >\n <pkg:xmlData pkg:x="y">${own}</pkg:xmlData></pkg:part>`;
    const picture = `<pkg:part pkg:name="/word/a.png"><pkg:binaryData>AA==</pkg:binaryData></pkg:part>`;
    const cut = '<pkg:part pkg:name="/word/styles.xml"><pkg:xmlData><w:styles';
    assert.match((await extract(flat(loose + picture), "a.xml")).text, /^Lease of the boathouse/);
    assert.deepEqual(flatPackage(loose + picture + cut).names, ["word/document.xml"]);
    const other = `<pkg:part pkg:name="/xl/workbook.xml"><pkg:xmlData><a/></pkg:xmlData></pkg:part>`;
    assert.equal((await extract(flat(other), "a.xml")).as, undefined, "an archive of something else");
  });

  it("of Word 2003 is listed with what to do, and other XML stays the text that it is", async () => {
    const old = '<?xml version="1.0"?><w:wordDocument xmlns:w="w"><w:body/></w:wordDocument>';
    await assert.rejects(extract(Buffer.from(old), "a.xml"), /Word 2003.*save it as DOCX/);
    const xml =
      '<!-- office:mimetype="application/vnd.oasis.opendocument.text" -->\n<a><office:document/></a>\n';
    assert.deepEqual(await extract(Buffer.from(xml), "a.xml").then(({ text, as }) => [text, as]), [
      xml,
      undefined,
    ]);
    const strange = '<office:document office:mimetype="application/x-other"/>';
    assert.equal((await extract(Buffer.from(strange), "a.xml")).text, strange);
  });
});
