import { hashOfText } from "../../indexer/store/searchedText.ts";
import { type ChunkRow, chunkId, type FileRow } from "../../indexer/store/store.ts";
import { terms } from "../../text/terms.ts";

/** Rows for tests of the store, made of a seed: the same seed gives the same rows. */
export interface SeededRows {
  /** A number from 0 up to 1. */
  random(): number;
  vector(): Float32Array;
  /** A version of a file: its row, and `count` chunks of some sixty words. */
  file(path: string, hash: string, count: number): { file: FileRow; chunks: ChunkRow[] };
}

const words =
  "lease tenant notice invoice parser engine vector zebra month court fee deposit repair window garden".split(
    " ",
  );

export function seededRows(seed: number, dimension: number): SeededRows {
  let state = seed;
  const random = (): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x80000000;
  };
  const word = (): string => {
    const name = words[Math.floor(random() ** 2 * words.length)] ?? "";
    return random() < 0.3 ? `${name}${Math.floor(random() * 50)}` : name;
  };
  const vector = (): Float32Array => {
    const numbers = Float32Array.from({ length: dimension }, () => random() - 0.5);
    const length = Math.hypot(...numbers);
    return numbers.map((number) => number / length);
  };
  const chunk = (path: string, fileHash: string, ordinal: number): ChunkRow => {
    const text = Array.from({ length: 60 }, word).join(" ");
    return {
      id: chunkId(path, fileHash, ordinal),
      path,
      fileHash,
      kind: "prose",
      language: "markdown",
      heading: ordinal === 0 ? null : `Part ${ordinal} ${word()}`,
      page: ordinal % 3 === 0 ? null : ordinal,
      place: ordinal % 3 === 0 ? JSON.stringify({ in: "slide", slide: ordinal }) : null,
      startLine: ordinal * 10 + 1,
      endLine: ordinal * 10 + 9,
      text,
      terms: terms(text).join(" "),
      textHash: hashOfText(text),
      vector: vector(),
    };
  };
  return {
    random,
    vector,
    file: (path, hash, count) => ({
      file: fileRow(path, hash, count),
      chunks: Array.from({ length: count }, (_, ordinal) => chunk(path, hash, ordinal)),
    }),
  };
}

/** A file that is in the index with `chunks` chunks. */
export function fileRow(path: string, hash: string, chunks: number): FileRow {
  const seen = { path, size: 100, mtimeMs: 1.5, changedMs: 2.5 };
  return { ...seen, hash, reason: "", chunks, retryAtMs: 0, tries: 0, withheld: "", scans: "" };
}
