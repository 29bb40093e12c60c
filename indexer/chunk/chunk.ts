import type { Place } from "../../protocol/places.ts";

/** A piece of a file that is embedded and found as a whole. Lines count from 1, both ends included. */
export interface Chunk {
  readonly text: string;
  readonly startLine: number;
  readonly endLine: number;
  /** For formats with pages: the page on which the chunk begins. */
  readonly page?: number;
  /** For other formats that count something: where it stands from its first line to its last. */
  readonly place?: Place;
  /** Heading path ("Setup › Linux") or symbol path ("Parser › parseLine") that the chunk stands under. */
  readonly heading?: string;
}
