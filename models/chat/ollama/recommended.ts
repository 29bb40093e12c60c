/**
 * The model that is suggested where none is installed: it answers well on a laptop, at once, for it was made to
 * answer and not to think first (as "qwen3:4b" does). The only place of the code that names it; texts for people
 * repeat it, and a test compares them with this.
 */
export const recommendedModel = { name: "qwen3:4b-instruct", bytes: 2.5e9 } as const;

/** The model that is suggested to somebody who wants to search with one of Ollama's. */
export const recommendedEmbedding = "embeddinggemma";

/** Well-known models, with their sizes: those of others are known when their download has begun. */
export const wellKnown: readonly { readonly name: string; readonly bytes: number; readonly embeds?: true }[] =
  [recommendedModel, { name: recommendedEmbedding, bytes: 0.62e9, embeds: true }];

/** The command that installs a model. It is shown, or put into a terminal; Carrel never runs it. */
export function pullCommand(model: string = recommendedModel.name): string {
  return `ollama pull ${model}`;
}
