/**
 * Turns small Markdown into a flat OpenDocument presentation that LibreOffice opens. "# TITLE" begins a slide, with
 * "(hidden)" behind the title one that is not shown; "- " are points, "  - " points below them, "|" tables, other
 * lines texts of their own, and "> " the speaker's notes.
 */
const NAMESPACES = [
  ["office", "urn:oasis:names:tc:opendocument:xmlns:office:1.0"],
  ["draw", "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"],
  ["text", "urn:oasis:names:tc:opendocument:xmlns:text:1.0"],
  ["table", "urn:oasis:names:tc:opendocument:xmlns:table:1.0"],
  ["presentation", "urn:oasis:names:tc:opendocument:xmlns:presentation:1.0"],
  ["svg", "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"],
  ["style", "urn:oasis:names:tc:opendocument:xmlns:style:1.0"],
]
  .map(([prefix, uri]) => `xmlns:${prefix}="${uri}"`)
  .join(" ");

function escapeXml(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

const paragraph = (text) => `<text:p>${escapeXml(text)}</text:p>`;

function frame(content, top, height, kind = "") {
  const place = `svg:x="2cm" svg:y="${top}cm" svg:width="24cm" svg:height="${height}cm"`;
  return `<draw:frame ${kind && `presentation:class="${kind}" `}${place}>${content}</draw:frame>`;
}

function points(lines) {
  let out = "";
  for (const [index, line] of lines.entries()) {
    const isDeep = line.startsWith("  ");
    const before = lines[index - 1]?.startsWith("  ") ?? false;
    if (isDeep && !before) out = `${out.slice(0, -"</text:list-item>".length)}<text:list>`;
    if (!isDeep && before) out += "</text:list></text:list-item>";
    out += `<text:list-item>${paragraph(line.replace(/^\s*- /, ""))}</text:list-item>`;
  }
  if (lines.at(-1)?.startsWith("  ")) out += "</text:list></text:list-item>";
  return `<text:list>${out}</text:list>`;
}

function table(lines) {
  const rows = lines.map((line) =>
    line
      .slice(1, -1)
      .split("|")
      .map((cell) => cell.trim()),
  );
  const cells = (row) =>
    row.map((cell) => `<table:table-cell>${paragraph(cell)}</table:table-cell>`).join("");
  return (
    `<table:table><table:table-column table:number-columns-repeated="${rows[0].length}"/>` +
    `${rows.map((row) => `<table:table-row>${cells(row)}</table:table-row>`).join("")}</table:table>`
  );
}

function slide(source, index) {
  const [title, ...lines] = source.trimEnd().split("\n");
  const [, name, hidden] = /^(.*?)( \(hidden\))?$/.exec(title) ?? [];
  const of = (start) => lines.filter((line) => start.test(line));
  const [list, rows, notes] = [of(/^\s*- /), of(/^\|/), of(/^> /)];
  const texts = lines.filter((line) => line.trim() !== "" && !/^(\s*- |\||> )/.test(line));
  const box = (content) => `<draw:text-box>${content}</draw:text-box>`;
  return (
    `<draw:page draw:name="page${index + 1}" draw:master-page-name="Default"${hidden ? ' draw:style-name="hidden"' : ""}>` +
    frame(box(paragraph(name)), 1, 2, "title") +
    (list.length > 0 ? frame(box(points(list)), 4, 7, "outline") : "") +
    (rows.length > 0 ? frame(table(rows), list.length > 0 ? 10 : 4, rows.length) : "") +
    texts.map((text, i) => frame(box(paragraph(text)), 12 + i, 1)).join("") +
    `<presentation:notes>${frame(box(notes.map((line) => paragraph(line.slice(2))).join("")), 14, 10, "notes")}</presentation:notes>` +
    "</draw:page>"
  );
}

/** The whole presentation. */
export function toFodp(source) {
  const slides = source.split(/^# /m).slice(1).map(slide);
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<office:document ${NAMESPACES} office:version="1.3" ` +
    'office:mimetype="application/vnd.oasis.opendocument.presentation"><office:automatic-styles>' +
    '<style:style style:name="hidden" style:family="drawing-page"><style:drawing-page-properties presentation:visibility="hidden"/></style:style>' +
    `</office:automatic-styles><office:body><office:presentation>${slides.join("\n")}</office:presentation></office:body></office:document>\n`
  );
}
