/** A point in a text: lines count from 1, columns from 0. */
export interface Point {
  readonly line: number;
  readonly column: number;
}

/** Where a passage stands: its lines, both included, and the marked sentences in them. */
export interface PassagePlace {
  readonly startLine: number;
  readonly endLine: number;
  readonly marks: readonly { readonly start: Point; readonly end: Point }[];
}

interface Passage {
  readonly startLine: number;
  readonly endLine: number;
  readonly text: string;
  /** Ranges of characters in `text`. */
  readonly marks: readonly (readonly [number, number])[];
}

/**
 * Where a passage stands in `text` now. A file that was edited since it was indexed has its lines elsewhere:
 * then the passage is looked for, and the place nearest to the old one is taken. Without a match the old
 * lines are given, cut to the text's length, and no marks.
 */
export function placeOf(passage: Passage, text: string): PassagePlace {
  const clean = withPlainLineEnds(text);
  const lineStarts = startsOf(clean);
  const wanted = withPlainLineEnds(passage.text).trim();
  const start = nearest(clean, wanted, lineStarts[passage.startLine - 1] ?? clean.length);
  if (wanted === "" || start === undefined) return byLines(passage, lineStarts.length);
  const end = start + wanted.length;
  const marks = passage.marks.flatMap(([from, to]) => {
    const sentence = withPlainLineEnds(passage.text.slice(from, to)).trim();
    const at = clean.indexOf(sentence, start);
    if (sentence === "" || at < 0 || at + sentence.length > end) return [];
    return [{ start: pointAt(lineStarts, at), end: pointAt(lineStarts, at + sentence.length) }];
  });
  return { startLine: pointAt(lineStarts, start).line, endLine: pointAt(lineStarts, end - 1).line, marks };
}

function byLines(passage: Passage, lineCount: number): PassagePlace {
  const startLine = Math.min(Math.max(1, passage.startLine), lineCount);
  return { startLine, endLine: Math.min(Math.max(startLine, passage.endLine), lineCount), marks: [] };
}

/** The occurrence of `wanted` that begins nearest to `near`. */
function nearest(text: string, wanted: string, near: number): number | undefined {
  const after = text.indexOf(wanted, near);
  const before = text.lastIndexOf(wanted, near);
  if (after < 0 || before < 0) return after < 0 && before < 0 ? undefined : Math.max(after, before);
  return after - near <= near - before ? after : before;
}

function withPlainLineEnds(text: string): string {
  return text.replace(/\r\n?/g, "\n");
}

function startsOf(text: string): number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}

function pointAt(lineStarts: readonly number[], offset: number): Point {
  const after = lineStarts.findIndex((start) => start > offset);
  const index = (after < 0 ? lineStarts.length : after) - 1;
  return { line: index + 1, column: offset - (lineStarts[index] ?? 0) };
}
