import * as v from "valibot";
import type { ChatModel } from "../../../protocol/data.ts";

/** Shapes of Ollama's answers, as far as they are read here. Old servers leave fields out. */
const details = v.object({
  family: v.optional(v.string(), ""),
  parameter_size: v.optional(v.string(), ""),
  quantization_level: v.optional(v.string(), ""),
  context_length: v.optional(v.number()),
});

export const versionAnswer = v.object({ version: v.string() });
export const statusAnswer = v.object({ cloud: v.object({ disabled: v.boolean() }) });
export const listedModel = v.object({
  name: v.string(),
  size: v.optional(v.number(), 0),
  digest: v.optional(v.string(), ""),
  remote_host: v.optional(v.string(), ""),
  remote_model: v.optional(v.string(), ""),
  details: v.optional(v.nullable(details)),
  capabilities: v.optional(v.nullable(v.array(v.string()))),
});
export type ListedModel = v.InferOutput<typeof listedModel>;
export const tagsAnswer = v.object({ models: v.nullable(v.array(listedModel)) });
export const showAnswer = v.object({
  remote_host: v.optional(v.string(), ""),
  remote_model: v.optional(v.string(), ""),
  capabilities: v.optional(v.nullable(v.array(v.string()))),
  model_info: v.optional(v.nullable(v.record(v.string(), v.unknown()))),
});
export type ShownModel = v.InferOutput<typeof showAnswer>;
export const psAnswer = v.object({
  models: v.nullable(v.array(v.object({ name: v.string(), context_length: v.optional(v.number(), 0) }))),
});

/** True for names that Ollama sends on to its cloud: the tag is "cloud" or ends in "-cloud". */
export function hasCloudName(name: string): boolean {
  return /[:-]cloud$/i.test(name.trim());
}

/** Why a listed model is not used, or undefined. `shown` is asked for when the list has no capabilities. */
export function refusalOf(listed: ListedModel, shown: ShownModel | undefined): string | undefined {
  if (hasCloudName(listed.name)) return "Runs in Ollama's cloud, not on this machine.";
  if (isRemote(listed, shown)) return "Runs on another server, not on this machine.";
  const capabilities = shown?.capabilities ?? listed.capabilities;
  if (capabilities && capabilities.length > 0 && !capabilities.includes("completion")) {
    return "Can't write answers: it is made for something else, such as embeddings.";
  }
  return undefined;
}

function isRemote(listed: ListedModel, shown: ShownModel | undefined): boolean {
  const remote = [listed.remote_host, listed.remote_model, shown?.remote_host, shown?.remote_model];
  return hasCloudName(listed.name) || remote.some((value) => value !== undefined && value !== "");
}

const embeddingFamilies = /embed|bge-|minilm|(?:^|[/-])(?:e5|gte)-/i;

/** Whether a model of this machine makes embeddings; old servers tell it by the family's name alone. */
export function makesEmbeddings(listed: ListedModel, shown: ShownModel | undefined): boolean {
  if (isRemote(listed, shown)) return false;
  const capabilities = shown?.capabilities ?? listed.capabilities;
  return capabilities?.length ? capabilities.includes("embedding") : embeddingFamilies.test(listed.name);
}

/** "qwen3" means "qwen3:latest"; a colon before the last slash belongs to a registry's port. */
export function withTag(name: string): string {
  return name.lastIndexOf(":") > name.lastIndexOf("/") ? name : `${name}:latest`;
}

/** Made for other jobs than answering: completing code, guarding, reading images, embedding, ranking. */
const specialised =
  /embed|rerank|guard|shield|-ocr|ocr[:-]|starcoder|[:-](?:base|text|code)(?:-|$)|bge-|minilm|moondream|functiongemma|translate/i;

/** Bigger ones answer too slowly without a large graphics card: they are used when they are chosen. */
const comfortableBytes = 10e9;

/**
 * The model that a question goes to: the user's choice if it is installed and usable, else the largest model
 * made for conversation whose weights take at most 60 % of `memoryBytes` and 10 GB; if none is that small,
 * the smallest. Equal sizes go by name, so that the answer is always the same.
 */
export function pickModel(
  models: readonly ChatModel[],
  chosen: string,
  memoryBytes: number,
): string | undefined {
  const usable = models.filter((model) => model.refused === undefined);
  if (chosen !== "") return usable.find((model) => withTag(model.name) === withTag(chosen))?.name;
  const general = usable.filter((model) => !specialised.test(model.name));
  const candidates = (general.length > 0 ? general : usable).toSorted(
    (a, b) => b.sizeBytes - a.sizeBytes || (a.name < b.name ? -1 : 1),
  );
  const limit = Math.min(memoryBytes * 0.6, comfortableBytes);
  return (candidates.find((model) => model.sizeBytes <= limit) ?? candidates.at(-1))?.name;
}

/** Numbers of /api/show's model_info, whose keys begin with the architecture ("qwen3.block_count"). */
export interface ModelNumbers {
  /** The longest context that the model was trained for, in tokens. */
  readonly contextLength: number | undefined;
  /** Memory that each token of the context takes (keys and values of all layers, 16 bit each). */
  readonly bytesPerToken: number | undefined;
}

export function modelNumbers(info: Readonly<Record<string, unknown>> | null | undefined): ModelNumbers {
  const architecture = info?.["general.architecture"];
  const number = (key: string): number | undefined => {
    const value = info?.[`${String(architecture)}.${key}`];
    // Models with layers of different kinds list one number for each layer.
    if (Array.isArray(value)) return Math.max(...value.filter((one) => typeof one === "number"));
    return typeof value === "number" && value > 0 ? value : undefined;
  };
  const layers = number("block_count");
  const heads = number("attention.head_count");
  const kvHeads = number("attention.head_count_kv") ?? heads;
  const width = number("embedding_length");
  const head = width !== undefined && heads !== undefined ? width / heads : undefined;
  const keys = number("attention.key_length") ?? head;
  const values = number("attention.value_length") ?? head;
  const known = layers !== undefined && kvHeads !== undefined && keys !== undefined && values !== undefined;
  return {
    contextLength: number("context_length"),
    bytesPerToken: known ? layers * kvHeads * (keys + values) * 2 : undefined,
  };
}

/** -1, 0 or 1 for versions such as "0.12.6" and "0.35.0-rc1"; a release candidate counts as its release. */
export function compareVersions(a: string, b: string): number {
  const parts = (version: string): number[] => /\d+(\.\d+)*/.exec(version)?.[0].split(".").map(Number) ?? [];
  const [left, right] = [parts(a), parts(b)];
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const difference = (left[i] ?? 0) - (right[i] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}
