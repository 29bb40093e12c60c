/** What a sentence claims that can be looked up in a passage, and the same things as a passage has them. */

/** A number or date as it was written, with all it may mean ("1.000" is a thousand here and one there). */
export interface Value {
  readonly text: string;
  readonly readings: readonly string[];
}

/** Lower case, one kind of quote, dash and space, no Markdown emphasis: what "word for word" compares. */
export function normalise(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[“”„‟«»「」『』"]/g, "'")
    .replace(/[‘’‚‛`´]/g, "'")
    .replace(/[‐‑‒–—−]/g, "-")
    .replace(/\*\*|__|(?<!\w)[*_]|[*_](?!\w)/g, "")
    .replace(/\u00ad/g, "")
    .replace(/\s+/g, " ")
    .trim();
}

const quotePairs =
  /"([^"\n]{2,}?)"|“([^”]{2,}?)”|„([^“”]{2,}?)[“”]|«\s*([^»]{2,}?)\s*»|»([^«]{2,}?)«|「([^」]{2,}?)」/g;

/** What stands between quotation marks, without the sentence's own full stop; a gap ("…") makes two of one. */
export function quotes(sentence: string): string[] {
  const found: string[] = [];
  for (const match of sentence.matchAll(quotePairs)) {
    const quote = match.slice(1).find((group) => group !== undefined) ?? "";
    for (const part of quote.split(/\[?(?:…|\.{3})\]?/)) {
      const text = part.trim().replace(/[.,;:!?]+$/, "");
      if (text.length > 1) found.push(text);
    }
  }
  return found;
}

/** Code in backticks, and words that only a program or a file is called. */
export function identifiers(sentence: string): string[] {
  const found: string[] = [];
  const rest = sentence.replace(/(`+)(.+?)\1/g, (_, _mark: string, code: string) => {
    found.push(code.trim());
    return " ";
  });
  const named =
    /(?<![\w@/.-])(?:[a-z]+[a-z0-9]*[A-Z]\w*|[A-Z][a-z0-9]+[A-Z][a-z]\w*|\w+_\w+|[\w-]+(?:\/[\w.-]+)+|[\w-]+\.(?:ts|tsx|js|mjs|json|py|java|go|rs|c|h|cpp|cs|rb|php|sh|md|txt|pdf|docx|xlsx|ya?ml|toml|sql|html|css))(?:\(\))?(?![\w/])/g;
  for (const [name] of rest.matchAll(named)) {
    // "and/or", "24/7" and the like are no paths.
    if (!/^[a-z]{1,4}\/[a-z]{1,4}$|^[\d/.]+$/i.test(name)) found.push(name);
  }
  return found.map((name) => name.replace(/\(\)$/, "")).filter((name) => /[\p{L}\p{N}]/u.test(name));
}

const months: Readonly<Record<string, number>> = Object.fromEntries(
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
const month = `(${Object.keys(months)
  .toSorted((a, b) => b.length - a.length)
  .join("|")})`;
const datePatterns: readonly (readonly [RegExp, (parts: readonly string[]) => string[]])[] = [
  [/(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?!\d)/g, ([y, m, d]) => [iso(y, m, d)]],
  [
    new RegExp(
      `(\\d{1,2})(?:st|nd|rd|th|er|\\.|º)?\\s+(?:of\\s+|de\\s+)?${month}\\.?,?\\s+(?:de\\s+|del\\s+)?(\\d{4})`,
      "giu",
    ),
    ([d, name, y]) => [iso(y, monthNumber(name), d)],
  ],
  [
    new RegExp(`${month}\\.?\\s+(\\d{1,2})(?:st|nd|rd|th)?,?\\s+(\\d{4})`, "giu"),
    ([name, d, y]) => [iso(y, monthNumber(name), d)],
  ],
  [/(?<!\d)(\d{1,2})[./-](\d{1,2})[./-](\d{4})(?!\d)/g, ([a, b, y]) => [iso(y, b, a), iso(y, a, b)]],
  [/(\d{4})年(\d{1,2})月(\d{1,2})日/g, ([y, m, d]) => [iso(y, m, d)]],
];

function monthNumber(name: string | undefined): string {
  return String(months[name?.toLowerCase() ?? ""] ?? 0);
}

function iso(year = "", monthOfYear = "", day = ""): string {
  return `${year}-${monthOfYear.padStart(2, "0")}-${day.padStart(2, "0")}`;
}

/** Whole dates, as year-month-day; `rest` is the text without them. */
export function dates(text: string): { found: Value[]; rest: string } {
  const found: Value[] = [];
  let rest = text;
  for (const [pattern, read] of datePatterns) {
    rest = rest.replace(pattern, (...match: unknown[]) => {
      const groups = match.slice(1).filter((part): part is string => typeof part === "string");
      found.push({ text: String(match[0]), readings: read(groups) });
      return " ";
    });
  }
  return { found, rest };
}

const numberPattern =
  /(?<![\p{L}\d_.])\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d+)?(?!\d)|(?<![\p{L}\d_])\d+(?:[.,'’]\d+)*/gu;

/** Numbers in digits. List marks and citations must be gone from the text before. */
export function numbers(text: string): Value[] {
  const found: Value[] = [];
  for (const [written] of text.matchAll(numberPattern))
    found.push({ text: written, readings: readings(written) });
  return found;
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
  // A version or a section ("1.2.3") is compared as it is written.
  if (found.size === 0) found.add(text);
  return [...found];
}

function plain(text: string): string {
  const value = Number(text);
  return Number.isFinite(value) && text.length < 16 ? String(value) : text;
}

const units =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const tens = "twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
const numberWord = new RegExp(
  `\\b(?:(${tens.join("|")})(?:[- ](${units.slice(1, 10).join("|")}))?|(${units.join("|")}))(?:[ -](hundred|thousand|million))?\\b`,
  "gi",
);
const scales: Readonly<Record<string, number>> = { hundred: 100, thousand: 1000, million: 1_000_000 };

/** Numbers in English words ("thirty-five", "two hundred"), as digits. */
export function wordNumbers(text: string): Value[] {
  const found: Value[] = [];
  for (const match of text.matchAll(numberWord)) {
    const [written, ten, unit, small, scale] = match;
    const value =
      small === undefined
        ? (tens.indexOf(ten?.toLowerCase() ?? "") + 2) * 10 +
          Math.max(0, units.indexOf(unit?.toLowerCase() ?? ""))
        : units.indexOf(small.toLowerCase());
    found.push({ text: written, readings: [String(value * (scales[scale?.toLowerCase() ?? ""] ?? 1))] });
  }
  return found;
}

/**
 * Names: capitalised words that do not begin the sentence, and the word that does when another one follows
 * ("Maria Lopez signed"). None for a text that capitalises all its nouns or every word.
 */
export function names(sentence: string): string[] {
  const words = [...sentence.matchAll(/[\p{L}\p{M}][\p{L}\p{M}\p{N}’'&-]*/gu)];
  const isName = (index: number): boolean =>
    /^(?!(?:Mr|Mrs|Ms|Dr|Prof)$)\p{Lu}[\p{L}\p{N}]/u.test(words[index]?.[0] ?? "");
  // After a colon, a quotation mark or a dash a capital letter may begin a clause.
  const begins = (index: number): boolean =>
    index === 0 || /[:"“„«‘(–—*/]\s*$/.test(sentence.slice(0, words[index]?.index));
  const middle = words.map((_, index) => index).filter((index) => !begins(index));
  const capitalised = middle.filter(isName);
  if (middle.length >= 4 && capitalised.length > middle.length * 0.5) return [];
  const first = isName(0) && isName(1) && capitalised.includes(1) ? [0] : [];
  return [...first, ...capitalised].map((index) => (words[index]?.[0] ?? "").replace(/['’]s?$/, ""));
}
