/** A letter as a page draws it: on the page, and in the direction in which it is written. */
export interface PlacedGlyph {
  readonly text: string;
  readonly isSpace: boolean;
  readonly x: number;
  readonly y: number;
  /** How far the next one is away, on the page. */
  readonly width: number;
}

/** The steps in which pdf.js draws a page, and its numbers for them. */
export interface PageSteps {
  readonly OPS: Readonly<Record<string, number>>;
  readonly fnArray: readonly number[];
  readonly argsArray: readonly unknown[];
}

type Matrix = readonly [number, number, number, number, number, number];

interface State {
  readonly place: Matrix;
  readonly fontSize: number;
  readonly charSpacing: number;
  readonly wordSpacing: number;
  readonly stretch: number;
  readonly leading: number;
  readonly rise: number;
}

const identity: Matrix = [1, 0, 0, 1, 0, 0];
/** Widths of glyphs are told in thousandths of the type's size; fonts that count otherwise fit no text. */
const perSize = 1000;

/** All letters of a page in the order in which they are drawn. */
export function glyphsOfPage({ OPS, fnArray, argsArray }: PageSteps): PlacedGlyph[] {
  const names = new Map(Object.entries(OPS).map(([name, number]) => [number, name]));
  const walk = new GlyphWalk();
  fnArray.forEach((step, index) => {
    walk.step(names.get(step) ?? "", (argsArray[index] ?? []) as readonly unknown[]);
  });
  return walk.glyphs;
}

/** Follows the state of drawing as far as it says where letters stand. */
class GlyphWalk {
  readonly glyphs: PlacedGlyph[] = [];
  private readonly saved: State[] = [];
  private state: State = {
    place: identity,
    fontSize: 0,
    charSpacing: 0,
    wordSpacing: 0,
    stretch: 1,
    leading: 0,
    rise: 0,
  };
  private line: Matrix = identity;
  private text: Matrix = identity;

  step(name: string, args: readonly unknown[]): void {
    const [first, second] = args;
    if (name === "showText") this.show(Array.isArray(first) ? first : []);
    else if (name === "save") this.saved.push(this.state);
    else if (name === "restore" || name === "paintFormXObjectEnd") {
      this.state = this.saved.pop() ?? this.state;
    } else if (name === "transform") this.place(args);
    else if (name === "paintFormXObjectBegin") {
      this.saved.push(this.state);
      this.place(first);
    } else if (name === "beginText") this.begin(identity);
    else if (name === "setTextMatrix") this.begin(matrixOf(first));
    else if (name === "moveText") this.move(numberOf(first), numberOf(second));
    else if (name === "setLeadingMoveText") {
      this.state = { ...this.state, leading: -numberOf(second) };
      this.move(numberOf(first), numberOf(second));
    } else if (name === "nextLine") this.move(0, -this.state.leading);
    else this.set(name, args);
  }

  private set(name: string, [first, second]: readonly unknown[]): void {
    const value = numberOf(first);
    if (name === "setFont") this.state = { ...this.state, fontSize: numberOf(second) };
    else if (name === "setCharSpacing") this.state = { ...this.state, charSpacing: value };
    else if (name === "setWordSpacing") this.state = { ...this.state, wordSpacing: value };
    else if (name === "setHScale") this.state = { ...this.state, stretch: value / 100 };
    else if (name === "setLeading") this.state = { ...this.state, leading: value };
    else if (name === "setTextRise") this.state = { ...this.state, rise: value };
  }

  private place(matrix: unknown): void {
    this.state = { ...this.state, place: product(matrixOf(matrix), this.state.place) };
  }

  private begin(matrix: Matrix): void {
    this.line = matrix;
    this.text = matrix;
  }

  private move(x: number, y: number): void {
    this.begin(product([1, 0, 0, 1, x, y], this.line));
  }

  private show(glyphs: readonly unknown[]): void {
    const { place, fontSize, charSpacing, wordSpacing, stretch, rise } = this.state;
    const now = product(this.text, place);
    const unit = Math.hypot(now[0], now[1]);
    let along = 0;
    for (const glyph of glyphs) {
      if (typeof glyph === "number") along -= (glyph / perSize) * fontSize * stretch;
      if (!isGlyph(glyph)) continue;
      const width = (glyph.width / perSize) * fontSize * stretch;
      const [x, y] = [now[0] * along + now[2] * rise + now[4], now[1] * along + now[3] * rise + now[5]];
      const isSpace = glyph.unicode.trim() === "";
      this.glyphs.push({ text: glyph.unicode, isSpace, x, y, width: width * unit });
      along += width + (charSpacing + (glyph.isSpace === true ? wordSpacing : 0)) * stretch;
    }
    this.text = product([1, 0, 0, 1, along, 0], this.text);
  }
}

interface Glyph {
  readonly unicode: string;
  readonly width: number;
  readonly isSpace?: unknown;
}

function isGlyph(value: unknown): value is Glyph {
  if (typeof value !== "object" || value === null) return false;
  const { unicode, width } = value as Partial<Record<keyof Glyph, unknown>>;
  return typeof unicode === "string" && typeof width === "number";
}

function numberOf(value: unknown): number {
  return typeof value === "number" ? value : 0;
}

function matrixOf(value: unknown): Matrix {
  const list = Array.isArray(value) || ArrayBuffer.isView(value) ? [...(value as number[])] : [];
  const isMatrix = list.length === 6 && list.every((one) => typeof one === "number");
  return isMatrix ? (list as unknown as Matrix) : identity;
}

/** What both do to a point, the first of them first. */
function product(one: Matrix, next: Matrix): Matrix {
  const [a, b, c, d, e, f] = one;
  const [p, q, r, s, t, u] = next;
  return [a * p + b * r, a * q + b * s, c * p + d * r, c * q + d * s, e * p + f * r + t, e * q + f * s + u];
}
