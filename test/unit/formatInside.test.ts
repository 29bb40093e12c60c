import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { extract } from "../../indexer/read/extract.ts";
import type { Extracted } from "../../indexer/read/extracted.ts";
import { Zip } from "../../indexer/read/zip.ts";
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
    const zip = new Zip(bytes("lease.docx"));
    const parts = zip.names.map((name) => {
      const content = (zip.text(name) ?? "").replace(/<\?xml[^>]*\?>\s*/, "");
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
