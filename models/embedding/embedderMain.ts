/**
 * The embedder process: runs ONNX Runtime, whose native code takes 100 MB and does not give them back when a
 * model is closed. The engine ends this process when nothing was embedded for a while. It ends when the engine
 * does, and opens no connection.
 */
import { CarrelError, Channel } from "../../protocol/channel.ts";
import { processPort } from "../../protocol/port.ts";
import { endProcess } from "../../walls/endProcess.ts";
import { installSeatBelt } from "../../walls/seatBelt.ts";
import { tryBelow, tryBelt } from "../../walls/tryWalls.ts";
import { embedderClientContract, embedderContract, type ModelSource } from "./embedderContract.ts";
import type { EmbeddingModel } from "./embeddingModel.ts";

// Before any library is loaded: what runs a model is imported below.
installSeatBelt({});

let model: EmbeddingModel | undefined;

async function load({ kind, dir }: ModelSource): Promise<EmbeddingModel> {
  if (kind === "bundled") {
    const { loadEncoder } = await import("./loadEncoder.ts");
    return loadEncoder(dir);
  }
  const [{ loadTransformersModel }, { findModelRow }] = await Promise.all([
    import("./transformers.ts"),
    import("./registry.ts"),
  ]);
  return loadTransformersModel(dir, findModelRow(dir));
}

const channel = new Channel(processPort(process), embedderClientContract, embedderContract, {
  async load(source) {
    model = await load(source);
    return { id: model.id, dimension: model.dimension };
  },
  async embed({ texts, input }, { signal }) {
    if (!model) throw new CarrelError("No embedding model was loaded.", "", "invalid");
    return model.embed(texts, input, signal);
  },
  walls: async () => [...tryBelt(), ...(await tryBelow())],
});

channel.onClose(endProcess);
channel.notify("ready", {});
