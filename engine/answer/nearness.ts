import type { Reading } from "./reading.ts";
import type { Sources, Unit } from "./sources.ts";

/** What another clause or cell says belongs less to a word than what its own says. */
const inEarlierClause = 0.8;
const inLaterClause = 0.45;
const inOtherCell = 0.7;
const fade = 0.15;
const underHeading = 0.3;
const inSentenceBefore = 0.35;
const inSentenceAfter = 0.15;
/** A neighbouring sentence is taken in when it brings this much of what the sentence says. */
const worthwhile = 0.15;

/** Terms around a place of a text, the nearer the heavier. */
type Surroundings = ReadonlyMap<string, number>;

/** The words of meaning around a place, without those of numbers and dates: they may be what differs. */
export function surroundings(
  reading: Reading,
  first: number,
  last: number,
  context: ReadonlySet<string>,
): Surroundings {
  const found = new Map<string, number>();
  const values = knownOf(reading).valuePlaces;
  for (const [at, { term, hasMeaning }] of reading.words.entries()) {
    if (!hasMeaning || values.has(at) || (at >= first && at <= last)) continue;
    const weight = nearness(reading, at < first ? first : last, at);
    if (weight > (found.get(term) ?? 0)) found.set(term, weight);
  }
  for (const term of context) if (!found.has(term)) found.set(term, underHeading);
  return found;
}

/** What is asked of a long sentence many times. */
interface Known {
  readonly valuePlaces: ReadonlySet<number>;
  /** How many of the words before each place have a meaning. */
  readonly meantBefore: readonly number[];
}

const known = new WeakMap<Reading, Known>();

function knownOf(reading: Reading): Known {
  const found = known.get(reading) ?? {
    valuePlaces: findValuePlaces(reading),
    meantBefore: countMeant(reading),
  };
  known.set(reading, found);
  return found;
}

function countMeant({ words }: Reading): number[] {
  let count = 0;
  return words.map(({ hasMeaning }) => (hasMeaning ? count++ : count));
}

function findValuePlaces({ anchors }: Reading): Set<number> {
  const places = new Set<number>();
  for (const { kind, first, last } of anchors) {
    if (kind !== "quantity" && kind !== "date") continue;
    for (let at = first; at <= last; at++) places.add(at);
  }
  return places;
}

/**
 * How much a word belongs to a place of the same text, from 1. What an earlier clause says goes on in the next one
 * ("the form answers on port 1, billing on 2"), and seldom the other way round.
 */
function nearness(reading: Reading, place: number, at: number): number {
  const { words } = reading;
  const [here, there] = [words[place], words[at]];
  if (!here || !there) return 0;
  if (here.cell !== there.cell) return inOtherCell;
  const [low, high] = place < at ? [place, at] : [at, place];
  const { meantBefore } = knownOf(reading);
  const between = low === high ? 0 : (meantBefore[high] ?? 0) - (meantBefore[low + 1] ?? 0);
  const clauses = Math.min(2, Math.abs(here.clause - there.clause));
  return (at < place ? inEarlierClause : inLaterClause) ** clauses / (1 + fade * between);
}

/** How much of what surrounds a place of a sentence surrounds a place of a source too, from 0 to 1. */
export function likeness(
  said: Surroundings,
  unit: Unit,
  first: number,
  last: number,
  sources: Sources,
): number {
  let common = 0;
  let all = 0;
  for (const [term, weight] of said) {
    const telling = sources.weight(term) * weight;
    all += telling;
    common += telling * weightAround(term, unit, first, last);
  }
  return all === 0 ? 0 : common / all;
}

function weightAround(term: string, unit: Unit, first: number, last: number): number {
  let best = 0;
  for (const at of unit.places.get(term) ?? []) {
    if (at >= first && at <= last) continue;
    best = Math.max(best, nearness(unit.reading, at < first ? first : last, at));
  }
  if (best > 0) return best;
  if (unit.context.has(term)) return underHeading;
  if (unit.goesOn && unit.before?.places.has(term)) return inSentenceBefore;
  return unit.after?.goesOn && unit.after.places.has(term) ? inSentenceAfter : 0;
}

/** The sentence of a source that is nearest to one of an answer, with one or two around it where they bring more. */
export interface Nearest {
  readonly units: readonly Unit[];
  /** How much of the sentence stands there, from 0 to 1. */
  readonly covered: number;
}

/** Finds it; undefined when nothing is near. */
export function nearest(claim: Reading, sources: Sources): Nearest | undefined {
  const wanted = new Map<string, number>();
  const values = knownOf(claim).valuePlaces;
  for (const [at, { term, hasMeaning }] of claim.words.entries()) {
    // Values tell between sentences that are equally near, and no more: they may be what differs.
    if (hasMeaning || values.has(at)) wanted.set(term, sources.weight(term) * (values.has(at) ? 0.2 : 1));
  }
  const total = [...wanted.values()].reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return undefined;
  const share = (units: readonly Unit[]): number => {
    let sum = 0;
    for (const [term, weight] of wanted) {
      if (units.some(({ places }) => places.has(term))) sum += weight;
      else if (units.some(({ context }) => context.has(term))) sum += weight * underHeading;
    }
    return sum / total;
  };
  let best: Unit | undefined;
  let covered = 0;
  for (const unit of sources.units) {
    if (unit.isHeading) continue;
    // Of two that are equally near, the shorter one.
    const own = share([unit]) - unit.reading.words.length / 10_000;
    if (own > covered) [best, covered] = [unit, own];
  }
  if (!best) return undefined;
  return extend([best], share);
}

function extend(units: readonly Unit[], share: (units: readonly Unit[]) => number): Nearest {
  const covered = share(units);
  if (units.length === 3) return { units, covered };
  const [before, after] = [units[0]?.before, units.at(-1)?.after];
  const candidates = [...(before ? [[before, ...units]] : []), ...(after ? [[...units, after]] : [])];
  const [better] = candidates
    .filter((some) => !some.some(({ isHeading }) => isHeading))
    .map((some) => ({ some, gain: share(some) - covered }))
    .filter(({ gain }) => gain >= worthwhile)
    .sort((a, b) => b.gain - a.gain);
  return better ? extend(better.some, share) : { units, covered };
}
