import * as v from "valibot";

/** Shapes of Ollama's answers, as far as they are read here. Old servers leave fields out. */
const details = v.object({
  family: v.optional(v.string(), ""),
  parameter_size: v.optional(v.string(), ""),
  quantization_level: v.optional(v.string(), ""),
  context_length: v.optional(v.number()),
});

export const versionAnswer = v.object({ version: v.string() });
export const statusAnswer = v.object({ cloud: v.object({ disabled: v.boolean() }) });
const listedModel = v.object({
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
  template: v.optional(v.string(), ""),
  modelfile: v.optional(v.string(), ""),
  /** A line for each: "num_ctx                        8192". */
  parameters: v.optional(v.string(), ""),
  model_info: v.optional(v.nullable(v.record(v.string(), v.unknown()))),
});
export type ShownModel = v.InferOutput<typeof showAnswer>;
export const psAnswer = v.object({
  models: v.nullable(
    v.array(
      v.object({
        name: v.string(),
        context_length: v.optional(v.number(), 0),
        /** In memory. Seen to be 0 where the runner did not tell. */
        size: v.optional(v.number(), 0),
        expires_at: v.optional(v.string()),
      }),
    ),
  ),
});
/** A line of a download's stream. */
export const pullLine = v.object({
  error: v.optional(v.unknown()),
  status: v.optional(v.string(), ""),
  digest: v.optional(v.string(), ""),
  total: v.optional(v.number(), 0),
  completed: v.optional(v.number(), 0),
});
