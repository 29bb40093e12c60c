import type { Lines } from "./lines.ts";
import type { MarkupHeading, MarkupRows } from "./markupOutline.ts";
import { longestTitle } from "./outline.ts";

const adornment = /^([!-/:-@[-`{-~])\1+\s*$/;
const deepest = 6;
const gridTable = /^\s*\+(?:[-=]+\+)+\s*$/;
const simpleTable = /^\s*=+(?: +=+)+\s*$/;

/**
 * reStructuredText: titles with a line below them, or with one above too; which line stands for which level the text
 * decides by the order in which it uses them. Titles begin in the first column (those with a line above may not), so
 * nothing indented, as comments and what directives hold are, is one.
 */
export function restructuredText(lines: Lines): MarkupRows {
  const headings: MarkupHeading[] = [];
  const blocks: MarkupRows["blocks"][number][] = [];
  const styles: string[] = [];
  for (let row = 0; row < lines.count; row++) {
    const title = titleAt(lines, row, headings.at(-1)?.last);
    if (title) {
      if (!styles.includes(title.style)) styles.push(title.style);
      const level = Math.min(deepest, 1 + styles.indexOf(title.style));
      headings.push({ name: plain(title.text), level, row, last: title.last });
      row = title.last;
      continue;
    }
    const last = blockEnd(lines, row);
    if (last <= row) continue;
    blocks.push({ first: row, last, isTable: !/::\s*$|^\s*\.\. /.test(lines.line(row)) });
    row = last;
  }
  return { headings, blocks };
}

/** @param previous The last row of the title before. A title may follow it without a blank line, but not a text. */
function titleAt(
  lines: Lines,
  row: number,
  previous = -1,
): { text: string; style: string; last: number } | undefined {
  const isAfterText = row > previous + 1 && !lines.isBlank(row - 1) && !/^\.\. /.test(lines.line(row - 1));
  if (isAfterText || lines.isBlank(row)) return undefined;
  const over = adornment.exec(lines.line(row))?.[1];
  const at = over === undefined ? row : row + 1;
  const under = adornment.exec(lines.line(at + 1));
  const mark = under?.[1];
  const text = lines.line(at).trimEnd();
  if (mark === undefined || text.length > longestTitle || text.trim() === "" || adornment.test(text))
    return undefined;
  if (over === undefined && (/^\s/.test(text) || /^\.\. /.test(text))) return undefined;
  if (over !== undefined && (over !== mark || simpleTable.test(lines.line(row)))) return undefined;
  // Of a line that is shorter than the title four characters are enough.
  const length = lines.line(at + 1).trimEnd().length;
  if (length < Math.min(4, text.length)) return undefined;
  return { text: text.trim(), style: over === undefined ? mark : `${mark}${mark}`, last: at + 1 };
}

/** The last row of what begins here and hangs together; the row itself for running text. */
function blockEnd(lines: Lines, row: number): number {
  const line = lines.line(row);
  if (gridTable.test(line)) {
    let last = row;
    while (/^\s*[+|]/.test(lines.line(last + 1))) last += 1;
    return last;
  }
  if (simpleTable.test(line)) {
    let borders = 1;
    let last = row;
    for (let next = row + 1; next < lines.count && borders < 3; next++) {
      if (simpleTable.test(lines.line(next))) borders += 1;
      if (borders === 2 && simpleTable.test(lines.line(next)) && isEnd(lines, next)) borders = 3;
      last = next;
    }
    return borders === 3 ? last : row;
  }
  const isDirective =
    /^\s*\.\. (?:code-block|code|sourcecode|literalinclude|math|raw|csv-table|list-table|table)::/.test(line);
  if (!isDirective && !/::\s*$/.test(line)) return row;
  let last = row;
  for (let next = row + 1; next < lines.count; next++) {
    if (lines.isBlank(next)) continue;
    if (lines.indent(next) <= lines.indent(row)) break;
    last = next;
  }
  return last;
}

/** A simple table without a header ends with its second border. */
function isEnd(lines: Lines, row: number): boolean {
  return lines.isBlank(row + 1);
}

/** A title as people read it: without roles, references and emphasis. */
function plain(text: string): string {
  return text
    .replace(/``([^`]+)``/g, "$1")
    .replace(/:[\w:.+-]+:`~?([^`<]*?)(?:\s*<[^`>]*>)?`/g, "$1")
    .replace(/`([^`<]+?)(?:\s*<[^`>]*>)?`__?/g, "$1")
    .replace(/`([^`]+)`/g, "$1")
    .replace(/(\*\*|\*)(\S(?:.*?\S)?)\1/g, "$2")
    .replace(/\|(\S[^|]*\S|\S)\|_?/g, "$1")
    .replace(/\\(.)/g, "$1")
    .trim();
}
