import type { Confinement } from "../../walls/confine.ts";
import { Embedder } from "./embedder.ts";
import type { EmbeddingModel } from "./embeddingModel.ts";

/** A model that a person chose may take seconds to load: it stays through a pause for thought. */
const idleMs = { passage: 5 * 60_000, query: 5 * 60_000 };

/**
 * Opens the transformers.js model in a folder, in a process of its own (see loadTransformersModel).
 * @throws CarrelError that says which file is missing or wrong.
 */
export async function openFolderModel(dir: string, confinement?: Confinement): Promise<EmbeddingModel> {
  const embedder = new Embedder({
    source: { kind: "folder", dir },
    idleMs,
    ...(confinement ? { confinement } : {}),
  });
  try {
    const { id, dimension } = await embedder.describe();
    return { id, dimension, embed: embedder.embed, close: () => embedder.close() };
  } catch (error) {
    await embedder.close();
    throw error;
  }
}
