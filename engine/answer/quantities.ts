/** Numbers as they are written, in digits or words, with the unit that they count. */

import { currencyAhead, type Unit, unitBehind, unitOf } from "./units.ts";

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
  readonly isNegative?: true;
}

/** What digits may not stand behind: letters of names, but the "v" of a version and scripts without spaces. */
const letter =
  "[\\p{L}--[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}\\p{Script=Hangul}\\p{Script=Thai}\\p{Script=Lao}\\p{Script=Khmer}\\p{Script=Myanmar}ー々]]";
const numberPattern = new RegExp(
  `(?:(?<![^\\s\\(\\|=])[\\-−–])?(?:(?<!${letter}|[\\d_.:])\\d{1,3}(?:[ \\u00a0\\u202f]\\d{3})+(?:[.,]\\d+)?(?!\\d)|(?:(?<!${letter}|[\\d_:]|\\d[.,]|\\p{L}-)|(?<=(?<![\\p{L}\\d_])v))\\d+(?:[.,'’:]\\d+)*)`,
  "gv",
);

const small =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const tens = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
const scales: Readonly<Record<string, number>> = { hundred: 100, thousand: 1000, million: 1e6, billion: 1e9 };
/** Small numbers in other languages, but for words that are others in English too ("once", "cent"), and one. */
const foreign: Readonly<Record<string, readonly string[]>> = {
  "2": ["zwei", "deux", "dos", "due", "twee"],
  "3": ["drei", "trois", "tres", "tre", "drie"],
  "4": ["vier", "quatre", "cuatro", "quattro"],
  "5": ["fünf", "cinq", "cinco", "cinque", "vijf"],
  "6": ["sechs", "seis", "sei", "zes"],
  "7": ["sieben", "sept", "siete", "sette", "zeven"],
  "8": ["acht", "huit", "ocho", "otto"],
  "9": ["neun", "neuf", "nueve", "nove", "negen"],
  "10": ["zehn", "dix", "diez", "dieci", "tien"],
  "12": ["zwölf", "douze", "doce", "dodici", "twaalf"],
  "14": ["vierzehn", "quatorze", "catorce", "quattordici", "veertien"],
  "15": ["fünfzehn", "quinze", "quince", "quindici", "vijftien"],
  "20": ["zwanzig", "vingt", "veinte", "venti", "twintig"],
  "30": ["dreißig", "trente", "treinta", "trenta", "dertig"],
};
const foreignNumbers = new Map(
  Object.entries(foreign).flatMap(([value, names]) => names.map((name) => [name, value] as const)),
);
/** Before something that is counted alone: "sept" and "due" are words of their own. */
const foreignNumber = new RegExp(
  `(?<![\\p{L}\\d_])(${[...foreignNumbers.keys()].join("|")})(?=\\s+\\p{L})`,
  "giu",
);
const times: Readonly<Record<string, string>> = { once: "1", twice: "2", thrice: "3" };
const numberWord = new RegExp(
  `(?<![\\p{L}\\d_])(?:(?:(${tens.join("|")})(?:[- ](${small.slice(1, 10).join("|")}))?|(${small.join("|")}))(?:[ -](hundred|thousand|million|billion))?|(once|twice|thrice)|(half an?))(?![\\p{L}\\d_])`,
  "giu",
);

/** What makes digits stand for more, behind them; a letter alone only right behind them or with money. */
const largeNumbers: readonly (readonly [factor: number, names: string])[] = [
  [1e2, "hundred hundert"],
  [1e3, "thousand tausend tsd mille 千 천"],
  [1e4, "万 萬 만"],
  [1e6, "million millionen mio mn millón millones milione milioni milhão milhões"],
  [1e8, "億 亿 억"],
  [1e9, "billion bn mrd milliarde milliarden milliard miliardo miliardi"],
  [1e12, "trillion tn 兆 조"],
];
const largeNumber = new Map(
  largeNumbers.flatMap(([factor, names]) => names.split(" ").map((name) => [name, factor] as const)),
);
const [largeSigns, largeWords] = [true, false].map((isSign) =>
  [...largeNumber.keys()].filter((name) => /^[^\p{Script=Latin}]/u.test(name) === isSign).join("|"),
);
const scaleBehind = new RegExp(
  `^(?:[\\s-]?(?:(${largeWords})s?\\.?(?![\\p{L}\\d])|(${largeSigns}))|([kKM])(?![\\p{L}\\d]))`,
  "iu",
);
const scaleOfMoney = /^\s?([kmb])(?![\p{L}\d])/iu;
const letters: Readonly<Record<string, number>> = { k: 1e3, m: 1e6, b: 1e9 };

