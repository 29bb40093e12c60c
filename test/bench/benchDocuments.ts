import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as xlsx from "@e965/xlsx";
import { languages, words } from "../eval/extractors/sentences.ts";
import { zipped } from "../fuzz/mutations.ts";
import { Random } from "../soak/random.ts";
import { makePdf } from "../support/makePdf.ts";

/** A document of a format, made here without any program, so that a fresh clone can measure how fast it is read. */
export interface BenchDocument {
  readonly format: string;
  readonly ending: string;
  readonly bytes: Buffer;
}

const random = new Random(1);
const english = languages.slice(0, 1);
const paragraphs = Array.from({ length: 900 }, () =>
  Array.from({ length: 5 }, () => random.pick(random.chance(0.8) ? english : languages).sentences)
    .map((sentences) => random.pick(sentences))
    .join(" "),
);
const slideCount = 150;

/** One document of each format, of some hundred pages; of PDF the sample's own, and a long one. */
export function benchDocuments(): BenchDocument[] {
  const rows = Array.from({ length: 5_000 }, (_, i) => rowOf(i));
  const book = xlsx.utils.book_new();
  xlsx.utils.book_append_sheet(book, xlsx.utils.aoa_to_sheet(rows), "Orders");
  const sheet = (bookType: "xlsx" | "ods" | "biff8"): Buffer =>
    xlsx.write(book, { type: "buffer", bookType });
  return [
    ...samplePdfs(),
    { format: "PDF, 300 pages", ending: "pdf", bytes: makePdf(pdfPages()) },
    { format: "DOCX", ending: "docx", bytes: docx() },
    { format: "ODT", ending: "odt", bytes: odt() },
    { format: "RTF", ending: "rtf", bytes: rtf() },
    { format: "XLSX", ending: "xlsx", bytes: sheet("xlsx") },
    { format: "XLS", ending: "xls", bytes: sheet("biff8") },
    { format: "ODS", ending: "ods", bytes: sheet("ods") },
    { format: "CSV", ending: "csv", bytes: Buffer.from(rows.map((row) => row.join(",")).join("\n")) },
    { format: "PPTX", ending: "pptx", bytes: pptx() },
    { format: "ODP", ending: "odp", bytes: odp() },
    { format: "EPUB", ending: "epub", bytes: epub() },
    { format: "HTML", ending: "html", bytes: Buffer.from(page(paragraphs)) },
    { format: "EML", ending: "eml", bytes: Buffer.from(mail(paragraphs.join("\r\n\r\n"))) },
    { format: "MBOX", ending: "mbox", bytes: mbox() },
    { format: "IPYNB", ending: "ipynb", bytes: notebook() },
    { format: "Markdown", ending: "md", bytes: Buffer.from(`# Report\n\n${paragraphs.join("\n\n")}\n`) },
  ];
}

/** What LibreOffice wrote: fonts of their own, tables, headers. They count as one format. */
function samplePdfs(): BenchDocument[] {
  const names = ["contracts/office-lease", "clients/fee-schedule-2026", "reports/annual-report-2025"];
  return names.map((name) => ({
    format: "PDF of an office",
    ending: "pdf",
    bytes: readFileSync(fileURLToPath(new URL(`../../sample/${name}.pdf`, import.meta.url))),
  }));
}

function rowOf(index: number): (string | number)[] {
  if (index === 0) return ["Number", "Item", "Remark", "Quantity", "Price", "Ordered"];
  const remark = random.pick(english.flatMap(({ sentences }) => sentences)).replaceAll(",", "");
  const item = random.pick(words).replaceAll(",", "");
  return [index, item, remark, random.int(50), random.int(90_000) / 100, `2026-03-${10 + random.int(20)}`];
}

