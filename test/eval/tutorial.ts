import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Parser } from "../../indexer/read/pool.ts";
import type { EmbeddingModel } from "../../models/embedding/embeddingModel.ts";
import { CarrelError } from "../../protocol/channel.ts";
import type { DocumentText } from "../../protocol/data.ts";
import { placesWithin } from "./documentPlaces.ts";
import type { Judged } from "./metrics.ts";

const size = 1000;
const overlap = 200;

export type Cut = Judged & { readonly from: number };

/** A text cut every so many characters, as tutorials do it; documents with pages are cut page by page. */
export function cutBlindly(path: string, document: DocumentText): Cut[] {
  const { text, pages } = document;
  const lineStarts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) lineStarts.push(at + 1);
  const startOf = (line: number): number => lineStarts[line - 1] ?? text.length;
  const parts =
    pages.length === 0
      ? [{ page: undefined, start: 0, end: text.length }]
      : pages.map(({ page, startLine }, i) => {
          const next = pages[i + 1];
          return { page, start: startOf(startLine), end: next ? startOf(next.startLine) : text.length };
        });
  return parts.flatMap(({ page, start, end }) => {
    const cuts: Cut[] = [];
    for (let from = start; from < end; from += size - overlap) {
      const to = Math.min(end, from + size);
      const part = text.slice(from, to);
      const [startLine, endLine] = [lineOf(lineStarts, from), lineOf(lineStarts, to - 1)];
      const within = placesWithin(document, startLine, endLine);
      if (part.trim() !== "") cuts.push({ path, page, text: part, from, startLine, endLine, ...within });
      if (to === end) break;
    }
    return cuts;
  });
}

/** The line, counted from 1, that holds a character. */
function lineOf(lineStarts: readonly number[], at: number): number {
  let [low, high] = [0, lineStarts.length];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((lineStarts[middle] ?? 0) <= at) low = middle;
    else high = middle;
  }
  return low + 1;
}

/**
 * The peer that a person would write in an afternoon: the same text as the product takes out of the same files,
 * cut blindly, a small transformer's vectors, and the nearest by cosine.
 */
export class Tutorial {
  private readonly cuts: readonly Cut[];
  private readonly vectors: Float32Array;
  private readonly dimension: number;

  private constructor(cuts: readonly Cut[], vectors: Float32Array, dimension: number) {
    this.cuts = cuts;
    this.vectors = vectors;
    this.dimension = dimension;
  }

  /** @param cache Folder for the vectors, which are read again when neither texts nor model have changed. */
  static async build(
    dir: string,
    paths: readonly string[],
    { parser, model, cache }: { parser: Parser; model: EmbeddingModel; cache: string },
  ): Promise<Tutorial> {
    const cuts: Cut[] = [];
    for (const path of [...paths].sort()) {
      // A scan has no text for who does not read pictures.
      const text = await parser.documentText(dir, path).catch((error: unknown) => {
        if (error instanceof CarrelError) return undefined;
        throw error;
      });
      if (text) cuts.push(...cutBlindly(path, text));
    }
    const texts = cuts.map(({ text }) => text);
    const key = createHash("sha256")
      .update(JSON.stringify([model.id, texts]))
      .digest("hex")
      .slice(0, 16);
    const file = join(cache, `${key}.bin`);
    if (!existsSync(file)) {
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, Buffer.concat((await model.embed(texts, "passage")).map(bytesOf)));
    }
    const { buffer, byteOffset, byteLength } = await readFile(file);
    return new Tutorial(cuts, new Float32Array(buffer, byteOffset, byteLength / 4), model.dimension);
  }

  get size(): number {
    return this.cuts.length;
  }

  /** The `k` nearest to a query's vector, best first. */
  search(query: Float32Array, k: number): Cut[] {
    return this.cuts
      .map((cut, i) => ({ cut, similarity: this.similarity(query, i) }))
      .sort((a, b) => b.similarity - a.similarity)
      .slice(0, k)
      .map(({ cut }) => cut);
  }

  private similarity(query: Float32Array, at: number): number {
    let sum = 0;
    for (let i = 0; i < this.dimension; i++)
      sum += (query[i] ?? 0) * (this.vectors[at * this.dimension + i] ?? 0);
    return sum;
  }
}

function bytesOf(vector: Float32Array): Uint8Array {
  return new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength);
}
