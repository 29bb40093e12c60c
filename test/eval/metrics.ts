import type { Place } from "../../protocol/places.ts";
import type { Question, Target } from "./dataset.ts";
import { isAtPlace } from "./documentPlaces.ts";

/** A found passage, as far as judging it goes. */
export interface Judged {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly page?: number | undefined;
  readonly place?: Place | undefined;
  /** All places that a blind cut touches, in place of the one that a passage says. */
  readonly places?: readonly Place[] | undefined;
  readonly heading?: string | undefined;
  readonly text: string;
  /** Where its text begins in the file, in characters; needed where targets are marked so. */
  readonly from?: number | undefined;
}

export const measures = ["nDCG@10", "MRR@10", "recall@1", "recall@5", "recall@10", "in 6,000"] as const;
export type Measures = Record<(typeof measures)[number], number>;

/** What "in 6,000" reads of a ranked list, in characters: chunks of any size are compared at equal context. */
const context = 6000;

/**
 * How good a ranked list is for one question. Each target counts once, at the hit that meets it. A hit that meets
 * several counts for all of them and takes as many places, so that one passage with both answers is as good as
 * two with one each, and no better. Where targets are whole files, further passages of a file that was listed
 * already take no place.
 *
 * "in 6,000" is the share of the targets in the first hits that have that many characters together.
 */
export function judge({ relevant }: Question, hits: readonly Judged[]): Measures {
  const met = meetings(relevant, hits);
  const byFile = relevant.every(
    (one) => one.startLine === undefined && one.page === undefined && !one.marked && !one.place,
  );
  const paths = new Set<string>();
  const places: { readonly isMet: boolean }[] = [];
  let ranks = 0;
  let firstRank = 0;
  const metBy: number[] = [];
  for (const [i, hit] of hits.entries()) {
    if (byFile && paths.has(hit.path)) continue;
    paths.add(hit.path);
    const fresh = met[i] ?? 0;
    ranks += 1;
    if (fresh > 0 && firstRank === 0) firstRank = ranks;
    metBy.push((metBy.at(-1) ?? 0) + fresh);
    for (let k = 0; k < Math.max(1, fresh); k++) places.push({ isMet: fresh > 0 });
    if (ranks === 10) break;
  }
  const total = relevant.length;
  const discounted = places.slice(0, 10).reduce((sum, { isMet }, i) => sum + (isMet ? discount(i) : 0), 0);
  const ideal = Array.from({ length: Math.min(10, total) }, (_, i) => discount(i)).reduce((a, b) => a + b, 0);
  const recall = (k: number): number =>
    Math.min(1, (metBy[Math.min(k, metBy.length) - 1] ?? 0) / Math.min(k, total));
  return {
    "nDCG@10": discounted / ideal,
    "MRR@10": firstRank === 0 ? 0 : 1 / firstRank,
    "recall@1": recall(1),
    "recall@5": recall(5),
    "recall@10": recall(10),
    "in 6,000": withinContext(met, hits) / total,
  };
}

const discount = (i: number): number => 1 / Math.log2(i + 2);

/** For each hit, how many targets it meets that none before it met. */
function meetings(targets: readonly Target[], hits: readonly Judged[]): number[] {
  const met = new Set<Target>();
  const held = new Map(targets.map((target) => [target, new Set<number>()]));
  return hits.map((hit) => {
    const fresh = targets.filter((target) => !met.has(target) && meets(hit, target, held.get(target)));
    for (const target of fresh) met.add(target);
    return fresh.length;
  });
}

/** The targets met by the first hits that fit into the context; the first hit always counts. */
function withinContext(met: readonly number[], hits: readonly Judged[]): number {
  let characters = 0;
  let sum = 0;
  for (const [i, hit] of hits.entries()) {
    characters += hit.text.length;
    if (i > 0 && characters > context) break;
    sum += met[i] ?? 0;
  }
  return sum;
}

/**
 * Whether the hit answers. Of a target that is marked in characters, the hits so far must hold half together:
 * lines would not do, because some texts have a whole conversation on one.
 */
function meets(hit: Judged, target: Target, held: Set<number> | undefined): boolean {
  if (target.or?.some((other) => meets(hit, other, undefined))) return true;
  if (hit.path !== target.path) return false;
  if (target.place) return isAtPlace(hit, target.place);
  if (target.marked) return holdsHalf(hit, target.marked, held ?? new Set());
  if (target.page !== undefined) return hit.page === target.page;
  if (target.startLine === undefined) return true;
  return hit.startLine <= (target.endLine ?? target.startLine) && hit.endLine >= target.startLine;
}

/** @param held Characters that earlier hits held; this one's are added. */
function holdsHalf(hit: Judged, [start, end]: readonly [number, number], held: Set<number>): boolean {
  if (hit.from === undefined) return false;
  const last = Math.min(end, hit.from + hit.text.length);
  for (let at = Math.max(start, hit.from); at < last; at++) held.add(at);
  return held.size >= (end - start) / 2;
}

export function mean(values: readonly number[]): number {
  return values.reduce((a, b) => a + b, 0) / Math.max(1, values.length);
}

/** The 95 % interval of the mean, from 1,000 samples drawn with replacement; the same on each run. */
export function interval(values: readonly number[]): [number, number] {
  const random = generator(42);
  const means = Array.from({ length: 1000 }, () => {
    let sum = 0;
    for (let i = 0; i < values.length; i++) sum += values[Math.floor(random() * values.length)] ?? 0;
    return sum / values.length;
  }).sort((a, b) => a - b);
  return [means[25] ?? Number.NaN, means[974] ?? Number.NaN];
}

/** mulberry32: small, and good enough for drawing samples. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), state | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
  };
}
