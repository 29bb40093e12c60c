import type { EmbeddingModel } from "../models/embedding/embeddingModel.ts";
import type { RefinedVectors } from "./store/refinedVectors.ts";
import { hashOfText, searchedText } from "./store/searchedText.ts";
import type { Store } from "./store/store.ts";

/** Chunks of one commit. A killed engine loses the work on fewer than these. */
const batchChunks = 256;

export interface RefineOptions {
  readonly store: Store;
  readonly refined: RefinedVectors;
  readonly model: EmbeddingModel;
  /** Called with the number of chunks that have a refined vector. */
  readonly onProgress: (done: number) => void;
}

/**
 * Gives every chunk of the store a vector of the better model that has none yet, some hundred to a commit. Ends
 * early, with what was done, when `signal` is aborted. Files may change meanwhile: vectors go by their texts.
 */
export async function refine(options: RefineOptions, signal: AbortSignal): Promise<void> {
  const { store, refined, onProgress } = options;
  const all = await store.textHashes();
  const known = await refined.hashes();
  const missing = all.filter(({ hash }) => !known.has(hash));
  let done = all.length - missing.length;
  onProgress(done);
  for (let from = 0; from < missing.length && !signal.aborted; from += batchChunks) {
    const batch = missing.slice(from, from + batchChunks);
    await refined.add(await embed(options, batch, signal));
    done += batch.length;
    if (!signal.aborted) onProgress(done);
  }
  if (!signal.aborted) await refined.finish(new Set(all.map(({ hash }) => hash)));
}

async function embed(
  { store, refined, model }: RefineOptions,
  batch: readonly { readonly id: string }[],
  signal: AbortSignal,
): Promise<{ hash: string; vector: Float32Array }[]> {
  const chunks = await store.chunksById(batch.map(({ id }) => id));
  // A file may hold the same text twice.
  const texts = new Set([...chunks.values()].map(searchedText));
  const rows: { hash: string; vector: Float32Array }[] = [];
  for (const text of texts) {
    await refined.quiet(signal);
    if (signal.aborted) break;
    // One at a time: on a processor eight at once are no faster, and take 150 MB more.
    const [vector] = await model.embed([text], "passage");
    if (vector) rows.push({ hash: hashOfText(text), vector });
  }
  return rows;
}
