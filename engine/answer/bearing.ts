import type { CheckedSentence, Hit, Range } from "../../protocol/data.ts";
import { withoutCitations } from "../../text/citations.ts";
import { sentences } from "../../text/sentences.ts";
import { guessLanguage, stopWordsOf } from "../../text/stopWords.ts";
import { terms } from "../../text/terms.ts";
import { checkAnswer } from "./checking.ts";
import { quantities } from "./quantities.ts";

/** Fewer words stand somewhere by chance; a number with what it counts is a whole value. */
const leastWords = 4;
const leastWordsOfValue = 2;
/** A model that copies half a passage has found nothing in it. */
const mostWords = 120;
/** Of a sentence's words of meaning, this share must stand where its words are said to be borne. */
const leastShared = 0.2;
/** Longer "sentences" are tables or data that lost their lines, and code. */
const longestSentence = 600;
const mostPlaces = 20;

/** In scripts without spaces each sign counts as a word. */
const unspaced = "\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Thai}";
const wordPattern = new RegExp(`[${unspaced}]|[[\\p{L}\\p{N}\\p{M}]--[${unspaced}]]+`, "gv");

interface Word {
  readonly text: string;
  readonly range: Range;
}

/**
 * The words that a reader gave for a sentence of an answer, where they do stand in one of these passages and nothing
 * speaks against it: they are not a few words only, they share words of meaning with the sentence, and the whole
 * sentences in which they stand have its values, its units and its negation. So no reader, however wrong, confirms
 * what the source says otherwise.
 */
export function bearingWords(
  given: string,
  sentence: string,
  passages: readonly { readonly number: number; readonly passage: Hit }[],
  around: string,
): CheckedSentence["confirmed"] {
  for (const { number, passage } of passages) {
    for (const range of placesOf(given, passage.text)) {
      if (bears(passage, range, sentence, around)) return { passage: number, range };
    }
  }
  return undefined;
}

function wordsOf(text: string): Word[] {
  return [...text.matchAll(wordPattern)].map(({ 0: found, index }) => ({
    text: found.normalize("NFKC").toLowerCase(),
    range: [index, index + found.length],
  }));
}

/** Where these words stand in a text, one after the other, whatever signs and white space are between them. */
function placesOf(given: string, text: string): Range[] {
  const wanted = wordsOf(given);
  const least = wanted.some((word) => /\p{N}/u.test(word.text)) ? leastWordsOfValue : leastWords;
  if (wanted.length < least || wanted.length > mostWords) return [];
  const words = wordsOf(text);
  const found: Range[] = [];
  for (let at = 0; at + wanted.length <= words.length && found.length < mostPlaces; at++) {
    if (!wanted.every((word, index) => words[at + index]?.text === word.text)) continue;
    const [start] = words[at]?.range ?? [0];
    const [, end] = words[at + wanted.length - 1]?.range ?? [0, 0];
    found.push([start, end]);
  }
  return found;
}

function bears(passage: Hit, range: Range, written: string, around: string): boolean {
  const whole = passage.text.slice(...wholeSentences(passage.text, range));
  const said = plainSentence(written);
  if (sharedPart(said, passage.text.slice(...range)) < leastShared) return false;
  // A cell of a table is a value.
  if (written.trimStart().startsWith("|") && sharedPart(said, whole) < 1) return false;
  if (isDenied(said) !== isDenied(whole) || hasOtherUnits(said, whole)) return false;
  // The first check, with nothing to look at but these words: what it misses of values is not in them.
  const checked = checkAnswer(`${said} [1]`, [{ ...passage, text: whole }], { question: "" });
  const isPlain = plainIn(said, `${around}\n${passage.text}`);
  return (
    checked.length > 0 &&
    checked.every(({ verdict, missing }) => verdict !== "contradicted" && missing.every(isPlain))
  );
}

/** Words that are left out of a copy may be the "not" of it. */
function wholeSentences(text: string, [from, to]: Range): Range {
  const touched = sentences(text).filter(({ start, end }) => start < to && end > from);
  const start = Math.min(from, touched[0]?.start ?? from);
  const end = Math.max(to, touched.at(-1)?.end ?? to);
  if (end - start <= longestSentence + (to - from)) return [start, end];
  const lineEnd = text.indexOf("\n", to);
  return [text.lastIndexOf("\n", from) + 1, lineEnd < 0 ? text.length : lineEnd];
}

/** A sentence, or the cells of a row, without citations. */
function plainSentence(written: string): string {
  const said = withoutCitations(written).trim();
  const row = said.startsWith("|")
    ? said
        .split("|")
        .map((cell) => cell.trim())
        .filter(Boolean)
        .join(", ")
    : said;
  // The citation that follows belongs to a sentence that has ended.
  return row.replace(/[:;,\s]+$/, "");
}

function sharedPart(said: string, words: string): number {
  const isStopWord = stopWordsOf(said);
  const own = [...new Set(wordsOf(said).map(({ text }) => text))].filter((word) => !isStopWord(word));
  const there = new Set([...terms(words), ...wordsOf(words).map(({ text }) => text)]);
  const shared = own.filter((word) => there.has(word) || terms(word).some((term) => there.has(term)));
  return own.length === 0 ? 0 : shared.length / own.length;
}

const denial =
  /(?<![\p{L}])(?:not|no(?!\.)|never|none|nobody|nothing|neither|nor|cannot|without|\p{L}+n['’]t|nicht|kein\p{L}*|nie|niemals|ohne|ne|pas|jamais|sans|nunca|sin|non|senza|niet|geen)(?![\p{L}])/iu;

function isDenied(text: string): boolean {
  return denial.test(text);
}

const unit =
  /(?<!\p{L})(second|minute|hour|day|week|month|quarter|year|euro|dollar|pound|percent|metre|meter|mile|gram|litre|byte)s?(?!\p{L})/giu;

/** Where both count in units, those of the sentence must be among those of its source. */
function hasOtherUnits(said: string, source: string): boolean {
  const unitsOf = (text: string): Set<string> =>
    new Set([...text.matchAll(unit)].map(({ 1: name = "" }) => name.toLowerCase()));
  const there = unitsOf(source);
  return there.size > 0 && [...unitsOf(said)].some((name) => !there.has(name));
}

function isWrittenSmall(word: string, text: string): boolean {
  return new RegExp(`(?<!\\p{L})${word.toLowerCase()}(?!\\p{L})`, "u").test(text);
}

/** Whether a word that the check misses is one that can be said in other words: no name, number or identifier. */
function plainIn(said: string, around: string): (word: string) => boolean {
  const isGerman = guessLanguage(said) === "de";
  const first = /^\P{L}*(\p{L}+)/u.exec(said)?.[1];
  const isStopWord = stopWordsOf(said);
  return (word) => {
    if (quantities(word).length > 0 || said.includes(`\`${word}\``)) return false;
    // Whether the word that begins a sentence is a name tells how it is written elsewhere.
    const isBegin = word === first && (isStopWord(word) || isWrittenSmall(word, around));
    return (isGerman || isBegin ? /^\p{L}[\p{Ll}\p{M}'’ -]*$/u : /^[\p{Ll}\p{M}'’ -]+$/u).test(word);
  };
}
