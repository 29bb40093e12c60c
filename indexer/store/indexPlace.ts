import { createHash } from "node:crypto";
import { join } from "node:path";

/**
 * The folder of an index: one for each model, and in it one for each workspace folder.
 * @param storage Where indexes are kept: an absolute path, never inside the workspace.
 * @param realFolder The real path of the workspace folder, so that a link to it means the same index.
 */
export function indexPlace(storage: string, embeddingId: string, realFolder: string): string {
  return join(storage, "indexes", shortHash(embeddingId), shortHash(realFolder));
}

/** Short enough for a file name, long enough that two never meet. */
export function shortHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
