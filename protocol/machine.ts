import * as v from "valibot";

/** What this machine has for running models, and what that means for a model. */

/** A graphics card, or the share of a common memory that graphics may use. */
const graphics = v.object({
  name: v.string(),
  bytes: v.number(),
  freeBytes: v.exactOptional(v.number()),
  /** True when it is a part of the machine's own memory, as on Apple's processors. */
  shared: v.boolean(),
});
export type Graphics = v.InferOutput<typeof graphics>;

export const machine = v.object({
  processor: v.string(),
  /** Cores that work by themselves, where that could be told; else what the system counts. */
  cores: v.number(),
  /** Memory that can be used at most: a container's limit where there is one. */
  memoryBytes: v.number(),
  isContainer: v.boolean(),
  /** What of it nobody uses now, where the system tells. */
  availableBytes: v.exactOptional(v.number()),
  graphics: v.array(graphics),
  /** How fast memory was read here by several processes at once, in bytes a second. */
  bytesPerSecond: v.exactOptional(v.number()),
  /** What could not be found out, for people. */
  notes: v.array(v.string()),
});
export type Machine = v.InferOutput<typeof machine>;

/** From the least to the most that is to be expected. */
const expected = v.object({ least: v.number(), most: v.number() });
export type Expected = v.InferOutput<typeof expected>;

/** Where a model runs: all of it on the graphics card, a part of it there, in memory, there once it is free, nowhere. */
const fit = v.picklist(["graphics", "partly", "memory", "crowded", "no"]);
export type Fit = v.InferOutput<typeof fit>;

/** What a model takes with a context of so many tokens, and where that fits. */
const footprint = v.object({
  contextTokens: v.number(),
  weightsBytes: v.number(),
  /** Keys and values of the context; undefined where the model's shape is not known. */
  contextBytes: v.exactOptional(v.number()),
  /** With what the server itself takes. */
  totalBytes: v.number(),
  fit,
});
export type Footprint = v.InferOutput<typeof footprint>;

const modelOutlook = v.object({
  name: v.string(),
  isInstalled: v.boolean(),
  parameters: v.exactOptional(v.string()),
  quantization: v.exactOptional(v.string()),
  licence: v.exactOptional(v.string()),
  /** False for one that thinks before it answers, or may; undefined where that is not known. */
  answersAtOnce: v.exactOptional(v.boolean()),
  footprints: v.array(footprint),
  /** It fits with room to spare, and writes at a pace that one can bear. */
  isComfortable: v.boolean(),
  /** Written in a second, by the size of what is read for each token. */
  tokensPerSecond: v.exactOptional(expected),
  /** Read of the question and its passages in a second. */
  promptTokensPerSecond: v.exactOptional(expected),
  /** How all this was reckoned, in words. */
  reasoning: v.string(),
});
export type ModelOutlook = v.InferOutput<typeof modelOutlook>;

export const machineReport = v.object({
  machine,
  /** How the machine was looked at, and what the numbers rest on. */
  basis: v.array(v.string()),
  /** Installed ones first, then well-known ones, each from small to large. */
  models: v.array(modelOutlook),
  /** Why there are no installed ones, where they could not be asked for. */
  serverProblem: v.exactOptional(v.string()),
  /** The model to install on this machine, how, and why this one. */
  recommended: v.exactOptional(
    v.object({ name: v.string(), bytes: v.number(), command: v.string(), reason: v.string() }),
  ),
});
export type MachineReport = v.InferOutput<typeof machineReport>;
