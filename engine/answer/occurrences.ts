import { excludesDate, saysDate, withoutYear } from "./dates.ts";
import { likeness, surroundings } from "./nearness.ts";
import { sameQuantity, shareReading } from "./quantities.ts";
import { type Anchor, type Reading, termOf } from "./reading.ts";
import { holdsCode, type Sources, type Unit } from "./sources.ts";

/** Something in a source that a value of a sentence is compared with. */
export interface Occurrence {
  readonly unit: Unit;
  readonly first: number;
  readonly last: number;
  readonly text: string;
  /** How well what surrounds it agrees with what surrounds the value, from 0 to 1. */
  readonly likeness: number;
  readonly anchor?: Anchor;
}

/** The best of each kind: the same value, another one that excludes it, the same number of another unit. */
export interface Occurrences {
  readonly same?: Occurrence;
  readonly other?: Occurrence;
  readonly otherUnit?: Occurrence;
}

type Place = Pick<Occurrence, "first" | "last" | "text">;

/** Looks for a value of a sentence, and for what else stands where it should. */
export function occurrencesOf(
  claim: Reading,
  anchor: Anchor,
  sources: Sources,
  context: ReadonlySet<string>,
): Occurrences {
  const around = surroundings(claim, anchor.first, anchor.last, context);
  const best: { -readonly [Key in keyof Occurrences]: Occurrence } = {};
  const offer = (as: keyof Occurrences, unit: Unit, place: Place, of?: Anchor): void => {
    const { first, last, text } = place;
    const alike = likeness(around, unit, first, last, sources);
    if (alike <= (best[as]?.likeness ?? -1)) return;
    best[as] = { unit, first, last, text, likeness: alike, ...(of ? { anchor: of } : {}) };
  };
  for (const unit of sources.units) {
    for (const there of unit.reading.anchors) {
      const relation = relate(claim, anchor, there, unit);
      if (relation) offer(relation, unit, there, there);
    }
    for (const place of placesByLetters(anchor, unit)) offer("same", unit, place);
  }
  return best;
}

/** Whether a value of a sentence stands anywhere in its sources, whatever is around it. */
export function stands(claim: Reading, anchor: Anchor, { units }: Sources): boolean {
  return units.some(
    (unit) =>
      unit.reading.anchors.some((there) => relate(claim, anchor, there, unit) === "same") ||
      placesByLetters(anchor, unit).length > 0,
  );
}

/** Names and code are also where no capital letter or backtick says so, and numbers within versions and names. */
function placesByLetters(anchor: Anchor, unit: Unit): Place[] {
  const text = anchor.text;
  if (anchor.kind === "code") {
    const [word = ""] = anchor.value.match(/[\p{L}\p{N}_]+/u) ?? [];
    if (!holdsCode(unit.tight, anchor.value)) return [];
    const at = unit.places.get(termOf(word))?.[0] ?? 0;
    return [{ first: at, last: at, text }];
  }
  if (anchor.kind === "date" || (anchor.kind === "quantity" && anchor.value.unit)) return [];
  const wanted =
    anchor.kind === "quantity"
      ? [anchor.value.text.toLowerCase()]
      : anchor.value.split(/[^\p{L}\p{N}_]+/u).map(termOf);
  const places = wanted.filter((term) => term !== "").map((term) => unit.places.get(term) ?? []);
  const [rarest] = places.sort((a, b) => a.length - b.length);
  return (rarest ?? []).length === 0 ? [] : (rarest ?? []).map((at) => ({ first: at, last: at, text }));
}

/** What something in a source is to a value of a sentence; undefined when the two can stand side by side. */
function relate(claim: Reading, said: Anchor, there: Anchor, unit: Unit): keyof Occurrences | undefined {
  if (said.kind === "quantity" && said.value.unit && isInCode(there, unit)) return undefined;
  if (hasOtherSign(said, there)) return undefined;
  if (saysSame(said, there)) return "same";
  if (said.kind !== there.kind) return undefined;
  if (said.kind === "quantity" && there.kind === "quantity") {
    const [a, b] = [said.value, there.value];
    if (shareReading(a, b) && ((a.unit && b.unit) || ratesDiffer(said, there))) return "otherUnit";
    const isComparable =
      a.unit && b.unit
        ? a.unit.name === b.unit.name
        : a.unit || b.unit
          ? unit.context.has(termOf((a.unit ?? b.unit)?.text ?? ""))
          : countsSame(claim, said, unit, there);
    return isComparable ? "other" : undefined;
  }
  if (said.kind === "date" && there.kind === "date")
    return excludesDate(said.value, there.value) ? "other" : undefined;
  if (said.kind === "name" && there.kind === "name") {
    const own = new Set(said.value.split(/\s+/).map(termOf));
    return there.value.split(/\s+/).some((part) => own.has(termOf(part))) ? undefined : "other";
  }
  return said.kind === "code" ? "other" : undefined;
}

/** A number below zero is not the one above it; but "fell by 5 %" may be said of "-5 %". */
function hasOtherSign(said: Anchor, there: Anchor): boolean {
  if (said.kind !== "quantity" || there.kind !== "quantity") return false;
  return said.value.isNegative === true && !there.value.isNegative;
}

/** A number within code counts nothing that has a unit. */
function isInCode({ kind, first, last }: Anchor, { reading }: Unit): boolean {
  return (
    kind !== "code" &&
    reading.anchors.some((one) => one.kind === "code" && one.first <= first && one.last >= last)
  );
}

function ratesDiffer(a: Anchor, b: Anchor): boolean {
  if (a.kind !== "quantity" || b.kind !== "quantity") return false;
  return a.value.per !== undefined && b.value.per !== undefined && a.value.per !== b.value.per;
}

/** Whether both numbers stand before, or else after, the same word. */
function countsSame(claim: Reading, said: Anchor, unit: Unit, there: Anchor): boolean {
  return ([1, -1] as const).some((step) => {
    const term = neighbour(claim, said, step);
    return term !== undefined && term === neighbour(unit.reading, there, step);
  });
}

/** The next word of meaning after something, or before it. */
export function neighbour(
  { words }: Reading,
  { first, last }: Pick<Occurrence, "first" | "last">,
  step: 1 | -1,
): string | undefined {
  for (let at = step > 0 ? last + 1 : first - 1, passed = 0; passed < 3; at += step, passed++) {
    if (words[at]?.hasMeaning) return words[at]?.term;
  }
  return undefined;
}

/** Whether a source's value says what one of a sentence says. */
export function saysSame(said: Anchor, there: Anchor): boolean {
  if (said.kind === "quantity" && there.kind === "quantity")
    return sameQuantity(said.value, there.value) && !ratesDiffer(said, there);
  if (said.kind === "date" && there.kind === "date") {
    const bare = withoutYear(said.value);
    const isYearless = there.value.readings.every(({ year }) => year === undefined);
    return (
      saysDate(there.value, said.value) || (isYearless && bare !== undefined && saysDate(there.value, bare))
    );
  }
  if (said.kind === "code" && there.kind === "code") return said.value === there.value;
  if (said.kind === "name" && there.kind === "name") {
    const parts = new Set(there.value.split(/\s+/).map(termOf));
    return said.value.split(/\s+/).every((part) => parts.has(termOf(part)));
  }
  return false;
}
