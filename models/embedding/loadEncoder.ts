import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import type { EmbeddingModel } from "./embeddingModel.ts";
import { damagedFile, readManifest } from "./encoderManifest.ts";
import { loadTransformersModel } from "./transformers.ts";

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
 * Loads the bundled transformer into this process.
 * @throws CarrelError when one of its files is missing, or is not the one that model.json names.
 */
export async function loadEncoder(dir: string): Promise<EmbeddingModel> {
  const { name, dimension, sha256 } = await readManifest(dir);
  await check(join(dir, "onnx", "model_quantized.onnx"), sha256.weights);
  await check(join(dir, "tokenizer.json"), sha256.tokenizer);
  return loadTransformersModel(dir, { ...row, name, dimension }, threads);
}

async function check(path: string, sha256: string): Promise<void> {
  const bytes = await readFile(path).catch(() => undefined);
  if (!bytes || createHash("sha256").update(bytes).digest("hex") !== sha256) throw damagedFile(path);
}
