import { normalise } from "./claims.ts";
import { termOf } from "./reading.ts";
import { holdsLetters, type Sources, type Unit } from "./sources.ts";

/** Shorter names stand in other words by chance ("Ann" in "annual"). */
const leastTight = 6;
/** A middle name or an initial may stand between two parts of a name. */
const apart = 2;

/** What of a name the sources have not, or all of it where they have its parts in other names alone. */
export function lacksName(name: string, sources: Sources): string[] {
  const { all, units } = sources;
  const forms = [normalise(name), ...(/^\p{Lu}{2,4}$/u.test(name) ? [dotted(name)] : [])];
  if (all.some(({ normal }) => forms.some((form) => holdsWords(normal, form)))) return [];
  // "CO2" may have been set as "CO 2", "GitHub" be written as two words.
  const isTight = /\d/.test(name) || (name.length >= leastTight && /\p{Lu}.*\p{Lu}/u.test(name));
  if (isTight && all.some(({ tight }) => holdsLetters(tight, name))) return [];
  const parts = name.split(/[\s-]+/);
  const missing = parts.filter((part) => !all.some(({ terms }) => terms.has(termOf(part))));
  const [first, second] = parts;
  if (missing.length > 0 || parts.length !== 2 || first === undefined || second === undefined) return missing;
  // A word that the sources write small only begins the sentence, before a name.
  const isSmall = parts.some((part) => all.some(({ small }) => small.has(part.toLowerCase())));
  return isSmall || units.some((unit) => areTogether(first, second, unit)) ? [] : [name];
}

/** "US" as "u.s." */
function dotted(name: string): string {
  return `${[...name.toLowerCase()].join(".")}.`;
}

/** Whether a text has these words as they are, and not as parts of others. */
export function holdsWords(text: string, words: string): boolean {
  for (let at = text.indexOf(words); at >= 0; at = text.indexOf(words, at + 1)) {
    const around = `${text.charAt(at - 1)} ${text.charAt(at + words.length)}`;
    if (!/[\p{L}\p{N}]/u.test(around)) return true;
  }
  return false;
}

/** Whether two parts of a name stand side by side, in any order, or what stands above has one of them. */
function areTogether(first: string, second: string, unit: Unit): boolean {
  const [one, another] = [termOf(first), termOf(second)];
  const { places, context, reading } = unit;
  const [here, there] = [places.get(one) ?? [], places.get(another) ?? []];
  if (here.length === 0 || there.length === 0)
    return here.length + there.length > 0 && (context.has(one) || context.has(another));
  // "Maria and Peter Schmidt" share a name.
  const isShared = (at: number): boolean =>
    /^(?:and|und|et|y|e|en|or|oder)$/i.test(reading.words[at]?.text ?? "");
  return here.some((a) =>
    there.some((b) => Math.abs(a - b) <= apart || (b - a === apart + 1 && isShared(a + 1))),
  );
}
