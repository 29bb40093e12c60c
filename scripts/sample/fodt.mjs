/**
 * Turns the small Markdown of the sources in this folder into a flat OpenDocument text that LibreOffice opens.
 * Known: "# " title, "## " and "### " headings, paragraphs, "- " and "1. " lists, "|" tables (first row is the
 * head), "**bold**", "\newpage", and "!FILE" for an image that fills the page; footnotes ("^[…]"); and, as
 * CriticMarkup writes them, changes that are tracked ("{+new+}", "{-old-}") and comments ("{>>NAME: TEXT<<}").
 */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";

const NAMESPACES = [
  ["office", "urn:oasis:names:tc:opendocument:xmlns:office:1.0"],
  ["style", "urn:oasis:names:tc:opendocument:xmlns:style:1.0"],
  ["text", "urn:oasis:names:tc:opendocument:xmlns:text:1.0"],
  ["table", "urn:oasis:names:tc:opendocument:xmlns:table:1.0"],
  ["draw", "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"],
  ["fo", "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"],
  ["svg", "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"],
  ["xlink", "http://www.w3.org/1999/xlink"],
  ["dc", "http://purl.org/dc/elements/1.1/"],
  ["meta", "urn:oasis:names:tc:opendocument:xmlns:meta:1.0"],
]
  .map(([prefix, uri]) => `xmlns:${prefix}="${uri}"`)
  .join(" ");

const FONTS = ["Liberation Sans", "Liberation Serif"]
  .map((name) => `<style:font-face style:name="${name}" svg:font-family="'${name}'"/>`)
  .join("");

function paragraphStyle(name, shown, paragraph, text, more = "") {
  return (
    `<style:style style:name="${name}" style:display-name="${shown}" style:family="paragraph" ` +
    `style:parent-style-name="Standard" style:class="text" ${more}>` +
    `<style:paragraph-properties ${paragraph}/><style:text-properties ${text}/></style:style>`
  );
}

const STYLES = [
  '<style:style style:name="Standard" style:family="paragraph" style:class="text">' +
    '<style:paragraph-properties fo:line-height="125%" fo:orphans="2" fo:widows="2"/>' +
    '<style:text-properties style:font-name="Liberation Serif" fo:font-size="11pt"/></style:style>',
  paragraphStyle("Text_20_body", "Text body", 'fo:margin-top="0cm" fo:margin-bottom="0.25cm"', ""),
  paragraphStyle(
    "Table_20_Contents",
    "Table Contents",
    'fo:margin-top="0cm" fo:margin-bottom="0cm"',
    'fo:font-size="10pt"',
  ),
  paragraphStyle(
    "Table_20_Heading",
    "Table Heading",
    'fo:margin-top="0cm"',
    'fo:font-size="10pt" fo:font-weight="bold"',
  ),
  paragraphStyle(
    "Title",
    "Title",
    'fo:margin-bottom="0.6cm"',
    'style:font-name="Liberation Sans" fo:font-size="22pt" fo:font-weight="bold" fo:color="#1f3a4d"',
  ),
  paragraphStyle(
    "Heading_20_1",
    "Heading 1",
    'fo:margin-top="0.55cm" fo:margin-bottom="0.2cm" fo:keep-with-next="always"',
    'style:font-name="Liberation Sans" fo:font-size="14pt" fo:font-weight="bold" fo:color="#1f3a4d"',
    'style:default-outline-level="1"',
  ),
  paragraphStyle(
    "Heading_20_2",
    "Heading 2",
    'fo:margin-top="0.35cm" fo:margin-bottom="0.15cm" fo:keep-with-next="always"',
    'style:font-name="Liberation Sans" fo:font-size="11.5pt" fo:font-weight="bold"',
    'style:default-outline-level="2"',
  ),
  paragraphStyle("Footer", "Footer", 'fo:text-align="center"', 'fo:font-size="9pt" fo:color="#555555"'),
  '<style:style style:name="Strong_20_Emphasis" style:display-name="Strong Emphasis" style:family="text">' +
    '<style:text-properties fo:font-weight="bold"/></style:style>',
].join("");

