import { type Row, textOfRow, type Upright } from "./pdfRows.ts";

/** Fewer lines side by side are a table, an address and a date, or chance. */
const fewestLines = 6;
/** No page of a book has more rows; what does is not looked at for columns. */
const mostRows = 600;
/** A row with more wide gaps is one of a table. */
const mostGaps = 5;

interface Gap {
  readonly from: number;
  readonly to: number;
}

interface Band {
  readonly end: number;
  readonly at: number;
}

/**
 * The rows of a page whose columns are drawn line by line across, one column after the other. Tables look alike, but
 * their cells are short or of many lengths: only columns of running text are told apart.
 */
export function columnsApart(rows: readonly Row[]): Row[] {
  if (rows.length > mostRows) return [...rows];
  const gaps = rows.map(gapsOf);
  const ordered: Row[] = [];
  let row = 0;
  while (row < rows.length) {
    const band = bandFrom(rows, gaps, row);
    if (band) {
      const sides = rows.slice(row, band.end).map((one) => splitAt(one, band.at));
      ordered.push(...columnsApart(sides.flatMap(([left]) => left ?? [])));
      ordered.push(...columnsApart(sides.flatMap(([, right]) => right ?? [])));
      row = band.end;
    } else {
      const one = rows[row];
      if (one) ordered.push(one);
      row += 1;
    }
  }
  return ordered;
}

/** The wide gaps of a row. */
function gapsOf(row: Row): Gap[] {
  const gaps: Gap[] = [];
  const pieces = row.pieces.filter(({ text }) => text.trim() !== "").sort((a, b) => a.x - b.x);
  let right = pieces[0]?.x ?? 0;
  for (const piece of pieces) {
    if (piece.x - right > row.size * 0.9) gaps.push({ from: right, to: piece.x });
    right = Math.max(right, piece.x + piece.width);
  }
  return gaps.length > mostGaps ? [] : gaps;
}

/** Where the columns that begin at this row end, and where they part. */
function bandFrom(rows: readonly Row[], gaps: readonly (readonly Gap[])[], start: number): Band | undefined {
  for (const gap of gaps[start] ?? []) {
    let { from, to } = gap;
    let end = start;
    const split: Row[] = [];
    for (; end < rows.length; end++) {
      const row = rows[end];
      const above = rows[end - 1];
      if (!row || (end > start && above && (row.y > above.y || above.y - row.y > row.size * 4))) break;
      const [low, high] = [from, to];
      const shared = gaps[end]?.find(
        (one) => Math.min(one.to, high) - Math.max(one.from, low) > row.size * 0.6,
      );
      if (shared) {
        from = Math.max(from, shared.from);
        to = Math.min(to, shared.to);
        split.push(row);
      } else if (row.right > to && row.left < from) break;
    }
    const at = (from + to) / 2;
    if (split.length >= fewestLines && [0, 1].every((side) => isProse(split, at, side))) return { end, at };
  }
  return undefined;
}

/** Running text: most lines are about as long as the column is wide, and hold several words. */
function isProse(rows: readonly Row[], at: number, side: number): boolean {
  const parts = rows.flatMap((row) => splitAt(row, at)[side] ?? []);
  const left = Math.min(...parts.map((part) => part.left));
  const width = Math.max(...parts.map((part) => part.right)) - left;
  const full = parts.filter((part) => part.right - left > width * 0.75);
  const wordy = parts.filter((part) => textOfRow(part).split(" ").length > 2);
  return full.length > parts.length * 0.6 && wordy.length > parts.length * 0.7;
}

function splitAt(row: Row, at: number): [Row | undefined, Row | undefined] {
  return [
    partOf(
      row,
      row.pieces.filter((piece) => piece.x < at),
    ),
    partOf(
      row,
      row.pieces.filter((piece) => piece.x >= at),
    ),
  ];
}

function partOf(row: Row, pieces: Upright[]): Row | undefined {
  const seen = pieces.filter(({ text }) => text.trim() !== "");
  if (seen.length === 0) return undefined;
  const left = Math.min(...seen.map(({ x }) => x));
  const right = Math.max(...seen.map(({ x, width }) => x + width));
  return { pieces, left, right, y: row.y, size: row.size };
}
