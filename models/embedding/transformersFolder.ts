import { createHash } from "node:crypto";
import { open, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { CarrelError } from "../../protocol/channel.ts";
import type { ModelRow, Pooling } from "./registry.ts";

/** What transformers.js needs to know of a model's folder, and the identity of what is in it. */
export interface ModelFolder {
  readonly dir: string;
  /** Where the ONNX file is within the folder: "onnx" or "". */
  readonly subfolder: string;
  readonly dtype: "fp32" | "q8" | "fp16";
  readonly pooling: Pooling;
  readonly queryPrefix: string;
  readonly passagePrefix: string;
  /** Tokens that the model reads at once. */
  readonly context: number;
  /** Hash of all that changes the vectors. */
  readonly revision: string;
}

const fileOf = { fp32: "model.onnx", q8: "model_quantized.onnx", fp16: "model_fp16.onnx" } as const;
const config = v.object({
  model_type: v.string(),
  max_position_embeddings: v.optional(v.number()),
});
const poolingConfig = v.object({
  pooling_mode_cls_token: v.optional(v.boolean(), false),
  pooling_mode_mean_tokens: v.optional(v.boolean(), false),
  pooling_mode_lasttoken: v.optional(v.boolean(), false),
});
const sentenceConfig = v.object({ prompts: v.optional(v.record(v.string(), v.string()), {}) });

/**
 * Looks at a model's folder, and refuses one that lacks a file before native code sees it.
 * @param row Settings of a known model; without one the files of sentence-transformers in the folder count.
 * @throws CarrelError that says what is missing, and what to put where.
 */
export async function describeFolder(dir: string, row: ModelRow | undefined): Promise<ModelFolder> {
  if (!(await isFolder(dir))) {
    throw new CarrelError(
      `There is no folder ${dir} with an embedding model.`,
      'Check the path in the setting carrel.embeddingModel, or set it back to "bundled".',
    );
  }
  const about = await readJson(join(dir, "config.json"), config);
  if (!about) throw missing(dir, "config.json");
  if (!(await exists(join(dir, "tokenizer.json")))) throw missing(dir, "tokenizer.json");
  const weights = await findWeights(dir, row?.dtype ?? "fp32");
  if (!weights) throw missing(dir, "onnx/model.onnx or onnx/model_quantized.onnx");

  const pooling = row?.pooling ?? (await readPooling(dir));
  if (!pooling) {
    throw new CarrelError(
      `Carrel does not know the embedding model in ${dir}, and the folder does not say how its vectors are made.`,
      "Add the model's 1_Pooling/config.json to the folder, or give the folder the name of a model that Carrel knows, such as bge-small-en-v1.5.",
    );
  }
  const prompts =
    (await readJson(join(dir, "config_sentence_transformers.json"), sentenceConfig))?.prompts ?? {};
  const queryPrefix = row?.queryPrefix ?? prompts["query"] ?? "";
  const passagePrefix = row?.passagePrefix ?? prompts["document"] ?? prompts["passage"] ?? "";
  const context = Math.min(row?.context ?? 512, about.max_position_embeddings ?? Number.POSITIVE_INFINITY);

  const hash = createHash("sha256");
  hash.update(JSON.stringify([weights.dtype, pooling, queryPrefix, passagePrefix, context]));
  hash.update(await readFile(join(dir, "config.json")));
  hash.update(await readFile(join(dir, "tokenizer.json")));
  hash.update(await sample(join(dir, weights.subfolder, fileOf[weights.dtype])));
  return {
    dir,
    ...weights,
    pooling,
    queryPrefix,
    passagePrefix,
    context,
    revision: hash.digest("hex").slice(0, 12),
  };
}

async function findWeights(
  dir: string,
  first: "fp32" | "q8",
): Promise<Pick<ModelFolder, "subfolder" | "dtype"> | undefined> {
  for (const dtype of [first, "q8", "fp32", "fp16"] as const) {
    for (const subfolder of ["onnx", ""]) {
      if (await exists(join(dir, subfolder, fileOf[dtype]))) return { subfolder, dtype };
    }
  }
  return undefined;
}

async function readPooling(dir: string): Promise<Pooling | undefined> {
  const found = await readJson(join(dir, "1_Pooling", "config.json"), poolingConfig);
  if (found?.pooling_mode_cls_token) return "cls";
  if (found?.pooling_mode_mean_tokens) return "mean";
  return found?.pooling_mode_lasttoken ? "last" : undefined;
}

/** Size, beginning and end: enough to tell two exports apart without reading gigabytes at each start. */
async function sample(path: string): Promise<Buffer> {
  const part = 1 << 20;
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const head = await file.read(Buffer.alloc(Math.min(part, size)), 0, Math.min(part, size), 0);
    const tail = await file.read(
      Buffer.alloc(Math.min(part, size)),
      0,
      Math.min(part, size),
      Math.max(0, size - part),
    );
    return Buffer.concat([Buffer.from(String(size)), head.buffer, tail.buffer]);
  } finally {
    await file.close();
  }
}

/** Undefined when there is no such file. A file of another shape is an error: it says what the file is for. */
async function readJson<S extends v.GenericSchema>(
  path: string,
  schema: S,
): Promise<v.InferOutput<S> | undefined> {
  if (!(await exists(path))) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(await readFile(path, "utf8"));
  } catch {
    json = undefined;
  }
  const parsed = v.safeParse(schema, json);
  if (parsed.success) return parsed.output;
  throw new CarrelError(
    `${path} is not the file of that name that an embedding model has.`,
    "Copy the model's files again.",
  );
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  );
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
}

function missing(dir: string, file: string): CarrelError {
  return new CarrelError(
    `The folder ${dir} holds no embedding model that Carrel can run: ${file} is missing.`,
    "Put a transformers.js model there: config.json, tokenizer.json and onnx/model.onnx, as models on the Hugging Face Hub with the tag transformers.js have.",
  );
}
