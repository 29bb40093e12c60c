/** A piece of text as pdf.js gives it: `transform` holds the matrix, its last two numbers the place. */
export interface TextPiece {
  readonly str: string;
  readonly transform: readonly number[];
  readonly width: number;
  readonly height: number;
  readonly hasEOL: boolean;
}

export interface PageLine {
  readonly text: string;
  /** The type's size, rounded to half a point; 0 for an empty line between paragraphs. */
  readonly size: number;
}

interface Row {
  text: string;
  readonly left: number;
  right: number;
  readonly y: number;
  readonly size: number;
}

/**
 * The lines of a page. Pieces come in the order in which the page draws them, which is the order of reading
 * for what programs make (columns included); a page that is drawn in disorder is sorted from top to bottom.
 * Paragraphs are told by larger gaps and set apart by an empty line; words cut at a line's end are joined.
 */
export function linesOfPage(pieces: readonly TextPiece[]): PageLine[] {
  let rows = rowsInOrder(pieces);
  if (isDisordered(rows)) {
    rows = rowsInOrder(
      [...pieces].sort((a, b) => {
        const down = yOf(b) - yOf(a);
        return Math.abs(down) > Math.max(2, sizeOf(a) * 0.4) ? down : xOf(a) - xOf(b);
      }),
    );
  }
  rows = rows.filter((row) => row.text.trim() !== "");
  const gap = usualGap(rows);
  const lines: PageLine[] = [];
  rows.forEach((row, i) => {
    const above = rows[i - 1];
    const drop = above ? above.y - row.y : 0;
    if (above && (drop < 0 || drop > gap * 1.45)) lines.push({ text: "", size: 0 });
    lines.push({ text: row.text.replace(/\s+/g, " ").trim(), size: Math.round(row.size * 2) / 2 });
  });
  return joinHyphens(lines);
}

function rowsInOrder(pieces: readonly TextPiece[]): Row[] {
  const rows: Row[] = [];
  let open: Row | undefined;
  for (const piece of pieces) {
    // pdf.js gives control characters where a font maps to none.
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
    const text = piece.str.replace(/[\u0000-\u001f\u007f\ufffe\uffff]/g, " ");
    if (text !== "") {
      const size = sizeOf(piece);
      const sameLine = open && Math.abs(open.y - yOf(piece)) <= Math.max(open.size, size) * 0.5;
      if (open && sameLine && xOf(piece) >= open.left - size) {
        const isApart = xOf(piece) - open.right > size * 0.15;
        open.text += (isApart && !/\s$/.test(open.text) && !/^\s/.test(text) ? " " : "") + text;
        open.right = Math.max(open.right, xOf(piece) + piece.width);
      } else {
        open = { text, left: xOf(piece), right: xOf(piece) + piece.width, y: yOf(piece), size };
        rows.push(open);
      }
    }
  }
  return rows;
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

/** "exam-" and "ple of" become "example" and "of", so that the word can be found. */
function joinHyphens(lines: PageLine[]): PageLine[] {
  for (let i = 0; i + 1 < lines.length; i++) {
    const line = lines[i];
    const next = lines[i + 1];
    const start = /^(\p{Ll}+\S*)\s*(.*)$/u.exec(next?.text ?? "");
    if (!line || !next || !start || !/\p{Ll}{2}[-\u00ad\u2010]$/u.test(line.text)) continue;
    lines[i] = { ...line, text: line.text.slice(0, -1) + start[1] };
    lines[i + 1] = { ...next, text: start[2] ?? "" };
  }
  // A line that gave its only word away must not look like the gap between two paragraphs.
  return lines.filter((line) => line.text !== "" || line.size === 0);
}

function xOf(piece: TextPiece): number {
  return piece.transform[4] ?? 0;
}

function yOf(piece: TextPiece): number {
  return piece.transform[5] ?? 0;
}

function sizeOf(piece: TextPiece): number {
  return piece.height || Math.hypot(piece.transform[2] ?? 0, piece.transform[3] ?? 0) || 10;
}
