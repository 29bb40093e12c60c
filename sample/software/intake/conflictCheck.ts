/**
 * Looks for conflicts of interest before a matter is opened: is one of its parties on the other side of a
 * matter that we have, or had? Names are compared after normalising, and by likeness, since people misspell.
 */

export type Side = "client" | "opponent" | "related";

export interface Party {
  readonly name: string;
  readonly side: Side;
  /** ISO date, for people. Two different dates rule a match out. */
  readonly birthDate?: string;
}

export interface Matter {
  readonly id: string;
  readonly parties: readonly Party[];
  /** ISO date, or undefined while the matter is open. */
  readonly closedOn?: string;
}

export interface Conflict {
  readonly matterId: string;
  readonly newParty: Party;
  readonly knownParty: Party;
  readonly likeness: number;
  readonly severity: "blocking" | "ask-partner" | "note";
}

/** Below this two names are taken for different people. Chosen on the 2,300 parties of 2019 to 2024. */
const LIKENESS_THRESHOLD = 0.82;

/** A former client counts as one of ours for this long after the matter was closed. */
const FORMER_CLIENT_YEARS = 7;

const LEGAL_FORMS = /\b(gmbh|ag|kg|ltd|llc|plc|inc|sarl|sas|bv|nv|co)\b/g;

/** Lower case, no accents, no legal form, words in alphabetical order: "Müller & Co. KG" becomes "muller". */
export function normaliseName(name: string): string {
  const plain = name
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/ß/g, "ss")
    .replace(/[^a-z0-9 ]+/g, " ")
    .replace(LEGAL_FORMS, " ");
  return plain.split(/\s+/).filter(Boolean).sort().join(" ");
}

function trigrams(text: string): Set<string> {
  const padded = `  ${text} `;
  const grams = new Set<string>();
  for (let at = 0; at + 3 <= padded.length; at++) grams.add(padded.slice(at, at + 3));
  return grams;
}

/** Dice coefficient of the names' trigrams: 1 for equal, 0 for nothing in common. */
export function likeness(left: string, right: string): number {
  const a = trigrams(normaliseName(left));
  const b = trigrams(normaliseName(right));
  let shared = 0;
  for (const gram of a) if (b.has(gram)) shared += 1;
  return (2 * shared) / (a.size + b.size);
}

function samePerson(one: Party, other: Party): number {
  if (one.birthDate && other.birthDate && one.birthDate !== other.birthDate) return 0;
  return likeness(one.name, other.name);
}

function yearsBetween(from: string, to: string): number {
  return (Date.parse(to) - Date.parse(from)) / (365.25 * 24 * 3600 * 1000);
}

function judge(fresh: Side, known: Side, matter: Matter, today: string): Conflict["severity"] | undefined {
  if (fresh === known) return undefined;
  const opposed = fresh !== "related" && known !== "related";
  if (!opposed) return "note";
  if (!matter.closedOn) return "blocking";
  // Whoever was once our opponent may become our client; a former client must not become an opponent.
  if (known === "client" && yearsBetween(matter.closedOn, today) < FORMER_CLIENT_YEARS) return "ask-partner";
  return "note";
}

/**
 * All conflicts of the new parties with the known matters, the gravest first, then the most alike.
 * @param today ISO date, passed in so that the result can be repeated.
 */
export function findConflicts(
  parties: readonly Party[],
  matters: Iterable<Matter>,
  today: string,
): Conflict[] {
  const conflicts: Conflict[] = [];
  for (const matter of matters) {
    for (const knownParty of matter.parties) {
      for (const newParty of parties) {
        const score = samePerson(newParty, knownParty);
        if (score < LIKENESS_THRESHOLD) continue;
        const severity = judge(newParty.side, knownParty.side, matter, today);
        if (severity) conflicts.push({ matterId: matter.id, newParty, knownParty, likeness: score, severity });
      }
    }
  }
  const order = { blocking: 0, "ask-partner": 1, note: 2 };
  return conflicts.sort((a, b) => order[a.severity] - order[b.severity] || b.likeness - a.likeness);
}

/** The sentence that the intake form shows beside a party. */
export function explain(conflict: Conflict): string {
  const { newParty, knownParty, matterId, severity } = conflict;
  const start = `${newParty.name} (${newParty.side}) looks like ${knownParty.name}, ${knownParty.side} in ${matterId}.`;
  if (severity === "blocking") return `${start} The matter can't be opened.`;
  if (severity === "ask-partner") return `${start} A partner must decide and sign.`;
  return `${start} For your information.`;
}
