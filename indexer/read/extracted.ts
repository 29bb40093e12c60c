import type { DocumentText } from "../../protocol/data.ts";
import type { Heading } from "../chunk/markdown.ts";

/** Text taken from a document. Its lines are what people are shown and what places count. */
export interface Extracted extends DocumentText {
  /** Rows count from 0. */
  readonly headings: readonly Heading[];
}

/** A document that holds nothing to index; the message is a sentence for people. */
export class UnreadableDocument extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = "UnreadableDocument";
  }
}
