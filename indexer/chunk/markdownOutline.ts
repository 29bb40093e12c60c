import type { Lines } from "./lines.ts";
import { longestTitle, type Outline, type Section, sortSections, stay } from "./outline.ts";

/** What a cut costs, by what it would cut apart. A heading's cut costs 2 for each of its levels. */
const cost = { block: 40, afterColon: 50, item: 44, row: 62, paragraph: 64, code: 70 } as const;

/** A line that heads a section: level 1 is the highest. */
export interface Heading {
  readonly name: string;
  readonly level: number;
  readonly row: number;
}

interface Fence {
  readonly marker: string;
  readonly length: number;
  /** A fence in a quotation ends with it. */
  readonly isQuoted: boolean;
}

/**
 * The outline of a Markdown text: its headings, and blocks that are kept whole where they fit (code fences,
 * tables with their header, list items, paragraphs). It reads line by line, some 50 times as fast as a full
 * parser, which makes a difference in a folder of documents; what is inside a block does not matter here.
 */
export function outlineMarkdown(lines: Lines): Outline {
  const costs = new Uint16Array(lines.count);
  const named = new Uint8Array(lines.count);
  const headings: Heading[] = [];
  let fence: Fence | undefined;
  let inComment = false;
  let row = frontMatterEnd(lines, costs);
  for (; row < lines.count; row++) {
    const line = lines.line(row);
    const previousIsBlank = row === 0 || lines.isBlank(row - 1);
    if (fence?.isQuoted && !/^\s*>/.test(line)) fence = undefined;
    if (fence) {
      costs[row] = insideFence(line, previousIsBlank);
      if (closes(line, fence)) {
        costs[row] = stay;
        fence = undefined;
      }
      continue;
    }
    if (inComment) {
      costs[row] = cost.code + 10;
      inComment = !line.includes("-->");
      continue;
    }
    fence = openedFence(line);
    if (/^ {0,3}<!--/.test(line) && !line.includes("-->")) inComment = true;
    const heading = fence ? undefined : (atxHeading(line, row) ?? setextHeading(lines, row));
    if (heading) {
      headings.push(heading);
      named[heading.row] = 1;
      costs[heading.row] = heading.level * 2;
      if (heading.row < row) costs[row] = stay;
      continue;
    }
    costs[row] = costs[row] || costOf(lines, row, line, previousIsBlank);
  }
  keepWithNext(lines, costs, named);
  return { cost: costs, named, wholeFrom: cost.block, sections: sectionsOf(headings, lines.count) };
}

/** Sections from headings in order: each lasts until the next of its level or of a higher one. */
export function sectionsOf(headings: readonly Heading[], count: number): Section[] {
  const open: Heading[] = [];
  const sections: Section[] = [];
  const close = (level: number, last: number): void => {
    for (let top = open.at(-1); top && top.level >= level; top = open.at(-1)) {
      sections.push({ name: top.name, first: top.row, last });
      open.pop();
    }
  };
  for (const heading of headings) {
    close(heading.level, heading.row - 1);
    open.push(heading);
  }
  close(0, count - 1);
  return sortSections(sections.filter((section) => section.name !== ""));
}

/** Front matter ("---" on the first line) stays in one piece. Returns the row after it. */
function frontMatterEnd(lines: Lines, costs: Uint16Array): number {
  const marker = lines.line(0).trimEnd();
  if (marker !== "---" && marker !== "+++") return 0;
  for (let row = 1; row < Math.min(lines.count, 200); row++) {
    if (lines.line(row).trimEnd() !== marker) continue;
    costs.fill(cost.code, 1, row + 1);
    return row + 1;
  }
  return 0;
}

function costOf(lines: Lines, row: number, line: string, previousIsBlank: boolean): number {
  const isTableRow = /^\s{0,3}\|/.test(line) || /^\s*[^\s|][^|]*\|.*\|/.test(line);
  if (previousIsBlank) {
    let above = row - 1;
    while (above >= 0 && lines.isBlank(above)) above -= 1;
    const introduces = above >= 0 && /[:：]\s*$/.test(lines.line(above));
    return (introduces ? cost.afterColon : cost.block) + Math.min(8, lines.indent(row) >> 1);
  }
  if (/^\s*\|?\s*:?-{2,}:?\s*\|/.test(line)) return stay;
  if (/^\s*(?:[-*+]|\d{1,9}[.)])\s/.test(line)) return cost.item + Math.min(8, lines.indent(row) >> 1);
  if (isTableRow) return /^\s*\|?\s*:?-{2,}/.test(lines.line(row - 1)) ? stay - 1 : cost.row;
  return cost.paragraph + (/[.!?。！？]\s*$/.test(lines.line(row - 1)) ? 0 : 1);
}

