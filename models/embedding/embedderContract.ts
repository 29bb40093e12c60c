import * as v from "valibot";
import type { Contract } from "../../protocol/channel.ts";
import { attempt } from "../../protocol/data.ts";

/** Which model the process runs: the bundled transformer, or the one in a folder that a person chose. */
const modelSource = v.object({ kind: v.picklist(["bundled", "folder"]), dir: v.string() });

export type ModelSource = v.InferOutput<typeof modelSource>;

/** What the process that runs transformers understands. */
export const embedderContract = {
  requests: {
    /** Comes first, and once. */
    load: {
      params: modelSource,
      result: v.object({ id: v.string(), dimension: v.number() }),
    },
    /** See EmbeddingModel.embed. */
    embed: {
      params: v.object({
        texts: v.pipe(v.array(v.string()), v.readonly()),
        input: v.picklist(["query", "passage"]),
      }),
      result: v.array(v.instance<typeof Float32Array<ArrayBufferLike>>(Float32Array)),
    },
    /** Tries in the process itself the walls that it stands behind. */
    walls: { params: v.object({}), result: v.array(attempt) },
  },
  notifications: {
    /** The process has come up, and is about to load its model. */
    ready: v.object({}),
  },
} as const satisfies Contract;

/** The process asks nothing of the engine. */
export const embedderClientContract = { requests: {}, notifications: {} } as const satisfies Contract;
