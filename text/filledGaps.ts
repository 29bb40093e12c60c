import type { PlacedGlyph } from "./pageGlyphs.ts";

/** A piece of text as pdf.js gives it: `transform` holds the matrix, its last two numbers the place. */
export interface PlacedText {
  readonly str: string;
  readonly dir?: string;
  readonly transform: readonly number[];
  readonly width: number;
  readonly height: number;
  readonly hasEOL: boolean;
}

/** Words are set apart by more than this, in sizes of the type; a column or a tab by more than the second. */
const wordGap = 0.1;
const pieceGap = 0.6;
/** Letters of one word may come so near to each other. */
const kerning = 0.2;
/** By how much the places of one letter differ that were reckoned in two ways, in sizes of the type. */
const tolerance = 0.1;
/** So many letters are looked through for the one with which a piece begins. */
const mostSkipped = 5_000;

/** Pieces on one line, one after the other in the order of drawing. */
interface Run<T> {
  readonly pieces: T[];
  left: number;
  right: number;
  /** A piece begins where others were drawn before. */
  goesBack: boolean;
}

/**
 * Whether letters are drawn into the gaps of words that were drawn before, as LibreOffice does with those that it takes
 * from another font. pdf.js gives the rest of such words as one piece, with spaces where letters are missing.
 */
export function hasFilledGaps(items: readonly object[]): boolean {
  return runsOf(items.filter(isPiece)).some(({ goesBack }) => goesBack);
}

/**
 * The pieces of a page, with such words whole. Pieces that can't be put together from the letters at their places, or
 * that lie over each other, stay as they are.
 * @param glyphs All letters of the page in the order of drawing.
 */
export function withFilledGaps<T extends object>(items: readonly T[], glyphs: readonly PlacedGlyph[]): T[] {
  const mended = new Map<T, readonly T[]>();
  const letters = new Letters(glyphs);
  for (const { pieces, goesBack } of runsOf(items.filter(isPiece))) {
    const drawn = pieces.map((piece) => (piece.str.trim() === "" ? [] : letters.of(piece)));
    const whole = goesBack ? wholePieces(pieces, drawn) : undefined;
    if (whole) for (const [i, piece] of pieces.entries()) mended.set(piece, i === 0 ? whole : []);
  }
  return items.flatMap((item): readonly T[] => mended.get(item) ?? [item]);
}

function isPiece<T extends object>(item: T): item is T & PlacedText {
  return "str" in item;
}

function runsOf<T extends PlacedText>(pieces: readonly T[]): Run<T>[] {
  const runs: Run<T>[] = [];
  let before: T | undefined;
  for (const piece of pieces) {
    const run = runs.at(-1);
    const x = alongOf(piece, piece.transform);
    if (run && before && isOnLineOf(before, piece)) {
      const isInside = x >= run.left && x < run.right - sizeOf(piece) * tolerance;
      if (isInside && piece.str.trim() !== "") run.goesBack = true;
      run.pieces.push(piece);
      run.left = Math.min(run.left, x);
      run.right = Math.max(run.right, x + piece.width);
    } else runs.push({ pieces: [piece], left: x, right: x + piece.width, goesBack: false });
    before = piece;
  }
  return runs;
}

function isOnLineOf(before: PlacedText, piece: PlacedText): boolean {
  if (before.hasEOL || before.dir !== piece.dir || piece.dir !== "ltr") return false;
  const [a = 0, b = 0, , , x = 0, y = 0] = before.transform;
  const [c = 0, d = 0, , , x2 = 0, y2 = 0] = piece.transform;
  const size = sizeOf(piece);
  const turn = Math.abs(a * d - b * c) / Math.max(1e-9, Math.hypot(a, b) * Math.hypot(c, d));
  const [ux, uy] = directionOf(piece);
  return turn < 0.01 && Math.abs((y2 - y) * ux - (x2 - x) * uy) < size * tolerance;
}

function sizeOf({ height, transform }: PlacedText): number {
  return height || Math.hypot(transform[2] ?? 0, transform[3] ?? 0) || 10;
}