function openedFence(line: string): Fence | undefined {
  const match = /^\s*(?:[-*+]\s+|\d{1,9}[.)]\s+|>\s?)*(`{3,}|~{3,})(.*)$/.exec(line);
  const [, marker = "", info = ""] = match ?? [];
  if (!match || (marker.startsWith("`") && info.includes("`"))) return undefined;
  return { marker: marker.charAt(0), length: marker.length, isQuoted: /^\s*>/.test(line) };
}

function closes(line: string, { marker, length }: Fence): boolean {
  const match = /^[\s>]*(`{3,}|~{3,})\s*$/.exec(line)?.[1];
  return match?.startsWith(marker) === true && match.length >= length;
}

function insideFence(line: string, previousIsBlank: boolean): number {
  const indent = Math.min(8, line.length - line.trimStart().length);
  return cost.code + indent + (previousIsBlank ? 0 : 10);
}

function atxHeading(line: string, row: number): Heading | undefined {
  if (line.length > longestTitle) return undefined;
  const match = /^ {0,3}(#{1,6})(?:[ \t]+(.*?))?[ \t]*$/.exec(line);
  if (!match) return undefined;
  const [, marks = "", text = ""] = match;
  return { name: plain(text.replace(/(^|[ \t])#+$/, "")), level: marks.length, row };
}

/** A paragraph's line that is underlined with "===" or "---". */
function setextHeading(lines: Lines, row: number): Heading | undefined {
  const underline = /^ {0,3}(=+|-{2,})[ \t]*$/.exec(lines.line(row))?.[1];
  if (!underline || row === 0 || lines.isBlank(row - 1)) return undefined;
  const above = lines.line(row - 1);
  if (above.length > longestTitle) return undefined;
  if (/^(?: {4}|\t|\s*(?:[-*+]\s|[>|]|#{1,6}\s|\d+[.)]\s|```|~~~))/.test(above) || above.includes(" | "))
    return undefined;
  // A rule, or the end of a comment, is no title.
  if (!/[\p{L}\p{N}]/u.test(above)) return undefined;
  // More than one line above would be a paragraph as a heading: rare, and mostly a rule drawn under a text.
  if (row >= 2 && !lines.isBlank(row - 2) && underline.startsWith("-")) return undefined;
  return { name: plain(above), level: underline.startsWith("=") ? 1 : 2, row: row - 1 };
}

/** Characters for private use stand in for what is kept as it is: more of them than a title has characters. */
const standIns = 0xe000;

/** A heading as people read it: without links, emphasis, code marks and anchors. Code and escaped signs stay as they are. */
function plain(text: string): string {
  const kept: string[] = [];
  return text
    .replace(/(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)|\\([!-/:-@[-`{-~])/g, (_, _ticks, code, sign) =>
      String.fromCharCode(standIns + kept.push(code?.trim() ?? sign) - 1),
    )
    .replace(/!\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])/g, "$1")
    .replace(/<[^>]{1,200}>/g, "")
    .replace(/\{[#.][^}]*\}\s*$/, "")
    .replace(/\*\*|__/g, "")
    .replace(/(?<![\p{L}\p{N}])([*_])(\S(?:[^*_]*\S)?)\1(?![\p{L}\p{N}])/gu, "$2")
    .replace(/[\ue000-\uf8ff]/g, (sign) => kept[sign.charCodeAt(0) - standIns] ?? sign)
    .trim();
}

/** A heading is not cut from what follows it, unless that is another heading. */
export function keepWithNext(lines: Lines, costs: Uint16Array, named: Uint8Array): void {
  for (let row = 0; row < lines.count; row++) {
    if (named[row] !== 1) continue;
    for (let next = row + 1; next < lines.count && named[next] !== 1; next++) {
      const isUnderline = costs[next] === stay && (next === row + 1 || costs[next - 1] === stay);
      costs[next] = Math.max(costs[next] ?? 0, stay - 2);
      if (!lines.isBlank(next) && !isUnderline) break;
    }
  }
}
