import type { Selection, Turn } from "../../protocol/data.ts";
import { contentWords, mayFollow } from "./followUp.ts";

const longestSelection = 400;
const mostTurns = 3;

/** What to search for; there is at least one of both. */
export interface Queries {
  /** The question as it was asked, with what is selected; not for one that says nothing by itself ("Why?"). */
  readonly alone?: string;
  /** The question with what it may go on with. */
  readonly completed?: string;
}

/**
 * What to search for. A question that may go on with the ones before it is also searched together with their
 * content words, back to the last that stands alone, three at most. A question about a selection is searched
 * with the beginning of the selection, which is context enough: it takes none from before. No model is asked.
 */
export function queriesFor(question: string, history: readonly Turn[], selection?: Selection): Queries {
  if (selection) return { alone: `${question}\n${beginningOf(selection)}` };
  const context: string[] = [];
  let isOpen = mayFollow(question);
  for (const turn of history.slice(-mostTurns).reverse()) {
    if (!isOpen) break;
    context.unshift(...(turn.selection ? [beginningOf(turn.selection)] : contentWords(turn.question)));
    isOpen = turn.selection === undefined && mayFollow(turn.question);
  }
  if (context.length === 0) return { alone: question };
  const completed = `${[...new Set(context)].join(" ")}: ${question}`;
  return contentWords(question).length === 0 ? { completed } : { alone: question, completed };
}

function beginningOf({ text }: Selection): string {
  return text.slice(0, longestSelection);
}
