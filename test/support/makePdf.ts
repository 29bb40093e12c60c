/** A page of a PDF made for a test: lines of text, and links with the address or the number of the page they lead to. */
export interface MadePage {
  readonly lines: readonly string[];
  readonly link?: string | number;
  /** A black square as a fax would send it, for which pdf.js needs WebAssembly. */
  readonly hasScan?: boolean;
}

/** So many pages stand under one node of the tree. */
const nodeSize = 50;

/** A PDF with these pages, an outline with each page's first line, and a script that runs when it is opened. */
export function makePdf(pages: readonly MadePage[]): Buffer {
  const objects: string[] = [];
  const add = (body: string): number => objects.push(body);
  const pageNumber = (index: number): number => 5 + index * 2;
  const outlineStart = 5 + pages.length * 2;
  // As programs write it: so that one page is found without a look at all others.
  const nodeStart = outlineStart + pages.length;
  const nodes = Array.from({ length: Math.ceil(pages.length / nodeSize) }, (_, node) =>
    pages.slice(node * nodeSize, (node + 1) * nodeSize).map((_page, index) => node * nodeSize + index),
  );
  add(
    "<< /Type /Catalog /Pages 2 0 R /Outlines 4 0 R /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>",
  );
  const kids = nodes.map((_, node) => `${nodeStart + node} 0 R`).join(" ");
  add(`<< /Type /Pages /Count ${pages.length} /Kids [${kids}] >>`);
  add("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>");
  add(`<< /First ${outlineStart} 0 R /Last ${outlineStart + pages.length - 1} 0 R /Count ${pages.length} >>`);
  for (const [index, { lines, link, hasScan }] of pages.entries()) {
    const action =
      typeof link === "number"
        ? `/Dest [${pageNumber(link - 1)} 0 R /Fit]`
        : `/A << /S /URI /URI (${link}) >>`;
    const annotations =
      link === undefined ? "" : `/Annots [<< /Subtype /Link /Rect [50 600 250 640] ${action} >>]`;
    add(
      `<< /Type /Page /Parent ${nodeStart + Math.floor(index / nodeSize)} 0 R /MediaBox [0 0 595 842] /Contents ${pageNumber(index) + 1} 0 R ${annotations}
      /Resources << /Font << /F1 3 0 R >> >> >>`,
    );
    const shown = lines.map((line) => `(${line}) Tj 0 -18 Td`).join("\n");
    const content = `BT /F1 14 Tf 50 780 Td ${shown} ET${hasScan ? ` q 300 0 0 300 50 200 cm\n${faxedSquare}\nQ` : ""}`;
    add(`<< /Length ${content.length} >>\nstream\n${content}\nendstream`);
  }
  for (const [index, { lines }] of pages.entries()) {
    const next = index + 1 < pages.length ? `/Next ${outlineStart + index + 1} 0 R` : "";
    add(`<< /Title (${lines[0]}) /Parent 4 0 R /Dest [${pageNumber(index)} 0 R /Fit] ${next} >>`);
  }
  for (const node of nodes) {
    const own = node.map((index) => `${pageNumber(index)} 0 R`).join(" ");
    add(`<< /Type /Pages /Parent 2 0 R /Count ${node.length} /Kids [${own}] >>`);
  }
  return written(objects);
}

/** 64 rows of 64 white dots, each row "as the one above"; what is white is shown black. */
const faxedSquare = `BI /W 64 /H 64 /BPC 1 /CS /G /F /CCF /DP << /K -1 /Columns 64 /Rows 64 /BlackIs1 true >>
ID ${"\xff".repeat(8)}\x00\x10\x01
EI`;

function written(objects: readonly string[]): Buffer {
  let text = "%PDF-1.4\n";
  const offsets = objects.map((body, index) => {
    const offset = text.length;
    text += `${index + 1} 0 obj\n${body}\nendobj\n`;
    return offset;
  });
  const table = offsets.map((offset) => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
  const size = objects.length + 1;
  return Buffer.from(
    `${text}xref\n0 ${size}\n0000000000 65535 f \n${table}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${text.length}\n%%EOF\n`,
    "latin1",
  );
}
