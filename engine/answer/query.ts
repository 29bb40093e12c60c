import type { Selection, Turn } from "../../protocol/data.ts";
import { questionTerms } from "../../text/questionTerms.ts";

const longestSelection = 400;
const mostTurns = 3;

/** Begins by going on with what was said before. */
const opening =
  /^\s*(?:and|but|or|so|also|then|what about|how about|what else|why(?: not)?\s*\?|und|aber|oder|auch|wie sieht|et|mais|y|pero|e|ma|en|maar)(?![\p{L}\p{N}])/iu;
/** Speaks of something that was named before. */
const pronoun =
  /(?<![\p{L}\p{N}])(?:it|its|they|them|their|that|this|those|these|he|she|his|her|him|there|one|er|sie|es|dies|dieser|diese|dieses|davon|dazu|dafür|damit|il|elle|ils|elles|cela|ça|eso|esto|ella)(?![\p{L}\p{N}])/iu;

/**
 * What to search for. A question that only makes sense after the ones before it ("and for Linux?", "who signed
 * it?") is searched together with them, back to the last that stands alone, three at most. A question about a
 * selection is searched together with the beginning of the selection. No model is asked.
 */
export function searchQuery(question: string, history: readonly Turn[], selection?: Selection): string {
  const parts = [question];
  for (const turn of history.slice(-mostTurns).reverse()) {
    if (!needsHistory(parts[0] ?? "")) break;
    parts.unshift(turn.question);
  }
  if (selection) parts.push(selection.text.slice(0, longestSelection));
  return parts.join("\n");
}

function needsHistory(question: string): boolean {
  const content = questionTerms(question).size;
  return opening.test(question) || content <= 1 || (content <= 5 && pronoun.test(question));
}
