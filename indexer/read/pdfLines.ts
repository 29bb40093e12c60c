import { columnsApart } from "./pdfColumns.ts";
import { type PlacedField, placeFields } from "./pdfFields.ts";
import {
  inRows,
  type Row,
  rowsInOrder,
  type TextPiece,
  textOfRow,
  type Upright,
  uprightOf,
} from "./pdfRows.ts";

export interface PageLine {
  readonly text: string;
  /** The type's size, rounded to half a point; 0 for an empty line between paragraphs. */
  readonly size: number;
  /** How far down the page it stands, from 0 to 1; absent for lines that are not upright. */
  readonly down?: number;
}

/**
 * The lines of a page. Pieces come in the order in which the page draws them, which is the order of reading
 * for what programs make (columns included); a page that is drawn in disorder is sorted from top to bottom, and
 * columns that are drawn across are told apart. Paragraphs are told by larger gaps and set apart by an empty line.
 * What is written in another direction than most of the page follows it.
 * @param view The page's corners, lower left and upper right.
 * @param fields What is filled in on it.
 */
export function linesOfPage(
  pieces: readonly TextPiece[],
  view: readonly number[] = [],
  fields: readonly PlacedField[] = [],
): PageLine[] {
  const [main = [], ...others] = byAngle(pieces);
  const lines: PageLine[] = linesOf(rowsOf(main, fields), downOf(main[0]?.angle ?? 0, view));
  for (const turned of others) {
    const more = linesOf(rowsOf(turned, []), () => undefined);
    if (more.length > 0) lines.push({ text: "", size: 0 }, ...more);
  }
  return lines;
}

/** The pieces by the angle in which they are written, the one with most text first. */
function byAngle(pieces: readonly TextPiece[]): Upright[][] {
  const groups = new Map<number, Upright[]>();
  for (const piece of pieces) {
    const upright = uprightOf(piece);
    const group = groups.get(upright.angle);
    if (group) group.push(upright);
    else groups.set(upright.angle, [upright]);
  }
  const weight = (group: readonly Upright[]): number =>
    group.reduce((sum, { text }) => sum + text.trim().length, 0);
  return [...groups.values()].sort((a, b) => weight(b) - weight(a));
}

function rowsOf(pieces: readonly Upright[], fields: readonly PlacedField[]): Row[] {
  let rows = rowsInOrder(pieces);
  if (isDisordered(rows)) rows = rowsInOrder(inRows(pieces));
  return columnsApart(placeFields(rows, fields).filter((row) => textOfRow(row) !== ""));
}

function linesOf(rows: readonly Row[], down: (y: number) => number | undefined): PageLine[] {
  const gap = usualGap(rows);
  const lines: PageLine[] = [];
  rows.forEach((row, i) => {
    const above = rows[i - 1];
    const drop = above ? above.y - row.y : 0;
    if (above && (drop < 0 || drop > gap * 1.45)) lines.push({ text: "", size: 0 });
    const at = down(row.y);
    const size = Math.round(row.size * 2) / 2;
    lines.push({ text: textOfRow(row), size, ...(at === undefined ? {} : { down: at }) });
  });
  return lines;
}

/** Tells how far down a page a height is, for text that is written in this angle. */
function downOf(angle: number, [x1, y1, x2, y2]: readonly number[]): (y: number) => number | undefined {
  if (x1 === undefined || y1 === undefined || x2 === undefined || y2 === undefined) return () => undefined;
  const turn = (angle * Math.PI) / 180;
  const heights = [x1, x2].flatMap((x) => [y1, y2].map((y) => y * Math.cos(turn) - x * Math.sin(turn)));
  const bottom = Math.min(...heights);
  const height = Math.max(...heights) - bottom;
  return (y) => (height > 0 ? 1 - (y - bottom) / height : undefined);
}

/** Columns go up once each; more than that, and the order of drawing is not that of reading. */
function isDisordered(rows: readonly Row[]): boolean {
  let upward = 0;
  for (let i = 1; i < rows.length; i++) {
    const above = rows[i - 1];
    const row = rows[i];
    if (above && row && row.y > above.y + above.size) upward += 1;
  }
  return upward > 4 && upward > rows.length * 0.2;
}

/** The most usual distance between a line and the next, by the lower half of all distances. */
function usualGap(rows: readonly Row[]): number {
  const gaps: number[] = [];
  for (let i = 1; i < rows.length; i++) {
    const gap = (rows[i - 1]?.y ?? 0) - (rows[i]?.y ?? 0);
    if (gap > 0) gaps.push(gap);
  }
  gaps.sort((a, b) => a - b);
  const lower = gaps[Math.floor(gaps.length * 0.4)] ?? 0;
  return lower > 0 ? lower : Number.MAX_SAFE_INTEGER;
}
