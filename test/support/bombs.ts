import { zipped } from "../fuzz/mutations.ts";

/*
 * Small files that want to become large. Each is made so that it would be read, were it not for what is wrong with it.
 */

const part = (name: string, text: string): { name: string; data: Buffer } => ({
  name,
  data: Buffer.from(text),
});

/** An archive whose part of this name unpacks to 120 MB. */
export function zipBomb(inside: string): Buffer {
  return zipped([part(inside, `<x>${" ".repeat(120_000_000)}</x>`)], true);
}

/** Archives in an archive, under the name of a document. */
export function nestedZips(): Buffer {
  let inner = zipBomb("word/document.xml");
  for (let i = 0; i < 5; i++) inner = zipped([{ name: "a.zip", data: inner }], true);
  return inner;
}

const word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

/** A Word document with a declaration of entities before it, and a text that may name them. */
export function docxWith(declaration: string, text: string): Buffer {
  const body = `<w:body><w:p><w:r><w:t>${text}</w:t></w:r></w:p></w:body>`;
  return zipped([
    part("word/document.xml", `${declaration}<w:document xmlns:w="${word}">${body}</w:document>`),
  ]);
}

/** An OpenDocument text with a declaration of entities before it, and a text that may name them. */
export function odtWith(declaration: string, text: string): Buffer {
  const names = ["office", "text"].map(
    (one) => `xmlns:${one}="urn:oasis:names:tc:opendocument:xmlns:${one}:1.0"`,
  );
  const body = `<office:body><office:text><text:p>${text}</text:p></office:text></office:body>`;
  const xml = `${declaration}<office:document-content ${names.join(" ")}>${body}</office:document-content>`;
  return zipped([part("content.xml", xml)]);
}

/** Ten entities of which each is the one before ten times: replaced, "&j;" is a thousand million words. */
export function laughs(): string {
  const entities = [..."abcdefghij"].map((name, i, names) =>
    i === 0 ? `<!ENTITY a "lol">` : `<!ENTITY ${name} "${`&${names[i - 1]};`.repeat(10)}">`,
  );
  return `<!DOCTYPE x [${entities.join("")}]>`;
}

const page =
  "/MediaBox [0 0 99 99] /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>";
const shown = "<< /Length 44 >> stream\nBT /F1 12 Tf 20 20 Td (The lamp is lit.) Tj ET\nendstream";

function pdfOf(objects: readonly string[]): Buffer {
  const bodies = objects.map((body, i) => `${i + 1} 0 obj\n${body}\nendobj\n`);
  return Buffer.from(`%PDF-1.4\n${bodies.join("")}trailer << /Root 1 0 R >>\n%%EOF`);
}

/** A PDF of very many pages, a hundred to each branch of their tree, which all say the same. */
export function pdfOfPages(count: number): Buffer {
  const each = 100;
  const branches = Math.ceil(count / each);
  const refs = (from: number, length: number): string =>
    Array.from({ length }, (_, i) => `${from + i} 0 R`).join(" ");
  return pdfOf([
    "<< /Type /Catalog /Pages 2 0 R >>",
    `<< /Type /Pages /Count ${count} ${page} /Kids [${refs(4, branches)}] >>`,
    shown,
    ...Array.from({ length: branches }, (_, branch) => {
      const length = Math.min(each, count - branch * each);
      const kids = refs(4 + branches + branch * each, length);
      return `<< /Type /Pages /Parent 2 0 R /Count ${length} /Kids [${kids}] >>`;
    }),
    ...Array.from(
      { length: count },
      (_, i) => `<< /Type /Page /Parent ${4 + Math.floor(i / each)} 0 R /Contents 3 0 R >>`,
    ),
  ]);
}

/** A PDF of one page, among very many objects that nothing needs. */
export function pdfOfObjects(count: number): Buffer {
  return pdfOf([
    "<< /Type /Catalog /Pages 2 0 R >>",
    `<< /Type /Pages /Count 1 ${page} /Kids [4 0 R] >>`,
    shown,
    "<< /Type /Page /Parent 2 0 R /Contents 3 0 R >>",
    ...Array.from({ length: count }, () => "<<>>"),
  ]);
}

