import { stopWordsIn } from "../../text/stopWords.ts";
import { terms } from "../../text/terms.ts";
import { codes, names, quotations, quotes, type Span } from "./claims.ts";
import { type DateValue, dates } from "./dates.ts";
import { plainDigits } from "./digits.ts";
import { type Quantity, quantities } from "./quantities.ts";

/** A word of a text, where it stands. */
export interface Word {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  /** What it is compared by: its stem, or the verb that it is a form of. */
  readonly term: string;
  /** Whether it has a meaning of its own; "the" and "would" have none. */
  readonly hasMeaning: boolean;
  /** Number of the clause that it stands in, and of the cell of a table's row. */
  readonly clause: number;
  readonly cell: number;
}

interface Place {
  /** Places of the first and the last word of it. */
  readonly first: number;
  readonly last: number;
  readonly text: string;
}

/** Something that can be looked up: it is in the source, or something else is in its place, or nothing. */
export type Anchor = Place &
  (
    | { readonly kind: "quantity"; readonly value: Quantity }
    | { readonly kind: "date"; readonly value: DateValue }
    | { readonly kind: "name" | "code"; readonly value: string }
  );

/** A text with its words and all that can be looked up in it. */
export interface Reading {
  readonly text: string;
  readonly words: readonly Word[];
  readonly anchors: readonly Anchor[];
  readonly quotes: readonly string[];
}

/** Forms of verbs that stemming does not bring together. */
const forms = new Map(
  `go goes went gone|pay paid|tell told|take took taken|send sent|make made|keep kept|give gave given|sell sold|lend lent
  hold held|begin began begun|write wrote written|run ran|get got gotten|find found|say said|lose lost|win won|buy bought
  bring brought|think thought|leave left|meet met|build built|choose chose chosen|speak spoke spoken|break broke broken
  fall fell fallen|rise rose risen|grow grew grown|know knew known|see saw seen|come came|become became|drive drove driven
  show showed shown|stand stood|teach taught|catch caught|feel felt|mean meant|lead led|understand understood
  forbid forbade forbidden|hide hid hidden|shrink shrank shrunk
  child children|man men|woman women|person people|foot feet`
    .split(/[|\n]/)
    .flatMap((line) => {
      const [base = "", ...others] = line.trim().split(" ");
      return others.map((form) => [form, base] as const);
    }),
);

const wordPattern = /[\p{L}\p{N}\p{M}_]+(?:['’](?:t|s|re|ve|ll|d)(?!\p{L}))?/gu;
const clauseWord = /^(?:and|but|while|whereas|und|aber|sondern|et|mais|y|pero|e|ma|en|maar)$/i;

interface Manner {
  /** Whether it is held against others, so that what stands within its code and quotes is no value of its own. */
  readonly isClaim: boolean;
  readonly language: string;
  /** Whether a word that begins a sentence is a name. */
  readonly opens?: (word: string) => boolean;
}

/** Reads a sentence or the like. */
export function read(written: string, { isClaim, language, opens }: Manner): Reading {
  // The address of a link is not read by anyone.
  const text = plainDigits(written).replace(/(?<=\])\([^()\s]*\)/g, (address) => " ".repeat(address.length));
  const isSmall = stopWordsIn(language);
  const words: Word[] = [];
  let clause = 0;
  let cell = 0;
  let last = 0;
  for (const { index: start, 0: said } of text.matchAll(wordPattern)) {
    const between = text.slice(last, start);
    if (/[,;:()—–?!]|\s-\s|\.\s|\n\s*\n/.test(between)) clause++;
    if (between.includes("|")) cell++;
    if (clauseWord.test(said)) clause++;
    const bare = said.replace(/['’]s$/, "");
    const hasMeaning = bare.length > 1 && !isSmall(bare) && !/n['’]t$/i.test(bare);
    last = start + said.length;
    words.push({
      start,
      end: last,
      text: written.slice(start, last),
      term: termOf(bare),
      hasMeaning,
      clause,
      cell,
    });
  }
  return {
    text,
    words,
    anchors: anchorsOf(text, written, words, { isClaim, language, ...(opens ? { opens } : {}) }),
    quotes: isClaim ? quotes(text) : [],
  };
}

const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** The pairs of signs in a word of a script without spaces, where it may be a whole clause; none for another word. */
export function pairsIn(word: string): string[] {
  if (!unspaced.test(word)) return [];
  return terms(word).filter((term) => [...term].length === 2 && unspaced.test(term));
}

/** What a word is compared by. */
export function termOf(word: string): string {
  const lower = word.toLowerCase();
  return terms(forms.get(lower) ?? word)[0] ?? lower;
}

/** `written` is the same with its own digits, which are what is shown. */
function anchorsOf(
  text: string,
  written: string,
  words: readonly Word[],
  { isClaim, language, opens }: Manner,
): Anchor[] {
  const found: Anchor[] = [];
  const add = (span: Span, make: (place: Place) => Anchor): void => {
    const first = words.findIndex(({ end }) => end > span.start);
    const last = words.findLastIndex(({ start }) => start < span.end);
    if (first >= 0 && last >= first) found.push(make({ first, last, text: span.text }));
  };
  let rest = text;
  for (const code of codes(text)) {
    add(code, (place) => ({ ...place, kind: "code", value: code.text }));
    // What a program is called holds no numbers of its own; in a source they may be looked for all the same.
    if (isClaim) rest = blank(rest, code);
  }
  // What is quoted must stand there word for word, numbers and all.
  if (isClaim) for (const quotation of quotations(rest)) rest = blank(rest, quotation);
  const { found: ownDates, rest: undated } = dates(rest);
  for (const value of ownDates) {
    const span = { ...value, text: written.slice(value.start, value.end) };
    add(span, (place) => ({ ...place, kind: "date", value }));
  }
  for (const value of quantities(undated)) {
    // With its unit where that comes next: what is shown is what stands there.
    const [, space = ""] = /^(\s?)/.exec(text.slice(value.end, value.end + 1)) ?? [];
    const unit = `${space}${value.unit?.text ?? ""}`;
    const end = value.unit && text.startsWith(unit, value.end) ? value.end + unit.length : value.end;
    const span = { start: value.start, end, text: written.slice(value.start, end) };
    add(span, (place) => ({ ...place, kind: "quantity", value }));
  }
  // German capitalises all nouns, so that a capital letter makes no name.
  if (language !== "de") {
    for (const name of names(undated, stopWordsIn(language), opens))
      add(name, (place) => ({ ...place, kind: "name", value: name.text }));
  }
  return found.sort((a, b) => a.first - b.first || a.last - b.last);
}

function blank(text: string, { start, end }: Span): string {
  return text.slice(0, start) + " ".repeat(end - start) + text.slice(end);
}
