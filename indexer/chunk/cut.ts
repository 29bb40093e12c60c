import type { Chunk } from "./chunk.ts";
import { HeadingReader } from "./headings.ts";
import type { Lines } from "./lines.ts";
import { cutLongLine } from "./longLine.ts";
import type { Outline } from "./outline.ts";
import type { Sizes } from "./sizes.ts";

interface Range {
  readonly first: number;
  readonly last: number;
}

/** Where the rows from one to another stand, in a format that counts pages or the like. */
export type PlaceOf = (first: number, last: number) => Pick<Chunk, "page" | "place">;

/**
 * Cuts a text into chunks along its outline: where the outline says that a cut costs least, again within what
 * is still too large, and putting small neighbours together. Chunks don't overlap, and each line that is not
 * blank is in a chunk.
 * @param placeOf Where rows stand that are asked for in order, both included.
 */
export function cut(lines: Lines, outline: Outline, sizes: Sizes, placeOf?: PlaceOf): Chunk[] {
  const ranges: Range[] = [];
  split(lines, outline, sizes, 0, lines.count - 1, ranges);
  const headings = new HeadingReader(outline.sections, sizes.heading);
  const chunks: Chunk[] = [];
  for (const range of joinSmall(lines, outline, sizes, ranges)) {
    const trimmed = trim(lines, range);
    if (!trimmed) continue;
    const { first, last } = trimmed;
    const heading = headings.read(first, last);
    const place = {
      startLine: first + 1,
      endLine: last + 1,
      ...placeOf?.(first, last),
      ...(heading && { heading }),
    };
    // What is still too large is a single line.
    const isLong = lines.size(first, last) > sizes.most;
    const texts = isLong ? cutLongLine(lines.line(first), sizes) : [lines.slice(first, last)];
    for (const text of texts) chunks.push({ text, ...place });
  }
  return chunks;
}

function split(
  lines: Lines,
  outline: Outline,
  sizes: Sizes,
  first: number,
  last: number,
  out: Range[],
): void {
  const { cost } = outline;
  let cheapest = Number.MAX_SAFE_INTEGER;
  for (let row = first + 1; row <= last; row++) cheapest = Math.min(cheapest, cost[row] ?? 0);
  if (first === last || (cheapest > 0 && isWhole(lines, outline, sizes, first, last))) {
    out.push({ first, last });
    return;
  }
  let open: Range | undefined;
  let start = first;
  for (let row = first + 1; row <= last + 1; row++) {
    if (row <= last && (cost[row] ?? 0) > cheapest) continue;
    const piece = { first: start, last: row - 1 };
    start = row;
    const staysWhole = isWhole(lines, outline, sizes, piece.first, piece.last);
    if (staysWhole && open && mayPack(lines, outline, sizes, open, piece)) {
      open = { first: open.first, last: piece.last };
      continue;
    }
    if (open) out.push(open);
    open = undefined;
    if (staysWhole) open = piece;
    else split(lines, outline, sizes, piece.first, piece.last, out);
  }
  if (open) out.push(open);
}

/** Small enough, and not several named things that are together larger than may be packed. */
function isWhole(lines: Lines, outline: Outline, sizes: Sizes, first: number, last: number): boolean {
  const size = lines.size(first, last);
  if (size > sizes.most) return false;
  if (size <= sizes.named) return true;
  for (let row = first + 1; row <= last; row++) {
    // Within one definition (a class of small methods) the whole is better than its parts.
    if (outline.named[row] === 1 && (outline.cost[row] ?? 0) < outline.wholeFrom) return false;
  }
  return true;
}

function mayPack(lines: Lines, outline: Outline, sizes: Sizes, before: Range, after: Range): boolean {
  const isNamed = outline.named[after.first] === 1 && lines.size(before.first, before.last) >= sizes.alone;
  return fits(lines, outline, before, after, isNamed ? sizes.named : sizes.target);
}

function fits(lines: Lines, outline: Outline, before: Range, after: Range, limit: number): boolean {
  return (outline.cost[after.first] ?? 0) > 0 && lines.size(before.first, after.last) <= limit;
}

/** Small pieces, such as a closing bracket, join the neighbour that they hang together with more. */
function joinSmall(lines: Lines, outline: Outline, sizes: Sizes, ranges: readonly Range[]): Range[] {
  const out: Range[] = [];
  let carried: Range | undefined;
  const roomFor = (before: Range, after: Range): number => {
    const smaller = Math.min(lines.size(before.first, before.last), lines.size(after.first, after.last));
    return outline.named[after.first] === 1 && smaller >= sizes.alone ? sizes.named : sizes.most;
  };
  ranges.forEach((range, i) => {
    const current: Range = carried ? { first: carried.first, last: range.last } : range;
    carried = undefined;
    const isSmall = lines.size(current.first, current.last) < sizes.least;
    const previous = out.at(-1);
    const next = ranges[i + 1];
    const joinsBack =
      isSmall && previous && fits(lines, outline, previous, current, roomFor(previous, current));
    const joinsOn = isSmall && next && fits(lines, outline, current, next, roomFor(current, next));
    const costBack = outline.cost[current.first] ?? 0;
    const costOn = next ? (outline.cost[next.first] ?? 0) : 0;
    if (joinsOn && (!joinsBack || costOn > costBack)) carried = current;
    else if (joinsBack) out[out.length - 1] = { first: previous.first, last: current.last };
    else out.push(current);
  });
  return out;
}

function trim(lines: Lines, { first, last }: Range): Range | undefined {
  let start = first;
  let end = last;
  while (start <= end && lines.isBlank(start)) start += 1;
  while (end >= start && lines.isBlank(end)) end -= 1;
  return start <= end ? { first: start, last: end } : undefined;
}
