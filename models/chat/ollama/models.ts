import type { ModelFacts } from "../chatClient.ts";
import { hasEmbeddingName, isLevelled } from "../modelNames.ts";
import type { ListedModel, ShownModel } from "./schemas.ts";

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

/** Whether a model of this machine makes embeddings; old servers tell it by the family's name alone. */
export function makesEmbeddings(listed: ListedModel, shown: ShownModel | undefined): boolean {
  if (isRemote(listed, shown)) return false;
  const capabilities = shown?.capabilities ?? listed.capabilities;
  return capabilities?.length ? capabilities.includes("embedding") : hasEmbeddingName(listed.name);
}

/**
 * Whether a model thinks, and whether it can leave that off. Ollama says only that it thinks; that it always does
 * is seen in its template, which has no place for the wish, or in the name of the server's own one. gpt-oss can
 * only think less.
 */
export function thinkingOf(name: string, capabilities: readonly string[], shown: ShownModel): Thinking {
  if (!capabilities.includes("thinking")) return "never";
  if (isLevelled(name)) return "always";
  const { template, modelfile } = shown;
  if (/^RENDERER\s+\S*think(?:ing)?\s*$/im.test(modelfile)) return "always";
  const asksForThoughts = /\.Thinking\b/.test(template) && !/\.(?:Think|IsThinkSet)\b/.test(template);
  return asksForThoughts ? "always" : "optional";
}

/** As far as it can be told before the model has been asked. */
export type Thinking = Exclude<ModelFacts["thinking"], "unasked">;

/** The context that a model's own parameters ask for, in tokens. */
export function ownContext({ parameters }: ShownModel): number | undefined {
  const [, tokens] = /^\s*num_ctx\s+(\d+)/m.exec(parameters) ?? [];
  return tokens === undefined ? undefined : Number(tokens);
}

/** "qwen3" means "qwen3:latest"; a colon before the last slash belongs to a registry's port. */
export function withTag(name: string): string {
  return name.lastIndexOf(":") > name.lastIndexOf("/") ? name : `${name}:latest`;
}

/**
 * The one name of a model, whichever of its names is given: the server takes no notice of capitals, and leaves out
 * its own registry's name and "latest".
 */
export function canonicalName(name: string): string {
  const short = name
    .trim()
    .toLowerCase()
    .replace(/^registry\.ollama\.ai\//, "")
    .replace(/^library\//, "");
  return withTag(short);
}

/** Whether this can be the name of a model: only such a one is put into a command for people. */
export function isModelName(name: string): boolean {
  return (
    /^[a-z0-9][\w.-]*(?::\d+)?(?:\/[a-z0-9_][\w.-]*){0,2}(?::[\w.-]+)?$/i.test(name) && name.length <= 200
  );
}

/** The host that the server downloads a model of this name from: its own registry, unless the name begins with one. */
export function registryOf(name: string): string {
  const parts = name.split("/");
  return parts.length > 2 && parts[0] ? parts[0].toLowerCase() : "registry.ollama.ai";
}

/** Numbers of /api/show's model_info, whose keys begin with the architecture ("qwen3.block_count"). */
interface ModelNumbers {
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

/**
 * The share of the weights that takes part in one token: the experts that are chosen, and what every token goes
 * through. That is a twentieth of all: 11 % instead of 6 % for Qwen3 30B-A3B, 28 % instead of 25 % for Mixtral.
 */
export function activeShare(info: Readonly<Record<string, unknown>> | null | undefined): number | undefined {
  const architecture = String(info?.["general.architecture"]);
  const [all, used] = [info?.[`${architecture}.expert_count`], info?.[`${architecture}.expert_used_count`]];
  if (typeof all !== "number" || typeof used !== "number" || !(used > 0 && used < all)) return undefined;
  return 0.05 + (0.95 * used) / all;
}
