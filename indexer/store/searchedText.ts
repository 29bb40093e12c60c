import { createHash } from "node:crypto";
import type { ChunkRow } from "./store.ts";

/** A chunk is embedded and searched with a line of context before it: its path and its heading or symbol. */
export function searchedText(chunk: Pick<ChunkRow, "text" | "heading" | "path">): string {
  return `${chunk.path}${chunk.heading ? ` › ${chunk.heading}` : ""}\n${chunk.text}`;
}

/** What a refined vector is filed under, so that it stays right whatever becomes of files and chunks. */
export function hashOfText(text: string): string {
  return createHash("sha256").update(text).digest("base64url").slice(0, 16);
}
