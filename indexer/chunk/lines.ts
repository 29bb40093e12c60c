const wide = /[\u1100-\u11ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff00-\uffef]/;
const allWide = new RegExp(wide.source, "g");
const wideWeight = 3;

/** A text by lines, with each stretch's size at hand. Rows count from 0. */
export class Lines {
  readonly text: string;
  readonly count: number;
  /** Where each row starts; one entry more than there are rows. */
  private readonly starts: Uint32Array;
  /** Sizes of all rows before each row. */
  private readonly sums: Uint32Array;
  /** For each row the column of its first character that is not white space; -1 for a blank row. */
  private readonly firsts: Int32Array;

  constructor(text: string) {
    this.text = text;
    let count = 1;
    for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) count += 1;
    if (text.endsWith("\n")) count -= 1;
    this.count = Math.max(count, 1);
    this.starts = new Uint32Array(this.count + 1);
    this.sums = new Uint32Array(this.count + 1);
    this.firsts = new Int32Array(this.count);
    const hasWide = wide.test(text);
    let start = 0;
    for (let row = 0; row < this.count; row++) {
      const lineBreak = text.indexOf("\n", start);
      const next = lineBreak < 0 ? text.length + 1 : lineBreak + 1;
      this.starts[row + 1] = next;
      const size = hasWide ? weigh(text.slice(start, next - 1)) + 1 : next - start;
      this.sums[row + 1] = (this.sums[row] ?? 0) + size;
      this.firsts[row] = firstInk(text, start, next - 1);
      start = next;
    }
  }

  /** A row's text without its line break; beyond the last row nothing. */
  line(row: number): string {
    return this.text.slice(this.starts[row], (this.starts[row + 1] ?? 1) - 1);
  }

  /** The rows from `first` to `last`, both included, joined by "\n". */
  slice(first: number, last: number): string {
    return this.text.slice(this.starts[first], (this.starts[last + 1] ?? 1) - 1);
  }

  /** The size of the rows from `first` to `last`, both included, their line breaks included. */
  size(first: number, last: number): number {
    return (this.sums[last + 1] ?? 0) - (this.sums[first] ?? 0);
  }

  /** Whether a row shows nothing, as one beyond the last. */
  isBlank(row: number): boolean {
    return (this.firsts[row] ?? -1) < 0;
  }

  /** The width of a row's white space at its start, a tab counting 4; 0 for a blank row. */
  indent(row: number): number {
    const first = this.firsts[row] ?? -1;
    if (first <= 0) return 0;
    const start = this.starts[row] ?? 0;
    let width = 0;
    for (let i = 0; i < first; i++) width += this.text.charCodeAt(start + i) === 9 ? 4 : 1;
    return width;
  }

  /** A row's character code at its first non-blank column; 0 for a blank row. */
  firstCode(row: number): number {
    const first = this.firsts[row] ?? -1;
    return first < 0 ? 0 : this.text.charCodeAt((this.starts[row] ?? 0) + first);
  }
}

/** The size of a text, wide characters counted as `sizes` says. */
export function weigh(text: string): number {
  return text.length + (wideWeight - 1) * (text.match(allWide)?.length ?? 0);
}

/** Whether a character is wide, by its code. */
export function isWide(code: number): boolean {
  return code >= 0x1100 && wide.test(String.fromCharCode(code));
}

function firstInk(text: string, start: number, end: number): number {
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code > 32 && code !== 0xa0 && code !== 0xfeff && code !== 0x3000) return i - start;
  }
  return -1;
}
