/**
 * Builds the evaluation's data into a cache folder, from public repositories. `npm run eval` calls it when the
 * cache is empty; `node test/eval/build.ts [CACHE]` builds it anew.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Dataset, writeDataset } from "./dataset.ts";
import * as sets from "./sets.ts";

export const defaultCache = fileURLToPath(new URL("../../.cache/eval", import.meta.url));

const makers: readonly ((cache: string) => Dataset)[] = [
  sets.cosqa,
  sets.functions,
  (cache) => sets.history(cache, "celery/celery", 900),
  (cache) => sets.history(cache, "axios/axios", 700),
  sets.sections,
  sets.passages,
  (cache) => sets.xquad(cache, "en"),
  sets.claims,
  (cache) => sets.xquad(cache, "de"),
  (cache) => sets.xquad(cache, "es"),
  (cache) => sets.xquad(cache, "zh"),
];

/** Builds all sets; returns their names. */
export async function build(cache: string, log: (line: string) => void): Promise<string[]> {
  const names: string[] = [];
  for (const make of makers) {
    const set = make(cache);
    await writeDataset(join(cache, "sets", set.name), set);
    names.push(set.name);
    log(`${set.name}: ${set.files.size} files, ${set.questions.length} questions`);
  }
  await writeFile(join(cache, "sets", "index.json"), JSON.stringify(names));
  return names;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await build(process.argv[2] ?? defaultCache, (line) => console.error(line));
}