const AUTOMATIC = [
  '<style:style style:name="NewPage" style:family="paragraph" style:parent-style-name="Heading_20_1">' +
    '<style:paragraph-properties fo:break-before="page"/></style:style>',
  '<style:style style:name="NewPageBody" style:family="paragraph" style:parent-style-name="Text_20_body">' +
    '<style:paragraph-properties fo:break-before="page"/></style:style>',
  '<style:style style:name="Table" style:family="table"><style:table-properties style:width="16cm" ' +
    'table:align="left" fo:margin-bottom="0.35cm"/></style:style>',
  ...[1, 2, 3, 4, 5, 6].map(
    (columns) =>
      `<style:style style:name="Column${columns}" style:family="table-column">` +
      `<style:table-column-properties style:column-width="${(16 / columns).toFixed(2)}cm"/></style:style>`,
  ),
  '<style:style style:name="Cell" style:family="table-cell"><style:table-cell-properties fo:padding="0.12cm" ' +
    'fo:border="0.5pt solid #999999"/></style:style>',
  '<style:style style:name="HeadCell" style:family="table-cell"><style:table-cell-properties fo:padding="0.12cm" ' +
    'fo:border="0.5pt solid #999999" fo:background-color="#e6edf2"/></style:style>',
  listStyle(
    "Bullets",
    '<text:list-level-style-bullet text:level="1" text:bullet-char="•">',
    "text:list-level-style-bullet",
  ),
  listStyle(
    "Numbers",
    '<text:list-level-style-number text:level="1" style:num-format="1" style:num-suffix=".">',
    "text:list-level-style-number",
  ),
  '<style:page-layout style:name="Page"><style:page-layout-properties fo:page-width="21cm" fo:page-height="29.7cm" ' +
    'fo:margin-top="2.2cm" fo:margin-bottom="1.6cm" fo:margin-left="2.5cm" fo:margin-right="2.5cm"/>' +
    '<style:footer-style><style:header-footer-properties fo:min-height="1cm" fo:margin-top="0.5cm"/>' +
    "</style:footer-style></style:page-layout>",
].join("");

function listStyle(name, open, element) {
  const place =
    '<style:list-level-properties text:list-level-position-and-space-mode="label-alignment">' +
    '<style:list-level-label-alignment text:label-followed-by="listtab" fo:margin-left="0.8cm" fo:text-indent="-0.5cm"/>' +
    "</style:list-level-properties>";
  return `<text:list-style style:name="${name}">${open}${place}</${element}></text:list-style>`;
}

