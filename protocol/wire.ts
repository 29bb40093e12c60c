import * as v from "valibot";

const errorCode = v.picklist(["failed", "cancelled", "gone", "invalid", "unindexed"]);
const wireError = v.object({ message: v.string(), remedy: v.string(), code: errorCode });

/** JSON leaves out what is undefined, so a value may be missing. */
const anything = v.optional(v.unknown());

/** What a channel's two ends send each other. */
export const wireMessage = v.variant("type", [
  v.object({ type: v.literal("request"), id: v.number(), method: v.string(), params: anything }),
  v.object({ type: v.literal("cancel"), id: v.number() }),
  v.object({ type: v.literal("progress"), id: v.number(), value: anything }),
  v.object({ type: v.literal("result"), id: v.number(), value: anything }),
  v.object({ type: v.literal("error"), id: v.number(), error: wireError }),
  v.object({ type: v.literal("notify"), method: v.string(), params: anything }),
]);

export type WireMessage = v.InferOutput<typeof wireMessage>;

const address = v.object({ type: v.string(), id: v.number() });

/** The kind of a message that is broken otherwise, and the request that it is about, where they can be read. */
export function addressOf(raw: unknown): Partial<v.InferOutput<typeof address>> {
  const parsed = v.safeParse(address, raw);
  return parsed.success ? parsed.output : {};
}

const thrownError = v.object({
  message: v.string(),
  remedy: v.optional(v.string(), ""),
  // An error of Node has a code of its own, which is not one of these.
  code: v.fallback(errorCode, "failed"),
});

/** Whatever was thrown, as something that any port can carry. */
export function toWireError(error: unknown): v.InferOutput<typeof wireError> {
  const parsed = v.safeParse(thrownError, error);
  if (parsed.success) return parsed.output;
  const message = typeof error === "string" ? error : `Something went wrong (${typeof error}).`;
  return { message, remedy: "", code: "failed" };
}
