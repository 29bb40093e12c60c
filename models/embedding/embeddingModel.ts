/** Text is embedded as what is asked or as what is found: some models use a prefix for one or the other. */
export type EmbeddingInput = "query" | "passage";

/** A model that maps text to vectors of unit length. */
export interface EmbeddingModel {
  /** Name and revision, with everything that changes the vectors (pooling, dtype, prefixes). Part of the index. */
  readonly id: string;
  readonly dimension: number;
  /** What a person should know of it, in a sentence. */
  readonly note?: string;
  /**
   * One vector of `dimension` float32 values for each text, L2-normalised; a text without a known word gives
   * zeros. Throws a CarrelError when the model can't be run, an AbortError-like CarrelError when cancelled.
   */
  embed(texts: readonly string[], input: EmbeddingInput, signal?: AbortSignal): Promise<Float32Array[]>;
  /** Share of a query's words that the model knows, from 0 to 1. Missing where that can't be told. */
  knownShare?(query: string): number;
  close(): Promise<void>;
}
