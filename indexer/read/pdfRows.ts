/** A piece of text as pdf.js gives it: `transform` holds the matrix, its last two numbers the place. */
export interface TextPiece {
  readonly str: string;
  readonly dir?: string;
  readonly transform: readonly number[];
  readonly width: number;
  readonly height: number;
  readonly hasEOL: boolean;
}

/** A piece of text in coordinates in which it is written from left to right, whatever its angle on the page. */
export interface Upright {
  readonly text: string;
  readonly isRightToLeft: boolean;
  /** Written from top to bottom, as Japanese may be: each piece is a line. */
  readonly isVertical: boolean;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly size: number;
  /** In degrees, against the page. */
  readonly angle: number;
}

/** Pieces on one height, in the order of drawing. */
export interface Row {
  readonly pieces: Upright[];
  left: number;
  right: number;
  readonly y: number;
  readonly size: number;
}

/** Text that leans a little, as scans do, is upright. */
const leaning = 10;

export function uprightOf(piece: TextPiece): Upright {
  const [a = 0, b = 0, c = 0, d = 0, x = 0, y = 0] = piece.transform;
  const exact = Math.round((Math.atan2(b, a) * 180) / Math.PI);
  const quarter = Math.round(exact / 90) * 90;
  const angle = Math.abs(exact - quarter) <= leaning ? quarter : exact;
  const turn = (angle * Math.PI) / 180;
  const isRightToLeft = piece.dir === "rtl";
  const isVertical = piece.dir === "ttb";
  return {
    text: cleaned(piece.str, isRightToLeft),
    isRightToLeft,
    isVertical,
    x: angle === 0 ? x : x * Math.cos(turn) + y * Math.sin(turn),
    y: angle === 0 ? y : y * Math.cos(turn) - x * Math.sin(turn),
    width: piece.width,
    size: (isVertical ? 0 : piece.height) || Math.hypot(c, d) || 10,
    angle: ((angle % 360) + 360) % 360,
  };
}

function cleaned(text: string, isRightToLeft: boolean): string {
  // pdf.js gives control characters where a font maps to none.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out.
  const plain = text.replace(/[\u0000-\u001f\u007f\ufffe\uffff]/g, " ");
  // A lam with an alef is one sign, which comes out the wrong way round; at the start of a word only one way is right.
  if (isRightToLeft) return plain.replace(/\u0627([\u0622\u0623\u0625\u0627])\u0644/g, "\u0627\u0644$1");
  // Words whose letters are set far apart come with spaces in between.
  return /^\p{L}(?: [\p{L}.,;:!?]){3,}$/u.test(plain) ? plain.replaceAll(" ", "") : plain;
}

export function rowsInOrder(pieces: readonly Upright[]): Row[] {
  const rows: Row[] = [];
  let open: Row | undefined;
  for (const piece of pieces) {
    if (piece.text === "") continue;
    if (open && continues(open, piece)) {
      open.pieces.push(piece);
      open.left = Math.min(open.left, piece.x);
      open.right = Math.max(open.right, piece.x + piece.width);
    } else {
      const { x, y, width, size } = piece;
      open = { pieces: [piece], left: x, right: x + width, y, size };
      rows.push(open);
    }
  }
  return rows;
}

function continues(row: Row, piece: Upright): boolean {
  if (Math.abs(row.y - piece.y) > Math.max(row.size, piece.size) * 0.5) return false;
  if (piece.isVertical) return false;
  if (piece.x >= row.left - piece.size) return true;
  // What is written from right to left goes on at the left.
  const goesLeft = piece.isRightToLeft || row.pieces.some((one) => one.isRightToLeft);
  return goesLeft && row.left - (piece.x + piece.width) < piece.size * 3;
}

/** From top to bottom, and on one height from left to right. */
export function inRows(pieces: readonly Upright[]): Upright[] {
  const down = pieces.filter(({ text }) => text !== "").sort((a, b) => b.y - a.y);
  const rows: Upright[][] = [];
  for (const piece of down) {
    const first = rows.at(-1)?.[0];
    if (first && first.y - piece.y <= Math.max(2, first.size * 0.4)) rows.at(-1)?.push(piece);
    else rows.push([piece]);
  }
  return rows.flatMap((row) => row.sort((a, b) => a.x - b.x));
}

/** The text of a row as it is read. */
export function textOfRow(row: Row): string {
  const pieces = row.pieces.some(({ isRightToLeft }) => isRightToLeft) ? inReadingOrder(row) : row.pieces;
  let text = "";
  let before: Upright | undefined;
  let right = row.left;
  for (const piece of pieces) {
    const goesOn = before !== undefined && piece.x >= before.x;
    const gap = goesOn ? piece.x - right : (before?.x ?? piece.x) - (piece.x + piece.width);
    const isApart =
      before !== undefined && (gap > row.size * 0.15 || isMarked(before, piece) || isMarking(before, piece));
    text += (isApart ? " " : "") + piece.text;
    right = goesOn ? Math.max(right, piece.x + piece.width) : piece.x + piece.width;
    before = piece;
  }
  return text.replace(/\s+/g, " ").trim();
}

/** The second hangs on the first as the mark of a note; what hangs on a sign of a unit ("m") is its power. */
function isMarked(word: Upright, mark: Upright): boolean {
  return isRaised(mark, word) && !/(?:^|[^\p{L}])\p{L}{1,3}$/u.test(word.text);
}

/** The first is the number of a note, which the second begins. */
function isMarking(mark: Upright, word: Upright): boolean {
  return isRaised(mark, word) && /^\p{L}/u.test(word.text);
}

function isRaised(mark: Upright, word: Upright): boolean {
  return /^\d{1,3}$/.test(mark.text) && mark.size < word.size * 0.8 && mark.y > word.y + word.size * 0.2;
}

/** Pieces of both directions: those of the row's own direction one after the other, the others as they stand in between. */
function inReadingOrder({ pieces }: Row): Upright[] {
  const letters = (isRightToLeft: boolean): number => {
    const texts = pieces.map((one) => (one.isRightToLeft === isRightToLeft ? one.text : ""));
    return texts.join("").replace(/\P{L}/gu, "").length;
  };
  const goesLeft = letters(true) > letters(false);
  const across = [...pieces].sort((a, b) => (goesLeft ? b.x - a.x : a.x - b.x));
  const ordered: Upright[] = [];
  let foreign: Upright[] = [];
  for (const piece of across) {
    if (piece.isRightToLeft === goesLeft) {
      ordered.push(...foreign, piece);
      foreign = [];
    } else foreign.unshift(piece);
  }
  return [...ordered, ...foreign];
}
