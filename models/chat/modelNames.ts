/** What the name of a model tells, where its server does not. */

const embeddingFamilies = /embed|bge-|minilm|(?:^|[/-])(?:e5|gte)-/i;

/** Whether a model makes embeddings, by its family's name. */
export function hasEmbeddingName(name: string): boolean {
  return embeddingFamilies.test(name);
}

/** A model that is told how much to think, not whether. */
export function isLevelled(name: string): boolean {
  return /gpt-?oss/i.test(name);
}

/** Whether a model thinks before it answers. */
export function hasThinkingName(name: string): boolean {
  return (
    isLevelled(name) ||
    /deepseek-r1|\bqwq|magistral|think|reason|qwen-?3(?!.*(?:instruct|coder|embed))/i.test(name)
  );
}
