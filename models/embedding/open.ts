import { isAbsolute, join } from "node:path";
import { CarrelError } from "../../protocol/channel.ts";
import type { ServerKey } from "../../protocol/data.ts";
import type { Confinement } from "../../walls/confine.ts";
import { recommendedEmbedding } from "../chat/ollama/recommended.ts";
import { keyFor } from "../chatServers.ts";
import type { Fetch } from "../egress/gate.ts";
import type { EmbeddingModel } from "./embeddingModel.ts";
import { openEncoder } from "./encoder.ts";
import { openFolderModel } from "./folderModel.ts";
import { loadOllamaEmbedding } from "./ollama.ts";
import { loadOpenaiEmbedding } from "./openaiEmbedding.ts";
import { loadStaticModel, staticModelName } from "./static.ts";

interface EmbeddingPlaces {
  /** Folder of the bundled model's files. */
  readonly bundledDir: string;
  /** Address of the Ollama server, such as http://127.0.0.1:11434. */
  readonly url: string;
  /** Address of the server that speaks OpenAI's protocol; "" or missing where none is set up. */
  readonly openaiUrl?: string;
  readonly keys?: readonly ServerKey[];
  /** A fetch of the egress gate. */
  readonly fetch: Fetch;
  /** The walls of processes that run models. */
  readonly confinement?: Confinement;
}

/**
 * Opens the embedding model that a setting names: "bundled", "ollama:NAME", "openai:NAME" or the absolute path of a folder
 * with a transformers.js model.
 * @throws CarrelError when there is no such model, or it can't be loaded.
 */
export async function openEmbeddingModel(setting: string, places: EmbeddingPlaces): Promise<EmbeddingModel> {
  const name = setting.trim();
  if (name === "" || name === "bundled") return loadStaticModel(places.bundledDir);
  if (name.startsWith("ollama:")) {
    return loadOllamaEmbedding(name.slice("ollama:".length), { url: places.url, fetch: places.fetch });
  }
  if (name.startsWith("openai:")) {
    const { openaiUrl = "", keys = [], fetch } = places;
    if (openaiUrl === "") {
      throw new CarrelError(
        `No server is set up for the embedding model "${name}".`,
        "Set carrel.openai.url to its address, or choose another embedding model.",
      );
    }
    const server = { url: openaiUrl, key: keyFor(openaiUrl, keys), fetch };
    return loadOpenaiEmbedding(name.slice("openai:".length), server);
  }
  if (isAbsolute(name)) return openFolderModel(name, places.confinement);
  throw new CarrelError(
    `"${setting}" names no embedding model.`,
    `Use "bundled", "ollama:" and the name of an installed model (ollama:${recommendedEmbedding}, or openai:NAME on the other model server), or the absolute path of a folder with a transformers.js model.`,
  );
}

/**
 * The model that reads again, in the background, what `embedding` embedded at once: the bundled transformer for
 * the bundled static model, none for a model that a person chose. Nothing is loaded yet.
 */
export async function openRefiningModel(
  embedding: EmbeddingModel,
  bundledDir: string,
  confinement?: Confinement,
): Promise<EmbeddingModel | undefined> {
  if (!embedding.id.startsWith(`${staticModelName}-`)) return undefined;
  return openEncoder(join(bundledDir, "encoder"), undefined, confinement);
}
