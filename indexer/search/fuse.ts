import type { SearchMode } from "../../protocol/data.ts";
import type { FileRole } from "./fileRole.ts";
import type { QuestionForm } from "./questionForm.ts";

/**
 * The rules of ranking, few and each measured: `npm run eval -- --ablation` shows what each gains, and
 * docs/search.md has the table. All numbers were chosen on the choosing halves of the evaluation.
 */
export interface Ranking {
  /** Words that say nothing ("where", "which", "gets") are rare in code and weigh most there: they are not searched. */
  readonly leaveOutFunctionWords: boolean;
  /**
   * Share of the vectors in the fused score: of a static model's, and of a transformer's, be it the index's own
   * model or the one that refines. The rest is the terms'. Who asks where something is done seldom knows its words.
   */
  readonly vectorWeight: { readonly static: Weight; readonly transformer: Weight };
  /** Share of the refined vector's similarity in a candidate's similarity; the rest is the plain one's. */
  readonly refinedShare: number;
  /** Taken from the score, by what the question seeks and the part that the file plays. */
  readonly rolePenalty: Readonly<Record<"code" | "help" | "any", Partial<Record<FileRole, number>>>>;
  /** Share of the score of a file's next best chunk that is added to its chunks' scores. */
  readonly fileEvidence: number;
  /** Taken from the score for each better chunk of the same file, so that a few files do not take all places. */
  readonly spread: number;
}

interface Weight {
  readonly code: number;
  readonly else: number;
}

export const ranking: Ranking = {
  leaveOutFunctionWords: true,
  vectorWeight: { static: { code: 0.7, else: 0.45 }, transformer: { code: 0.85, else: 0.7 } },
  refinedShare: 0.75,
  rolePenalty: {
    any: { test: 0.15, changes: 0.3 },
    code: { test: 0.4, changes: 0.4, docs: 0.4, data: 0.3 },
    help: { test: 0.25, changes: 0.2, code: 0.15 },
  },
  fileEvidence: 0.1,
  spread: 0.05,
};

/**
 * Below the lower share of known words a query's vectors only settle what its words leave open, in another language
 * often all of it; above the upper one they count fully.
 */
const knownShare = { none: 0.5, all: 0.85 } as const;
const leastTrust = 0.05;
/**
 * "Where is …?" asks for code where at least this share of the candidates is code; in an office's folder it asks
 * for a document.
 */
const codeShare = 0.2;

/** A candidate of one search or of both, with the score that each gave it. */
export interface ScoredCandidate {
  readonly id: string;
  /** Tells files apart, also those of the same path in two folders. */
  readonly file: string;
  readonly role: FileRole;
  /** BM25; 0 when lexical search did not bring it. */
  readonly lexical: number;
  /** Cosine to the query. */
  readonly similarity: number;
  /** The same by the refined vector; undefined while the chunk has none. */
  refined: number | undefined;
  /** Set by `rank`. Only the order means anything. */
  score: number;
}

export interface Question {
  readonly form: QuestionForm;
  /** Share of its words that a static model knows. */
  readonly known: number | undefined;
}

/**
 * Scores the candidates and sorts them, best first. The searches' scores are scaled to [0, 1] over all candidates
 * and added (a convex combination, which unlike reciprocal rank fusion does not suffer from a weak vector list).
 * Candidates that have a refined vector are scored by it too.
 */
export function rank(
  all: ScoredCandidate[],
  mode: SearchMode,
  { form, known }: Question,
  rules: Ranking = ranking,
): void {
  const seeks = soughtIn(all, form);
  fuse(all, weightOf(all, mode, known, seeks, rules), rules.refinedShare);
  if (mode === "lexical") {
    all.sort(byScore);
    return;
  }
  for (const one of all) one.score -= penaltyOf(one.role, seeks, form, rules);
  addFileEvidence(all, rules.fileEvidence);
  spreadOverFiles(all, rules.spread);
}

function soughtIn(all: readonly ScoredCandidate[], { seeks }: QuestionForm): "code" | "help" | "any" {
  if (seeks !== "place") return seeks;
  const code = all.filter(({ role }) => role === "code" || role === "test").length;
  return code >= codeShare * all.length ? "code" : "any";
}

/** The share of the vectors in the fused score. */
function weightOf(
  all: readonly ScoredCandidate[],
  mode: SearchMode,
  known: number | undefined,
  seeks: "code" | "help" | "any",
  { vectorWeight }: Ranking,
): number {
  if (mode !== "hybrid") return mode === "vector" ? 1 : 0;
  const which = seeks === "code" ? "code" : "else";
  const transformer = vectorWeight.transformer[which];
  if (known === undefined) return transformer;
  const trust = (known - knownShare.none) / (knownShare.all - knownShare.none);
  const trusted = Math.min(1, Math.max(leastTrust, trust));
  const refined = all.filter((one) => one.refined !== undefined).length / Math.max(1, all.length);
  return trusted * (vectorWeight.static[which] + (transformer - vectorWeight.static[which]) * refined);
}

function fuse(all: readonly ScoredCandidate[], weight: number, refinedShare: number): void {
  const lexical = scale(all.map((one) => one.lexical));
  const similarity = scale(all.map((one) => one.similarity));
  const refined = scale(all.flatMap((one) => one.refined ?? []));
  for (const one of all) {
    let near = similarity(one.similarity);
    if (one.refined !== undefined) near += refinedShare * (refined(one.refined) - near);
    one.score = (1 - weight) * lexical(one.lexical) + weight * near;
  }
}

/** Who asks for code wants it before its tests, and before what a changelog says of it, unless he asks for those. */
function penaltyOf(
  role: FileRole,
  seeks: "code" | "help" | "any",
  form: QuestionForm,
  { rolePenalty }: Ranking,
): number {
  if (role === "test" && form.speaksOfTests) return 0;
  if (role === "changes" && form.speaksOfChanges) return 0;
  return rolePenalty[seeks][role] ?? 0;
}

/** A file of which two chunks fit is more likely meant than one of which a single chunk does. */
function addFileEvidence(all: ScoredCandidate[], share: number): void {
  all.sort(byScore);
  const best = new Map<string, number[]>();
  for (const { file, score } of all) {
    const scores = best.get(file);
    if (!scores) best.set(file, [score]);
    else if (scores.length < 2) scores.push(score);
  }
  const isBest = new Set<string>();
  for (const one of all) {
    const [first = 0, second = 0] = best.get(one.file) ?? [];
    one.score += share * Math.max(0, isBest.has(one.file) ? first : second);
    isBest.add(one.file);
  }
}

/** @param all In an order that has each file's chunks as they are ranked. */
function spreadOverFiles(all: ScoredCandidate[], step: number): void {
  const before = new Map<string, number>();
  for (const one of all) {
    const count = before.get(one.file) ?? 0;
    one.score -= step * count;
    before.set(one.file, count + 1);
  }
  all.sort(byScore);
}

/** Best first. The id settles ties, so that the same question gives the same order. */
function byScore(a: ScoredCandidate, b: ScoredCandidate): number {
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