function escapeXml(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Changes of the document at hand, in the order of the text: what the marks in it refer to. */
let changes = [];

/** Who changed something and when stands apart from the place; of what was taken out, so does the text. */
function change(kind, text) {
  const id = `change${changes.length + 1}`;
  const info =
    "<office:change-info><dc:creator>Bram Castellane</dc:creator><dc:date>2026-05-21T16:20:00</dc:date></office:change-info>";
  const said = kind === "deletion" ? `<text:p text:style-name="Text_20_body">${text}</text:p>` : "";
  changes.push(
    `<text:changed-region xml:id="${id}" text:id="${id}"><text:${kind}>${info}${said}</text:${kind}></text:changed-region>`,
  );
  return kind === "deletion"
    ? `<text:change text:change-id="${id}"/>`
    : `<text:change-start text:change-id="${id}"/>${text}<text:change-end text:change-id="${id}"/>`;
}

let notes = 0;

function note(text) {
  notes += 1;
  return (
    `<text:note text:id="note${notes}" text:note-class="footnote"><text:note-citation>${notes}</text:note-citation>` +
    `<text:note-body><text:p text:style-name="Text_20_body">${text}</text:p></text:note-body></text:note>`
  );
}

function comment(author, text) {
  return (
    `<office:annotation><dc:creator>${author}</dc:creator><dc:date>2026-05-22T09:05:00</dc:date>` +
    `<text:p>${text}</text:p></office:annotation>`
  );
}

function inline(text) {
  return escapeXml(text)
    .replace(/\*\*(.+?)\*\*/g, '<text:span text:style-name="Strong_20_Emphasis">$1</text:span>')
    .replace(/\{([+-])(.+?)\1\}/g, (_, sign, said) => change(sign === "+" ? "insertion" : "deletion", said))
    .replace(/\s*\{&gt;&gt;(.+?): (.+?)&lt;&lt;\}/g, (_, author, said) => comment(author, said))
    .replace(/\^\[(.+?)\]/g, (_, said) => note(said));
}

function paragraph(style, text) {
  return `<text:p text:style-name="${style}">${inline(text)}</text:p>`;
}

function table(lines) {
  const rows = lines
    .filter((line) => !/^\|[\s|:-]+\|$/.test(line))
    .map((line) =>
      line
        .slice(1, -1)
        .split("|")
        .map((cell) => cell.trim()),
    );
  const columns = Math.max(...rows.map((row) => row.length));
  const row = (cells, cellStyle, textStyle) =>
    `<table:table-row>${cells
      .map(
        (cell) =>
          `<table:table-cell table:style-name="${cellStyle}">${paragraph(textStyle, cell)}</table:table-cell>`,
      )
      .join("")}</table:table-row>`;
  const [head, ...body] = rows;
  return (
    `<table:table table:style-name="Table"><table:table-column table:style-name="Column${columns}" table:number-columns-repeated="${columns}"/>` +
    `<table:table-header-rows>${row(head, "HeadCell", "Table_20_Heading")}</table:table-header-rows>` +
    `${body.map((cells) => row(cells, "Cell", "Table_20_Contents")).join("")}</table:table>` +
    paragraph("Table_20_Contents", "")
  );
}

function list(style, items) {
  return `<text:list text:style-name="${style}">${items
    .map((item) => `<text:list-item>${paragraph("Text_20_body", item)}</text:list-item>`)
    .join("")}</text:list>`;
}

function image(file) {
  const data = readFileSync(file).toString("base64");
  return (
    '<text:p text:style-name="Standard"><draw:frame text:anchor-type="as-char" svg:width="16cm" svg:height="22.6cm">' +
    `<draw:image><office:binary-data>${data}</office:binary-data></draw:image></draw:frame></text:p>`
  );
}

/** Paragraphs, list items and table rows may not be wrapped in the source: one line is one of them. */
function body(source, folder) {
  const out = [];
  let newPage = false;
  for (const block of source.trim().split(/\n\s*\n/)) {
    const lines = block.split("\n").map((line) => line.trim());
    const first = lines[0] ?? "";
    const heading = /^(#{1,3}) (.*)$/.exec(first);
    if (first === "\\newpage") {
      newPage = true;
      continue;
    }
    if (heading?.[1] === "#") out.push(paragraph("Title", heading[2]));
    else if (heading) {
      const level = heading[1].length - 1;
      const style = newPage && level === 1 ? "NewPage" : `Heading_20_${level}`;
      out.push(
        `<text:h text:style-name="${style}" text:outline-level="${level}">${inline(heading[2])}</text:h>`,
      );
    } else if (first.startsWith("|")) out.push(table(lines));
    else if (first.startsWith("- "))
      out.push(
        list(
          "Bullets",
          lines.map((line) => line.slice(2)),
        ),
      );
    else if (/^\d+\. /.test(first))
      out.push(
        list(
          "Numbers",
          lines.map((line) => line.replace(/^\d+\. /, "")),
        ),
      );
    else if (first.startsWith("!")) out.push(image(resolve(folder, first.slice(1))));
    else out.push(paragraph(newPage ? "NewPageBody" : "Text_20_body", lines.join(" ")));
    newPage = false;
  }
  return out.join("\n");
}

/**
 * The whole document. `footer` stands on every page before the page number; "" leaves the footer out.
 * `folder` is where the images of the source are; `columns` is how many the text stands in.
 */
export function toFodt(source, { footer, folder, columns = 1 }) {
  changes = [];
  notes = 0;
  const written = body(source, folder);
  const tracked =
    changes.length > 0 ? `<text:tracked-changes>${changes.join("")}</text:tracked-changes>` : "";
  const automatic = AUTOMATIC.replace(
    'fo:margin-right="2.5cm"/>',
    `fo:margin-right="2.5cm"><style:columns fo:column-count="${columns}" fo:column-gap="0.8cm"/></style:page-layout-properties>`,
  );
  const title = /^# (.*)$/m.exec(source)?.[1] ?? "";
  const foot = footer
    ? `<style:footer><text:p text:style-name="Footer">${escapeXml(footer)} · page <text:page-number/> of <text:page-count/></text:p></style:footer>`
    : "";
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<office:document ${NAMESPACES} office:version="1.3" ` +
    'office:mimetype="application/vnd.oasis.opendocument.text">' +
    `<office:meta><dc:title>${escapeXml(title)}</dc:title><dc:language>en-GB</dc:language></office:meta>` +
    `<office:font-face-decls>${FONTS}</office:font-face-decls>` +
    `<office:styles>${STYLES}</office:styles><office:automatic-styles>${columns > 1 ? automatic : AUTOMATIC}</office:automatic-styles>` +
    '<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="Page">' +
    `${foot}</style:master-page></office:master-styles>` +
    `<office:body><office:text>${tracked}\n${written}\n</office:text></office:body></office:document>\n`
  );
}
