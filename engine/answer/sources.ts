import type { Hit, Range } from "../../protocol/data.ts";
import { sentences } from "../../text/sentences.ts";
import { guessLanguage } from "../../text/stopWords.ts";
import { terms } from "../../text/terms.ts";
import { normalise } from "./claims.ts";
import { type Reading, read } from "./reading.ts";

/** Longer "sentences" are tables or data that lost their lines. */
const longestUnit = 600;

/** A sentence of a passage, a row of a table or a line of code: what one says of one thing. */
export interface Unit {
  /** Number of the passage, from 1. */
  readonly passage: number;
  readonly range: Range;
  readonly reading: Reading;
  /** Terms with the places of their words. */
  readonly places: ReadonlyMap<string, readonly number[]>;
  /** Terms that it does not say but stands under: headings, the head of its table, the file's name. */
  readonly context: ReadonlySet<string>;
  /** Of the same passage. */
  readonly before?: Unit;
  readonly after?: Unit;
  readonly isHeading: boolean;
  /** Whether it stands in one paragraph with the one before. */
  readonly goesOn: boolean;
  /** As `tightened` gives it, for code. */
  readonly tight: string;
}

/** One passage, read once however many sentences cite it. */
interface Source {
  readonly normal: string;
  /** With as little white space as can be, for code that is broken elsewhere. */
  readonly tight: string;
  readonly terms: ReadonlySet<string>;
  /** Words that it writes with a small letter somewhere. */
  readonly small: ReadonlySet<string>;
  readonly language: string;
  readonly units: readonly Unit[];
}

/** Passages that a sentence is held against. */
export interface Sources {
  readonly all: readonly Source[];
  readonly units: readonly Unit[];
  /** How much a term tells: the more, the fewer units have it. */
  weight(term: string): number;
}

/** The passages of an answer; each is read when a sentence first cites it. */
export class Passages {
  readonly count: number;
  private readonly hits: readonly Hit[];
  private readonly found = new Map<number, Source>();
  private readonly joined = new Map<string, Sources>();

  constructor(hits: readonly Hit[]) {
    this.hits = hits;
    this.count = hits.length;
  }

  /** Those with these numbers, from 1; numbers that there are not are left out. */
  cited(numbers: readonly number[]): Sources {
    const key = numbers.join(" ");
    const known = this.joined.get(key);
    if (known) return known;
    const sources = join(numbers.flatMap((number) => this.source(number) ?? []));
    this.joined.set(key, sources);
    return sources;
  }

  private source(number: number): Source | undefined {
    const known = this.found.get(number);
    const hit = this.hits[number - 1];
    if (known || !hit) return known;
    const { text, heading = "", path } = hit;
    const source = readSource(text, [heading, path].join("\n"), number);
    this.found.set(number, source);
    return source;
  }
}

/** A text as a source of its own. */
export function sourcesOf(text: string, context: string): Sources {
  return join([readSource(text, context, 0)]);
}

function join(all: readonly Source[]): Sources {
  const units = all.flatMap((source) => source.units);
  const counts = new Map<string, number>();
  for (const { places } of units) {
    for (const term of places.keys()) counts.set(term, (counts.get(term) ?? 0) + 1);
  }
  // A word that no source has is a synonym as often as something else: it tells no more than a rare one.
  const weight = (term: string): number => Math.log(1 + units.length / (counts.get(term) ?? 2));
  return { all, units, weight };
}

