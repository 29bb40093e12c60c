/** What two extractors find in one file, compared word by word. */
export interface Comparison {
  /** Share of the other's words, each as often as it stands there, that ours has too. */
  readonly found: number;
  /** Share of our words that the other does not have. */
  readonly beyond: number;
  readonly missing: readonly string[];
  readonly extra: readonly string[];
}

/** Scripts without spaces are compared sign by sign. */
const word = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{M}\p{N}]+/gu;

/**
 * The words of a text, in lower case. Signs that look alike are one (a ligature and its letters, Arabic letters in the
 * shape of their place), and marks that only steer the direction or the break of lines are none.
 */
export function wordsOf(text: string): string[] {
  const plain = text
    .normalize("NFKC")
    .replace(/[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g, "")
    .toLowerCase();
  return (plain.match(word) ?? []).flatMap(split);
}

/** A sign of a script without spaces next to letters is a word of its own. */
function split(one: string): string[] {
  return one.split(/([\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])/u).filter((part) => part !== "");
}

export function compareWords(ours: readonly string[], theirs: readonly string[]): Comparison {
  const counts = new Map<string, number>();
  for (const one of ours) counts.set(one, (counts.get(one) ?? 0) + 1);
  const missing: string[] = [];
  for (const one of theirs) {
    const left = counts.get(one) ?? 0;
    if (left > 0) counts.set(one, left - 1);
    else missing.push(one);
  }
  const extra = [...counts].flatMap(([one, count]) => Array.from({ length: count }, () => one));
  return {
    found: theirs.length === 0 ? 1 : 1 - missing.length / theirs.length,
    beyond: ours.length === 0 ? 0 : extra.length / ours.length,
    missing,
    extra,
  };
}

/** Lines that end in a hyphen joined, as a person reads them: not every extractor does. */
export function joinLineEnds(text: string): string {
  return text.replace(/(\p{Ll}{2})[-\u00ad\u2010]\r?\n\s*(\p{Ll})/gu, "$1$2");
}
