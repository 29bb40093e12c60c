import { floor } from "../../indexer/search/matchScore.ts";
import { isAboutTheWhole } from "./aboutTheWhole.ts";

/** How much of what does not match well is shown where nothing does. */
const nearestShown = 3;

/** Below this a passage is given, but hardly matches: an answer from such passages alone proves little. */
const weakBelow = 0.3;

/** Whether all that was found hardly matches the question; nothing can be said of one about the files as a whole. */
export function isWeak(question: string, found: readonly { readonly score: number }[]): boolean {
  return found.length > 0 && !isAboutTheWhole(question) && found.every(({ score }) => score < weakBelow);
}

/**
 * What was found, or the nearest of it where nothing matches. A question is answered by what is found together, so
 * a weak hit stays beside a good one; where all are weak, the answer is not there. Of the files as a whole all is an
 * answer.
 */
export function aboveFloor<H extends { readonly score: number }>(
  question: string,
  found: readonly H[],
): { hits: H[]; nearest: H[] } {
  if (isAboutTheWhole(question) || found.some((hit) => hit.score >= floor))
    return { hits: [...found], nearest: [] };
  return { hits: [], nearest: found.slice(0, nearestShown) };
}
