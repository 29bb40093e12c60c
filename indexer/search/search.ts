import * as v from "valibot";
import type { Filter, Hit, SearchMode } from "../../protocol/data.ts";
import { place } from "../../protocol/places.ts";
import { questionTerms } from "../../text/questionTerms.ts";
import { terms } from "../../text/terms.ts";
import type { RefinedRow, RefinedVectors } from "../store/refinedVectors.ts";
import { ordinalOf } from "../store/rows.ts";
import { searchedText } from "../store/searchedText.ts";
import type { Candidate, Store, StoredChunk } from "../store/store.ts";
import { roleOf } from "./fileRole.ts";
import { type Ranking, rank, ranking, type ScoredCandidate } from "./fuse.ts";
import { matchScore } from "./matchScore.ts";
import { formOf } from "./questionForm.ts";

/** How many candidates each of the two searches brings. */
const candidateCount = 200;
/** How many of the best candidates the better model may read for a question, before the second pass has. */
const readNowCount = 40;

export interface SearchedFolder {
  readonly folder: string;
  readonly store: Store;
  readonly refined?: RefinedVectors | undefined;
  /** Keeps the vectors that were made for a question; missing where this process may not write. */
  readonly keepRefined?: (rows: readonly RefinedRow[]) => Promise<void>;
  /** Paths below this folder, each ending in "/", that are searched as folders of their own. */
  readonly nested?: readonly string[];
  /** Which of its chunks are looked at. */
  readonly filter?: Filter | undefined;
}

/** The embedded query, of unit length. Without vectors only terms are searched. */
export interface QueryVectors {
  /** Share of the query's words that a static model knows; a question in another language has few. */
  readonly knownShare?: number | undefined;
  readonly plain?: Float32Array | undefined;
  /** By the model that made the refined vectors. */
  readonly refined?: Promise<Float32Array | undefined> | undefined;
  /**
   * Lets the better model read texts at once, in their order; gives the vectors of those that there was time for.
   * Missing when the second pass is waited for instead.
   */
  readonly readNow?: ((texts: readonly string[]) => Promise<Float32Array[]>) | undefined;
}

/** What search returns; the engine adds the marks. */
export type SearchHit = Omit<Hit, "marks">;

interface FolderCandidate extends ScoredCandidate {
  readonly from: SearchedFolder;
  readonly textHash: string;
}

/**
 * Finds the `k` best chunks of all folders. Lexical and vector search each bring candidates, whose scores
 * are fused.
 * @param vectors Not needed for "lexical".
 */
export async function search(
  folders: readonly SearchedFolder[],
  query: string,
  vectors: QueryVectors,
  k: number,
  mode: SearchMode,
  rules: Ranking = ranking,
): Promise<SearchHit[]> {
  const limit = Math.max(candidateCount, k);
  const asked = rules.leaveOutFunctionWords ? questionTerms(query) : new Set(terms(query));
  const queryTerms = mode === "vector" ? [] : [...asked];
  const vector = mode === "lexical" ? undefined : vectors.plain;
  const lists = await Promise.all(
    folders.map(async (from) => {
      const [lexical, nearest] = await Promise.all([
        from.store.lexical(queryTerms, limit, from.filter),
        vector ? from.store.nearest(vector, limit, from.filter) : [],
      ]);
      return merge(from, lexical, nearest, vector);
    }),
  );
  const refined = mode === "lexical" ? undefined : await vectors.refined;
  if (refined) await Promise.all(lists.map((list) => addRefined(list, refined)));
  const all = lists.flat();
  const question = { form: formOf(query), known: vectors.knownShare };
  rank(all, mode, question, rules);
  if (
    refined &&
    vectors.readNow &&
    (await readMissing(all.slice(0, readNowCount), refined, vectors.readNow))
  ) {
    rank(all, mode, question, rules);
  }
  const chunks = await fetchChunks(all.slice(0, k));
  return all.slice(0, k).flatMap((one) => {
    const chunk = chunks.get(one.from)?.get(one.id);
    return chunk ? [toHit(one, chunk, scoreOf(one, chunk, asked, vectors))] : [];
  });
}

