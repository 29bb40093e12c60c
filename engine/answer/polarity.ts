import type { Reading } from "./reading.ts";

/** A word that denies ("not", "nobody", "without"), and the words of meaning that it denies, the nearest first. */
export interface Denial {
  readonly at: number;
  readonly text: string;
  readonly denied: readonly number[];
}

const denying = /^(?:not|never|no|nobody|nothing|none|neither|nor|without|cannot|hardly|\p{L}+n['’]t)$/iu;
/** What follows is a condition, an exception or another thought. */
const turning =
  /^(?:but|except|unless|until|because|if|when|while|although|though|so|and|that|which|who|since|as|than|where|before|after)$/i;
const conditional =
  /^(?:if|unless|until|except|when|whenever|only|provided|otherwise|apart|besides|without|merely|just|rather|instead|other|exceed|most|up|maximum|latest|before)$/i;
const longestReach = 4;
/** "Without the tunnel" denies the tunnel and nothing after it. */
const reachOfWithout = 1;

/** The denials of a text. "Not only", "no more than" and an opening "No," deny nothing. */
export function denials({ text, words }: Reading): Denial[] {
  const found: Denial[] = [];
  for (const [at, word] of words.entries()) {
    if (!denying.test(word.text)) continue;
    const next = words[at + 1]?.text ?? "";
    if (
      /^(?:only|just|merely|necessarily|as|so|more|less|fewer|later|earlier|sooner|until|unless|all|every|everyone|everybody|always)$/i.test(
        next,
      )
    )
      continue;
    if (/^no$/i.test(word.text) && /^\s*[,.:;–—]/.test(text.slice(word.end))) continue;
    const denied: number[] = [];
    const reach = /^without$/i.test(word.text) ? reachOfWithout : longestReach;
    // ", not the other one" sets apart and denies nothing.
    if (/^not$/i.test(word.text) && /,\s*$/.test(text.slice(0, word.start))) continue;
    for (let to = at + 1; to < words.length && denied.length < reach; to++) {
      const other = words[to];
      if (!other || other.clause !== word.clause || turning.test(other.text) || denying.test(other.text))
        break;
      if (other.hasMeaning && !/^longer$/i.test(other.text)) denied.push(to);
    }
    found.push({ at, text: /^longer$/i.test(next) ? `${word.text} ${next}` : word.text, denied });
  }
  return found;
}

/** The places of words that are denied; what is denied twice is not. */
export function deniedIn(reading: Reading): ReadonlySet<number> {
  const places = new Set<number>();
  for (const { denied } of denials(reading)) {
    for (const at of denied) {
      if (!places.delete(at)) places.add(at);
    }
  }
  return places;
}

/** Whether a clause leaves open what holds ("even if", "whether or not"). */
export function isOpen({ words }: Reading, at: number): boolean {
  const clause = words[at]?.clause;
  return words.some(
    (word) => word.clause === clause && /^(?:regardless|even|whether|irrespective)$/i.test(word.text),
  );
}

/** Whether a clause around a place holds under a condition or with an exception. */
export function isConditional({ words }: Reading, at: number): boolean {
  const clause = words[at]?.clause;
  return words.some((word) => word.clause === clause && conditional.test(word.text));
}
