import type { Lines } from "./lines.ts";
import type { MarkupHeading, MarkupRows } from "./markupOutline.ts";
import { longestTitle } from "./outline.ts";

const headline = /^(\*+)[ \t]+(\S.*)$/;
const title = /^#\+title:[ \t]*(\S.*)$/i;
const blockStart = /^[ \t]*#\+begin_(\w+)/i;
/** Words of a task's state, its priority and its progress, which are no part of what it is called. */
const state = /^(?:TODO|DONE|NEXT|STARTED|WAIT(?:ING)?|HOLD|SOMEDAY|CANCELL?ED|DELEGATED|COMMENT)[ \t]+/;

/** Org: lines that begin with stars; the title of the whole stands above all of them. */
export function org(lines: Lines): MarkupRows {
  const headings: MarkupHeading[] = [];
  const blocks: MarkupRows["blocks"][number][] = [];
  const unclosed = new Map<string, number>();
  for (let row = 0; row < lines.count; row++) {
    const line = lines.line(row);
    const [, stars = "", text = ""] = isShort(line) ? (headline.exec(line) ?? []) : [];
    const named = stars === "" ? title.exec(line)?.[1]?.slice(0, longestTitle) : plain(text);
    if (named !== undefined) {
      headings.push({ name: named.trim(), level: stars.length, row, last: row });
      continue;
    }
    const last = blockEnd(lines, row, unclosed);
    if (last <= row) continue;
    blocks.push({ first: row, last, isTable: /^[ \t]*\|/.test(line) });
    row = last;
  }
  return { headings, blocks };
}

/** @param unclosed Up to which row it is known that something closes no block. */
function blockEnd(lines: Lines, row: number, unclosed: Map<string, number>): number {
  const line = lines.line(row);
  if (/^[ \t]*\|/.test(line)) {
    let last = row;
    while (/^[ \t]*\|/.test(lines.line(last + 1))) last += 1;
    return last;
  }
  const kind = blockStart.exec(line)?.[1]?.toLowerCase();
  const isDrawer = /^[ \t]*:[\w-]+:[ \t]*$/.test(line) && !/^[ \t]*:end:/i.test(line);
  if (kind === undefined && !isDrawer) return row;
  const end = kind === undefined ? ":end:" : `#+end_${kind}`;
  if (row < (unclosed.get(end) ?? 0)) return row;
  for (let next = row + 1; next < lines.count; next++) {
    if (lines.line(next).trim().toLowerCase() === end) return next;
    // A drawer holds no headline; a block may show some.
    if (isDrawer && headline.test(lines.line(next))) {
      unclosed.set(end, next);
      return row;
    }
  }
  unclosed.set(end, lines.count);
  return row;
}

function isShort(line: string): boolean {
  return line.length <= longestTitle;
}

function plain(text: string): string {
  return text
    .replace(/[ \t]+:(?:[\p{L}\p{N}_@#%]+:)+[ \t]*$/u, "")
    .replace(state, "")
    .replace(/^\[#\w\][ \t]+/, "")
    .replace(/[ \t]*\[\d*(?:\/\d*|%)\]/g, "")
    .replace(/\[\[[^\]]*\]\[([^\]]*)\]\]|\[\[([^\]]*)\]\]/g, "$1$2")
    .replace(/(^|\s)([*/_=~+])(\S(?:.*?\S)?)\2(?=$|[\s.,;:!?)'"-])/g, "$1$3");
}
