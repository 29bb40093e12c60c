import type { FileKind, Range } from "../../protocol/data.ts";
import { questionTerms } from "../../text/questionTerms.ts";
import { sentences } from "../../text/sentences.ts";
import { terms } from "../../text/terms.ts";

/** Longer "sentences" are tables or data that lost their lines; marking all of it would point at nothing. */
const longestMark = 600;

/**
 * The sentences of a passage that match the question best: none to `most`, in the order of the text. A word
 * counts the more, the fewer sentences of the passage it stands in. In code and data a line takes the place of
 * a sentence.
 */
export function markSentences(question: string, text: string, kind?: FileKind, most = 3): Range[] {
  const asked = questionTerms(question);
  if (asked.size === 0) return [];
  const byLine = kind === undefined ? looksLikeCode(text) : kind === "code" || kind === "data";
  const units = (byLine ? lines(text) : proseUnits(text)).filter(
    ([start, end]) => end - start <= longestMark,
  );
  const found = units.map(([start, end]) => {
    const own = new Set(terms(text.slice(start, end)));
    return { range: [start, end] as Range, matched: [...asked].filter((term) => own.has(term)) };
  });

  const weights = new Map<string, number>();
  for (const term of asked) {
    const holding = found.filter(({ matched }) => matched.includes(term)).length;
    if (holding > 0) weights.set(term, Math.log(1 + found.length / holding));
  }
  const scored = found
    .map(({ range, matched }) => ({
      range,
      score: matched.reduce((sum, term) => sum + (weights.get(term) ?? 0), 0),
    }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.range[0] - b.range[0]);
  const best = scored[0]?.score ?? 0;
  return scored
    .filter(({ score }) => score >= best * 0.6)
    .slice(0, most)
    .map(({ range }) => range)
    .sort((a, b) => a[0] - b[0]);
}

function proseUnits(text: string): Range[] {
  return sentences(text).flatMap((sentence): Range[] =>
    sentence.kind === "code"
      ? lines(text.slice(sentence.start, sentence.end)).map(([from, to]) => [
          sentence.start + from,
          sentence.start + to,
        ])
      : [[sentence.start, sentence.end]],
  );
}

function lines(text: string): Range[] {
  const found: Range[] = [];
  for (const match of text.matchAll(/[^\n]+/g)) {
    const line = match[0];
    const start = match.index + (line.length - line.trimStart().length);
    const end = match.index + line.trimEnd().length;
    // A lone bracket or rule matches nothing, but must not count as a line of the text.
    if (start < end && /[\p{L}\p{N}]/u.test(line)) found.push([start, end]);
  }
  return found;
}

function looksLikeCode(text: string): boolean {
  const all = text.split("\n").filter((line) => line.trim() !== "");
  const code = all.filter((line) =>
    /[;{}]\s*$|^\s*(?:def|import|return|func|fn|class|if|for)\b.*[:({]|=>|\);?$/.test(line),
  );
  return all.length > 0 && code.length * 3 > all.length;
}
