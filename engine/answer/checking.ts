import type { CheckedSentence, Hit, Selection } from "../../protocol/data.ts";
import { withoutCitations } from "../../text/citations.ts";
import { guessLanguage } from "../../text/stopWords.ts";
import { terms } from "../../text/terms.ts";
import { type AnswerClaim, answerClaims } from "./answerClaims.ts";
import { type Difference, holdValues } from "./differences.ts";
import { holdMeaning } from "./meaning.ts";
import { type Nearest, nearest } from "./nearness.ts";
import { pairsIn, type Reading, type Word } from "./reading.ts";
import { Passages, type Sources, sourcesOf, type Unit } from "./sources.ts";

/** The share of a sentence's words of meaning that must stand in what it cites. */
const leastOverlap = 0.4;
/**
 * The same of the pairs of signs in scripts without spaces: of 100 Chinese sentences an unrelated passage has so much
 * of one, four of them together of none to two.
 */
const leastPairs = 0.3;
const mostMissing = 6;
/** Scripts without spaces: what surrounds a value there is not known by its words. */
const unspaced = /^(?:Han|Japanese|Thai|Hangul)$/;

/** What the question asks, and the language of the answer. */
interface Asked {
  readonly terms: ReadonlySet<string>;
  readonly language: string;
}

interface Held {
  readonly near: Nearest | undefined;
  readonly differences: readonly Difference[];
  readonly missing: readonly string[];
}

/**
 * Holds each sentence of an answer, and each row of a table, against the passages that it cites: quotes word for
 * word; numbers with their units, dates, names and identifiers where the source speaks of what they belong to; and
 * enough of its words. It is contradicted where the nearest sentence of the source, which must speak of the same
 * thing, says something else in the same place. A sentence without a citation of its own may lean on those of its
 * paragraph, list or table. What the question says proves nothing.
 */
export function checkAnswer(
  answer: string,
  passages: readonly Hit[],
  { question, selection }: { readonly question: string; readonly selection?: Selection | undefined },
): CheckedSentence[] {
  const asked = { terms: new Set(terms(question)), language: guessLanguage(withoutCitations(answer)) };
  const read = new Passages(passages);
  const selected = selection && sourcesOf(selection.text, selection.path);
  return answerClaims(answer, question, asked.language).map((claim): CheckedSentence => {
    const { cites, range } = claim;
    if (cites.length === 0) return uncited(claim, read, selected, asked);
    const held = hold(claim, read.cited(cites), asked);
    const unknown = cites.filter((n) => n < 1 || n > read.count).map((n) => `[${n}]`);
    return verdictOf({ range, cites: [...cites] }, { ...held, missing: [...unknown, ...held.missing] });
  });
}

function verdictOf(
  sentence: Pick<CheckedSentence, "range" | "cites">,
  { near, differences, missing }: Held,
): CheckedSentence {
  const verdict = differences.length > 0 ? "contradicted" : missing.length > 0 ? "unconfirmed" : "supported";
  return {
    ...sentence,
    verdict,
    missing: missing.slice(0, mostMissing),
    differences: [...differences],
    ...nearestOf(near),
  };
}

/** A sentence without a citation: one of its paragraph, list or table may bear it, or the selection. */
function uncited(
  claim: AnswerClaim,
  read: Passages,
  selected: Sources | undefined,
  asked: Asked,
): CheckedSentence {
  const { range } = claim;
  // What is not there bears nothing.
  const shared = claim.shared.filter((cites) => cites.some((number) => number >= 1 && number <= read.count));
  const held = shared.map((cites) => ({ cites: [...cites], held: hold(claim, read.cited(cites), asked) }));
  const bearing = held.find(
    ({ held: { differences, missing } }) => differences.length + missing.length === 0,
  );
  if (bearing) return verdictOf({ range, cites: bearing.cites }, bearing.held);
  if (selected) {
    const { differences, missing } = hold(claim, selected, asked);
    if (differences.length + missing.length === 0)
      return { range, cites: [], verdict: "supported", missing: [], differences: [] };
  }
  const against = held.find(({ held: { differences } }) => differences.length > 0);
  if (against) return verdictOf({ range, cites: against.cites }, against.held);
  return {
    range,
    cites: [],
    verdict: "uncited",
    missing: [],
    differences: [],
    ...nearestOf(held[0]?.held.near),
  };
}

function nearestOf(near: Nearest | undefined): Pick<CheckedSentence, "nearest"> {
  const first = near?.units[0];
  const last = near?.units.at(-1);
  if (!first || !last || first.passage === 0) return {};
  return { nearest: { passage: first.passage, range: [first.range[0], last.range[1]] } };
}

