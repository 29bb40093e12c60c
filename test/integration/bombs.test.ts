import assert from "node:assert/strict";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { createParser, type Parser } from "../../indexer/read/pool.ts";
import { zipped } from "../fuzz/mutations.ts";

/*
 * Small files that want to become large. Each is listed with a reason or read in part, by the real parser with its
 * limits, and the file after it is read.
 */

const folder = mkdtempSync(join(tmpdir(), "carrel-bombs-"));
let parser: Parser;
before(() => {
  const entry = fileURLToPath(new URL("../../indexer/read/main.ts", import.meta.url));
  parser = createParser({ entry, memoryMb: 512, timeoutMs: 60_000 });
});
after(async () => {
  await parser.close();
  rmSync(folder, { recursive: true, force: true });
});

const limit = 2_000_000;
const part = (name: string, text: string): { name: string; data: Buffer } => ({
  name,
  data: Buffer.from(text),
});
const spaces = " ".repeat(120_000_000);

async function reasonFor(name: string, bytes: Buffer | string): Promise<string> {
  writeFileSync(join(folder, name), bytes);
  const result = await parser.parse(folder, name, limit);
  writeFileSync(join(folder, "after.txt"), "The lamp is lit.");
  const next = await parser.parse(folder, "after.txt", limit);
  assert.ok(next.ok, `nothing is read after ${name}`);
  return result.ok ? `read: ${result.parsed.partly ?? "whole"}` : result.reason;
}

const archives: readonly (readonly [name: string, part: string])[] = [
  ["a.docx", "word/document.xml"],
  ["a.xlsx", "xl/worksheets/sheet1.xml"],
  ["a.pptx", "ppt/presentation.xml"],
  ["a.odt", "content.xml"],
  ["a.epub", "META-INF/container.xml"],
];

for (const [name, inside] of archives) {
  test(`an archive that unpacks to far more than it is (${name})`, async () => {
    const bytes = zipped([part(inside, `<x>${spaces}</x>`)], true);
    assert.ok(bytes.length < limit);
    assert.match(await reasonFor(name, bytes), /ZIP bomb/);
  });
}

test("an archive in an archive in an archive is one document that is none", async () => {
  let inner = zipped([part("word/document.xml", spaces)], true);
  for (let i = 0; i < 5; i++) inner = zipped([{ name: "a.zip", data: inner }], true);
  assert.match(await reasonFor("nested.docx", inner), /damaged/);
});

test("entities that multiply are not replaced", async () => {
  const names = "abcdefghij";
  const entities = [...names].map((name, i) =>
    i === 0 ? `<!ENTITY a "lol">` : `<!ENTITY ${name} "${`&${names[i - 1]};`.repeat(10)}">`,
  );
  const xml = `<?xml version="1.0"?><!DOCTYPE x [${entities.join("")}]><x>&j;</x>`;
  assert.match(await reasonFor("laughs.odt", zipped([part("content.xml", xml)])), /damaged/);
  assert.match(await reasonFor("laughs.docx", zipped([part("word/document.xml", xml)])), /damaged/);
});

test("an entity outside is not fetched", async () => {
  writeFileSync(join(folder, "secret.txt"), "quicksilver");
  const xml = `<!DOCTYPE x [<!ENTITY s SYSTEM "file://${folder}/secret.txt">]><office:text><text:p>&s; end</text:p></office:text>`;
  const reason = await reasonFor("outside.odt", zipped([part("content.xml", xml)]));
  assert.doesNotMatch(reason, /quicksilver/);
  assert.match(reason, /damaged/);
});

/** A PDF with many objects, or pages, which all say the same. */
function pdf(pages: number): string {
  const kids = Array.from({ length: pages }, (_, i) => `${i + 4} 0 R`);
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>",
    `<< /Type /Pages /Count ${pages} /Kids [${kids.join(" ")}] >>`,
    "<< /Length 44 >> stream\nBT /F1 12 Tf 20 20 Td (The lamp is lit.) Tj ET\nendstream",
    ...kids.map(
      () =>
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Contents 3 0 R /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
    ),
  ];
  return `%PDF-1.4\n${objects.map((body, i) => `${i + 1} 0 obj\n${body}\nendobj\n`).join("")}trailer << /Root 1 0 R >>\n%%EOF`;
}

test("a PDF of very many pages is read in part, or given up where that takes too long", async () => {
  assert.match(
    await reasonFor("pages.pdf", pdf(30_000)),
    /^read: Read in part: the first 10,000 of 30,000 pages|took longer than/,
  );
});

test("a sheet that says it has all cells there are has those that it has", async () => {
  const sheet = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/><sheetData><row r="1048576"><c r="XFD1048576"><v>7</v></c></row><row r="2"><c r="A2"><v>5</v></c></row></sheetData></worksheet>`;
  const bytes = zipped([
    part(
      "[Content_Types].xml",
      `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>`,
    ),
    part(
      "_rels/.rels",
      `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    ),
    part(
      "xl/workbook.xml",
      `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>`,
    ),
    part(
      "xl/_rels/workbook.xml.rels",
      `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    ),
    part("xl/worksheets/sheet1.xml", sheet),
  ]);
  assert.match(await reasonFor("cells.xlsx", bytes), /^read: /);
});

test("cells that are repeated without end are given up, and the next file is read", async () => {
  const table = `<table:table table:name="S"><table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384" office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row></table:table>`;
  const xml = `<office:document-content xmlns:office="o" xmlns:table="t" xmlns:text="x"><office:body><office:spreadsheet>${table}</office:spreadsheet></office:body></office:document-content>`;
  const reason = await reasonFor("repeated.ods", zipped([part("content.xml", xml)]));
  assert.match(reason, /^read: |given up|damaged|ended unexpectedly/);
});

test("ten gigabytes of nothing are too large by their size, which is not read", async () => {
  for (const name of ["sparse.txt", "sparse.xlsx", "sparse.eml"]) {
    writeFileSync(join(folder, name), "");
    truncateSync(join(folder, name), 10_000_000_000);
    const result = await parser.parse(folder, name, limit);
    assert.match(result.ok ? "" : result.reason, /Too large/);
    rmSync(join(folder, name));
  }
});

test("a single line of 50 MB is too large, or read where that is wanted", async () => {
  const line = "the lamp is lit ".repeat(3_125_000);
  assert.match(await reasonFor("line.txt", line), /Too large/);
  const large = await parser.parse(folder, "line.txt", 100_000_000);
  assert.ok(large.ok ? large.parsed.chunks.length > 1_000 : large.reason.length > 0);
});

test("mails in mails without end are named to a depth", async () => {
  let mail = "Subject: innermost\r\n\r\nend\r\n";
  for (let i = 0; i < 200; i++) {
    mail = `Subject: ${i}\r\nContent-Type: multipart/mixed; boundary="b${i}"\r\n\r\n--b${i}\r\nContent-Type: message/rfc822\r\nContent-Disposition: attachment; filename=m.eml\r\n\r\n${mail}\r\n--b${i}--\r\n`;
  }
  assert.match(await reasonFor("deep.eml", mail), /^read: Not read: .*the attachment|damaged/);
});
