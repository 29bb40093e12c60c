import type { MadeDocument, Piece } from "./documentModel.ts";

const namespaces = [
  "office",
  "style",
  "text",
  "table",
  ["draw", "drawing"],
  ["fo", "xsl-fo-compatible"],
  ["svg", "svg-compatible"],
  "presentation",
  ["number", "datastyle"],
]
  .map((one) => (typeof one === "string" ? ([one, one] as const) : one))
  .map(([prefix, name]) => `xmlns:${prefix}="urn:oasis:names:tc:opendocument:xmlns:${name}:1.0"`)
  .join(" ");

/** A flat OpenDocument file, which LibreOffice opens. */
export function flat(kind: "text" | "spreadsheet" | "presentation", styles: string, body: string): string {
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<office:document ${namespaces} ` +
    `xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2" office:version="1.3" ` +
    `office:mimetype="application/vnd.oasis.opendocument.${kind}">${styles}` +
    `<office:body><office:${kind}>${body}</office:${kind}></office:body></office:document>`
  );
}

export function escaped(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** A document with a header, a footer with the page's number, and notes at the foot of its pages. */
export function toFlatText({ title, header, footer, pieces }: MadeDocument): string {
  const styles =
    `<office:styles><style:style style:name="Standard" style:family="paragraph">` +
    `<style:paragraph-properties fo:margin-bottom="0.25cm"/>` +
    `<style:text-properties fo:font-size="11pt"/></style:style>` +
    `<style:style style:name="Heading_20_1" style:display-name="Heading 1" style:family="paragraph" ` +
    `style:parent-style-name="Standard" style:default-outline-level="1"><style:text-properties ` +
    `fo:font-size="16pt"/></style:style></office:styles><office:automatic-styles>` +
    `<style:style style:name="rtl" style:family="paragraph" style:parent-style-name="Standard">` +
    `<style:paragraph-properties style:writing-mode="rl-tb"/></style:style>` +
    `<style:style style:name="two" style:family="section"><style:section-properties>` +
    `<style:columns fo:column-count="2" fo:column-gap="1cm"/></style:section-properties></style:style>` +
    `<text:list-style style:name="numbers"><text:list-level-style-number text:level="1" ` +
    `style:num-format="1" style:num-suffix="."/></text:list-style>` +
    `<style:page-layout style:name="A4"><style:page-layout-properties fo:page-width="21cm" ` +
    `fo:page-height="29.7cm" fo:margin="2cm"/><style:header-style/><style:footer-style/>` +
    `</style:page-layout></office:automatic-styles><office:master-styles>` +
    `<style:master-page style:name="Standard" style:page-layout-name="A4">` +
    `<style:header><text:p>${escaped(header)}</text:p></style:header>` +
    `<style:footer><text:p>${escaped(footer)}, page <text:page-number/></text:p></style:footer>` +
    `</style:master-page></office:master-styles>`;
  return flat("text", styles, `<text:p>${escaped(title)}</text:p>${pieces.map(written).join("")}`);
}

function written(piece: Piece, index: number): string {
  switch (piece.is) {
    case "heading":
      return `<text:h text:style-name="Heading_20_1" text:outline-level="${piece.level}">${escaped(piece.text)}</text:h>`;
    case "paragraph": {
      const style = piece.language.isRightToLeft ? "rtl" : "Standard";
      return `<text:p text:style-name="${style}">${escaped(piece.text)}${remarks(piece, index)}</text:p>`;
    }
    case "list": {
      const items = piece.items.map(
        (item) => `<text:list-item><text:p>${escaped(item)}</text:p></text:list-item>`,
      );
      const style = piece.isNumbered ? ' text:style-name="numbers"' : "";
      return `<text:list${style}>${items.join("")}</text:list>`;
    }
    case "table":
      return flatTable(piece.rows, piece.isMerged, `table${index}`);
    case "box":
      return (
        `<text:p><draw:frame text:anchor-type="paragraph" svg:width="8cm" svg:height="2.5cm">` +
        `<draw:text-box><text:p>${escaped(piece.text)}</text:p></draw:text-box></draw:frame></text:p>`
      );
    case "columns": {
      const paragraphs = piece.paragraphs.map((text) => `<text:p>${escaped(text)}</text:p>`).join("");
      return `<text:section text:style-name="two" text:name="section${index}">${paragraphs}</text:section>`;
    }
  }
}

function remarks({ note, comment }: Extract<Piece, { is: "paragraph" }>, index: number): string {
  const footnote =
    note === undefined
      ? ""
      : `<text:note text:id="note${index}" text:note-class="footnote"><text:note-citation>${index}</text:note-citation>` +
        `<text:note-body><text:p>${escaped(note)}</text:p></text:note-body></text:note>`;
  const remark =
    comment === undefined
      ? ""
      : `<office:annotation><dc:creator>Eve Miller</dc:creator><dc:date>2026-03-04T10:00:00</dc:date>` +
        `<text:p>${escaped(comment)}</text:p></office:annotation>`;
  return footnote + remark;
}

export function flatTable(rows: readonly (readonly string[])[], isMerged: boolean, name: string): string {
  const columns = rows[0]?.length ?? 0;
  const lines = rows.map((row, number) => {
    const cells = row.map((text, column) => {
      if (isMerged && number === 0 && column === 1) return "<table:covered-table-cell/>";
      const span = isMerged && number === 0 && column === 0 ? ' table:number-columns-spanned="2"' : "";
      return `<table:table-cell office:value-type="string"${span}><text:p>${escaped(text)}</text:p></table:table-cell>`;
    });
    return `<table:table-row>${cells.join("")}</table:table-row>`;
  });
  return `<table:table table:name="${name}"><table:table-column table:number-columns-repeated="${columns}"/>${lines.join("")}</table:table>`;
}
