import type { CheckedSentence } from "../../protocol/data.ts";
import { normalise } from "./claims.ts";
import { holdsWords, lacksName } from "./namesThere.ts";
import { likeness, type Nearest, surroundings } from "./nearness.ts";
import {
  neighbour,
  type Occurrence,
  type Occurrences,
  occurrencesOf,
  saysSame,
  stands,
} from "./occurrences.ts";
import { type Anchor, type Reading, termOf } from "./reading.ts";
import { holdsCode, holdsLetters, type Sources } from "./sources.ts";

export type Difference = CheckedSentence["differences"][number];

/** What holding the values of a sentence against its sources gave. */
interface Findings {
  readonly differences: readonly Difference[];
  /** What is not there, or not where the sentence speaks of. */
  readonly missing: readonly string[];
}

/** The source speaks of the same thing where this much of the sentence stands in it. */
export const sameThing = 0.55;
/** Something else is in the place of a value where what surrounds the two agrees as much. */
const samePlace = 0.42;
/** By how much another place must suit better than the one where a value does stand. */
const clearly = 0.2;
/** The same for two values that have each other's place. */
const crossed = 0.1;
const leastCrossed = 0.3;
/** Enough for two names with the same neighbour. */
const sameNeighbour = 0.3;
/** The same number with another unit is rarely by chance. */
const sameNumber = 0.25;
/** A value that stands in quite other surroundings is not the one that is spoken of. */
const related = 0.05;

/** A sentence, what it is held against, and the words that it stands under. */
export interface Comparison {
  readonly claim: Reading;
  readonly sources: Sources;
  readonly near: Nearest;
  readonly context: ReadonlySet<string>;
}

/** A sentence with more values is a list of data: of the others it is only asked whether they are there. */
const mostValues = 30;

interface Looked {
  readonly anchor: Anchor;
  readonly found: Occurrences;
  /** Whether it is a name by its place only, at the beginning of the sentence. */
  readonly isGuess: boolean;
}

/** Looks each value of a sentence up, where it belongs. */
export function holdValues(
  claim: Reading,
  sources: Sources,
  near: Nearest | undefined,
  context: ReadonlySet<string>,
  anywhere: boolean,
): Findings {
  const look = (anchor: Anchor, isGuess: boolean): Looked => ({
    anchor,
    isGuess,
    found: occurrencesOf(claim, anchor, sources, context),
  });
  const denied = directlyDenied(claim);
  const anchors = claim.anchors.slice(0, mostValues);
  const looked = anchors.filter(({ first }) => !denied.has(first)).map((anchor) => look(anchor, false));
  const guess = openingName(claim, sources);
  if (guess) looked.unshift(look(guess, true));

  const differences: Difference[] = [];
  const missing: string[] = [];
  if (near && near.covered >= sameThing) {
    const comparison = { claim, sources, near, context };
    differences.push(...swaps(comparison, looked));
    if (differences.length === 0)
      differences.push(...looked.flatMap((one) => differenceOf(comparison, one) ?? []));
  }
  const meant = claim.words.filter(({ hasMeaning }) => hasMeaning).length;
  for (const one of looked) {
    const isDifferent = differences.some(({ said }) => said === one.anchor.text);
    if (!isDifferent) missing.push(...lacking(one, sources, anywhere || meant < 3));
  }
  for (const anchor of claim.anchors.slice(mostValues)) {
    if (!denied.has(anchor.first) && !isUsual(anchor) && !stands(claim, anchor, sources))
      missing.push(anchor.text);
  }
  for (const quote of claim.quotes) {
    const words = normalise(quote);
    // Of signs of emphasis nothing is left.
    if (words === "" || sources.all.some(({ normal }) => holdsWords(normal, words))) continue;
    missing.push(`“${quote}”`);
  }
  return { differences, missing };
}

/** Places of values that the sentence denies itself ("not 45 days"). */
function directlyDenied({ words }: Reading): Set<number> {
  const places = new Set<number>();
  for (const [at, { text }] of words.entries()) {
    if (!/^not$/i.test(text)) continue;
    for (let to = at + 1; to <= at + 3 && !/^(?:than|only|just)$/i.test(words[to]?.text ?? ""); to++) {
      places.add(to);
      if (words[to]?.hasMeaning) break;
    }
  }
  return places;
}

