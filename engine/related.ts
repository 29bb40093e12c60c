import type { InferOutput } from "valibot";
import type { Hit } from "../protocol/data.ts";
import type { EngineContract } from "../protocol/engine.ts";
import { locate, loosen } from "../text/looseText.ts";

/** The place from which related passages are sought. */
export type Origin = NonNullable<InferOutput<EngineContract["requests"]["search"]["params"]>["except"]>;

/** Whether a hit holds some of the text from which related passages are sought: then it is no other passage. */
export function isOrigin(
  hit: Pick<Hit, "folder" | "path" | "startLine" | "endLine" | "page" | "text">,
  origin: Origin,
): boolean {
  const path = `${hit.folder}/${hit.path}`.replaceAll("\\", "/");
  if (path !== origin.path.replaceAll("\\", "/")) return false;
  if (!origin.onPages) return hit.startLine <= origin.endLine && hit.endLine >= origin.startLine;
  const { from, to, text } = origin.onPages;
  const { page = 0 } = hit;
  return page >= from && page <= to && locate(loosen(hit.text), text).length > 0;
}
