/** What numbers count, as it is written before or behind them. */

export interface Unit {
  readonly name: string;
  /** Units of one group convert into each other. */
  readonly group: string;
  readonly factor: number;
  /** As it is written. */
  readonly text: string;
}

const unitGroups: readonly (readonly [group: string, factor: number, names: string])[] = [
  ["time", 0.001, "millisecond ms millisekunde milliseconde milisegundo millisecondi"],
  ["time", 1, "second sec s sekunde seconde segundo secondo secondi 秒 초"],
  ["time", 60, "minute min minuto minuti 分 分钟 分鐘 分間 분"],
  ["time", 3600, "hour hr hrs h stunde heure hora ora ore uur uren 時間 小时 小時 시간"],
  ["time", 86_400, "day tag dag dagen jour día dia giorno giorni 日 日間 天 일"],
  ["time", 604_800, "week woche weken semaine semana settimana settimane 週 週間 周 주"],
  ["months", 1, "month monat maand maanden mois mes mese mesi か月 ヶ月 カ月 ケ月 箇月 个月 個月 개월"],
  ["months", 3, "quarter quartal trimestre"],
  ["months", 12, "year yr yrs jahr jaar jaren ans année año anno anni 年 年間 년"],
  ["months", 120, "decade"],
  ["months", 1200, "century centurie"],
  ["time before noon", 1, "am a.m. a.m"],
  ["time after noon", 1, "pm p.m. p.m"],
  ["money of euros", 1, "euro eur €"],
  ["money of euros", 0.01, "cent ct"],
  ["money of dollars", 1, "dollar usd $"],
  ["money of pounds", 1, "pound gbp £"],
  ["money of francs", 1, "franc franken chf"],
  ["money of yen", 1, "yen jpy ¥ 円 日元"],
  ["money of yuan", 1, "yuan cny rmb 元"],
  ["money of won", 1, "won krw ₩ 원"],
  ["money of rupees", 1, "rupee inr ₹"],
  ["share", 1, "% percent prozent"],
  ["points of a share", 1, "percentage prozentpunkt prozentpunkte"],
  ["length", 1e-9, "nanometer nanometre nm"],
  ["length", 1e-6, "micrometer micrometre µm μm"],
  ["length", 0.001, "millimeter millimetre mm"],
  ["length", 0.01, "centimeter centimetre cm"],
  ["length", 1, "meter metre m"],
  ["length", 1000, "kilometer kilometre km"],
  ["length", 1609.344, "mile mi"],
  ["length", 0.9144, "yard yd"],
  ["length", 0.3048, "foot feet ft"],
  ["length", 0.0254, "inch inches"],
  ["speed", 1, "km/h kmh kph"],
  ["speed", 1.609344, "mph"],
  ["speed", 3.6, "m/s"],
  ["area", 1e-4, "cm²"],
  ["area", 1, "m² sqm quadratmeter qm"],
  ["area", 1e4, "hectare hektar ha"],
  ["area", 1e6, "km² quadratkilometer"],
  ["weight", 1e-9, "microgram µg μg"],
  ["weight", 1e-6, "milligram milligramme milligramm mg"],
  ["weight", 0.001, "gram gramme gramm g"],
  ["weight", 1, "kilogram kilogramme kilogramm kilo kg"],
  ["weight", 1000, "tonne ton"],
  ["bytes", 1, "byte b"],
  ["bytes", 1e3, "kilobyte kb kib"],
  ["bytes", 1e6, "megabyte mb mib"],
  ["bytes", 1e9, "gigabyte gb gib"],
  ["bytes", 1e12, "terabyte tb tib"],
  ["temperature", 1, "°c celsius"],
  ["temperature of america", 1, "°f fahrenheit"],
  ["volume", 0.001, "millilitre milliliter ml"],
  ["volume", 0.01, "centilitre centiliter cl"],
  ["volume", 0.1, "decilitre deciliter dl"],
  ["volume", 1, "litre liter l"],
  ["volume", 1000, "m³ kubikmeter"],
  ["power", 1, "watt w"],
  ["power", 1000, "kilowatt kw"],
  ["power", 1e6, "megawatt"],
  ["energy", 1, "wh"],
  ["energy", 1000, "kwh"],
  ["frequency", 1, "hertz hz"],
  ["frequency", 1e3, "kilohertz khz"],
  ["frequency", 1e6, "megahertz mhz"],
  ["frequency", 1e9, "gigahertz ghz"],
  ["voltage", 1, "volt v"],
  ["voltage", 1000, "kilovolt kv"],
  ["pixels", 1, "pixel px"],
];
const units = new Map(
  unitGroups.flatMap(([group, factor, names]) => {
    const [name = ""] = names.split(" ");
    return names.split(" ").map((written) => [written, { name, group, factor }] as const);
  }),
);

