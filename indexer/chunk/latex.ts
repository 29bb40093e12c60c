import type { Lines } from "./lines.ts";
import type { MarkupHeading, MarkupRows } from "./markupOutline.ts";
import { longestTitle } from "./outline.ts";

/** Levels of what heads a section; the title of the whole stands above all of them. */
const levels: Readonly<Record<string, number>> = {
  title: 0,
  part: 1,
  addpart: 1,
  chapter: 2,
  addchap: 2,
  section: 3,
  addsec: 3,
  subsection: 4,
  subsubsection: 5,
  frametitle: 5,
  paragraph: 6,
  subparagraph: 7,
};
const command = new RegExp(`\\\\(${Object.keys(levels).join("|")})\\*?\\s*(?=[[{])`, "g");
/** In these nothing is a command, or nothing is shown. */
const verbatim = /\\begin\{(verbatim|Verbatim|lstlisting|minted|alltt|comment|filecontents)(\*?)\}/;
const table = /\\begin\{(tabular|tabularx|tabulary|longtable|tabu|array)(\*?)\}/;
/** Lines that say what a command is to mean hold no heading. */
const definition =
  /\\(?:(?:re)?newcommand|providecommand|DeclareRobustCommand|[gex]?def|let|newenvironment|titleformat)\b/;
/** A title may go on for so many rows. */
const longest = 4;

/** LaTeX: the commands that head sections, outside of comments and of text as it stands; nothing is expanded. */
export function latex(lines: Lines): MarkupRows {
  const headings: MarkupHeading[] = [];
  const blocks: MarkupRows["blocks"][number][] = [];
  const unclosed = new Set<string>();
  for (let row = 0; row < lines.count; row++) {
    const code = withoutComment(lines.line(row));
    const last = blockEnd(lines, row, code, unclosed);
    if (last > row) {
      blocks.push({ first: row, last, isTable: table.test(code) });
      row = last;
    } else if (/\\begin\{abstract\}/.test(code)) {
      headings.push({ name: "Abstract", level: levels["section"] ?? 0, row, last: row });
    } else if (!definition.test(code)) headings.push(...headingsIn(lines, row, code));
  }
  return { headings, blocks };
}

function headingsIn(lines: Lines, row: number, code: string): MarkupHeading[] {
  return [...code.matchAll(command)].slice(0, 1).flatMap((match) => {
    let text = code.slice(match.index + match[0].length);
    let name = argument(text);
    for (let next = row + 1; name === undefined && next < Math.min(row + longest, lines.count); next++) {
      text += ` ${withoutComment(lines.line(next))}`;
      name = argument(text);
    }
    const shown = plain((name ?? "").slice(0, longestTitle));
    return shown === "" ? [] : [{ name: shown, level: levels[match[1] ?? ""] ?? 0, row, last: row }];
  });
}

/** What stands in the braces, after a short form in brackets; undefined while they are not closed. */
function argument(text: string): string | undefined {
  const start = text.startsWith("[") ? text.search(/(?<=\]\s*)\{/) : 0;
  if (text.charAt(start) !== "{") return undefined;
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    const sign = text.charAt(at);
    if (sign === "\\") at += 1;
    else if (sign === "{") depth += 1;
    else if (sign === "}" && --depth === 0) return text.slice(start + 1, at);
  }
  return undefined;
}

/** A line without what follows a percent sign that is none of its text. */
function withoutComment(line: string): string {
  const [before] = /^(?:\\.|[^%\\])*/.exec(line) ?? [""];
  return before;
}

/** @param unclosed What is known to close no block from here on. */
function blockEnd(lines: Lines, row: number, code: string, unclosed: Set<string>): number {
  const [, name, star = ""] = verbatim.exec(code) ?? table.exec(code) ?? [];
  if (name === undefined) return row;
  const end = `\\end{${name}${star}}`;
  if (unclosed.has(end)) return row;
  for (let next = row; next < lines.count; next++) if (lines.line(next).includes(end)) return next;
  unclosed.add(end);
  return row;
}

const twoForms = "\\texorpdfstring";

/** Of what stands in a title in two forms, one for TeX and one for bookmarks, the one for bookmarks. */
function withoutTexForms(text: string): string {
  const at = text.indexOf(twoForms);
  if (at < 0) return text;
  const rest = text.slice(at + twoForms.length);
  const length = argument(rest)?.length;
  return text.slice(0, at) + withoutTexForms(length === undefined ? rest : rest.slice(length + 2));
}

/** Marks that LaTeX writes before the letter on which they stand. */
const accents: Readonly<Record<string, string>> = {
  '"': "\u0308",
  "'": "\u0301",
  "`": "\u0300",
  "^": "\u0302",
  "~": "\u0303",
  c: "\u0327",
  v: "\u030c",
};
const letters: Readonly<Record<string, string>> = {
  ss: "ß",
  o: "ø",
  O: "Ø",
  ae: "æ",
  AE: "Æ",
  aa: "å",
  AA: "Å",
  l: "ł",
};

/** A title as people read it. */
function plain(text: string): string {
  return withoutTexForms(text)
    .replace(/\\(?:label|index|footnote|thanks|cite\w*|protect)\s*(?:\{[^{}]*\})?/g, "")
    .replace(
      /\\(["'`^~])\s*\{?\\?([A-Za-z])\}?|\\([cv])\s*\{([A-Za-z])\}/g,
      (_, mark, letter, other, under) => `${letter ?? under}${accents[mark ?? other] ?? ""}`.normalize("NFC"),
    )
    .replace(/\\(ss|aa|AA|ae|AE|o|O|l)(?![A-Za-z])\s*(?:\{\})?/g, (_, name: string) => letters[name] ?? "")
    .replace(/\\(?:LaTeX|TeX)\b/g, (name) => name.slice(1))
    .replace(/\\\\(?:\[[^\]]*\])?|\\(?:newline|quad|linebreak)\b/g, " ")
    .replace(/\\([&%$#_{}])/g, "\ue000$1")
    .replace(/\\[A-Za-z]+\*?\s*(?:\[[^\]]*\])?|(?<!\ue000)[{}]/g, "")
    .replaceAll("\ue000", "")
    .replace(/---/g, "—")
    .replace(/--/g, "–")
    .replace(/~/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}
