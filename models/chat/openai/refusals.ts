import type { ListedModel } from "./openaiSchemas.ts";

/** Why a listed model is not used, or undefined. A proxy that hides where its models run can't be seen through. */
export function refusalOf({ id, pricing }: ListedModel): string | undefined {
  // Apple's bridge lists its cloud ("Private Cloud Compute") beside the model of the device.
  if (/(?:^|[^a-z0-9])pcc(?:$|[^a-z0-9])/i.test(id))
    return "Runs in Apple's cloud, not on the server itself.";
  if (/[:-]cloud$/i.test(id)) return "Runs in Ollama's cloud, not on the server itself.";
  if (pricing !== undefined && pricing !== null)
    return "Is sold by a cloud: the server lists a price for it.";
  return undefined;
}
