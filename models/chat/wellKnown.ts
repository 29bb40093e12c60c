/** A model that many people use, as far as it must be known before it is there. */
export interface WellKnownModel {
  /** Weights in number, and how many of them take part in a token where that is not all of them. */
  readonly parameters: number;
  readonly activeParameters?: number;
  readonly layers: number;
  readonly kvHeads: number;
  readonly headSize: number;
  /** In tokens. */
  readonly contextLength: number;
  /** Made to answer, not to think first. */
  readonly instruct: boolean;
  readonly licence: string;
  /** The names by which a server fetches it, the usual one first. */
  readonly files: readonly { readonly name: string; readonly quantization: string; readonly bytes: number }[];
}

/** What a kind of server can fetch, and the command by which a person has it fetched. */
export interface Library {
  readonly models: readonly WellKnownModel[];
  command(name: string): string;
}
