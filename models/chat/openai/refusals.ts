import type { ListedModel } from "./openaiSchemas.ts";

const embeddingFamilies = /embed|bge-|minilm|(?:^|[/-])(?:e5|gte)-/i;

/** Why a listed model is not used, or undefined. A proxy that hides where its models run can't be seen through. */
export function refusalOf({ id, pricing }: ListedModel): string | undefined {
  // Apple's bridge lists its cloud ("Private Cloud Compute") beside the model of the device.
  if (/(?:^|[^a-z0-9])pcc(?:$|[^a-z0-9])/i.test(id))
    return "Runs in Apple's cloud, not on the server itself.";
  if (/[:-]cloud$/i.test(id)) return "Runs in Ollama's cloud, not on the server itself.";
  if (pricing !== undefined && pricing !== null)
    return "Is sold by a cloud: the server lists a price for it.";
  return undefined;
}

/** Whether a model makes embeddings, by its family's name: most servers do not tell. */
export function hasEmbeddingName(id: string): boolean {
  return embeddingFamilies.test(id);
}

/** Whether a model thinks before it answers, by its name, where its template is not known. */
export function hasThinkingName(id: string): boolean {
  return /gpt-?oss|deepseek-r1|\bqwq|magistral|think|reason|qwen-?3(?!.*(?:instruct|coder|embed))/i.test(id);
}
