import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";

/** Raised when chunks, terms or tables change, so that older indexes are built anew. */
const formatVersion = 6;

const stampFile = v.object({
  formatVersion: v.number(),
  embedding: v.string(),
  folder: v.string(),
  complete: v.boolean(),
  // Indexes of before have none.
  made: v.optional(v.string(), ""),
});

export interface Stamp {
  /** Identity of the embedding model. */
  readonly embedding: string;
  /** The folder's real path. */
  readonly folder: string;
  /** Whether the whole folder has been in the index once; after that it is kept up to date. */
  readonly complete: boolean;
  /** What tells this index from another one that was in its place before. */
  readonly made: string;
}

/** What an index.json says: that there is none, that it is damaged, of another version or folder, or its content. */
export type ReadStamp =
  | { readonly state: "missing" | "damaged" | "other" }
  | ({ readonly state: "ok" } & Stamp);

/** Reads `dir`/index.json and holds it against the folder and model that it should be for. */
export async function readStamp(
  dir: string,
  wanted: Pick<Stamp, "embedding" | "folder">,
): Promise<ReadStamp> {
  let text: string;
  try {
    text = await readFile(join(dir, "index.json"), "utf8");
  } catch (error) {
    const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
    return { state: isMissing ? "missing" : "damaged" };
  }
  const parsed = v.safeParse(stampFile, parseJson(text));
  if (!parsed.success) return { state: "damaged" };
  const { embedding, folder, complete, made } = parsed.output;
  const isWanted =
    parsed.output.formatVersion === formatVersion &&
    embedding === wanted.embedding &&
    folder === wanted.folder;
  return isWanted ? { state: "ok", embedding, folder, complete, made } : { state: "other" };
}

/** Replaces the file as a whole, so that a kill leaves the old one or the new one. */
export async function writeStamp(dir: string, stamp: Stamp): Promise<void> {
  const file = join(dir, "index.json");
  await writeFile(`${file}.new`, JSON.stringify({ formatVersion, ...stamp }));
  await rename(`${file}.new`, file);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
