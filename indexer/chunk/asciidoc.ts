import type { Lines } from "./lines.ts";
import type { MarkupHeading, MarkupRows } from "./markupOutline.ts";
import { longestTitle } from "./outline.ts";

/** Lines of these below a title say its level, from 1. */
const underlines = "=-~^+";
/** Lines that open and close a block: code, text as it stands, comments, what is passed through, tables. */
const delimiter = /^(?:(-{4,}|\.{4,}|\/{4,}|\+{4,})|(`{3,})\S*|(\|={3,}|,={3,}|:={3,}|!={3,}))\s*$/;

/** AsciiDoc: titles that begin with "=" or have a line below them; no title within a delimited block. */
export function asciidoc(lines: Lines): MarkupRows {
  const headings: MarkupHeading[] = [];
  const blocks: MarkupRows["blocks"][number][] = [];
  const unclosed = new Set<string>();
  for (let row = 0; row < lines.count; row++) {
    const heading = marked(lines.line(row), row) ?? underlined(lines, row);
    if (heading) {
      headings.push(heading);
      row = heading.last;
      continue;
    }
    const last = blockEnd(lines, row, unclosed);
    if (last <= row) continue;
    blocks.push({ first: row, last, isTable: /^[|,:!]=/.test(lines.line(row)) });
    row = last;
  }
  return { headings, blocks };
}

function marked(line: string, row: number): MarkupHeading | undefined {
  if (line.length > longestTitle) return undefined;
  const [, marks = "", text = ""] = /^(={1,6}|#{1,6})[ \t]+(\S.*)$/.exec(line) ?? [];
  if (marks === "") return undefined;
  const closing = new RegExp(`[ \\t]+${marks.charAt(0)}{${marks.length}}\\s*$`);
  return { name: plain(text.replace(closing, "")), level: marks.length, row, last: row };
}

/** A line that is about as long as the title above it, which begins a paragraph. */
function underlined(lines: Lines, row: number): MarkupHeading | undefined {
  const text = lines.line(row).trimEnd();
  if (text.length > longestTitle || !/^[^\s.[/|:*=<+-]/u.test(text) || !/[\p{L}\p{N}]/u.test(text))
    return undefined;
  if (!lines.isBlank(row - 1) && !/^(?:\[.*\]|\/\/.*)\s*$/.test(lines.line(row - 1))) return undefined;
  const mark = /^([=\-~^+])\1+\s*$/.exec(lines.line(row + 1))?.[1];
  const length = lines.line(row + 1).trimEnd().length;
  if (mark === undefined || Math.abs(length - text.length) > 2) return undefined;
  return { name: plain(text), level: 1 + underlines.indexOf(mark), row, last: row + 1 };
}

/** @param unclosed What is known to close no block from here on. */
function blockEnd(lines: Lines, row: number, unclosed: Set<string>): number {
  const [, block, fence, table] = delimiter.exec(lines.line(row)) ?? [];
  const closing = block ?? fence ?? table;
  if (closing === undefined || unclosed.has(closing)) return row;
  for (let next = row + 1; next < lines.count; next++) {
    if (lines.line(next).trimEnd() === closing) return next;
  }
  unclosed.add(closing);
  // One that is not closed is none, so that a line drawn by hand does not swallow the text.
  return row;
}

/** A title as people read it: without anchors, links and emphasis. */
function plain(text: string): string {
  return text
    .replace(/\[\[[^\]]*\]\]|\{(?:empty|nbsp|zwsp)\}/g, "")
    .replace(/(?:link:|xref:|https?:\/\/|mailto:)[^\s[]*\[([^\]]*)\]/g, "$1")
    .replace(/<<[^,>]*,([^>]*)>>|<<([^>]*)>>/g, "$1$2")
    .replace(/(\*\*|__|``|##|(?<![\p{L}\p{N}])[*_`#+])(\S(?:.*?\S)?)\1(?![\p{L}\p{N}])/gu, "$2")
    .trim();
}
