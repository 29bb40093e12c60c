import { type Form, findForm, findInAddresses, forms } from "./fixedForms.ts";
import type { Found } from "./found.ts";
import { type Maker, makers, tokenAt } from "./tokens.ts";

/** What a text may begin here: a maker's key, or a hint that a form is worth looking for. */
interface Beginning {
  readonly begin: string;
  readonly maker?: Maker;
  readonly form?: Form;
}

const beginnings: readonly Beginning[] = [
  ...makers.map((maker) => ({ begin: maker.begin, maker })),
  ...forms.flatMap((form) => form.hints.map((begin) => ({ begin, form }))),
];

/** Beginnings by their first two characters, so that most places of a text cost one look into a table. */
const byPair: Beginning[][] = [];
const isPair = new Uint8Array(128 * 128);
for (const beginning of beginnings) {
  const pair = beginning.begin.charCodeAt(0) * 128 + beginning.begin.charCodeAt(1);
  isPair[pair] = 1;
  byPair[pair] = [...(byPair[pair] ?? []), beginning];
}

/** Finds what is known by its own form. The text is read once, and a pattern is tried only where it may fit. */
export function findByForm(text: string, found: Found[]): void {
  const present = new Set<Form>();
  let code = text.charCodeAt(0);
  for (let at = 0; at + 1 < text.length; at++) {
    const next = text.charCodeAt(at + 1);
    const pair = code < 128 && next < 128 ? code * 128 + next : 0;
    code = next;
    if (isPair[pair] !== 1) continue;
    const token = look(text, at, byPair[pair] ?? [], present);
    if (!token) continue;
    found.push(token);
    at = token.end - 1;
    code = text.charCodeAt(token.end);
  }
  for (const form of present) findForm(text, form, found);
  if (text.includes("://")) findInAddresses(text, found);
}

function look(
  text: string,
  at: number,
  candidates: readonly Beginning[],
  present: Set<Form>,
): Found | undefined {
  for (const { begin, maker, form } of candidates) {
    if (!text.startsWith(begin, at)) continue;
    if (form) present.add(form);
    const token = maker && tokenAt(text, at, maker);
    if (token) return token;
  }
  return undefined;
}
