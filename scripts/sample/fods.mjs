/**
 * Turns a plain text into a flat OpenDocument spreadsheet that LibreOffice opens. "## NAME" begins a sheet, with
 * "(hidden)" behind the name one that is not shown; each other line is a row, its cells apart by "|", an empty line
 * an empty row. A cell is a date ("2026-03-04"), an amount ("12.50 €", "£ 3", "CHF 4"), a share ("4.5 %"), a number,
 * a formula ("=SUM(B4:B9)") or a text; "^[…]" behind it is its note. "@NAME Sheet.B4" names a cell.
 */
const NAMESPACES = [
  ["office", "urn:oasis:names:tc:opendocument:xmlns:office:1.0"],
  ["style", "urn:oasis:names:tc:opendocument:xmlns:style:1.0"],
  ["text", "urn:oasis:names:tc:opendocument:xmlns:text:1.0"],
  ["table", "urn:oasis:names:tc:opendocument:xmlns:table:1.0"],
  ["number", "urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0"],
  ["fo", "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"],
  ["dc", "http://purl.org/dc/elements/1.1/"],
  ["of", "urn:oasis:names:tc:opendocument:xmlns:of:1.2"],
]
  .map(([prefix, uri]) => `xmlns:${prefix}="${uri}"`)
  .join(" ");

const CURRENCIES = { "€": "EUR", "£": "GBP", CHF: "CHF" };

const currencyStyle = ([symbol, code]) =>
  `<number:currency-style style:name="N${code}"><number:currency-symbol>${symbol}</number:currency-symbol><number:text> </number:text>` +
  `<number:number number:decimal-places="2" number:min-integer-digits="1" number:grouping="true"/></number:currency-style>` +
  `<style:style style:name="${code}" style:family="table-cell" style:data-style-name="N${code}"/>`;

const STYLES = [
  '<number:date-style style:name="Ndate"><number:year number:style="long"/><number:text>-</number:text>' +
    '<number:month number:style="long"/><number:text>-</number:text><number:day number:style="long"/></number:date-style>',
  '<number:percentage-style style:name="Nshare"><number:number number:decimal-places="1" number:min-integer-digits="1"/>' +
    "<number:text> %</number:text></number:percentage-style>",
  '<style:style style:name="date" style:family="table-cell" style:data-style-name="Ndate"/>',
  '<style:style style:name="share" style:family="table-cell" style:data-style-name="Nshare"/>',
  '<style:style style:name="hidden" style:family="table"><style:table-properties table:display="false"/></style:style>',
  '<style:style style:name="shown" style:family="table"><style:table-properties table:display="true"/></style:style>',
  ...Object.entries(CURRENCIES).map(currencyStyle),
].join("");

function escapeXml(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

const plainNumber = (text) => Number(text.replaceAll(",", ""));

/** The attributes of a cell that is no text; undefined for a text. */
function typed(shown) {
  const value = (type, number, more = "") => `office:value-type="${type}" office:value="${number}"${more}`;
  const amount = /^(€|£|CHF) (-?[\d,]+(?:\.\d+)?)$/.exec(shown) ?? /^(-?[\d,]+(?:\.\d+)?) (€)$/.exec(shown);
  if (amount) {
    const [symbol, number] = /\d/.test(amount[1]) ? [amount[2], amount[1]] : [amount[1], amount[2]];
    const code = CURRENCIES[symbol];
    return value("currency", plainNumber(number), ` office:currency="${code}" table:style-name="${code}"`);
  }
  if (/^\d{4}-\d{2}-\d{2}$/.test(shown))
    return `office:value-type="date" office:date-value="${shown}" table:style-name="date"`;
  const share = /^(-?[\d.]+) %$/.exec(shown);
  if (share) return value("percentage", Number(share[1]) / 100, ' table:style-name="share"');
  if (/^-?\d[\d,]*(\.\d+)?$/.test(shown)) return value("float", plainNumber(shown));
  const formula = /^=(.*?)( €| %)?$/.exec(shown);
  if (!formula) return undefined;
  const cells = formula[1]
    .replace(/[A-Z]{1,2}\d+/g, (cell) => `.${cell}`)
    .replace(/\.(\w+)(?::\.(\w+))?/g, (range) => `[${range}]`);
  const style = { " €": "EUR", " %": "share" }[formula[2]];
  return `table:formula="of:=${escapeXml(cells)}"${style ? ` table:style-name="${style}"` : ""}`;
}

function cell(source) {
  const [, shown = "", note] = /^(.*?)\s*(?:\^\[(.*)\])?$/.exec(source.trim()) ?? [];
  const annotation = note
    ? `<office:annotation><dc:creator>Petra Lindow</dc:creator><text:p>${escapeXml(note)}</text:p></office:annotation>`
    : "";
  if (shown === "") return `<table:table-cell>${annotation}</table:table-cell>`;
  const attributes = typed(shown);
  if (attributes !== undefined) return `<table:table-cell ${attributes}>${annotation}</table:table-cell>`;
  return `<table:table-cell office:value-type="string">${annotation}<text:p>${escapeXml(shown)}</text:p></table:table-cell>`;
}

function sheet(source) {
  const [title, ...lines] = source.trimEnd().split("\n");
  const [, name, hidden] = /^(.*?)( \(hidden\))?$/.exec(title) ?? [];
  const rows = lines.map(
    (line) => `<table:table-row>${line.split("|").map(cell).join("")}</table:table-row>`,
  );
  return `<table:table table:name="${escapeXml(name)}" table:style-name="${hidden ? "hidden" : "shown"}">${rows.join("")}</table:table>`;
}

/** The whole workbook. */
export function toFods(source) {
  const names = [...source.matchAll(/^@(\w+) (.+)\.([A-Z]+)(\d+)$/gm)].map(
    ([, name, on, column, row]) =>
      `<table:named-range table:name="${name}" table:base-cell-address="$'${on}'.$A$1" table:cell-range-address="$'${on}'.$${column}$${row}"/>`,
  );
  const sheets = source
    .replace(/^@.*\n/gm, "")
    .split(/^## /m)
    .slice(1)
    .map(sheet);
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<office:document ${NAMESPACES} office:version="1.3" ` +
    'office:mimetype="application/vnd.oasis.opendocument.spreadsheet">' +
    `<office:automatic-styles>${STYLES}</office:automatic-styles><office:body><office:spreadsheet>` +
    `${sheets.join("\n")}<table:named-expressions>${names.join("")}</table:named-expressions>` +
    "</office:spreadsheet></office:body></office:document>\n"
  );
}
