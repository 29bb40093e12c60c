import type { Hit, SearchMode } from "../protocol/data.ts";
import { terms } from "../text/terms.ts";
import type { Candidate, ReadableChunk, Store } from "./store.ts";

/** Chunks that each of the two searches brings for fusion. */
const candidates = 100;
/** Share of the vectors in the fused score; the rest is the terms'. Chosen by `npm run eval`. */
const vectorWeight = 0.45;

export interface SearchedFolder {
  readonly folder: string;
  readonly store: Store;
}

/** A passage with what finding it needs to know but nobody else: `marks` are added by the engine. */
export type Found = Omit<Hit, "marks">;

interface Scored {
  readonly from: SearchedFolder;
  readonly id: string;
  readonly vector: Float32Array;
  lexical: number;
  similarity: number;
  score: number;
}

/**
 * Finds the `k` best chunks of all folders. Lexical and vector search each bring candidates; their scores are
 * scaled to [0, 1] over the candidates and added with fixed weights (a convex combination, which unlike
 * reciprocal rank fusion does not suffer from a weak vector list).
 * @param queryVector The embedded query, of unit length; not needed for "lexical".
 */
export async function search(
  folders: readonly SearchedFolder[],
  query: string,
  queryVector: Float32Array | undefined,
  k: number,
  mode: SearchMode,
): Promise<Found[]> {
  const limit = Math.max(candidates, k);
  const queryTerms = mode === "vector" ? [] : [...new Set(terms(query))];
  const vector = mode === "lexical" ? undefined : queryVector;
  const lists = await Promise.all(
    folders.map(async (from) => {
      const [lexical, nearest] = await Promise.all([
        from.store.lexical(queryTerms, limit),
        vector ? from.store.nearest(vector, limit) : [],
      ]);
      return merge(from, lexical, nearest, vector);
    }),
  );
  const ranked = fuse(lists.flat(), mode).slice(0, k);
  return fetchRows(ranked);
}

/** One entry for each chunk that either list holds. A chunk that only terms found gets its similarity here. */
function merge(
  from: SearchedFolder,
  lexical: readonly Candidate[],
  nearest: readonly Candidate[],
  queryVector: Float32Array | undefined,
): Scored[] {
  const byId = new Map<string, Scored>();
  for (const { id, vector, score } of lexical) {
    const similarity = queryVector ? dot(queryVector, vector) : 0;
    byId.set(id, { from, id, vector, lexical: score, similarity, score: 0 });
  }
  for (const { id, vector, score } of nearest) {
    if (!byId.has(id)) byId.set(id, { from, id, vector, lexical: 0, similarity: score, score: 0 });
  }
  return [...byId.values()];
}

function fuse(all: Scored[], mode: SearchMode): Scored[] {
  const weight = mode === "vector" ? 1 : mode === "lexical" ? 0 : vectorWeight;
  const lexical = scale(all.map((one) => one.lexical));
  const similarity = scale(all.map((one) => one.similarity));
  for (const one of all) {
    one.score = (1 - weight) * lexical(one.lexical) + weight * similarity(one.similarity);
  }
  // The id settles ties, so that the same question gives the same order.
  return all.sort((a, b) => b.score - a.score || (a.id < b.id ? -1 : 1));
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
    score: Math.round(scored.score * 1e4) / 1e4,
    text: row.text,
  };
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}
