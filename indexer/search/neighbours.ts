import type { Store, StoredChunk } from "../store/store.ts";
import type { SearchHit } from "./search.ts";

/** The hits with the text of the `count` chunks before and after each in its file. */
export async function withNeighbours(
  folders: readonly { readonly folder: string; readonly store: Store }[],
  hits: readonly SearchHit[],
  count: number,
): Promise<SearchHit[]> {
  const chunks = new Map<string, StoredChunk[]>();
  for (const { folder, store } of folders) {
    const paths = hits.filter((hit) => hit.folder === folder).map(({ path }) => path);
    chunks.set(folder, await store.chunksOfFiles([...new Set(paths)]));
  }
  return hits.map((hit) => {
    const file = (chunks.get(hit.folder) ?? []).filter(({ path }) => path === hit.path);
    const at = file.findIndex(({ startLine, text }) => startLine === hit.startLine && text === hit.text);
    // A file that was written again meanwhile has no place for this hit.
    if (at < 0) return { ...hit, before: "", after: "" };
    return {
      ...hit,
      before: textOf(file.slice(Math.max(0, at - count), at)),
      after: textOf(file.slice(at + 1, at + 1 + count)),
    };
  });
}

function textOf(chunks: readonly StoredChunk[]): string {
  return chunks.map(({ text }) => text).join("\n");
}
