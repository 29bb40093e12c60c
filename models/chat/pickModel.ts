import type { ChatModel } from "../../protocol/data.ts";

/** Made for other jobs than answering: completing code, guarding, reading images, embedding, ranking. */
const specialised =
  /embed|rerank|guard|shield|-ocr|ocr[:-]|starcoder|[:-](?:base|text|code)(?:-|$)|bge-|minilm|moondream|functiongemma|translate/i;

/** Bigger ones answer too slowly without a large graphics card: they are used when they are chosen. */
const comfortableBytes = 10e9;

/**
 * The model that a question goes to: the user's choice if it is installed and usable, else the largest model
 * made for conversation whose weights take at most 60 % of `memoryBytes` and 10 GB; if none is that small,
 * the smallest. Equal sizes go by name, so that the answer is always the same.
 * @param wholeName What a name that a person wrote stands for ("qwen3" may mean "qwen3:latest").
 */
export function pickModel(
  models: readonly ChatModel[],
  chosen: string,
  memoryBytes: number,
  wholeName: (name: string) => string,
): string | undefined {
  const usable = models.filter((model) => model.refused === undefined);
  if (chosen !== "") return usable.find((model) => wholeName(model.name) === wholeName(chosen))?.name;
  const general = usable.filter((model) => !specialised.test(model.name));
  const candidates = (general.length > 0 ? general : usable).toSorted(
    (a, b) => b.sizeBytes - a.sizeBytes || (a.name < b.name ? -1 : 1),
  );
  const limit = Math.min(memoryBytes * 0.6, comfortableBytes);
  return (candidates.find((model) => model.sizeBytes <= limit) ?? candidates.at(-1))?.name;
}
