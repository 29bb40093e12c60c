import type { ChatModel } from "../protocol/data.ts";

export interface EmbeddingRow {
  readonly model: ChatModel;
  /** What the setting is set to. */
  readonly value: string;
  readonly isInUse: boolean;
}

/** The servers' models that make embeddings; first those that are known to know many languages. */
export function embeddingRows(models: readonly ChatModel[], current: string): EmbeddingRow[] {
  const embedding = models.filter(({ embeds }) => embeds);
  const many = embedding.filter(({ manyLanguages }) => manyLanguages);
  const others = embedding.filter(({ manyLanguages }) => !manyLanguages);
  return [...many, ...others].map((model) => {
    const value = model.embedsAs ?? model.name;
    // A name without a tag means the latest.
    return { model, value, isInUse: value === current || value === `${current}:latest` };
  });
}
