import { formatOf } from "../protocol/formats.ts";
import type { SampledPassage } from "../text/foreignLanguages.ts";
import { guessLanguage } from "../text/stopWords.ts";
import { chunkId, type FileRow, type Store } from "./store/store.ts";

/** Enough to tell a seventh of them from a tenth, and read in some milliseconds. */
const mostPassages = 200;

/** The languages of some passages of prose and documents, spread evenly over all of them. */
export async function sampleLanguages(store: Store, files: Iterable<FileRow>): Promise<SampledPassage[]> {
  const texts = [...files].filter(({ path, chunks }) => chunks > 0 && isText(path));
  const total = texts.reduce((sum, { chunks }) => sum + chunks, 0);
  const step = Math.max(1, total / mostPassages);
  const ids: string[] = [];
  let before = 0;
  for (const { path, hash, chunks } of texts) {
    const first = Math.ceil(before / step);
    for (let i = first; i * step < before + chunks; i++) {
      ids.push(chunkId(path, hash, Math.floor(i * step - before)));
    }
    before += chunks;
  }
  const found = await store.chunksById(ids);
  return [...found.values()].map(({ path, text }) => ({ file: path, language: guessLanguage(text) }));
}

function isText(path: string): boolean {
  const { kind } = formatOf(path);
  return kind === "prose" || kind === "document";
}
