import type { SearchHit } from "../../indexer/search/search.ts";
import type { Hit, Selection, Turn } from "../../protocol/data.ts";
import { terms } from "../../text/terms.ts";
import { contentWords } from "./followUp.ts";
import { joinPassages } from "./joinPassages.ts";
import { markSentences } from "./marks.ts";
import { queriesFor } from "./query.ts";

/**
 * How many are looked at of each search, so that more than are wanted can be given and duplicates be replaced; and how
 * many of the best must have a telling word, where two searches are fused.
 */
const looked = 30;
const best = 3;
/** A word tells what a question is about when at most this share of what it finds has it. */
const tellingShare = 0.1;
/** How many the list that leads gives for each of the other. */
const lead = 3;

interface Wanted {
  readonly question: string;
  readonly history: readonly Turn[];
  readonly selection?: Selection | undefined;
}

export type Search = (query: string, k: number, signal: AbortSignal) => Promise<readonly SearchHit[]>;

interface Found {
  readonly query: string;
  readonly hit: SearchHit;
}

/**
 * Passages of the `k` best chunks for a question, with the sentences marked that match, and what was searched for.
 * `ranked` has some more chunks, for more passages.
 */
export async function findPassages(
  { question, history, selection }: Wanted,
  search: Search,
  k: number,
  signal: AbortSignal,
): Promise<{ passages: Hit[]; ranked: Hit[]; searchedFor: string[] }> {
  const { alone, completed } = queriesFor(question, history, selection);
  const searchedFor = [alone, completed].filter((query) => query !== undefined);
  const depth = Math.max(k, looked);
  const [first = [], second] = await Promise.all(
    searchedFor.map(async (query) => (await search(query, depth, signal)).map((hit) => ({ query, hit }))),
  );
  const fused =
    second === undefined
      ? first
      : saysEnough(question, first)
        ? interleave(first, second)
        : interleave(second, first);
  const ranked = fused.map(({ query, hit }) => ({ ...hit, marks: markSentences(query, hit.text, hit.kind) }));
  return { passages: joinPassages(ranked, k), ranked, searchedFor };
}

/**
 * Whether a question says by itself what it is about: it has a word that one of the best passages has, and only few
 * of all that it finds ("And in capitals?"). Where all its words are common ("How much does it cost?"), it goes on.
 */
function saysEnough(question: string, found: readonly Found[]): boolean {
  const words = found.map(
    ({ hit: { path, heading = "", text } }) => new Set(terms(`${path} ${heading} ${text}`)),
  );
  return terms(contentWords(question).join(" ")).some((word) => {
    const having = words.filter((one) => one.has(word)).length;
    return words.slice(0, best).some((one) => one.has(word)) && having <= found.length * tellingShare;
  });
}

/**
 * Both lists in turns, of the one that leads three at a time. So its first stays first, and the first of the other
 * one is among the first four: what a question finds alone is not lost where it was taken for one that goes on.
 * (Weighted reciprocal ranks find as much, but promise nothing.)
 */
function interleave(leading: readonly Found[], other: readonly Found[]): Found[] {
  const seen = new Set<string>();
  return [
    ...leading.map((found, i) => ({ found, place: i + Math.floor(i / lead) })),
    ...other.map((found, i) => ({ found, place: lead + i * (lead + 1) })),
  ]
    .sort((a, b) => a.place - b.place)
    .map(({ found }) => found)
    .filter(({ hit: { folder, path, startLine, text } }) => {
      const key = [folder, path, startLine, text].join("\n");
      return !seen.has(key) && seen.add(key);
    });
}
