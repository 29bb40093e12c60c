import type { FileKind, SearchMode } from "../../protocol/data.ts";
import { testPath } from "../files/testPath.ts";

/**
 * Share of the vectors in the fused score: of a static model's, and of a transformer's, be it the index's own
 * model or the one that refines. The rest is the terms'. Chosen by `npm run eval`, as is the next.
 */
const vectorWeight = { static: 0.45, transformer: 0.6 } as const;
/** Share of the refined vector's similarity in a candidate's similarity; the rest is the plain one's. */
const refinedShare = 0.8;
/** Below the lower share of known words a query's vectors count for nothing, above the upper one fully. */
const knownShare = { none: 0.5, all: 0.85 } as const;
/**
 * Taken from the score of a test's code, since who asks what the code does wants the code before its tests; not
 * when the question is about tests.
 */
const testPenalty = 0.1;

/** A candidate of one search or of both, with the score that each gave it. */
export interface ScoredCandidate {
  readonly id: string;
  readonly isTest: boolean;
  /** BM25; 0 when lexical search did not bring it. */
  readonly lexical: number;
  /** Cosine to the query. */
  readonly similarity: number;
  /** The same by the refined vector; undefined while the chunk has none. */
  refined: number | undefined;
  /** Set by `fuse`. */
  score: number;
}

/** Whether a file holds tests of code. */
export function isTest({ kind, path }: { readonly kind: FileKind; readonly path: string }): boolean {
  return kind === "code" && testPath.test(path);
}

/**
 * Sets the scores: the searches' are scaled to [0, 1] over all candidates and added with fixed weights (a convex
 * combination, which unlike reciprocal rank fusion does not suffer from a weak vector list). Candidates that have
 * a refined vector are scored by it too.
 * @param known Share of the query's words that a static model knows.
 */
export function fuse(all: readonly ScoredCandidate[], mode: SearchMode, known: number | undefined): void {
  const refinedOnes = all.flatMap((one) => one.refined ?? []);
  const coverage = refinedOnes.length / Math.max(1, all.length);
  const weight = mode === "vector" ? 1 : mode === "lexical" ? 0 : hybridWeight(known, coverage);
  const lexical = scale(all.map((one) => one.lexical));
  const similarity = scale(all.map((one) => one.similarity));
  const refined = scale(refinedOnes);
  for (const one of all) {
    let near = similarity(one.similarity);
    if (one.refined !== undefined) near += refinedShare * (refined(one.refined) - near);
    one.score = (1 - weight) * lexical(one.lexical) + weight * near;
  }
}

/** The share of the vectors in the fused score. @param coverage Share of the candidates with a refined vector. */
function hybridWeight(known: number | undefined, coverage: number): number {
  if (known === undefined) return vectorWeight.transformer;
  const { none, all } = knownShare;
  const trusted = Math.min(1, Math.max(0, (known - none) / (all - none)));
  return trusted * (vectorWeight.static + (vectorWeight.transformer - vectorWeight.static) * coverage);
}

/** Lowers the scores of test code, unless the query speaks of tests. */
export function applyTestPenalty(all: readonly ScoredCandidate[], queryTerms: readonly string[]): void {
  if (queryTerms.some((term) => term === "test" || term === "spec")) return;
  for (const one of all) if (one.isTest) one.score -= testPenalty;
}

/** Best first. The id settles ties, so that the same question gives the same order. */
export function byScore(a: ScoredCandidate, b: ScoredCandidate): number {
  return b.score - a.score || (a.id < b.id ? -1 : 1);
}

/** Min-max scaling to [0, 1]; equal values, a single candidate's for instance, count fully. */
function scale(values: readonly number[]): (value: number) => number {
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  if (max <= 0) return () => 0;
  return max > min ? (value) => (value - min) / (max - min) : () => 1;
}