function hold(claim: AnswerClaim, sources: Sources, asked: Asked): Held {
  const { reading, head } = claim;
  const context = new Set(terms(head));
  const near = nearest(reading, sources);
  const isTranslated = sources.all.every(({ language }) => isOtherLanguage(language, asked.language));
  const values = holdValues(reading, sources, near, context, isTranslated || unspaced.test(asked.language));
  // A translation shares numbers and identifiers with its source, but no words: without any there is nothing to compare.
  if (isTranslated) {
    const isCompared = reading.anchors.length + reading.quotes.length > 0;
    return { near, differences: values.differences, missing: isCompared ? values.missing : meant(reading) };
  }
  const differences = [...values.differences, ...holdMeaning(reading, sources, near, context)];
  const strangers =
    head === "" ? lacksOverlap(reading.words, sources.all, asked) : lacksCells(claim, sources, asked);
  const missing = [...new Set([...values.missing, ...strangers])];
  const isNowhere = near === undefined && !unspaced.test(asked.language);
  if (isNowhere && missing.length + differences.length === 0)
    return { near, differences, missing: meant(reading) };
  return { near, differences, missing };
}

/** Whether both are known and differ. A short text does not show whether it is Chinese or Japanese. */
function isOtherLanguage(one: string, other: string): boolean {
  const isUnclear = [one, other].every((language) => /^(?:Han|Japanese)$/.test(language));
  return one !== "" && other !== "" && one !== other && !isUnclear;
}

/** The words of meaning of a sentence, each once. */
function meant({ words }: Reading): string[] {
  return [...new Set(words.filter(({ hasMeaning }) => hasMeaning).map(({ text }) => text))];
}

/** The words that the sources have not, when they are too many; none when enough are there. */
function lacksOverlap(
  said: readonly Word[],
  sources: readonly { readonly terms: { has(term: string): boolean } }[],
  asked: Asked,
  least = 2,
): string[] {
  const isKnown = (text: string, term: string): boolean =>
    sources.some((source) => source.terms.has(term) || terms(text).some((part) => source.terms.has(part)));
  const words = new Map(
    said
      .filter(({ hasMeaning, text }) => hasMeaning && pairsIn(text).length === 0)
      .map((word) => [word.text, word]),
  );
  const inPairs = lacksPairs(said, sources, asked);
  if (inPairs.length > 0) return inPairs;
  const strangers = [...words.values()].filter(({ text, term }) => !isKnown(text, term));
  const familiar = words.size - strangers.length;
  // What only the question says counts neither for the sentence nor against it.
  const unknown = strangers.filter(({ text }) => !terms(text).some((term) => asked.terms.has(term)));
  const counted = familiar + unknown.length;
  if (counted < least || familiar >= counted * leastOverlap) return [];
  // Pieces of a number are shown as the number.
  const shown = unknown.filter(({ text }) => !/^\d+$/.test(text));
  return (shown.length > 0 ? shown : unknown).map(({ text }) => text);
}

/** The words of scripts without spaces, which may be whole clauses, where the sources have too little of their pairs. */
function lacksPairs(
  said: readonly Word[],
  sources: readonly { readonly terms: { has(term: string): boolean } }[],
  asked: Asked,
): string[] {
  const isKnown = (pair: string): boolean => sources.some((source) => source.terms.has(pair));
  const pairs = [...new Set(said.flatMap(({ text }) => pairsIn(text)))];
  const familiar = pairs.filter(isKnown).length;
  const counted = familiar + pairs.filter((pair) => !isKnown(pair) && !asked.terms.has(pair)).length;
  if (counted < 2 || familiar >= counted * leastPairs) return [];
  return said.flatMap(({ text }) => (pairsIn(text).some((pair) => !isKnown(pair)) ? [text] : []));
}

/** A row says its other cells of the first one: they must stand where the source speaks of that. */
function lacksCells({ reading }: AnswerClaim, sources: Sources, asked: Asked): string[] {
  const cells = [...Map.groupBy(reading.words, ({ cell }) => cell).values()];
  const [key = [], ...others] = cells;
  const share = ({ places }: Unit): number =>
    key.filter(({ hasMeaning, term }) => hasMeaning && places.has(term)).length;
  const most = Math.max(...sources.units.map(share));
  if (most <= 0) return lacksOverlap(reading.words, sources.all, asked);
  const places = sources.units.filter((unit) => share(unit) === most);
  const there = places.map(({ places, context }) => ({
    terms: { has: (term: string): boolean => places.has(term) || context.has(term) },
  }));
  const isTable = places.every(({ reading: { words } }) => words.some(({ cell }) => cell > 1));
  const next = sources.units.filter(({ before, goesOn }) => goesOn && before && places.includes(before));
  const around = next.map(({ places }) => ({ terms: places }));
  return others.flatMap((cell) => lacksOverlap(cell, [...there, ...around], asked, isTable ? 1 : 2));
}
