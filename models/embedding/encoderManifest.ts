import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { CarrelError } from "../../protocol/channel.ts";

const manifest = v.object({
  name: v.string(),
  revision: v.string(),
  dimension: v.number(),
  sha256: v.object({ weights: v.string(), tokenizer: v.string() }),
});

/**
 * What the bundled transformer's model.json says of it.
 * @throws CarrelError when it is missing or broken.
 */
export async function readManifest(dir: string): Promise<v.InferOutput<typeof manifest>> {
  const path = join(dir, "model.json");
  const parsed = v.safeParse(manifest, await readJson(path));
  if (!parsed.success) throw damagedFile(path);
  return parsed.output;
}

export function damagedFile(path: string): CarrelError {
  return new CarrelError(
    `The bundled transformer is damaged: ${path} is not the file it should be.`,
    "Install Carrel again: its files are damaged or incomplete. Search works without it, less exactly.",
  );
}

async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch {
    return undefined;
  }
}
