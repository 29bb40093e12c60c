import { stopWordsOf } from "../../text/stopWords.ts";

/** A question with more content words than this speaks for itself, whatever its form. */
const mostContent = 4;
/** After "and" fewer: "So what happens to an invoice when the client has died?" lacks nothing. */
const mostAfterOpening = 2;

const openings = oneOf(
  "and but or so also then not what_about how_about what_if what_else und aber oder auch was_ist_mit",
  "wie_sieht_es_mit et mais ou y pero o e ma en maar",
);
const prepositions = oneOf(
  "for after before in on at by from to with since until of against without",
  "für nach vor bei bis seit mit von ohne pour dans depuis avec sans para con desde",
);
const questionWords = oneOf(
  "what which who whom whose when where why how wie wer wem wen was wann wo warum welche welcher welches welchem",
  "welchen qui quoi quand où comment combien pourquoi quel quelle quels quelles qué quién cuándo dónde cómo",
);
/** With one of these few words are a whole question: "Where is the README?" */
const auxiliaries = oneOf(
  "is are was were do does did has have had can could may must shall should will would ist sind war hat haben wird",
  "kann muss darf est sont a ont peut doit es son hay puede",
);
const pronouns = oneOf(
  "it they them he she him er es davon dazu dafür damit il elle ils elles cela ça eso ella",
);
const demonstratives = oneOf("this that these those das dies");
const possessives = oneOf("its their his her leur leurs");
/** Words of number and place in a row say nothing by themselves. */
const measures = new Set(
  `much many long often far soon else early late one ones first second third next last something anything nothing
  viel viele lange oft weit etwas nichts beaucoup longtemps souvent mucho`.split(/\s+/),
);

const before = String.raw`(?<![\p{L}\p{N}-])`;
/** Goes on with what was said before. */
const opening = new RegExp(String.raw`^\s*${openings}`, "iu");
/** How a question begins, or what is left of one: "For how many days?", "In colour?". */
const asking = new RegExp(String.raw`^\s*(?:(?:${prepositions}\s+)?${questionWords}|${prepositions})`, "iu");
const auxiliary = new RegExp(before + auxiliaries, "iu");
/**
 * Speaks of something that was named before. "this" and "that" do so at the end or one word before it ("Does this
 * work?", "Is that encrypted?"); "Does this project have tests?" speaks of what is here.
 */
const pronoun = new RegExp(
  String.raw`${before}(?:${pronouns}|${demonstratives}(?=\s*(?:$|[?.!,]))|(?<=${auxiliaries}\s)${demonstratives}(?=\s+[\p{L}\p{N}]+\s*(?:$|[?.!])))`,
  "iu",
);
const possessive = new RegExp(before + possessives, "iu");
/** Pronouns that stand for nothing. */
const expletive =
  /(?<!\p{L})(?:(?:is|was) it (?:possible|allowed|necessary|true|safe|ok)|it (?:is|was)|does it take to|gibt es|es gibt|il y a|y a-t-il|est-il|faut-il|il faut)(?!\p{L})/giu;

/**
 * Whether a question, by its form alone, may need what was said before it: "And for Linux?", "Who signed it?", "How
 * many seats?". Whether it does is told by what it finds.
 */
export function mayFollow(question: string): boolean {
  const content = contentWords(question).length;
  // A single word that asks nothing is searched for, whatever it is: "next" may be a function.
  if (content === 0) return /\s/.test(question.trim()) || asking.test(question);
  // What a pronoun speaks of is then in the sentence before.
  if (content > mostContent || /[.!?:]\s+\S/.test(question)) return false;
  if (opening.test(question) && content <= mostAfterOpening) return true;
  if (content === 1 && asking.test(question) && !auxiliary.test(question)) return true;
  const clean = question.replace(expletive, "");
  // What was named in the question itself is what a pronoun behind it speaks of.
  return namedBefore(clean, pronoun) <= 1 || namedBefore(clean, possessive) === 0;
}

/** The words that say what a question is about; none for "Why?" and "How many?". */
export function contentWords(question: string): string[] {
  const isStopWord = stopWordsOf(question);
  const words =
    question
      .replace(opening, "")
      .replace(asking, "")
      .match(/[\p{L}\p{N}\p{M}_'’]+/gu) ?? [];
  return words.filter((word) => !isStopWord(word) && !measures.has(word.toLowerCase()));
}

/** How many content words stand before the first match; infinitely many where there is none. */
function namedBefore(question: string, pattern: RegExp): number {
  const at = pattern.exec(question)?.index;
  return at === undefined ? Number.POSITIVE_INFINITY : contentWords(question.slice(0, at)).length;
}

/** A pattern for one of these words as a whole; "_" stands for a space. */
function oneOf(...words: readonly string[]): string {
  return String.raw`(?:${words.join("|").replaceAll(" ", "|").replaceAll("_", String.raw`\s+`)})(?![\p{L}\p{N}])`;
}
