/** The parts of a Word document with what hangs on its text, as Word writes it and LibreOffice can't be told to. */

const names = [
  ["w", "http://schemas.openxmlformats.org/wordprocessingml/2006/main"],
  ["r", "http://schemas.openxmlformats.org/officeDocument/2006/relationships"],
  ["mc", "http://schemas.openxmlformats.org/markup-compatibility/2006"],
  ["wps", "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"],
  ["w14", "http://schemas.microsoft.com/office/word/2010/wordml"],
  ["v", "urn:schemas-microsoft-com:vml"],
]
  .map(([prefix, name]) => `xmlns:${prefix}="${name}"`)
  .join(" ");
const by = 'w:id="9" w:author="Åse Lind" w:date="2026-01-05T10:00:00Z"';
const run = (text) => `<w:r><w:t xml:space="preserve">${text}</w:t></w:r>`;
const p = (inside, properties = "") => `<w:p><w:pPr>${properties}</w:pPr>${inside}</w:p>`;
const style = (id) => `<w:pStyle w:val="${id}"/>`;
const list = (level) => `<w:numPr><w:ilvl w:val="${level}"/><w:numId w:val="1"/></w:numPr>`;
const cell = (inside) => `<w:tc>${inside}</w:tc>`;
const row = (...cells) => `<w:tr>${cells.map(cell).join("")}</w:tr>`;
const field = (type) => `<w:r><w:fldChar w:fldCharType="${type}"/></w:r>`;
const box = `<w:txbxContent>${p(run("In a box: ring twice."))}</w:txbxContent>`;
const tick = (on) =>
  `<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="${on ? 1 : 0}"/></w14:checkbox></w:sdtPr><w:sdtContent>${run(on ? "☒" : "☐")}</w:sdtContent></w:sdt>`;

const body = [
  p(run("Lease of the boathouse"), style("Titel")),
  p(run("1. Parties\t3"), style("Verzeichnis1")),
  p(run("Parties"), style("berschrift1")),
  p(
    `${run("The tenant pays ")}<w:ins ${by}>${run("430 € ")}</w:ins><w:del ${by}><w:r><w:delText>390 €</w:delText></w:r></w:del>${run("a month")}<w:r><w:footnoteReference w:id="2"/></w:r>${run(".")}<w:r><w:commentReference w:id="4"/></w:r>`,
  ),
  p(
    `${run("Ring at the gate.")}<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx>${box}</wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>${box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>`,
  ),
  p(run("Duties"), style("berschrift1")),
  p(run("Form of notices"), style("berschrift2")),
  p(run("in writing"), list(2)),
  p(run("by hand"), list(2)),
  p(`${tick(true)}${run(" Keys handed over")}`),
  p(`${tick(false)}${run(" Meter read")}`),
  p(
    `${run("Signed in ")}${field("begin")}<w:r><w:instrText> FORMTEXT secretMachinery </w:instrText></w:r>${field("separate")}${run("Ålesund")}${field("end")}${run(" at 20 ")}<w:r><w:sym w:font="Symbol" w:char="F0B0"/></w:r>${run("C, boat\u00adhouse")}<w:r><w:noBreakHyphen/><w:t>yard</w:t></w:r>`,
  ),
  p(run("The first half of a sentence "), `<w:rPr><w:del ${by}/></w:rPr>`),
  p(run("and its second half.")),
  `<w:tbl>${row(p(run("Boat")), p(run("Berth")))}${row(p(run("Perdita")), p(run("7")))}${row(
    p(run("Fees")),
    `<w:tbl>${row(p(run("Summer")), p(run("80 €")))}</w:tbl>${p("")}`,
  )}</w:tbl>`,
  p(`<w:r><w:rPr><w:vanish/></w:rPr><w:t>never shown</w:t></w:r>${run("The end.")}`),
].join("");

const level = (depth, format, text) =>
  `<w:lvl w:ilvl="${depth}"><w:start w:val="1"/><w:numFmt w:val="${format}"/><w:pStyle w:val="${["berschrift1", "berschrift2", ""][depth]}"/><w:lvlText w:val="${text}"/></w:lvl>`;
const heading = (number) =>
  `<w:style w:type="paragraph" w:styleId="berschrift${number}"><w:name w:val="heading ${number}"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr><w:outlineLvl w:val="${number - 1}"/></w:pPr></w:style>`;
const named = (id, name) =>
  `<w:style w:type="paragraph" w:styleId="${id}"><w:name w:val="${name}"/></w:style>`;

const parts = {
  "document.xml": ["document", `<w:body>${body}</w:body>`],
  "styles.xml": [
    "styles",
    `${named("Titel", "Title")}${named("Verzeichnis1", "toc 1")}${heading(1)}${heading(2)}`,
  ],
  "numbering.xml": [
    "numbering",
    `<w:abstractNum w:abstractNumId="0">${level(0, "decimal", "%1.")}${level(1, "decimal", "%1.%2")}${level(2, "lowerLetter", "(%3)")}</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>`,
  ],
  "footnotes.xml": ["footnotes", `<w:footnote w:id="2">${p(run("By the first of the month."))}</w:footnote>`],
  "comments.xml": [
    "comments",
    `<w:comment w:id="4" w:author="Jon Vik">${p(run("Is that with heating?"))}</w:comment>`,
  ],
  "header1.xml": ["hdr", p(run("Kestrel Lane Legal"))],
  "header2.xml": ["hdr", p(run("Kestrel Lane Legal"))],
  "footer1.xml": ["ftr", p(run("Draft of January"))],
};
const types = { document: "document.main", hdr: "header", ftr: "footer" };

/** File names in the archive, and what they hold. */
export function wordLease() {
  const start = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
  const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
  const rels = (inside) =>
    `${start}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${inside}</Relationships>`;
  const others = Object.entries(parts).filter(([name]) => name !== "document.xml");
  const overrides = Object.entries(parts).map(
    ([name, [root]]) =>
      `<Override PartName="/word/${name}" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.${types[root] ?? root}+xml"/>`,
  );
  return {
    "[Content_Types].xml": `${start}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>${overrides.join("")}</Types>`,
    "_rels/.rels": rels(`<Relationship Id="r1" Type="${office}/officeDocument" Target="word/document.xml"/>`),
    "word/_rels/document.xml.rels": rels(
      others
        .map(
          ([name, [root]], index) =>
            `<Relationship Id="r${index}" Type="${office}/${types[root] ?? root}" Target="${name}"/>`,
        )
        .join(""),
    ),
    ...Object.fromEntries(
      Object.entries(parts).map(([name, [root, inside]]) => [
        `word/${name}`,
        `${start}<w:${root} ${names}>${inside}</w:${root}>`,
      ]),
    ),
  };
}
