import type { Hit } from "../../protocol/data.ts";

/** A passage may grow to so many characters: a longer one says little about where in it to look. */
const longestJoined = 4_500;
/** Files that a passage names beside its own. */
const mostNamed = 3;
const separator = " › ";

/**
 * The best `count` chunks as passages, in the order of their best. Neighbours in a file become one passage. What
 * stands word for word in several files is given once and names the others, so that the next best takes its place.
 */
export function joinPassages(found: readonly Hit[], count: number): Hit[] {
  const passages: Hit[][] = [];
  for (const hit of withoutDuplicates(found, count)) {
    const near = passages.filter((parts) => parts.some((part) => areNeighbours(part, hit)));
    const together = [...near.flat(), hit];
    const [first] = near;
    if (!first || lengthOf(together) > longestJoined) {
      passages.push([hit]);
      continue;
    }
    // A chunk between two others makes one passage of three, which stands where the better of them stood.
    first.splice(0, first.length, ...together);
    for (const other of near.slice(1)) passages.splice(passages.indexOf(other), 1);
  }
  return passages.map(joined);
}

function withoutDuplicates(found: readonly Hit[], count: number): Hit[] {
  const chosen = new Map<string, Hit>();
  for (const hit of found) {
    const text = hit.text.replace(/\s+/g, " ").trim();
    const same = chosen.get(text);
    if (!same) {
      // What follows the last is looked at no more: it would be a duplicate by luck.
      if (chosen.size === count) break;
      chosen.set(text, hit);
      continue;
    }
    const { alsoIn = [] } = same;
    const place = placeOf(hit);
    if (place === placeOf(same) || alsoIn.includes(place) || alsoIn.length === mostNamed) continue;
    chosen.set(text, { ...same, alsoIn: [...alsoIn, place] });
  }
  return [...chosen.values()];
}

function placeOf({ folderName, path }: Hit): string {
  return folderName === undefined ? path : `${folderName}/${path}`;
}

/** Whether one follows the other in a file, and what is said of the one is true of both. */
function areNeighbours(a: Hit, b: Hit): boolean {
  if (a.folder !== b.folder || a.path !== b.path || a.page !== b.page) return false;
  if (a.ordinal === undefined || b.ordinal === undefined || Math.abs(a.ordinal - b.ordinal) !== 1)
    return false;
  // Pieces of one long line have lost the spaces between them.
  const [upper, lower] = a.ordinal < b.ordinal ? [a, b] : [b, a];
  return upper.endLine < lower.startLine && String(a.alsoIn) === String(b.alsoIn);
}

function lengthOf(parts: readonly Hit[]): number {
  return parts.reduce((sum, { text }) => sum + text.length, 0);
}

/** One passage of neighbours. Between chunks there is nothing but the lines' ends and blank lines. */
function joined(parts: readonly Hit[]): Hit {
  const sorted = parts.toSorted((a, b) => (a.ordinal ?? 0) - (b.ordinal ?? 0));
  const [first, ...rest] = sorted;
  if (!first) throw new Error("There is nothing to join.");
  if (rest.length === 0) return first;
  const { ordinal: _, ...whole } = first;
  const marks = [...first.marks];
  let { text, endLine } = first;
  for (const part of rest) {
    text += "\n".repeat(part.startLine - endLine);
    for (const [from, to] of part.marks) marks.push([from + text.length, to + text.length]);
    text += part.text;
    endLine = part.endLine;
  }
  const heading = commonHeading(sorted);
  const score = Math.max(...sorted.map((part) => part.score));
  return { ...whole, endLine, text, marks, score, ...(heading === undefined ? {} : { heading }) };
}

/** "Setup › Linux" and "Setup › Windows" are "Setup"; what has no heading in common stands under the first. */
function commonHeading(parts: readonly Hit[]): string | undefined {
  const [first, ...others] = parts.flatMap(({ heading }) => (heading === undefined ? [] : [heading]));
  let common = first?.split(separator) ?? [];
  for (const heading of others) {
    const names = heading.split(separator);
    const end = common.findIndex((name, i) => name !== names[i]);
    if (end >= 0) common = common.slice(0, end);
  }
  return common.length > 0 ? common.join(separator) : first;
}