function pdfPages(): { lines: string[] }[] {
  const line = (): string => random.pick(english.flatMap(({ sentences }) => sentences)).replace(/[()]/g, "");
  return Array.from({ length: 300 }, () => ({ lines: Array.from({ length: 42 }, line) }));
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

const packed = (parts: Readonly<Record<string, string>>): Buffer =>
  zipped(
    Object.entries(parts).map(([name, text]) => ({ name, data: Buffer.from(text) })),
    true,
  );

function docx(): Buffer {
  const body = paragraphs.map((text) => `<w:p><w:r><w:t>${escaped(text)}</w:t></w:r></w:p>`).join("");
  const name = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
  return packed({
    "word/document.xml": `<w:document xmlns:w="${name}"><w:body>${body}</w:body></w:document>`,
  });
}

const openNames = ["office", "text", "draw", "presentation"]
  .map(
    (name) =>
      `xmlns:${name}="urn:oasis:names:tc:opendocument:xmlns:${name === "draw" ? "drawing" : name}:1.0"`,
  )
  .join(" ");

function odt(): Buffer {
  const body = paragraphs.map((text) => `<text:p>${escaped(text)}</text:p>`).join("");
  return packed({
    "content.xml": `<office:document-content ${openNames}><office:body><office:text>${body}</office:text></office:body></office:document-content>`,
  });
}

function rtf(): Buffer {
  const signs = (text: string): string => text.replace(/[^ -~]/g, (sign) => `\\u${sign.charCodeAt(0)}?`);
  const body = paragraphs.map((text) => `\\pard ${signs(text)}\\par\n`).join("");
  return Buffer.from(`{\\rtf1\\ansi\\deff0{\\fonttbl{\\f0 Arial;}}\n${body}}`);
}

function slideTexts(): string[][] {
  return Array.from({ length: slideCount }, (_, i) => [
    `Slide ${i + 1}`,
    ...paragraphs.slice((i * 5) % 895, ((i * 5) % 895) + 5),
  ]);
}

function pptx(): Buffer {
  const names =
    `xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" ` +
    `xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" ` +
    `xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`;
  const kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/slide";
  const parts: Record<string, string> = {};
  const links: string[] = [];
  const ids: string[] = [];
  for (const [i, texts] of slideTexts().entries()) {
    const shapes = texts.map(
      (text) => `<p:sp><p:txBody><a:p><a:r><a:t>${escaped(text)}</a:t></a:r></a:p></p:txBody></p:sp>`,
    );
    parts[`ppt/slides/slide${i + 1}.xml`] =
      `<p:sld ${names}><p:cSld><p:spTree>${shapes.join("")}</p:spTree></p:cSld></p:sld>`;
    links.push(`<Relationship Id="r${i}" Type="${kind}" Target="slides/slide${i + 1}.xml"/>`);
    ids.push(`<p:sldId id="${256 + i}" r:id="r${i}"/>`);
  }
  return packed({
    "ppt/presentation.xml": `<p:presentation ${names}><p:sldIdLst>${ids.join("")}</p:sldIdLst></p:presentation>`,
    "ppt/_rels/presentation.xml.rels": `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${links.join("")}</Relationships>`,
    ...parts,
  });
}

function odp(): Buffer {
  const pages = slideTexts().map((texts) => {
    const boxes = texts.map(
      (text) => `<draw:frame><draw:text-box><text:p>${escaped(text)}</text:p></draw:text-box></draw:frame>`,
    );
    return `<draw:page>${boxes.join("")}</draw:page>`;
  });
  return packed({
    "content.xml": `<office:document-content ${openNames}><office:body><office:presentation>${pages.join("")}</office:presentation></office:body></office:document-content>`,
  });
}

function page(texts: readonly string[]): string {
  const body = texts.map(
    (text, i) => `${i % 10 === 0 ? `<h2>Part ${i / 10 + 1}</h2>` : ""}<p>${escaped(text)}</p>`,
  );
  return `<html><head><title>Report</title></head><body>${body.join("\n")}</body></html>`;
}

function epub(): Buffer {
  const chapters = Array.from({ length: 30 }, (_, i) => page(paragraphs.slice(i * 30, i * 30 + 30)));
  const items = chapters.map(
    (_, i) => `<item id="c${i}" href="c${i}.xhtml" media-type="application/xhtml+xml"/>`,
  );
  const spine = chapters.map((_, i) => `<itemref idref="c${i}"/>`);
  return packed({
    "META-INF/container.xml": `<container><rootfiles><rootfile full-path="book.opf"/></rootfiles></container>`,
    "book.opf": `<package><metadata/><manifest>${items.join("")}</manifest><spine>${spine.join("")}</spine></package>`,
    ...Object.fromEntries(chapters.map((text, i) => [`c${i}.xhtml`, text])),
  });
}

function mail(text: string): string {
  const headers = "From: eve@kestrel.example\r\nTo: office@kestrel.example\r\nSubject: Report\r\n";
  return `${headers}Content-Type: text/plain; charset=utf-8\r\n\r\n${text}\r\n`;
}

function mbox(): Buffer {
  const mails = paragraphs.map(
    (text) => `From eve@kestrel.example Wed Mar  4 10:00:00 2026\n${mail(text)}\n`,
  );
  return Buffer.from(mails.join(""));
}

function notebook(): Buffer {
  const cells = paragraphs.map((text, i) => ({
    cell_type: "markdown",
    id: `c${i}`,
    metadata: {},
    source: [text],
  }));
  return Buffer.from(JSON.stringify({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells }));
}
