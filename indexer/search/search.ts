import type { Hit, SearchMode } from "../../protocol/data.ts";
import { terms } from "../../text/terms.ts";
import type { RefinedVectors } from "../store/refinedVectors.ts";
import type { Candidate, ReadableChunk, Store } from "../store/store.ts";

/** Chunks that each of the two searches brings for fusion. */
const candidates = 100;
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
const testPath =
  /(^|\/)(tests?|t|specs?|__tests__)\/|(^|\/)test_[^/]*$|[._-](test|spec|tests|specs)\.[^/]*$|Tests?\.\w+$/;

export interface SearchedFolder {
  readonly folder: string;
  readonly store: Store;
  readonly refined?: RefinedVectors | undefined;
  /** Paths below this folder, each ending in "/", that are searched as folders of their own. */
  readonly nested?: readonly string[];
}

/** The embedded query, of unit length. Without vectors only terms are searched. */
export interface QueryVectors {
  /** Share of the query's words that a static model knows; a question in another language has few. */
  readonly knownShare?: number | undefined;
  readonly plain?: Float32Array | undefined;
  /** By the model that made the refined vectors. */
  readonly refined?: Promise<Float32Array | undefined> | undefined;
}

/** A passage with what finding it needs to know but nobody else: `marks` are added by the engine. */
export type Found = Omit<Hit, "marks">;

interface Scored {
  readonly from: SearchedFolder;
  readonly id: string;
  readonly textHash: string;
  readonly isTest: boolean;
  readonly lexical: number;
  readonly similarity: number;
  /** Undefined while the chunk has no refined vector. */
  refined: number | undefined;
  score: number;
}

/**
 * Finds the `k` best chunks of all folders. Lexical and vector search each bring candidates; their scores are
 * scaled to [0, 1] over the candidates and added with fixed weights (a convex combination, which unlike
 * reciprocal rank fusion does not suffer from a weak vector list). Candidates that have a refined vector are
 * scored by it too.
 * @param vectors Not needed for "lexical".
 */
export async function search(
  folders: readonly SearchedFolder[],
  query: string,
  vectors: QueryVectors,
  k: number,
  mode: SearchMode,
): Promise<Found[]> {
  const limit = Math.max(candidates, k);
  const queryTerms = mode === "vector" ? [] : [...new Set(terms(query))];
  const vector = mode === "lexical" ? undefined : vectors.plain;
  const lists = await Promise.all(
    folders.map(async (from) => {
      const [lexical, nearest] = await Promise.all([
        from.store.lexical(queryTerms, limit),
        vector ? from.store.nearest(vector, limit) : [],
      ]);
      return merge(from, lexical, nearest, vector);
    }),
  );
  const refined = mode === "lexical" ? undefined : await vectors.refined;
  if (refined) await Promise.all(lists.map((list) => addRefined(list, refined)));
  const all = lists.flat();
  fuse(all, mode, vectors.knownShare);
  if (mode === "hybrid") putTestsBack(all, queryTerms);
  return fetchRows(all.sort(byScore).slice(0, k));
}

/** One entry for each chunk that either list holds. A chunk that only terms found gets its similarity here. */
function merge(
  from: SearchedFolder,
  lexical: readonly Candidate[],
  nearest: readonly Candidate[],
  queryVector: Float32Array | undefined,
): Scored[] {
  const byId = new Map<string, Scored>();
  const none = { from, refined: undefined, score: 0 };
  const isOwn = ({ path }: Candidate): boolean => !from.nested?.some((prefix) => path.startsWith(prefix));
  for (const candidate of lexical.filter(isOwn)) {
    const { id, textHash, vector, score } = candidate;
    const similarity = queryVector ? dot(queryVector, vector) : 0;
    byId.set(id, { ...none, id, textHash, isTest: isTest(candidate), lexical: score, similarity });
  }
  for (const candidate of nearest.filter(isOwn)) {
    const { id, textHash, score } = candidate;
    if (byId.has(id)) continue;
    byId.set(id, { ...none, id, textHash, isTest: isTest(candidate), lexical: 0, similarity: score });
  }
  return [...byId.values()];
}

function isTest({ kind, path }: Candidate): boolean {
  return kind === "code" && testPath.test(path);
}

async function addRefined(list: readonly Scored[], query: Float32Array): Promise<void> {
  const vectors = list[0]?.from.refined;
  if (!vectors) return;
  const found = await vectors.similarities(
    query,
    list.map((one) => one.textHash),
  );
  for (const one of list) one.refined = found.get(one.textHash);
}

/** The share of the vectors in the fused score. @param coverage Share of the candidates with a refined vector. */
function hybridWeight(known: number | undefined, coverage: number): number {
  if (known === undefined) return vectorWeight.transformer;
  const { none, all } = knownShare;
  const trusted = Math.min(1, Math.max(0, (known - none) / (all - none)));
  return trusted * (vectorWeight.static + (vectorWeight.transformer - vectorWeight.static) * coverage);
}

/** Sets the scores. */
function fuse(all: readonly Scored[], mode: SearchMode, known: number | undefined): void {
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

function putTestsBack(all: readonly Scored[], queryTerms: readonly string[]): void {
  if (queryTerms.some((term) => term === "test" || term === "spec")) return;
  for (const one of all) if (one.isTest) one.score -= testPenalty;
}

/** The id settles ties, so that the same question gives the same order. */
function byScore(a: Scored, b: Scored): number {
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

async function fetchRows(ranked: readonly Scored[]): Promise<Found[]> {
  const rows = new Map<SearchedFolder, Map<string, ReadableChunk>>();
  for (const from of new Set(ranked.map((one) => one.from))) {
    const ids = ranked.filter((one) => one.from === from).map((one) => one.id);
    rows.set(from, await from.store.chunksById(ids));
  }
  return ranked.flatMap((one) => {
    const row = rows.get(one.from)?.get(one.id);
    return row ? [toFound(one, row)] : [];
  });
}

function toFound(scored: Scored, row: ReadableChunk): Found {
  return {
    folder: scored.from.folder,
    path: row.path,
    kind: row.kind,
    language: row.language,
    startLine: row.startLine,
    endLine: row.endLine,
    ...(row.page === null ? {} : { page: row.page }),
    ...(row.heading === null ? {} : { heading: row.heading }),
    score: Math.max(0, Math.round(scored.score * 1e4) / 1e4),
    text: row.text,
  };
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}
