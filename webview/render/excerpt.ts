import type { Range } from "../../protocol/data.ts";
import { highlight } from "./highlight.ts";

/** A run of a passage's text with one look. */
export interface PassageRun {
  readonly text: string;
  readonly scope: string;
  readonly marked: boolean;
}

/**
 * The part of `text` to show where there is no room for all: whole lines around the first mark, about `size`
 * characters. `[0, text.length]` when it fits.
 */
export function excerptRange(text: string, marks: readonly Range[], size: number): Range {
  if (text.length <= size * 1.25) return [0, text.length];
  const [markStart, markEnd] = marks[0] ?? [0, 0];
  const room = Math.max(0, size - (markEnd - markStart));
  let start = Math.max(0, markStart - Math.floor(room / 4));
  let end = Math.min(text.length, Math.max(start + size, markEnd));
  start = Math.max(0, Math.min(start, end - size));
  // Whole lines, or at least whole words, if a boundary is near.
  start = start === 0 ? 0 : nearestBoundary(text, start, Math.min(start + 80, markStart));
  if (end < text.length) end = lastBoundary(text, Math.max(end - 80, markEnd, start), end);
  return [start, end];
}

function nearestBoundary(text: string, from: number, limit: number): number {
  const line = text.indexOf("\n", from);
  if (line >= 0 && line < limit) return line + 1;
  const space = text.indexOf(" ", from);
  return space >= 0 && space < limit ? space + 1 : from;
}

function lastBoundary(text: string, limit: number, from: number): number {
  const line = text.lastIndexOf("\n", from);
  if (line > limit) return line;
  const space = text.lastIndexOf(" ", from);
  return space > limit ? space : from;
}

/**
 * Prose with its hard line ends taken back, character for character, so that ranges stay true: lines that were
 * broken for a width of their own would be broken twice in a side bar. Lists, headings, tables and short
 * lines stay.
 */
export function flowingText(text: string): string {
  return text.replace(/(?<=[^\n]{60})\n(?= {0,3}[\p{L}\p{N}"“„'’‘(*_`–—])(?!\s*(?:[*\-+]|\d+[.)])\s)/gu, " ");
}

/** The characters of `text` in `[start, end)`, in their colours, with the marks laid over them. */
export function passageRuns(
  text: string,
  marks: readonly Range[],
  language: string,
  [start, end]: Range,
): PassageRun[] {
  const runs: PassageRun[] = [];
  let position = 0;
  for (const { text: run, scope } of highlight(text, language)) {
    const runEnd = position + run.length;
    const bounds = [position, runEnd, start, end, ...marks.flat()]
      .filter((bound) => bound >= Math.max(position, start) && bound <= Math.min(runEnd, end))
      .sort((one, other) => one - other);
    for (const [index, bound] of bounds.entries()) {
      const next = bounds[index + 1];
      if (next === undefined || next === bound) continue;
      const marked = marks.some(([from, to]) => bound >= from && bound < to);
      runs.push({ text: text.slice(bound, next), scope, marked });
    }
    position = runEnd;
  }
  return runs;
}
