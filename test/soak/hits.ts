import { relative } from "node:path";
import type { Hit } from "../../protocol/data.ts";
import { wordOf } from "./files.ts";
import { realOf } from "./model.ts";
import type { World } from "./world.ts";

/** Where a hit lies: its folder's real path and its path in it, as in the model. */
export function placeOf(world: World, hit: Hit): { folder: string; path: string } {
  return { folder: realOf(relative(world.disk.base, hit.folder)), path: hit.path };
}

/** The same passage has the same key, by whatever name its folder was opened. */
export function keyOf(world: World, hit: Hit): string {
  const { folder, path } = placeOf(world, hit);
  return `${folder}|${path}:${hit.startLine}-${hit.endLine}`;
}

/**
 * Finds fault with hits while anything may be changing: each at most once, and each a text that stood in its file
 * at some time. What nothing has touched must be found.
 * @param calm Folders that have been served since the last rest: the query, if it is their anchor's word, must find it.
 */
export function checkHits(
  world: World,
  hits: readonly Hit[],
  query: string,
  calm: readonly string[],
): string[] {
  const problems = [...repeated(world, hits)];
  for (const hit of hits) {
    const { folder, path } = placeOf(world, hit);
    const texts = [...(world.model.history.get(`${folder}/${path}`) ?? [])];
    if (!texts.some((text) => text.includes(hit.text))) {
      problems.push(`a text that never stood in ${folder}/${path}: ${JSON.stringify(hit.text.slice(0, 80))}`);
    }
  }
  for (const folder of calm) {
    const anchor = world.model.files.get(`${folder}/anchor.md`);
    if (!anchor || wordOf(anchor.version) !== query) continue;
    if (!hits.some((hit) => placeOf(world, hit).folder === folder && hit.path === "anchor.md")) {
      problems.push(`${folder}/anchor.md, which nothing has touched, was not found`);
    }
  }
  return problems;
}

export function repeated(world: World, hits: readonly Hit[]): string[] {
  const keys = hits.map((hit) => keyOf(world, hit));
  const twice = new Set(keys.filter((key, i) => keys.indexOf(key) !== i));
  return [...twice].map((key) => `${key} is there more than once`);
}
