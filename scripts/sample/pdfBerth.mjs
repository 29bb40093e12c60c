/** A PDF with what hangs on its pages: written by hand, since no program here makes all of it at once. */

const left = [
  "The tenant keeps the berth in order and",
  "moors no second boat beside the first one",
  "without asking. Ropes are to be doubled in",
  "winter and looked at after every storm, and",
  "the keys of the gate are not to be lent to",
  "anybody. Fuel is stored ashore, in the shed",
  "that stands to the north of the old light-",
];
const right = [
  "house. Whoever leaves for more than a week",
  "tells the office where the boat is going to,",
  "and leaves a number at which somebody can be",
  "reached by day and by night. Guests are to",
  "use the guest berths, which are paid for by",
  "the night, and not by the week or the month,",
  "as the council decided. Ask the harbour mas-",
];

/** Text at a place, turned by so many degrees. */
const at = (x, y, text, size = 10, degrees = 0) => {
  const [cos, sin] = [Math.cos, Math.sin].map((of) => Number(of((degrees * Math.PI) / 180).toFixed(4)));
  return `BT /F ${size} Tf ${cos} ${sin} ${-sin} ${cos} ${x} ${y} Tm (${text.replace(/[()\\]/g, "\\$&")}) Tj ET\n`;
};
const stream = (content, more = "") =>
  `<< ${more}/Length ${content.length} >>\nstream\n${content}\nendstream`;
const framed = (page, content) =>
  `${at(60, 800, "Kestrel Lane Legal")}${content}${at(280, 30, `Page ${page} of 3`, 8)}`;
const widget = (name, type, rect, more) =>
  `<< /Type /Annot /Subtype /Widget /F 4 /T (${name}) /FT /${type} /Rect [${rect}] ${more} >>`;
const note = (type, rect, said, more = "/F 4") =>
  `<< /Type /Annot /Subtype /${type} /Rect [${rect}] /Contents (${said}) ${more} >>`;

const first = [
  at(60, 740, "Berth", 18),
  at(60, 700, "Name:"),
  at(300, 700, "Length:"),
  at(80, 670, "Electricity"),
  at(80, 650, "Water"),
  at(60, 620, "Signed at the office."),
  at(500, 400, "Not valid without", 10, 90),
  at(512, 400, "the stamp of the office.", 10, 90),
].join("");
// Line by line across both columns, as some programs draw.
const second = left
  .map((line, row) => at(60, 700 - 14 * row, line) + at(310, 700 - 14 * row, right[row]))
  .join("");
const third = at(60, 740, "ter for exceptions.") + at(60, 710, "Ending", 14) + at(60, 686, "It ends in May.");

const objects = {
  1: "<< /Type /Catalog /Pages 2 0 R /Outlines 20 0 R /AcroForm << /Fields [8 0 R 9 0 R 10 0 R 11 0 R 12 0 R] >> /Names << /EmbeddedFiles << /Names [(tariff.csv) 30 0 R (logo.png) 32 0 R] >> >> >>",
  2: "<< /Type /Pages /Count 3 /Kids [3 0 R 4 0 R 5 0 R] /MediaBox [0 0 595 842] /Resources << /Font << /F 6 0 R >> >> >>",
  3: "<< /Type /Page /Parent 2 0 R /Contents 7 0 R /Annots [8 0 R 9 0 R 10 0 R 11 0 R 12 0 R 13 0 R 14 0 R 15 0 R] >>",
  4: "<< /Type /Page /Parent 2 0 R /Contents 16 0 R >>",
  5: "<< /Type /Page /Parent 2 0 R /Contents 17 0 R >>",
  6: "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
  7: stream(framed(1, first)),
  8: widget("name", "Tx", "100 696 250 712", "/V (Jon Vik)"),
  9: widget(
    "length",
    "Ch",
    "350 696 450 712",
    "/V (b) /Opt [[(a) (up to 6 m)] [(b) (up to 9 m)]] /Ff 131072",
  ),
  10: widget("power", "Btn", "60 668 72 680", "/V /Yes /AS /Yes /AP << /N << /Yes 18 0 R /Off 18 0 R >> >>"),
  11: widget("water", "Btn", "60 648 72 660", "/V /Off /AS /Off /AP << /N << /Yes 18 0 R /Off 18 0 R >> >>"),
  12: widget("code", "Tx", "300 640 400 656", "/V (neverShown) /Ff 8192"),
  13: note("Text", "400 740 420 760", "Is the price with electricity?", "/T (\\305se Lind) /F 4"),
  14: note("FreeText", "60 500 300 520", "Paid in cash.", "/DA (/F 10 Tf) /F 4"),
  15: note("Text", "400 640 420 660", "Hidden words.", "/F 2"),
  16: stream(framed(2, at(60, 740, "Duties", 14) + second)),
  17: stream(framed(3, third)),
  18: stream("", "/Type /XObject /Subtype /Form /BBox [0 0 9 9] "),
  20: "<< /Type /Outlines /First 21 0 R /Last 22 0 R /Count 2 >>",
  21: "<< /Title (1. Duties) /Parent 20 0 R /Next 22 0 R /Dest [4 0 R /Fit] >>",
  22: "<< /Title (2. Ending) /Parent 20 0 R /Prev 21 0 R /Dest [5 0 R /Fit] >>",
  25: "<< /Title (Agreement on a berth) /Author (\\305se Lind) /CreationDate (D:20260105100000Z) >>",
  30: "<< /Type /Filespec /F (tariff.csv) /EF << /F 31 0 R >> >>",
  31: stream("Boat,Fee\nPerdita,480\n", "/Type /EmbeddedFile "),
  32: "<< /Type /Filespec /F (logo.png) /EF << /F 33 0 R >> >>",
  33: stream("none", "/Type /EmbeddedFile "),
};

/** The file's bytes. */
export function pdfBerth() {
  let file = "%PDF-1.7\n";
  const offsets = {};
  for (const [number, object] of Object.entries(objects)) {
    offsets[number] = file.length;
    file += `${number} 0 obj\n${object}\nendobj\n`;
  }
  const rows = Object.entries(offsets).map(
    ([number, offset]) => `${number} 1\n${String(offset).padStart(10, "0")} 00000 n \n`,
  );
  return Buffer.from(
    `${file}xref\n0 1\n0000000000 65535 f \n${rows.join("")}trailer\n<< /Size 34 /Root 1 0 R /Info 25 0 R >>\nstartxref\n${file.length}\n%%EOF\n`,
    "latin1",
  );
}
