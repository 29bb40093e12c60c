import { type Comparison, type Difference, sameThing } from "./differences.ts";
import { likeness, type Nearest, surroundings } from "./nearness.ts";
import { neighbour } from "./occurrences.ts";
import { oppositesOf } from "./opposites.ts";
import { type Denial, denials, deniedIn, isConditional, isOpen } from "./polarity.ts";
import type { Reading } from "./reading.ts";
import type { Sources, Unit } from "./sources.ts";

/** A word is denied or turned round where what surrounds it agrees as much. */
const samePlace = 0.25;
const leastAlike = 0.4;
/** What stands next to it tells more than the rest. */
const besides = 0.15;
const clearly = 0.15;
const crossed = 0.06;

/** Words of a sentence that the sentence near to it denies or turns into their opposite, or the other way round. */
export function holdMeaning(
  claim: Reading,
  sources: Sources,
  near: Nearest | undefined,
  context: ReadonlySet<string>,
): Difference[] {
  if (!near || near.covered < sameThing) return [];
  const comparison = { claim, sources, near, context };
  const found = negation(comparison) ?? opposite(comparison);
  return found ? [found] : [];
}

function negation({ claim, near, sources, context }: Comparison): Difference | undefined {
  const own = denials(claim);
  const ownDenied = deniedIn(claim);
  for (const unit of near.units) {
    const { reading } = unit;
    const theirs = denials(reading);
    const theirDenied = deniedIn(reading);
    const agrees = (at: number, place: number): boolean =>
      theirDenied.has(place) === ownDenied.has(at) ||
      isConditional(reading, place) !== isConditional(claim, at) ||
      isOpen(reading, place) ||
      isOpen(claim, at);
    for (const denial of own) {
      const [at] = denial.denied;
      const place = at === undefined ? undefined : counterpart(claim, at, unit, sources, context);
      if (at === undefined || place === undefined || agrees(at, place)) continue;
      return { kind: "negation", said: phrase(denial, claim), source: reading.words[place]?.text ?? "" };
    }
    for (const denial of theirs) {
      const [at] = denial.denied;
      const term = at === undefined ? undefined : reading.words[at]?.term;
      for (const [said, word] of claim.words.entries()) {
        if (at === undefined || word.term !== term) continue;
        if (counterpart(claim, said, unit, sources, context) !== at || agrees(said, at)) continue;
        return { kind: "negation", said: word.text, source: phrase(denial, reading) };
      }
    }
  }
  return undefined;
}

function phrase({ text, denied }: Denial, { words }: Reading): string {
  return `${text} ${words[denied[0] ?? -1]?.text ?? ""}`.trim();
}

/** The place in a unit where a word of the sentence stands in the same surroundings. */
function counterpart(
  claim: Reading,
  at: number,
  unit: Unit,
  sources: Sources,
  context: ReadonlySet<string>,
): number | undefined {
  const around = surroundings(claim, at, at, context);
  const [best] = (unit.places.get(claim.words[at]?.term ?? "") ?? [])
    .map((place) => ({ place, alike: likeness(around, unit, place, place, sources) }))
    .sort((a, b) => b.alike - a.alike);
  return best && best.alike >= samePlace ? best.place : undefined;
}

function opposite(comparison: Comparison): Difference | undefined {
  const { claim, near, sources } = comparison;
  const denied = deniedIn(claim);
  for (const [at, word] of claim.words.entries()) {
    const others = oppositesOf(word.term);
    if (!others) continue;
    const best = (from: number, unit: Unit, term: string): number =>
      Math.max(
        0,
        ...(unit.places.get(term) ?? []).map((place) =>
          likenessOfWords(comparison, from, others, unit, place),
        ),
      );
    // "Accepted up to …; above that we refuse": what says both may well mean the one that is said.
    const isNearToo = near.units.some((unit) => unit.places.has(word.term));
    const own = Math.max(0, ...sources.units.map((unit) => best(at, unit, word.term)));
    for (const unit of near.units) {
      const theirDenied = deniedIn(unit.reading);
      for (const other of others) {
        const [place] = unit.places.get(other) ?? [];
        if (place === undefined) continue;
        const found = { said: word.text, source: unit.reading.words[place]?.text ?? "" };
        const said = claim.words.findIndex(({ term }) => term === other);
        const there = best(at, unit, other);
        if (said >= 0) {
          // Where the sentence says both, each must be in the other's place.
          const straight = best(at, unit, word.term) + best(said, unit, other);
          if (there >= samePlace && there + best(said, unit, word.term) > straight + crossed)
            return { kind: "swapped", ...found };
        } else if (!isNearToo && there >= Math.max(leastAlike, own > 0 ? own + clearly : 0)) {
          if (theirDenied.has(place) === denied.has(at)) return { kind: "opposite", ...found };
        }
      }
    }
  }
  return undefined;
}

/** How well what surrounds a word agrees with what surrounds one of the source, its opposites left out. */
function likenessOfWords(
  { claim, sources, context }: Comparison,
  from: number,
  opposites: ReadonlySet<string>,
  unit: Unit,
  place: number,
): number {
  const own = claim.words[from]?.term ?? "";
  const around = new Map(surroundings(claim, from, from, context));
  for (const term of [own, ...opposites]) around.delete(term);
  const whole = likeness(around, unit, place, place, sources);
  // Of a sentence that says both, a pronoun may stand where the neighbour is looked for.
  if (unit.places.has(own)) return whole;
  const sides = ([1, -1] as const).filter((step) => {
    const term = neighbour(claim, { first: from, last: from }, step);
    return term !== undefined && term === neighbour(unit.reading, { first: place, last: place }, step);
  });
  return whole + besides * sides.length;
}