/** A capital letter that begins a sentence makes a name of a word that the sources never write small. */
function openingName(claim: Reading, sources: Sources): Anchor | undefined {
  const [word] = claim.words;
  if (!word?.hasMeaning || !/^\p{Lu}\p{Ll}/u.test(word.text)) return undefined;
  if (claim.anchors.some(({ first }) => first === 0)) return undefined;
  const lower = word.text.toLowerCase();
  const forms = [lower, `${lower}s`, lower.replace(/s$/, "")];
  if (sources.all.some(({ small }) => forms.some((form) => small.has(form)))) return undefined;
  const text = word.text.replace(/['’]s$/, "");
  return { kind: "name", value: text, text, first: 0, last: 0 };
}

function differenceOf(
  { claim, sources, near }: Comparison,
  { anchor, found, isGuess }: Looked,
): Difference | undefined {
  const { same, other, otherUnit } = found;
  const own = same?.likeness ?? 0;
  const needed = same ? own + clearly : 0;
  const isNear = (one: Occurrence | undefined): one is Occurrence =>
    one !== undefined && near.units.includes(one.unit);
  const rival = other?.likeness ?? 0;
  if (isNear(otherUnit) && otherUnit.likeness >= Math.max(sameNumber, needed, rival - clearly)) {
    return { kind: "unit", said: anchor.text, source: otherUnit.text };
  }
  const isNamed = anchor.kind === "name" || anchor.kind === "code";
  if (!isNear(other) || rival < (isNamed ? sameNeighbour : samePlace) || rival < needed) return undefined;
  const isSaid = claim.anchors.some((one) => one !== anchor && other.anchor && saysSame(one, other.anchor));
  if (isSaid) return undefined;
  if (isNamed) {
    // Several names share a sentence: another one is in the place of this only where it has the same neighbour.
    const isForeign = anchor.kind === "code" ? same === undefined : isUnheardOf(anchor.value, sources);
    if (!sharesNeighbour(claim, anchor, other, isGuess) || (!isForeign && !isGuess)) return undefined;
    if (isCapitals(anchor.text) !== isCapitals(other.text)) return undefined;
  }
  if (isLoneYear(anchor) && !sharesNeighbour(claim, anchor, other, false)) return undefined;
  return { kind: kindOf(anchor), said: anchor.text, source: other.text };
}

function isUnheardOf(name: string, { all }: Sources): boolean {
  return all.every(
    ({ terms, tight }) =>
      !holdsLetters(tight, name) && !name.split(/[\s-]+/).some((part) => terms.has(termOf(part))),
  );
}

function isCapitals(text: string): boolean {
  return text === text.toUpperCase();
}

function isLoneYear(anchor: Anchor): boolean {
  return (
    anchor.kind === "date" &&
    anchor.value.readings.every(({ month, weekday }) => month === undefined && weekday === undefined)
  );
}

/** Whether the word of meaning after both, or else before both, is the same. */
function sharesNeighbour(claim: Reading, anchor: Anchor, other: Occurrence, onlyAfter: boolean): boolean {
  return ([1, -1] as const).some((step) => {
    const term = neighbour(claim, anchor, step);
    return (
      (step > 0 || !onlyAfter) && term !== undefined && term === neighbour(other.unit.reading, other, step)
    );
  });
}

function kindOf({ kind }: Anchor): Difference["kind"] {
  if (kind === "quantity") return "number";
  return kind === "date" ? "date" : "name";
}

/** What of a value is not in the sources; nothing where it is, in surroundings that are `anywhere` or like its own. */
function lacking(
  { anchor, found: { same }, isGuess }: Looked,
  sources: Sources,
  anywhere: boolean,
): string[] {
  if (isGuess) return [];
  if (anchor.kind === "name")
    return same && !/[\s-]/.test(anchor.value) ? [] : lacksName(anchor.value, sources);
  // An assignment is there when both of its sides are.
  if (anchor.kind === "code")
    return same || anchor.value.split("=").every((side) => hasCode(side, sources)) ? [] : [anchor.text];
  if (same && (anywhere || anchor.kind === "date" || same.likeness >= related)) return [];
  return !same && isUsual(anchor) ? [] : [anchor.text];
}

/** Small numbers in words count things that the answer itself lists ("three rules"); "a day" may be no number at all. */
function isUsual(anchor: Anchor): boolean {
  if (anchor.kind !== "quantity") return false;
  const { isWord, isArticle, unit, readings } = anchor.value;
  return isArticle === true || (isWord && !unit && readings.every((one) => Number(one) < 13));
}

/** "sha256" may be written "SHA-256", and "v22" be called "22". */
function hasCode(code: string, { all }: Sources): boolean {
  const forms = [code, code.replace(/^([a-z]+)(?=\d)/i, "$1-"), code.replace(/^v(?=\d)/, "")];
  return all.some(({ tight }) => forms.some((form) => holdsCode(tight, form)));
}

/** Two values of one kind that are both in the source, each in the other's place. */
function swaps({ claim, sources, context }: Comparison, looked: readonly Looked[]): Difference[] {
  const alike = (anchor: Anchor, { unit, first, last }: Occurrence): number =>
    likeness(surroundings(claim, anchor.first, anchor.last, context), unit, first, last, sources);
  for (const [index, one] of looked.entries()) {
    for (const another of looked.slice(index + 1)) {
      if (one.anchor.kind !== another.anchor.kind || saysSame(one.anchor, another.anchor)) continue;
      const [here, there] = [one.found.same, another.found.same];
      if (!here || !there || one.isGuess || another.isGuess) continue;
      const isNamed = one.anchor.kind === "name" || one.anchor.kind === "code";
      const straight = here.likeness + there.likeness;
      const across = alike(one.anchor, there) + alike(another.anchor, here);
      const isCrossed = across >= leastCrossed && across > straight + (isNamed ? clearly : crossed);
      if (!isCrossed || (isNamed && !(isRow(here) && isRow(there)))) continue;
      return [{ kind: "swapped", said: one.anchor.text, source: there.text }];
    }
  }
  return [];
}

function isRow({ unit }: Occurrence): boolean {
  return unit.reading.words.some(({ cell }) => cell > 1);
}
