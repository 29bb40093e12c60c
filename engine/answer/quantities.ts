/** Numbers as they are written, in digits or words, with the unit that they count. */

export interface Quantity {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** All that the number may mean ("1.000" is a thousand here and one there), as digits. */
  readonly readings: readonly string[];
  readonly unit?: Unit;
  /** "day" in "32 euros a day". */
  readonly per?: string;
  readonly isWord: boolean;
  /** "a week", which may be one week or a rate. */
  readonly isArticle?: true;
}

interface Unit {
  readonly name: string;
  /** Units of one group convert into each other. */
  readonly group: string;
  readonly factor: number;
  /** As it is written. */
  readonly text: string;
}

const numberPattern =
  /(?<![\p{L}\d_.:])\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d+)?(?!\d)|(?<![\p{L}\d_:]|\d[.,]|\p{L}-)\d+(?:[.,'’:]\d+)*/gu;

const small =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const tens = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
const scales: Readonly<Record<string, number>> = { hundred: 100, thousand: 1000, million: 1e6, billion: 1e9 };
const times: Readonly<Record<string, string>> = { once: "1", twice: "2", thrice: "3" };
const numberWord = new RegExp(
  `(?<![\\p{L}\\d_])(?:(?:(${tens.join("|")})(?:[- ](${small.slice(1, 10).join("|")}))?|(${small.join("|")}))(?:[ -](hundred|thousand|million|billion))?|(once|twice|thrice)|(half an?))(?![\\p{L}\\d_])`,
  "giu",
);

const unitGroups: readonly (readonly [group: string, factor: number, names: string])[] = [
  ["time", 0.001, "millisecond ms millisekunde milliseconde milisegundo"],
  ["time", 1, "second sec s sekunde seconde segundo secondo"],
  ["time", 60, "minute min minuto"],
  ["time", 3600, "hour hr h stunde heure hora ora"],
  ["time", 86_400, "day tag jour día dia giorno"],
  ["time", 604_800, "week woche semaine semana settimana"],
  ["months", 1, "month monat mois mes mese"],
  ["months", 3, "quarter quartal trimestre"],
  ["months", 12, "year yr jahr an année año anno"],
  ["months", 120, "decade"],
  ["months", 1200, "century centurie"],
  ["money of euros", 1, "euro eur €"],
  ["money of euros", 0.01, "cent ct"],
  ["money of dollars", 1, "dollar usd $"],
  ["money of pounds", 1, "pound gbp £"],
  ["share", 1, "% percent prozent"],
  ["length", 0.001, "millimeter millimetre mm"],
  ["length", 0.01, "centimeter centimetre cm"],
  ["length", 1, "meter metre m"],
  ["length", 1000, "kilometer kilometre km"],
  ["length", 1609.344, "mile mi"],
  ["length", 0.3048, "foot feet ft"],
  ["length", 0.0254, "inch inches"],
  ["area", 1, "m² sqm"],
  ["weight", 0.001, "gram gramme g"],
  ["weight", 1, "kilogram kilogramme kilo kg"],
  ["weight", 1000, "tonne ton"],
  ["bytes", 1, "byte b"],
  ["bytes", 1e3, "kilobyte kb kib"],
  ["bytes", 1e6, "megabyte mb mib"],
  ["bytes", 1e9, "gigabyte gb gib"],
  ["bytes", 1e12, "terabyte tb tib"],
  ["temperature", 1, "°c celsius"],
  ["temperature of america", 1, "°f fahrenheit"],
  ["volume", 1, "litre liter"],
  ["power", 1, "watt w"],
  ["power", 1000, "kilowatt kw"],
];
const units = new Map(
  unitGroups.flatMap(([group, factor, names]) => {
    const [name = ""] = names.split(" ");
    return names.split(" ").map((written) => [written, { name, group, factor }] as const);
  }),
);
const symbols =
  /^\s?(%|€|\$|£|°[CF](?!\w)|m²|(?:[kKMGT]i?)?B(?!\w)|[mck]?m(?!\w)|k?g(?!\w)|ms(?!\w)|[hs](?!\w))/;
const afterNumber =
  /^(?:\s*\(\d+\)|\))?[\s\u00a0-]*(?:(?:working|business|calendar|full|whole|more|consecutive|straight|square)[\s-])?(per\s?cent|\p{L}+)/iu;
const article = /(?<![\p{L}\d])(an?)\s+(\p{L}+)/giu;
const perUnit =
  /^(?:\s+in)?(?:\s+\p{L}+)?\s*(?:(?:a|an|per|each|every|je|pro|par|por|al|all|the)\s+|\/\s?)(?:(?:working|calendar)\s)?(\p{L}+)/iu;

/** All quantities of a text, in order. List marks and citations must be gone before. */
export function quantities(text: string): Quantity[] {
  const found: Quantity[] = [];
  for (const match of text.matchAll(numberPattern)) {
    found.push(complete(text, match.index, match[0], readings(match[0]), false));
  }
  for (const match of text.matchAll(numberWord)) {
    found.push(complete(text, match.index, match[0], [wordValue(match)], true));
  }
  for (const match of text.matchAll(article)) {
    const unit = unitOf(match[2]);
    if (
      !unit ||
      found.some(({ end, per }) => per !== undefined && end <= match.index && match.index - end < 40)
    )
      continue;
    const [start, end] = [match.index, match.index + (match[1]?.length ?? 0)];
    found.push({ text: match[1] ?? "", start, end, readings: ["1"], unit, isWord: true, isArticle: true });
  }
  return found.sort((a, b) => a.start - b.start);
}

function complete(
  text: string,
  start: number,
  written: string,
  values: readonly string[],
  isWord: boolean,
): Quantity {
  const end = start + written.length;
  const rest = text.slice(end, end + 60);
  const before = text.slice(Math.max(0, start - 5), start);
  const symbol = symbols.exec(rest)?.[1];
  const word = afterNumber.exec(rest);
  const ahead = /(€|\$|£|EUR|USD|GBP)\s?$/.exec(before)?.[1];
  const unit =
    (symbol === undefined ? undefined : unitOf(symbol)) ??
    (ahead === undefined ? undefined : unitOf(ahead)) ??
    (word ? unitOf(word[1]) : undefined);
  const after = symbol === undefined ? (unit && !ahead ? (word?.[0].length ?? 0) : 0) : symbol.length + 1;
  const per = unitOf(perUnit.exec(rest.slice(after))?.[1]);
  return {
    text: written,
    start,
    end,
    readings: values,
    isWord,
    ...(unit ? { unit } : {}),
    ...(per && per.group !== "share" ? { per: per.name } : {}),
  };
}

/** The unit that a word names. */
function unitOf(word: string | undefined): Unit | undefined {
  if (word === undefined) return undefined;
  const lower = word.toLowerCase().replace(/\s/g, "");
  const unit =
    units.get(lower) ??
    (lower.length > 3 ? units.get(lower.replace(/(?:e?s|n|en)$/, "")) : undefined) ??
    (lower.length > 3 ? units.get(lower.replace(/s$/, "")) : undefined);
  // A letter by itself is a unit after digits only, which the symbols are for.
  return unit && (lower.length > 1 || /\W/.test(lower)) ? { ...unit, text: word } : undefined;
}

/** Whether two quantities say the same, may say the same (one names no unit), or not. */
export function sameQuantity(a: Quantity, b: Quantity): boolean {
  if (a.unit && b.unit && a.unit.group === b.unit.group) {
    const [first, second] = [a.unit.factor, b.unit.factor];
    return a.readings.some((x) =>
      b.readings.some((y) =>
        x === y ? first === second : Math.abs(Number(x) * first - Number(y) * second) < 1e-9,
      ),
    );
  }
  return !(a.unit && b.unit) && shareReading(a, b);
}

/** Whether the numbers agree, whatever they count. */
export function shareReading(a: Quantity, b: Quantity): boolean {
  return a.readings.some((reading) => b.readings.includes(reading));
}

function wordValue(match: RegExpMatchArray): string {
  const [, ten, unit, little, scale, repeated, half] = match.map((part) => part?.toLowerCase());
  if (half !== undefined) return "0.5";
  if (repeated !== undefined) return times[repeated] ?? "1";
  const value =
    little === undefined
      ? (tens.indexOf(ten ?? "") + 2) * 10 + Math.max(0, small.indexOf(unit ?? ""))
      : small.indexOf(little);
  return String(value * (scales[scale ?? ""] ?? 1));
}

function readings(written: string): string[] {
  const text = written.replace(/[\s\u00a0\u202f'’]/g, "");
  const found = new Set<string>();
  const grouped = /^\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*(?:[.,]\d+)?$/.exec(text);
  if (grouped) {
    const separator = grouped[1] ?? ",";
    found.add(plain(text.replaceAll(separator, "").replace(",", ".")));
  }
  if (/^\d+(?:[.,]\d+)?$/.test(text)) found.add(plain(text.replace(",", ".")));
  // A time of day, a version or a section ("1.2.3") is compared as it is written.
  if (found.size === 0) found.add(text.replace(/^0(?=\d:)/, ""));
  return [...found];
}

function plain(text: string): string {
  const value = Number(text);
  return Number.isFinite(value) && text.length < 16 ? String(value) : text;
}
