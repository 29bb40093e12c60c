import { isWide, weigh } from "./lines.ts";
import type { Sizes } from "./sizes.ts";

/**
 * Cuts a line that is longer than a chunk, at the ends of sentences where it can, else at commas, spaces, or
 * anywhere between two characters. What is beyond `sizes.line` is left out. The pieces join to the line but
 * for white space at the cuts.
 */
export function cutLongLine(line: string, sizes: Sizes): string[] {
  const text = line.slice(0, sizes.line);
  const pieces: string[] = [];
  let previousStart = 0;
  let lastStart = 0;
  for (let start = 0; start < text.length; ) {
    const end = pieceEnd(text, start, sizes.target);
    const piece = text.slice(start, end).trim();
    if (piece !== "") {
      pieces.push(piece);
      previousStart = lastStart;
      lastStart = start;
    }
    start = end;
  }
  const joined = text.slice(previousStart).trim();
  if (pieces.length > 1 && weigh(pieces.at(-1) ?? "") < sizes.least && weigh(joined) < sizes.most) {
    pieces.splice(-2, 2, joined);
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
  while (best < text.length && isWithinCharacter(text, best)) best += 1;
  return best;
}

/** Whether a cut before `i` would fall between the halves of one character, before its accents, or in a joined one. */
function isWithinCharacter(text: string, i: number): boolean {
  const after = /^[\udc00-\udfff\p{M}\p{Emoji_Modifier}\u200d]/u;
  return text.charAt(i - 1) === "\u200d" || after.test(text.slice(i, i + 2));
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
