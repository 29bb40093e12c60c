/** A secret's place in a text: [start, end) in UTF-16 units. */
export interface Found {
  readonly start: number;
  readonly end: number;
  /** What it is, for people: "GitHub token", "private key". */
  readonly kind: string;
}

/** For patterns: not inside a word. The letter of an escape (the "n" of "\\nkind:" in JSON) is no part of one. */
export const wordStart = "(?<!\\w(?<!\\\\[nrt]))";
