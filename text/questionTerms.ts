import { stopWordsOf } from "./stopWords.ts";
import { terms } from "./terms.ts";

/**
 * The terms of a question that say what it is about, in the order of their first mention; all of them when it has
 * nothing but small words.
 */
export function questionTerms(question: string): Set<string> {
  const words = question.match(/[\p{L}\p{N}\p{M}_'’]+/gu) ?? [];
  const isStopWord = stopWordsOf(question);
  const meaningful = words.filter((word) => !isStopWord(word));
  return new Set(terms((meaningful.length > 0 ? meaningful : words).join(" ")));
}
