import type { Question, Target } from "./dataset.ts";

/** A found passage, as far as judging it goes. */
export interface Judged {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly page?: number | undefined;
}

export const measures = ["nDCG@10", "MRR@10", "recall@1", "recall@5", "recall@10"] as const;
export type Measures = Record<(typeof measures)[number], number>;

/**
 * How good a ranked list is for one question. Each target counts once, at the first hit that meets it. Where
 * targets are whole files, further passages of a file that was listed already take no place.
 */
export function judge(question: Question, hits: readonly Judged[]): Measures {
  const byFile = question.relevant.every(
    (target) => target.startLine === undefined && target.page === undefined,
  );
  const paths = new Set<string>();
  const met = new Set<Target>();
  const gains: number[] = [];
  for (const hit of hits) {
    if (byFile && paths.has(hit.path)) continue;
    paths.add(hit.path);
    const fresh = question.relevant.filter((target) => !met.has(target) && meets(hit, target));
    for (const target of fresh) met.add(target);
    gains.push(fresh.length > 0 ? 1 : 0);
    if (gains.length === 10) break;
  }
  const total = question.relevant.length;
  const discounted = gains.reduce((sum, gain, i) => sum + gain / Math.log2(i + 2), 0);
  const ideal = Array.from({ length: Math.min(10, total) }, (_, i) => 1 / Math.log2(i + 2)).reduce(
    (a, b) => a + b,
  );
  const first = gains.indexOf(1);
  const recall = (k: number): number => gains.slice(0, k).reduce((a, b) => a + b, 0) / Math.min(k, total);
  return {
    "nDCG@10": discounted / ideal,
    "MRR@10": first < 0 ? 0 : 1 / (first + 1),
    "recall@1": recall(1),
    "recall@5": recall(5),
    "recall@10": recall(10),
  };
}

function meets(hit: Judged, target: Target): boolean {
  if (hit.path !== target.path) return false;
  if (target.page !== undefined) return hit.page === target.page;
  if (target.startLine === undefined) return true;
  return hit.startLine <= (target.endLine ?? target.startLine) && hit.endLine >= target.startLine;
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
