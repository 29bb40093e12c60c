import * as v from "valibot";
import type { Candidate, Store } from "../../indexer/store/store.ts";
import { place } from "../../protocol/places.ts";
import { terms } from "../../text/terms.ts";
import type { Judged } from "./metrics.ts";

/** As many of each search as the product takes. */
const candidateCount = 100;
/** The shares of the vectors that are tried. */
export const weights = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1] as const;

interface Scored {
  readonly lexical: number;
  readonly near: number;
  readonly hit: Judged;
}

/**
 * What both searches bring for one question, ranked once for each weight: the scores scaled to [0, 1] and added,
 * and none of the product's rules. So a yardstick can have the weight that suits it best on each set.
 */
export async function rankAtEachWeight(
  store: Pick<Store, "lexical" | "nearest" | "chunksById">,
  query: string,
  vector: Float32Array,
  k: number,
): Promise<Judged[][]> {
  const [lexical, nearest] = await Promise.all([
    store.lexical([...new Set(terms(query))], candidateCount),
    store.nearest(vector, candidateCount),
  ]);
  const found = new Map<string, { lexical: number; near: number }>();
  for (const one of lexical) found.set(one.id, { lexical: one.score, near: cosine(vector, one) });
  for (const one of nearest) found.set(one.id, { lexical: found.get(one.id)?.lexical ?? 0, near: one.score });
  const chunks = await store.chunksById([...found.keys()]);
  const scaledLexical = scale([...found.values()].map((one) => one.lexical));
  const scaledNear = scale([...found.values()].map((one) => one.near));
  const all = [...found].flatMap(([id, one]): Scored[] => {
    const chunk = chunks.get(id);
    if (!chunk) return [];
    const hit = {
      ...chunk,
      page: chunk.page ?? undefined,
      heading: chunk.heading ?? undefined,
      place: chunk.place ? v.parse(place, JSON.parse(chunk.place)) : undefined,
    };
    return [{ lexical: scaledLexical(one.lexical), near: scaledNear(one.near), hit }];
  });
  return weights.map((weight) => {
    const score = (one: Scored): number => (1 - weight) * one.lexical + weight * one.near;
    return [...all]
      .sort((a, b) => score(b) - score(a))
      .slice(0, k)
      .map(({ hit }) => hit);
  });
}

function cosine(query: Float32Array, { vector }: Candidate): number {
  let sum = 0;
  for (let i = 0; i < query.length; i++) sum += (query[i] ?? 0) * (vector[i] ?? 0);
  return sum;
}

function scale(values: readonly number[]): (value: number) => number {
  const least = Math.min(...values);
  const span = Math.max(...values) - least;
  return span > 0 ? (value) => (value - least) / span : () => 0;
}