function readSource(text: string, around: string, passage: number): Source {
  const language = guessLanguage(text);
  const whole = `${text}\n${around}`;
  const small = new Set<string>(whole.match(/(?<![\p{L}\p{N}_])\p{Ll}[\p{L}\p{N}_-]*/gu));
  // A text of a few lines does not show which words it writes small.
  const opens = (word: string): boolean => small.size > 20 && !small.has(word.toLowerCase());
  const outside = new Set(terms(around));
  let headings = new Set<string>();
  let head: ReadonlySet<string> | undefined;
  const units: (Unit & { after?: Unit })[] = [];
  let block = -1;
  for (const { start, end, kind, block: own } of sentences(text)) {
    const isFirstRow = kind === "row" && head === undefined;
    if (kind !== "row") head = undefined;
    if (isFirstRow) head = new Set(terms(text.slice(start, end)));
    if (kind === "heading") headings = new Set(terms(text.slice(start, end)));
    const context = new Set([...outside, ...headings, ...(head ?? [])]);
    for (const range of lines(text, start, end, kind === "code")) {
      const before = units.at(-1);
      const said = text.slice(...range);
      const reading = read(said, { isClaim: false, language, opens });
      const unit: Unit = {
        passage,
        range,
        reading,
        places: placesOf(reading),
        context,
        isHeading: kind === "heading",
        goesOn: block === own && kind === "prose",
        tight: tightened(said),
        ...(before ? { before } : {}),
      };
      if (before) before.after = unit;
      units.push(unit);
    }
    block = own;
  }
  return {
    normal: normalise(whole),
    tight: tightened(whole),
    small,
    terms: new Set([...terms(whole), ...units.flatMap(({ places }) => [...places.keys()])]),
    language,
    units,
  };
}

/** In small letters and without white space, but for what keeps two words apart. */
function tightened(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/\s+/g, " ")
    .replace(/(?<![\p{L}\p{N}_]) | (?![\p{L}\p{N}_])/gu, "");
}

/** Whether a tightened text holds some code: as a whole, and not as a part of another word or number. */
export function holdsCode(tight: string, code: string): boolean {
  const wanted = tightened(code);
  const isNumber = /^\d+$/.test(wanted);
  return holds(tight, wanted, /^[\p{L}\p{N}_]{2}$/u, (at, end) => {
    const [before, after] = [tight.slice(Math.max(0, at - 2), at), tight.slice(end, end + 2)];
    return !isNumber || !(/\d\.$/.test(before) || /^\.\d/.test(after));
  });
}

/** The same where white space counts for nothing, nor which word it is a part of: one writes "CO2", another "CO 2". */
export function holdsLetters(tight: string, name: string): boolean {
  return holds(tight.replaceAll(" ", ""), tightened(name).replaceAll(" ", ""), /^\d\d$/);
}

/** @param goesOn The sign before an edge of what is wanted, and the one behind it, where that is no edge. */
function holds(
  text: string,
  wanted: string,
  goesOn: RegExp,
  isWhole: (at: number, end: number) => boolean = () => true,
): boolean {
  if (wanted === "") return false;
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
    const end = at + wanted.length;
    const isCut = [at, end].some((edge) => edge > 0 && goesOn.test(text.slice(edge - 1, edge + 1)));
    if (!isCut && isWhole(at, end)) return true;
  }
  return false;
}

function lines(text: string, start: number, end: number, isCode: boolean): Range[] {
  if (!isCode && end - start <= longestUnit) return [[start, end]];
  const found: Range[] = [];
  for (const { index, 0: line } of text.slice(start, end).matchAll(/[^\n]+/g)) {
    if (!/[\p{L}\p{N}]/u.test(line)) continue;
    // A line of data without end is gone through in pieces.
    for (let at = 0; at < line.length; at += longestUnit) {
      found.push([start + index + at, start + index + Math.min(line.length, at + longestUnit)]);
    }
  }
  return found;
}

function placesOf({ words }: Reading): Map<string, number[]> {
  const places = new Map<string, number[]>();
  const add = (term: string, at: number): void => {
    const known = places.get(term);
    if (!known) places.set(term, [at]);
    else if (known.at(-1) !== at) known.push(at);
  };
  for (const [at, { term, text }] of words.entries()) {
    add(term, at);
    // The parts of an identifier are words too.
    if (/[\d_]|\p{Ll}\p{Lu}|[^\0-\x7f]/u.test(text)) for (const part of terms(text)) add(part, at);
  }
  return places;
}
