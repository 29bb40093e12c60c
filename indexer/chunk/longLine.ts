import { isWide, weigh } from "./lines.ts";
import type { Sizes } from "./sizes.ts";

/**
 * Cuts a line that is longer than a chunk, at the ends of sentences where it can, else at commas, spaces, or
 * anywhere between two characters. What is beyond `sizes.line` is left out. The pieces join to the line but
 * for white space at the cuts.
 */
export function cutLongLine(line: string, sizes: Sizes): string[] {
  const text = line.length > sizes.line ? line.slice(0, sizes.line) : line;
  const pieces: string[] = [];
  for (let start = 0; start < text.length; ) {
    const end = pieceEnd(text, start, sizes.target);
    const piece = text.slice(start, end).trim();
    if (piece !== "") pieces.push(piece);
    start = end;
  }
  const last = pieces.at(-1);
  const previous = pieces.at(-2);
  if (last && previous && weigh(last) < sizes.least && weigh(previous) + weigh(last) < sizes.most) {
    pieces.splice(-2, 2, text.slice(text.lastIndexOf(previous), text.length).trim());
  }
  return pieces;
}

/** Where the piece that begins at `start` ends: at the best place in the last part of what fits. */
function pieceEnd(text: string, start: number, target: number): number {
  let room = target;
  let end = start;
  while (end < text.length && room > 0) {
    room -= isWide(text.charCodeAt(end)) ? 3 : 1;
    end += 1;
  }
  if (end >= text.length) return text.length;
  const earliest = start + Math.floor((end - start) * 0.6);
  let best = end;
  let bestRank = 0;
  for (let i = end; i > earliest; i--) {
    const rank = rankOfCut(text, i);
    if (rank <= bestRank) continue;
    best = i;
    bestRank = rank;
    if (rank === 3) break;
  }
  // Never between the halves of one character, nor before its accents.
  while (best < text.length && /^[\udc00-\udfff\p{M}\u200d]/u.test(text.slice(best, best + 2))) best += 1;
  return best;
}

/** How good a place to cut before the character at `i` is. */
function rankOfCut(text: string, i: number): 0 | 1 | 2 | 3 {
  const before = text.charAt(i - 1);
  if (/[。！？]/.test(before)) return 3;
  const isSpace = /\s/.test(text.charAt(i));
  if (isSpace && /[.!?]/.test(before)) return 3;
  if (/[、，；]/.test(before) || (isSpace && /[,;:]/.test(before))) return 2;
  if (isSpace) return 1;
  return /[,;}\]]/.test(before) ? 1 : 0;
}
