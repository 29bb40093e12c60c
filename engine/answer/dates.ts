/** Days, months, years and days of the week, in the forms that texts have. */
export interface DateValue {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  /** More than one where the order of day and month is open ("3/4/2026"). */
  readonly readings: readonly DateParts[];
}

interface DateParts {
  readonly year?: number;
  readonly month?: number;
  readonly day?: number;
  readonly weekday?: number;
}

const months = new Map(
  [
    "jan january januar janvier enero gennaio",
    "feb february februar février febrero febbraio",
    "mar march märz mars marzo",
    "apr april avril abril aprile",
    "may mai mayo maggio",
    "jun june juni juin junio giugno",
    "jul july juli juillet julio luglio",
    "aug august août agosto",
    "sep sept september septembre septiembre settembre",
    "oct okt october oktober octobre octubre ottobre",
    "nov november novembre noviembre",
    "dec dez december dezember décembre diciembre dicembre",
  ].flatMap((names, index) => names.split(" ").map((name) => [name, index + 1] as const)),
);
const weekdays = new Map(
  [
    "sunday sonntag dimanche domingo domenica",
    "monday montag lundi lunes lunedì",
    "tuesday dienstag mardi martes martedì",
    "wednesday mittwoch mercredi miércoles mercoledì",
    "thursday donnerstag jeudi jueves giovedì",
    "friday freitag vendredi viernes venerdì",
    "saturday samstag samedi sábado sabato",
  ].flatMap((names, index) => names.split(" ").map((name) => [name, index] as const)),
);
const alternatives = (names: Iterable<string>): string =>
  [...names].toSorted((a, b) => b.length - a.length).join("|");
const month = `(${alternatives(months.keys())})`;
const day = "(\\d{1,2})(?:st|nd|rd|th|er|\\.|º)?";
const of = "\\s+(?:of\\s+|de\\s+)?";
const lone = [...months.keys()].filter((name) => name.length > 3 || name === "may" || name === "mai");

type Read = (groups: readonly (string | undefined)[]) => DateParts[];
const date = (y?: string, m?: string | number, d?: string): DateParts => ({
  ...(y === undefined ? {} : { year: Number(y) }),
  ...(m === undefined ? {} : { month: Number(m) }),
  ...(d === undefined ? {} : { day: Number(d) }),
});
const named = (name: string | undefined): number => months.get(name?.toLowerCase() ?? "") ?? 0;
/** A day and a month, with or without a year; "27 to 30 December" gives the first day of the two here. */
const patterns: readonly (readonly [RegExp, Read])[] = [
  [
    new RegExp(
      `(?<![\\p{L}\\d])${day}(?=\\s*(?:to|until|and|or|bis|und|-|–)\\s*\\d{1,2}(?:st|nd|rd|th|\\.)?${of}${month}(?!\\p{L}))`,
      "giu",
    ),
    ([d, name]) => [date(undefined, named(name), d)],
  ],
  [/(?<!\d)(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?!\d)/g, ([y, m, d]) => [date(y, m, d)]],
  // An academic year, "2018–19".
  [/(?<!\d)((?:1[5-9]|20)\d\d)[–-]\d\d(?![\d-])/g, ([y]) => [date(y)]],
  [/(\d{4})[年년](?:\s?(\d{1,2})[月월](?:\s?(\d{1,2})[日일])?)?/g, ([y, m, d]) => [date(y, m, d)]],
  [/(?<!\d)(\d{1,2})[月월]\s?(\d{1,2})[日일]/g, ([m, d]) => [date(undefined, m, d)]],
  [/(?<![\d.])(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?!\d)/g, ([a, b, y]) => [date(y, b, a), date(y, a, b)]],
  [
    new RegExp(
      `(?<![\\p{L}\\d])${day}${of}${month}(?!\\p{L})\\.?(?:,?\\s+(?:de\\s+|del\\s+)?(\\d{4})(?!\\d))?`,
      "giu",
    ),
    ([d, name, y]) => [date(y, named(name), d)],
  ],
  [
    new RegExp(
      `(?<!\\p{L})${month}\\.?\\s+(\\d{1,2})(?:st|nd|rd|th)?(?![\\d:.]\\d|\\d)(?:,?\\s+(\\d{4})(?!\\d))?`,
      "giu",
    ),
    ([name, d, y]) => [date(y, named(name), d)],
  ],
  [
    new RegExp(`(?<!\\p{L})${month}\\.?,?\\s+(?:of\\s+|de\\s+)?(\\d{4})(?!\\d)`, "giu"),
    ([name, y]) => [date(y, named(name))],
  ],
];
const anyMonth = new RegExp(month, "iu");
const loneMonth = new RegExp(`(?<!\\p{L})(${alternatives(lone)})(?!\\p{L})`, "giu");
const loneWeekday = new RegExp(`(?<!\\p{L})(${alternatives(weekdays.keys())})s?(?!\\p{L})`, "giu");
const loneYear = /(?<![\p{L}\d_.,:/]|(?<!\d{4})-)(?:1[5-9]|20)\d\d(?![\p{L}\d_:/]|[.,]\d|-\d(?!\d{3}))/gu;

