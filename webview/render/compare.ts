import type { CheckedSentence, Hit, Range } from "../../protocol/data.ts";
import { stopWordsOf } from "../../text/stopWords.ts";
import { terms } from "../../text/terms.ts";
import { excerptRange, flowingText } from "./excerpt.ts";

/** How a piece of a sentence or of its source stands to the other; "around" is what surrounds the source's words. */
export type Look = "plain" | "same" | "differs" | "confirmed" | "around";

export interface LookRun {
  readonly text: string;
  readonly look: Look;
}

export interface Sides {
  readonly said: readonly LookRun[];
  readonly source: readonly LookRun[];
  /** Where in the passage the source's words stand. */
  readonly at: Range;
  /** Whether the passage goes on before and after what is shown. */
  readonly isCut: readonly [before: boolean, after: boolean];
}

const excerptCharacters = 240;

/**
 * A sentence of an answer, as it is read, beside what a passage says: what differs, what agrees and what the second
 * reader gave is marked in both.
 */
export function compare(sentence: CheckedSentence, said: string, passage: Hit, number: number): Sides {
  const isCode = passage.kind === "code" || passage.kind === "data";
  const text = isCode ? passage.text : flowingText(passage.text);
  const confirmed =
    sentence.confirmed?.passage === number ? within(sentence.confirmed.range, text) : undefined;
  const nearest = sentence.nearest?.passage === number ? within(sentence.nearest.range, text) : undefined;
  const at = nearest ?? confirmed ?? passage.marks[0] ?? [0, text.length];
  const focus = text.slice(...at);
  const [start, end] = excerptRange(text, [at], excerptCharacters);

  const looksOfSaid: Look[] = Array.from({ length: said.length }, () => "plain");
  const looksOfSource: Look[] = Array.from({ length: text.length }, (_, index) =>
    index >= at[0] && index < at[1] ? "plain" : "around",
  );
  lay("same", agreeing(said, focus), looksOfSaid);
  lay("same", agreeing(focus, said), looksOfSource, at[0]);
  if (confirmed) lay("confirmed", [confirmed], looksOfSource);
  const missing = sentence.missing.map((one) => one.replace(/^“(.*)”$/s, "$1"));
  lay("differs", placesOf([...missing, ...sentence.differences.map((one) => one.said)], said), looksOfSaid);
  const otherwise = nearest ? sentence.differences.map((one) => one.source) : [];
  lay("differs", placesOf(otherwise, focus), looksOfSource, at[0]);
  return {
    said: runs(said, looksOfSaid, [0, said.length]),
    source: runs(text, looksOfSource, [start, end]),
    at,
    isCut: [start > 0, end < text.length],
  };
}

/** The number of the passage that shows most about a sentence. */
export function tellingPassage({ confirmed, nearest, cites }: CheckedSentence): number | undefined {
  return nearest?.passage ?? confirmed?.passage ?? cites[0];
}

function within([start, end]: Range, text: string): Range | undefined {
  return start >= 0 && start < end && end <= text.length ? [start, end] : undefined;
}

function lay(look: Look, places: readonly Range[], looks: Look[], offset = 0): void {
  for (const [start, end] of places) looks.fill(look, offset + start, offset + end);
}

function runs(text: string, looks: readonly Look[], [start, end]: Range): LookRun[] {
  const found: LookRun[] = [];
  for (let at = start; at < end; at++) {
    // Paragraphs stand close: there is little room.
    if (text.charAt(at) === "\n" && (found.length === 0 || found.at(-1)?.text.endsWith("\n"))) continue;
    const look = looks[at] ?? "plain";
    const last = found.at(-1);
    if (last?.look === look) found[found.length - 1] = { text: last.text + text.charAt(at), look };
    else found.push({ text: text.charAt(at), look });
  }
  return found;
}

const word = /[\p{L}\p{N}\p{M}_]+/gu;

/** The words of `text` that `other` has too, in the same or another form; words next to each other are one piece. */
function agreeing(text: string, other: string): Range[] {
  const isStopWord = stopWordsOf(text);
  const known = new Set(terms(other));
  const pieces: { range: [number, number]; tells: boolean }[] = [];
  for (const { 0: one, index } of text.matchAll(word)) {
    if (!terms(one).some((term) => known.has(term))) continue;
    const end = index + one.length;
    const last = pieces.at(-1);
    const tells = !isStopWord(one);
    if (last && /^[\s-]*$/.test(text.slice(last.range[1], index))) {
      last.range[1] = end;
      last.tells ||= tells;
    } else pieces.push({ range: [index, end], tells });
  }
  // A lone "the" in both tells nothing.
  return pieces.filter(({ tells }) => tells).map(({ range }) => range);
}

/** Where words stand in a text, whatever white space is between them, and not within longer words. */
function placesOf(wanted: readonly string[], text: string): Range[] {
  return wanted.flatMap((one) => {
    const parts = one.trim().split(/\s+/).filter(Boolean).map(escaped);
    if (parts.length === 0) return [];
    const before = /^[\p{L}\p{N}_]/u.test(one.trim()) ? "(?<![\\p{L}\\p{N}_])" : "";
    const after = /[\p{L}\p{N}_]$/u.test(one.trim()) ? "(?![\\p{L}\\p{N}_])" : "";
    const pattern = new RegExp(`${before}${parts.join("\\s+")}${after}`, "giu");
    return [...text.matchAll(pattern)].map(({ 0: found, index }): Range => [index, index + found.length]);
  });
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
