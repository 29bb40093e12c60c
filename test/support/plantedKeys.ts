/**
 * Keys and passwords for tests: made at random from a seed, in the forms that real ones have, and planted in
 * texts of many kinds. What the forms are is written down from their makers' public words and from what leaks
 * look like, not from the patterns that are to find them.
 */
import { makers } from "./planted/makers.ts";
import { named } from "./planted/named.ts";
import { assign, hold, type Place, places } from "./planted/places.ts";
import { type Random, random } from "./planted/random.ts";
import { shapes } from "./planted/shapes.ts";

export interface Planted {
  readonly kind: string;
  readonly place: Place;
  readonly text: string;
  readonly secrets: readonly string[];
}

/** Names that tell nothing, for keys that must be known by their own form. */
const neutral = [["value"], ["setting", "one"], ["x"], ["default", "entry"], ["my", "thing"]];

/** Each kind of key once in each kind of text. */
export function plantedKeys(seed: string): Planted[] {
  const r = random(seed);
  return places.flatMap((place) => [
    ...Object.entries(makers).map(([kind, make]) => ofMaker(kind, make(r), place, r)),
    ...Object.entries(named).map(([kind, { name, value }]) => {
      const secret = value(r);
      return { kind, place, text: around(assign(place, r, name, secret)), secrets: [secret] };
    }),
    ...Object.entries(shapes).map(([kind, make]) => {
      const { body, secrets } = make(r);
      return { kind, place, text: around(hold(place, r, body)), secrets };
    }),
  ]);
}

function ofMaker(kind: string, secret: string, place: Place, r: Random): Planted {
  const text = r.below(3) === 0 ? hold(place, r, secret) : assign(place, r, r.pick(neutral), secret);
  return { kind, place, text: around(text), secrets: [secret] };
}

function around(text: string): string {
  return `first line\n${text}\nlast line\n`;
}

/** What is left of a planted secret in a text: a piece of eight characters, or a short secret as a whole. */
export function leftOf({ text, secrets }: Planted, masked: string): string | undefined {
  for (const secret of secrets) {
    if (secret.length < 12) {
      if (masked.includes(secret)) return secret;
      continue;
    }
    const carrier = text.replaceAll(secret, "\u0000");
    for (let at = 0; at + 8 <= secret.length; at++) {
      const piece = secret.slice(at, at + 8);
      if (masked.includes(piece) && !carrier.includes(piece)) return piece;
    }
  }
  return undefined;
}