/** The dates of a text, in order, and the text with blanks in their place. */
export function dates(text: string): { found: DateValue[]; rest: string } {
  const found: DateValue[] = [];
  let rest = text;
  const take = (pattern: RegExp, read: Read, isOne: (match: string) => boolean = () => true): void => {
    rest = rest.replace(pattern, (...match: unknown[]) => {
      const written = String(match[0]);
      if (!isOne(written)) return written;
      const at = match.findIndex((part) => typeof part === "number");
      const groups = match.slice(1, at).map((part) => (typeof part === "string" ? part : undefined));
      const start = Number(match[at]);
      found.push({ text: written, start, end: start + written.length, readings: read(groups) });
      return " ".repeat(written.length);
    });
  };
  // Most sentences have none: they are not gone through a dozen times.
  const hasMonth = anyMonth.test(rest);
  if (/\d/.test(rest))
    for (const [pattern, read] of patterns) if (hasMonth || !pattern.flags.includes("i")) take(pattern, read);
  // "may" and "march" are verbs where they are written small.
  const isCapital = (written: string): boolean => /^\p{Lu}/u.test(written);
  if (hasMonth) take(loneMonth, ([name]) => [date(undefined, named(name))], isCapital);
  take(loneWeekday, ([name]) => [{ weekday: weekdays.get(name?.toLowerCase() ?? "") ?? 0 }]);
  const years = [...rest.matchAll(loneYear)].filter(
    ({ index, 0: written }) => !isCounted(rest.slice(index + written.length)),
  );
  for (const { index, 0: written } of years) {
    found.push({ text: written, start: index, end: index + 4, readings: [{ year: Number(written) }] });
    rest = `${rest.slice(0, index)}    ${rest.slice(index + 4)}`;
  }
  return { found: found.sort((a, b) => a.start - b.start), rest };
}

/** Whether what follows four digits makes an amount of them and no year. */
function isCounted(after: string): boolean {
  return /^\s?(?:%|€|\$|£|euros?|dollars?|pounds?|percent|per cent|people|[mck]?m\b|k?g\b|[kMG]B\b)/i.test(
    after,
  );
}

const parts = ["year", "month", "day", "weekday"] as const;

/** Whether a date of a sentence is said by one of its source, which may be more precise, but not less. */
export function saysDate(source: DateValue, said: DateValue): boolean {
  return said.readings.some((one) =>
    source.readings.some((other) =>
      parts.every((part) => one[part] === undefined || one[part] === other[part]),
    ),
  );
}

/** Whether two dates can't be the same. */
export function excludesDate(a: DateValue, b: DateValue): boolean {
  const comparable = a.readings.some((one) =>
    b.readings.some((other) => parts.some((part) => one[part] !== undefined && other[part] !== undefined)),
  );
  return (
    comparable &&
    a.readings.every((one) =>
      b.readings.every((other) =>
        parts.some(
          (part) => one[part] !== undefined && other[part] !== undefined && one[part] !== other[part],
        ),
      ),
    )
  );
}

/** The year by itself, where a date with a day has one: a text may name it elsewhere. */
export function withoutYear(date: DateValue): DateValue | undefined {
  if (!date.readings.some(({ month, year }) => month !== undefined && year !== undefined)) return undefined;
  return { ...date, readings: date.readings.map(({ year: _, ...others }) => others) };
}