/** A sheet that says it has every cell there is, and has the first and the last. */
export function xlsxOfAllCells(): Buffer {
  const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
  const relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  const links = "http://schemas.openxmlformats.org/package/2006/relationships";
  const types = "application/vnd.openxmlformats-officedocument.spreadsheetml";
  const link = (kind: string, target: string): string =>
    `<Relationships xmlns="${links}"><Relationship Id="r1" Type="${relations}/${kind}" Target="${target}"/></Relationships>`;
  return zipped([
    part(
      "[Content_Types].xml",
      `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="${types}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${types}.worksheet+xml"/></Types>`,
    ),
    part("_rels/.rels", link("officeDocument", "xl/workbook.xml")),
    part(
      "xl/workbook.xml",
      `<workbook xmlns="${main}" xmlns:r="${relations}"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>`,
    ),
    part("xl/_rels/workbook.xml.rels", link("worksheet", "worksheets/sheet1.xml")),
    part(
      "xl/worksheets/sheet1.xml",
      `<worksheet xmlns="${main}"><dimension ref="A1:XFD1048576"/><sheetData><row r="1"><c r="A1"><v>5</v></c></row><row r="1048576"><c r="XFD1048576"><v>7</v></c></row></sheetData></worksheet>`,
    ),
  ]);
}

/** A sheet of one cell that is repeated so many times to the right and down. */
export function odsOfRepeated(columns: number, rows: number): Buffer {
  const space = "urn:oasis:names:tc:opendocument:xmlns";
  const names = ["office", "table", "text"].map((one) => `xmlns:${one}="${space}:${one}:1.0"`).join(" ");
  const kind = "application/vnd.oasis.opendocument.spreadsheet";
  const cell = `<table:table-cell table:number-columns-repeated="${columns}" office:value-type="string"><text:p>x</text:p></table:table-cell>`;
  const table = `<table:table table:name="S"><table:table-row table:number-rows-repeated="${rows}">${cell}</table:table-row></table:table>`;
  return zipped([
    part("mimetype", kind),
    part(
      "content.xml",
      `<office:document-content ${names}><office:body><office:spreadsheet>${table}</office:spreadsheet></office:body></office:document-content>`,
    ),
    part("styles.xml", `<office:document-styles ${names}/>`),
    part(
      "META-INF/manifest.xml",
      `<manifest:manifest xmlns:manifest="${space}:manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type="${kind}"/></manifest:manifest>`,
    ),
  ]);
}

/** Mails in mails. */
export function deepMail(depth: number): string {
  let mail = "Subject: innermost\r\n\r\nend\r\n";
  for (let i = 0; i < depth; i++) {
    const head = `Subject: ${i}\r\nContent-Type: multipart/mixed; boundary="b${i}"`;
    const inner = `Content-Type: message/rfc822\r\nContent-Disposition: attachment; filename=m.eml\r\n\r\n${mail}`;
    mail = `${head}\r\n\r\n--b${i}\r\n${inner}\r\n--b${i}--\r\n`;
  }
  return mail;
}

/** A mail with so many attachments, each a text. */
export function mailWithAttachments(count: number): string {
  const parts = Array.from(
    { length: count },
    (_, i) => `--b\r\nContent-Disposition: attachment; filename="a${i + 1}.txt"\r\n\r\nText ${i + 1}\r\n`,
  );
  return `Subject: many\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n${parts.join("")}--b--\r\n`;
}

/** A box of very many mails. */
export function mboxOf(count: number): string {
  const mail = (i: number): string =>
    `From eve@example.org Thu Mar  4 10:00:00 2026\nSubject: mail ${i + 1}\n\nThe lamp is lit.\n\n`;
  return Array.from({ length: count }, (_, i) => mail(i)).join("");
}