/** Signs, letters that are a unit after digits only, and the units of scripts in which words have no end. */
const unspacedNames = [...units.keys()]
  .filter((name) => /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u.test(name))
  .toSorted((a, b) => b.length - a.length);
const symbols = new RegExp(
  `^\\s?(?:(%|€|\\$|£|¥|₩|₹|[ck]?m²|m³|${unspacedNames.join("|")})|(km\\/h|m\\/s|°[CF]|(?:[kKMGT]i?)?B|[nµμmck]?m|[mµμk]?g|ms|[hs]|[mcd]?l|k?[WV]|[ap]\\.\\s?m\\.?)(?![\\p{L}\\d²³]))`,
  "u",
);
const currency = /(€|\$|£|¥|₩|₹|EUR|USD|GBP|CHF)\s?$/;
const named =
  /^(?:\s*\(\d+\)|\))?[\s\u00a0-]*(?:d['’]|d[ei]\s)?(?:(working|business|calendar|full|whole|more|consecutive|straight|square|cubic)[\s-])?(per\s?cent(?!\p{L})|\p{L}+)/iu;

/** The unit that stands right behind a number, and how long that is. */
export function unitBehind(rest: string): { unit: Unit; length: number; isSymbol: boolean } | undefined {
  const symbol = symbols.exec(rest);
  const sign = symbol?.[1] ?? symbol?.[2];
  const known = sign === undefined ? undefined : units.get(sign.toLowerCase().replace(/\s/g, ""));
  if (symbol && known && sign !== undefined) {
    return { unit: { ...known, text: sign }, length: symbol[0].length, isSymbol: true };
  }
  const word = named.exec(rest);
  const unit = unitOf(word?.[2]);
  if (!word || !unit) return undefined;
  return { unit: raised(unit, word[1]), length: word[0].length, isSymbol: false };
}

/** The currency that stands right before a number. */
export function currencyAhead(before: string): Unit | undefined {
  return unitOf(currency.exec(before)?.[1]);
}

/** "Square metres" measure another thing than metres. */
function raised(unit: Unit, qualifier = ""): Unit {
  const power = { square: 2, cubic: 3 }[qualifier.toLowerCase()];
  if (unit.group !== "length" || power === undefined) return unit;
  const [group, inLitres] = power === 2 ? ["area", 1] : ["volume", 1000];
  return { ...unit, name: `${qualifier} ${unit.name}`, group, factor: unit.factor ** power * inLitres };
}

/** Of plurals and cases: "days", "inches", "Minuten" (of "Minute"), "Tagen" (of "Tag"), "Tage". */
const endings = [/s$/, /es$/, /n$/, /en$/, /e$/];

/** The unit that a word names. */
export function unitOf(word: string | undefined): Unit | undefined {
  if (word === undefined) return undefined;
  const lower = word.toLowerCase().replace(/\s/g, "");
  const forms = lower.length > 3 ? [lower, ...endings.map((ending) => lower.replace(ending, ""))] : [lower];
  const unit = forms.map((form) => units.get(form)).find((found) => found !== undefined);
  // A letter by itself is a unit after digits only, which the symbols are for.
  return unit && (lower.length > 1 || /\W/.test(lower)) ? { ...unit, text: word } : undefined;
}