/** The direction in which a piece is written, as a step of length 1. */
function directionOf({ transform: [a = 1, b = 0] }: PlacedText): readonly [number, number] {
  const length = Math.hypot(a, b);
  return length > 0 ? [a / length, b / length] : [1, 0];
}

/** How far along the direction of a piece the place of a matrix lies. */
function alongOf(piece: PlacedText, [, , , , x = 0, y = 0]: readonly number[]): number {
  const [ux, uy] = directionOf(piece);
  return x * ux + y * uy;
}

/** A letter of a piece, as it is written there, and where it stands along the line. */
interface Letter {
  readonly text: string;
  readonly along: number;
  readonly right: number;
  readonly glyph: PlacedGlyph;
}

/** Finds the letters of pieces, which come in the order in which the page draws them. */
class Letters {
  private readonly glyphs: readonly PlacedGlyph[];
  private next = 0;

  constructor(glyphs: readonly PlacedGlyph[]) {
    this.glyphs = glyphs;
  }

  /** The letters of a piece, or none where they do not spell it. */
  of(piece: PlacedText): readonly Letter[] {
    const start = this.startOf(piece);
    if (start === undefined) return [];
    const letters: Letter[] = [];
    let at = 0;
    let index = start;
    for (; at < piece.str.length && index < this.glyphs.length; index++) {
      const glyph = this.glyphs[index];
      if (!glyph || glyph.isSpace) continue;
      while (/\s/.test(piece.str[at] ?? "")) at += 1;
      const text = spelling(piece.str, at, glyph.text);
      if (text === undefined) return [];
      const along = alongOf(piece, [0, 0, 0, 0, glyph.x, glyph.y]);
      letters.push({ text, along, right: along + glyph.width, glyph });
      at += text.length;
    }
    if (piece.str.slice(at).trim() !== "") return [];
    this.next = index;
    return letters;
  }

  private startOf(piece: PlacedText): number | undefined {
    const near = sizeOf(piece) * tolerance;
    const [, , , , x = 0, y = 0] = piece.transform;
    const last = Math.min(this.glyphs.length, this.next + mostSkipped);
    for (let i = this.next; i < last; i++) {
      const glyph = this.glyphs[i];
      if (!glyph || glyph.isSpace) continue;
      if (Math.abs(glyph.x - x) <= near && Math.abs(glyph.y - y) <= near) return i;
    }
    return undefined;
  }
}

/** How a letter is written in a piece: ligatures come apart there. */
function spelling(text: string, at: number, letter: string): string | undefined {
  return [letter, letter.normalize("NFKC")].find((one) => one !== "" && text.startsWith(one, at));
}

/** A run anew, from left to right; none where a piece has no letters, or letters lie over each other. */
function wholePieces<T extends PlacedText>(
  pieces: readonly T[],
  drawn: readonly (readonly Letter[])[],
): T[] | undefined {
  if (pieces.some(({ str }, i) => str.trim() !== "" && drawn[i]?.length === 0)) return undefined;
  const letters = drawn.flatMap((some, i) => some.map((letter) => ({ ...letter, piece: pieces[i] as T })));
  letters.sort((a, b) => a.along - b.along);
  const whole: T[] = [];
  let [str, from, right] = ["", letters[0], Number.NaN];
  const end = (): void => {
    if (from) whole.push(pieceOf(from.piece, str, from, right));
  };
  for (const letter of letters) {
    const size = sizeOf(letter.piece);
    const gap = letter.along - right;
    if (gap < -kerning * size) return undefined;
    if (gap > pieceGap * size) {
      end();
      [str, from] = ["", letter];
    } else if (gap > wordGap * size) str += " ";
    str += letter.text;
    right = letter.right;
  }
  end();
  const last = whole.at(-1);
  const hasEOL = pieces.some((one) => one.hasEOL);
  return last ? [...whole.slice(0, -1), { ...last, hasEOL }] : undefined;
}

function pieceOf<T extends PlacedText>(piece: T, str: string, first: Letter, right: number): T {
  const transform = [...piece.transform.slice(0, 4), first.glyph.x, first.glyph.y];
  return { ...piece, str, transform, width: right - first.along, hasEOL: false };
}
