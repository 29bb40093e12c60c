import type { Attempt } from "../../protocol/data.ts";
import type { Confinement } from "../../walls/confine.ts";
import { Embedder } from "./embedder.ts";
import type { EmbeddingModel } from "./embeddingModel.ts";
import { readManifest } from "./encoderManifest.ts";

/**
 * The second pass comes and goes by itself. Who searches will search again, and should not wait half a second
 * for it to be loaded.
 */
const idleMs = { passage: 10_000, query: 120_000 };

/**
 * The bundled transformer: slower than the static model by two orders of magnitude, and better. Only its
 * description is read here; the weights and ONNX Runtime are loaded, into a process of their own, when a text is
 * embedded, and let go when nothing was embedded for a while.
 * @throws CarrelError when the description is missing or broken, and from `embed` when the weights are.
 */
export async function openEncoder(
  dir: string,
  idle = idleMs,
  confinement?: Confinement,
): Promise<EmbeddingModel> {
  const { name, revision, dimension } = await readManifest(dir);
  const embedder = new Embedder({
    source: { kind: "bundled", dir },
    idleMs: idle,
    ...(confinement ? { confinement } : {}),
  });
  return {
    id: `${name}@${revision}`,
    dimension,
    embed: embedder.embed,
    close: () => embedder.close(),
  };
}

/** Tries the walls in a process that runs the bundled transformer, started for it. */
export async function tryEncoderWalls(dir: string, confinement: Confinement): Promise<Attempt[]> {
  const embedder = new Embedder({ source: { kind: "bundled", dir }, idleMs, confinement });
  try {
    return await embedder.walls();
  } finally {
    await embedder.close();
  }
}
