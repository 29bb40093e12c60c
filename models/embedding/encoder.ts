import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import * as v from "valibot";
import { CarrelError } from "../../protocol/channel.ts";
import type { EmbeddingModel } from "../types.ts";

const manifest = v.object({
  name: v.string(),
  revision: v.string(),
  dimension: v.number(),
  sha256: v.object({ weights: v.string(), tokenizer: v.string() }),
});

const row = {
  pooling: "mean",
  queryPrefix: "",
  passagePrefix: "",
  context: 256,
  dtype: "q8",
  licence: "Apache-2.0",
  languages: "English",
} as const;

/** It works in the background while people work, so most of the processor is left to them. */
const threads = Math.max(1, Math.floor(availableParallelism() / 4));

/**
 * The bundled transformer: slower than the static model by two orders of magnitude, and better. Only its
 * description is read here; the weights and ONNX Runtime are loaded when the first text is embedded.
 * @throws CarrelError when the description is missing or broken, and from `embed` when the weights are.
 */
export async function openEncoder(dir: string): Promise<EmbeddingModel> {
  const parsed = v.safeParse(manifest, await readJson(join(dir, "model.json")));
  if (!parsed.success) throw damaged(join(dir, "model.json"));
  const { name, revision, dimension, sha256 } = parsed.output;
  let loading: Promise<EmbeddingModel> | undefined;

  async function load(): Promise<EmbeddingModel> {
    await check(join(dir, "onnx", "model_quantized.onnx"), sha256.weights);
    await check(join(dir, "tokenizer.json"), sha256.tokenizer);
    const { loadTransformersModel } = await import("./transformers.ts");
    return loadTransformersModel(dir, { ...row, name, dimension }, threads);
  }

  return {
    id: `${name}@${revision}`,
    dimension,
    async embed(texts, input, signal) {
      loading ??= load();
      return (await loading).embed(texts, input, signal);
    },
    async close() {
      await (await loading?.catch(() => undefined))?.close();
    },
  };
}

async function check(path: string, sha256: string): Promise<void> {
  const bytes = await readFile(path).catch(() => undefined);
  if (!bytes || createHash("sha256").update(bytes).digest("hex") !== sha256) throw damaged(path);
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch {
    return undefined;
  }
}

function damaged(path: string): CarrelError {
  return new CarrelError(
    `The bundled transformer is damaged: ${path} is not the file it should be.`,
    "Install Carrel again: its files are damaged or incomplete. Search works without it, less exactly.",
  );
}