/** So far behind a number its rate may stand ("32 euros for each of us a day"). */
const longestToRate = 40;
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
  for (const match of text.matchAll(foreignNumber)) {
    const value = foreignNumbers.get(match[0].toLowerCase()) ?? "";
    const quantity = complete(text, match.index, match[0], [value], true);
    if (quantity.unit) found.push(quantity);
  }
  for (const match of text.matchAll(article)) {
    const unit = unitOf(match[2]);
    // The article of a rate, or of "half an hour", is no number of its own.
    const belongs = found.some(
      ({ start, end, per }) =>
        start <= match.index && match.index - end < (per === undefined ? 0 : longestToRate),
    );
    if (!unit || belongs) continue;
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
  const before = text.slice(Math.max(0, start - 8), start);
  const isNegative = /^[-−–]/.test(written) || /(?<!\p{L})minus\s$/iu.test(before);
  const ahead = currencyAhead(before);
  const digitsEnd = start + written.length;
  const scale = isWord ? undefined : scaleOf(text.slice(digitsEnd, digitsEnd + 20), ahead !== undefined);
  const end = digitsEnd + (scale?.length ?? 0);
  const rest = text.slice(end, end + 60);
  // "The 1950s" and "in their 80s" are no seconds, and "30s" may be either.
  const behind = /0$/.test(written) && /^s(?![\p{L}\d])/u.test(rest) ? undefined : unitBehind(rest);
  const unit = behind?.isSymbol ? behind.unit : (ahead ?? behind?.unit);
  const unitEnd = behind?.unit === unit ? (behind?.length ?? 0) : 0;
  const per = unitOf(perUnit.exec(rest.slice(unitEnd))?.[1]);
  return {
    text: text.slice(start, end),
    start,
    end,
    readings: values.flatMap((value) => [
      scaled(value, scale?.factor ?? 1),
      ...(unit ? clockTimes(value, unit) : []),
    ]),
    isWord,
    ...(unit ? { unit } : {}),
    ...(per && per.group !== "share" ? { per: per.name } : {}),
    ...(isNegative ? { isNegative } : {}),
  };
}

/** How many times more the digits stand for ("5 million", "5k", "€5m"), and how long that is written. */
function scaleOf(rest: string, isMoney: boolean): { factor: number; length: number } | undefined {
  const found = scaleBehind.exec(rest);
  const word = found?.[1] ?? found?.[2];
  const factor = largeNumber.get(word?.toLowerCase() ?? "");
  if (found && factor !== undefined) return { factor, length: found[0].length };
  // Behind digits a small "m" is a metre, a small "b" a byte.
  const letter = /^[kKM]$/.test(found?.[3] ?? "") ? found : isMoney ? scaleOfMoney.exec(rest) : undefined;
  const times = letters[letter?.at(-1)?.toLowerCase() ?? ""];
  return letter && times !== undefined ? { factor: times, length: letter[0].length } : undefined;
}

/** "2:30 pm" is 14:30. */
function clockTimes(value: string, { group }: Unit): string[] {
  const [, hour, minutes = "00"] = /^(\d{1,2})(?::(\d\d))?$/.exec(value) ?? [];
  if (hour === undefined || Number(hour) > 12 || !/noon$/.test(group)) return [];
  return [`${(Number(hour) % 12) + (group.includes("after") ? 12 : 0)}:${minutes}`];
}

function scaled(value: string, factor: number): string {
  const number = Number(value) * factor;
  return factor === 1 || !Number.isFinite(number) ? value : String(Number(number.toPrecision(15)));
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
  const text = written.replace(/[\s\u00a0\u202f'’−–-]/g, "");
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