/** How well the chunk matches, whatever else was found. */
function scoreOf(
  { similarity, refined }: FolderCandidate,
  chunk: StoredChunk,
  asked: ReadonlySet<string>,
  { plain, knownShare }: QueryVectors,
): number {
  const own = new Set(terms(searchedText(chunk)));
  const found = [...asked].filter((term) => own.has(term)).length;
  return matchScore({
    coverage: found / (asked.size + 1),
    similarity: plain && knownShare !== undefined ? similarity : undefined,
    refined,
    known: knownShare ?? 1,
  });
}

/** Gives those of `best` that have no refined vector one now. Returns whether any got one. */
async function readMissing(
  best: readonly FolderCandidate[],
  query: Float32Array,
  readNow: NonNullable<QueryVectors["readNow"]>,
): Promise<boolean> {
  const missing = best.filter((one) => one.refined === undefined);
  if (missing.length === 0) return false;
  const chunks = await fetchChunks(missing);
  const readable = missing.flatMap((one) => {
    const chunk = chunks.get(one.from)?.get(one.id);
    return chunk ? [{ one, text: searchedText(chunk) }] : [];
  });
  const vectors = await readNow(readable.map(({ text }) => text));
  const read = readable.slice(0, vectors.length).map(({ one }, i) => ({ one, vector: vectors[i] ?? query }));
  for (const { one, vector } of read) one.refined = dot(query, vector);
  for (const from of new Set(read.map(({ one }) => one.from))) {
    const own = read.filter(({ one }) => one.from === from);
    await from.keepRefined?.(own.map(({ one, vector }) => ({ hash: one.textHash, vector })));
  }
  return read.length > 0;
}

/** One entry for each chunk that either list holds. A chunk that only terms found gets its similarity here. */
function merge(
  from: SearchedFolder,
  lexical: readonly Candidate[],
  nearest: readonly Candidate[],
  queryVector: Float32Array | undefined,
): FolderCandidate[] {
  const byId = new Map<string, FolderCandidate>();
  const isOwn = ({ path }: Candidate): boolean => !from.nested?.some((prefix) => path.startsWith(prefix));
  const put = (candidate: Candidate, lexicalScore: number, similarity: number): void => {
    const { id, path, textHash } = candidate;
    byId.set(id, {
      from,
      id,
      textHash,
      file: `${from.folder}\0${path}`,
      role: roleOf(candidate),
      lexical: lexicalScore,
      similarity,
      refined: undefined,
      score: 0,
    });
  };
  for (const candidate of lexical.filter(isOwn)) {
    put(candidate, candidate.score, queryVector ? dot(queryVector, candidate.vector) : 0);
  }
  for (const candidate of nearest.filter(isOwn)) {
    if (!byId.has(candidate.id)) put(candidate, 0, candidate.score);
  }
  return [...byId.values()];
}

async function addRefined(list: readonly FolderCandidate[], query: Float32Array): Promise<void> {
  const vectors = list[0]?.from.refined;
  if (!vectors) return;
  const found = await vectors.similarities(
    query,
    list.map((one) => one.textHash),
  );
  for (const one of list) one.refined = found.get(one.textHash);
}

async function fetchChunks(
  of: readonly FolderCandidate[],
): Promise<Map<SearchedFolder, Map<string, StoredChunk>>> {
  const chunks = new Map<SearchedFolder, Map<string, StoredChunk>>();
  for (const from of new Set(of.map((one) => one.from))) {
    const ids = of.filter((one) => one.from === from).map((one) => one.id);
    chunks.set(from, await from.store.chunksById(ids));
  }
  return chunks;
}

function toHit(candidate: FolderCandidate, chunk: StoredChunk, score: number): SearchHit {
  return {
    folder: candidate.from.folder,
    path: chunk.path,
    kind: chunk.kind,
    language: chunk.language,
    startLine: chunk.startLine,
    endLine: chunk.endLine,
    ...(chunk.page === null ? {} : { page: chunk.page }),
    ...(chunk.place === null ? {} : { place: v.parse(place, JSON.parse(chunk.place)) }),
    ...(chunk.heading === null ? {} : { heading: chunk.heading }),
    score: Math.round(score * 1e4) / 1e4,
    text: chunk.text,
    ordinal: ordinalOf(chunk.id),
  };
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}
