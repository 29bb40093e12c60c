import { basename } from "node:path";
import type { PreTrainedModel, PreTrainedTokenizer, Tensor } from "@huggingface/transformers";
import { CarrelError } from "../../protocol/channel.ts";
import type { EmbeddingModel } from "./embeddingModel.ts";
import { type Layer, pool } from "./pooling.ts";
import type { ModelRow } from "./registry.ts";
import { describeFolder, type ModelFolder } from "./transformersFolder.ts";

/** Texts that go through the model at once; more is not faster on a processor and takes memory. */
const batchTexts = 16;
/** Longer than any passage; it bounds memory, which grows with the square of the length. */
const longestTokens = 1024;

/**
 * Loads any transformers.js model from a folder on this machine: config.json, tokenizer.json and
 * onnx/model.onnx (or model_quantized.onnx). Nothing is fetched from anywhere. Text beyond the model's context
 * (at most 1,024 tokens) is cut off.
 * @param dir Absolute path of the folder.
 * @param row Settings of a known model; without one, the folder's own pooling settings count.
 * @param threads How many it may use; as many as there are when left out.
 * @throws CarrelError that says which file is missing or wrong.
 */
export async function loadTransformersModel(
  dir: string,
  row?: ModelRow,
  threads?: number,
): Promise<EmbeddingModel> {
  const folder = await describeFolder(dir, row);
  const { tokenizer, model } = await load(folder, threads);
  const maxTokens = Math.min(folder.context, longestTokens);

  async function embedBatch(texts: readonly string[]): Promise<Float32Array[]> {
    const used: Tensor[] = [];
    try {
      const inputs = tokenizer([...texts], { padding: true, truncation: true, max_length: maxTokens });
      used.push(...Object.values(inputs).filter((tensor) => tensor !== undefined));
      const outputs = (await model(inputs)) as Record<string, Tensor>;
      used.push(...Object.values(outputs));
      return pool(layerOf(outputs), inputs.attention_mask.data as BigInt64Array, folder.pooling);
    } catch (error) {
      throw cannotRun(dir, error);
    } finally {
      for (const tensor of used) tensor.dispose();
    }
  }

  const dimension = await probe(embedBatch, row, dir).catch(async (error: unknown) => {
    await model.dispose();
    throw error;
  });
  return {
    id: `${row?.name ?? basename(dir)}-${folder.dtype}@${folder.revision}`,
    dimension,
    async embed(texts, input, signal) {
      const prefix = input === "query" ? folder.queryPrefix : folder.passagePrefix;
      // Texts of like length share a batch, so that little of it is padding.
      const order = texts.map((text, at) => ({ text, at })).sort((a, b) => a.text.length - b.text.length);
      const out: Float32Array[] = texts.map(() => new Float32Array(0));
      for (let from = 0; from < order.length; from += batchTexts) {
        if (signal?.aborted) throw new CarrelError("Cancelled.", "", "cancelled");
        const batch = order.slice(from, from + batchTexts);
        const vectors = await embedBatch(batch.map(({ text }) => prefix + text));
        for (const [i, { at }] of batch.entries()) out[at] = vectors[i] ?? new Float32Array(dimension);
      }
      return out;
    },
    async close() {
      await model.dispose();
    },
  };
}

async function load(
  folder: ModelFolder,
  threads: number | undefined,
): Promise<{ tokenizer: PreTrainedTokenizer; model: PreTrainedModel }> {
  const { AutoModel, AutoTokenizer, env } = await import("@huggingface/transformers");
  env.allowRemoteModels = false;
  env.useFSCache = false;
  env.useBrowserCache = false;
  env.fetch = () => Promise.reject(new Error("Models are read from this machine alone."));
  try {
    const tokenizer = await AutoTokenizer.from_pretrained(folder.dir, { local_files_only: true });
    // Pooling by the first or last token counts on it.
    tokenizer.padding_side = "right";
    const model = await AutoModel.from_pretrained(folder.dir, {
      local_files_only: true,
      subfolder: folder.subfolder,
      dtype: folder.dtype,
      device: "cpu",
      ...(threads === undefined ? {} : { session_options: { intraOpNumThreads: threads } }),
    });
    return { tokenizer, model };
  } catch (error) {
    throw cannotRun(folder.dir, error);
  }
}

/** The dimension, found out by embedding a word, and compared with what is known of the model. */
async function probe(
  embedBatch: (texts: readonly string[]) => Promise<Float32Array[]>,
  row: ModelRow | undefined,
  dir: string,
): Promise<number> {
  const [vector] = await embedBatch(["dimension"]);
  const dimension = vector?.length ?? 0;
  if (dimension === 0 || (row && row.dimension !== dimension)) {
    throw new CarrelError(
      `The model in ${dir} gives vectors of ${dimension} numbers${row ? `, but ${row.name} has ${row.dimension}` : ""}.`,
      "Check that the folder holds the model that its name says.",
    );
  }
  return dimension;
}

/** A vector for the whole text, where the model makes one itself; else the last layer. */
function layerOf(outputs: Record<string, Tensor>): Layer {
  const output = outputs["sentence_embedding"] ?? outputs["last_hidden_state"] ?? outputs["token_embeddings"];
  if (!output || !(output.data instanceof Float32Array)) {
    throw new Error(`it has no output of text vectors, only ${Object.keys(outputs).join(", ") || "none"}`);
  }
  return { data: output.data, dims: output.dims };
}

function cannotRun(dir: string, error: unknown): CarrelError {
  if (error instanceof CarrelError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new CarrelError(
    `The embedding model in ${dir} can't be run: ${why.split("\n")[0]?.slice(0, 300)}`,
    "Check that the folder holds an embedding model for transformers.js, copied whole, or choose another model.",
  );
}
