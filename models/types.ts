/** Text is embedded as what is asked or as what is found: some models use a prefix for one or the other. */
export type EmbeddingInput = "query" | "passage";

/** A model that maps text to vectors of unit length. */
export interface EmbeddingModel {
  /** Name and revision, with everything that changes the vectors (pooling, dtype, prefixes). Part of the index. */
  readonly id: string;
  readonly dimension: number;
  /**
   * One vector of `dimension` float32 values for each text, L2-normalised; a text without a known word gives
   * zeros. Throws a CarrelError when the model can't be run, an AbortError-like CarrelError when cancelled.
   */
  embed(texts: readonly string[], input: EmbeddingInput, signal?: AbortSignal): Promise<Float32Array[]>;
  /** Share of a query's words that the model knows, from 0 to 1. Missing where that can't be told. */
  knownShare?(query: string): number;
  close(): Promise<void>;
}

export interface ChatMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

/** A piece of a streamed answer. */
export type ChatEvent =
  | { readonly type: "thinking" }
  | { readonly type: "text"; readonly text: string }
  | {
      readonly type: "done";
      readonly promptTokens: number;
      readonly answerTokens: number;
      /** True when the answer ended at its length limit, not because it was complete. */
      readonly cut: boolean;
    };

/** Opens connections for one purpose only, after asking the egress policy. Same shape as the global fetch. */
export type Fetch = typeof globalThis.fetch;
