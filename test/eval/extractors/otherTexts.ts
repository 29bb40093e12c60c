import type { MadeDocument, Piece } from "./documentModel.ts";
import { escaped } from "./flatText.ts";

/** The same document as a page of the web. */
export function toHtml({ title, header, footer, pieces }: MadeDocument): string {
  const style =
    "body{font:11pt sans-serif}.two{columns:2}td,th{border:1px solid}aside{border:1px solid;float:right}";
  return (
    `<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>${escaped(title)}</title><style>${style}</style>` +
    `<script>var hidden = "neverShown";</script></head><body><header>${escaped(header)}</header>` +
    `<main><h1>${escaped(title)}</h1>\n${pieces.map(htmlOf).join("\n")}</main>` +
    `<footer>${escaped(footer)}</footer></body></html>`
  );
}

function htmlOf(piece: Piece): string {
  const cells = (row: readonly string[], tag: string): string =>
    row.map((text) => `<${tag}>${escaped(text)}</${tag}>`).join("");
  switch (piece.is) {
    case "heading":
      return `<h${piece.level + 1}>${escaped(piece.text)}</h${piece.level + 1}>`;
    case "paragraph": {
      const direction = piece.language.isRightToLeft ? ' dir="rtl"' : "";
      const note = piece.note === undefined ? "" : ` <small>(${escaped(piece.note)})</small>`;
      return `<p lang="${piece.language.code}"${direction}>${escaped(piece.text)}${note}</p>`;
    }
    case "list": {
      const tag = piece.isNumbered ? "ol" : "ul";
      return `<${tag}>${cells(piece.items, "li")}</${tag}>`;
    }
    case "table":
      return `<table>${piece.rows.map((row, i) => `<tr>${cells(row, i === 0 ? "th" : "td")}</tr>`).join("")}</table>`;
    case "box":
      return `<aside>${escaped(piece.text)}</aside>`;
    case "columns":
      return `<div class="two">${cells(piece.paragraphs, "p")}</div>`;
  }
}

/** The same document for LaTeX, of what it sets without further packages. */
export function toLatex({ title, header, footer, pieces }: MadeDocument): string {
  return (
    `\\documentclass[11pt]{article}\n\\usepackage[T1]{fontenc}\n\\usepackage[utf8]{inputenc}\n` +
    `\\usepackage{textcomp}\n\\DeclareUnicodeCharacter{20AC}{\\texteuro}\n` +
    `\\title{${plainTex(title)}}\\author{${plainTex(header)}}\\date{${plainTex(footer)}}\n` +
    `\\begin{document}\n\\maketitle\n${pieces.map(latexOf).join("\n\n")}\n\\end{document}\n`
  );
}

function latexOf(piece: Piece): string {
  switch (piece.is) {
    case "heading":
      return `\\section*{${plainTex(piece.text)}}`;
    case "paragraph":
      return plainTex(piece.text) + (piece.note === undefined ? "" : `\\footnote{${plainTex(piece.note)}}`);
    case "list": {
      const name = piece.isNumbered ? "enumerate" : "itemize";
      const items = piece.items.map((item) => `\\item ${plainTex(item)}`);
      return `\\begin{${name}}\n${items.join("\n")}\n\\end{${name}}`;
    }
    case "table": {
      const rows = piece.rows.map((row) => row.map(plainTex).join(" & "));
      return `\\begin{tabular}{llll}\n${rows.join(" \\\\\n")}\n\\end{tabular}`;
    }
    case "box":
      return `\\fbox{\\parbox{8cm}{${plainTex(piece.text)}}}`;
    case "columns":
      return piece.paragraphs.map(plainTex).join("\n\n");
  }
}

/** Letters that LaTeX's standard fonts lack are left out: its documents are in Latin script. */
function plainTex(text: string): string {
  return text.replace(/[#$%&_{}]/g, "\\$&").replace(/[^\u0020-\u017f\u2013\u2019\u20ac]/g, "");
}
