import { stemmer } from "stemmer";

/** LanceDB drops tokens of 40 bytes and more, so none may be longer than this in UTF-8. */
const maxTokenBytes = 39;
/** A longer run is data (base64, a hash, minified code): its parts mean nothing. */
const maxWordLength = 64;
const maxParts = 12;
const memoLimit = 150_000;

const memo = new Map<string, string | readonly string[]>();

/** Letters, digits, marks and "_" make a word; soft hyphens and zero-width joiners may stand inside one. */
const unicodeWord = /[\p{L}\p{N}\p{M}_\u00ad\u200c\u200d]+/gu;
const invisible = /[\u00ad\u200c\u200d]/g;
/** Accents of Latin, Greek and Cyrillic, and Arabic vowel points. Marks of other scripts carry meaning. */
const accents = /[\u0300-\u036f\u064b-\u0652\u0670]/g;
const unfoldable: Readonly<Record<string, string>> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  đ: "d",
  ð: "d",
  þ: "th",
  ł: "l",
  ı: "i",
  ς: "σ",
};
const unfoldableLetter = /[ßæœøđðþłıς]/g;

/** Scripts that are written without spaces, and Hangul, whose words carry their particles. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u30fc\u3005\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]+|\p{Script=Hangul}+/gu;
const anyUnspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u30fc\u3005\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Hangul}]/u;
const han = /\p{Script=Han}/u;
const hangul = /^\p{Script=Hangul}/u;

/** "parseHTTPResponse2" has the parts parse, HTTP, Response, 2; "_" only separates. */
const asciiPart = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+/g;
const unicodePart =
  /\p{Lu}[\p{Lu}\p{M}]*(?![\p{Ll}\p{M}])|\p{Lu}?[\p{Ll}\p{M}]+|[\p{Lt}\p{Lm}\p{Lo}\p{M}]+|\p{Lu}|\p{N}+/gu;

/**
 * The tokens of a text, in order, for lexical search, for the bundled embedding model and for the analysis of
 * questions: lower-cased, without accents, English endings stemmed. An identifier gives its parts and, joined
 * without separators, itself. Scripts without spaces give overlapping pairs of characters (and each Han
 * character). No token contains white space or is longer than 39 bytes.
 */
export function terms(text: string): string[] {
  const out: string[] = [];
  const end = text.length;
  let start = -1;
  for (let i = 0; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code > 127) return unicodeTerms(text, start >= 0 ? start : i, out);
    const isWord =
      (code >= 97 && code <= 122) || (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || code === 95;
    if (isWord) {
      if (start < 0) start = i;
    } else if (start >= 0) {
      add(text.slice(start, i), out);
      start = -1;
    }
  }
  if (start >= 0) add(text.slice(start, end), out);
  return out;
}

function unicodeTerms(text: string, from: number, out: string[]): string[] {
  unicodeWord.lastIndex = from;
  for (let match = unicodeWord.exec(text); match; match = unicodeWord.exec(text)) add(match[0], out);
  return out;
}

function add(word: string, out: string[]): void {
  let tokens = memo.get(word);
  if (tokens === undefined) {
    // A copy, because a slice would keep the whole text that it was cut from in memory.
    const key = ` ${word}`.slice(1);
    const found = analyse(key);
    tokens = found.length === 1 && found[0] !== undefined ? found[0] : found;
    // Forgetting all at once keeps the common path to one look-up; common words are soon back.
    if (memo.size >= memoLimit) memo.clear();
    if (word.length <= maxWordLength) memo.set(key, tokens);
  }
  if (typeof tokens === "string") out.push(tokens);
  else for (const token of tokens) out.push(token);
}

function analyse(raw: string): string[] {
  if (/^\w+$/.test(raw)) return analyseSpaced(raw, asciiPart);
  // Composed before the parts are cut (an accent must not end a part), compatibility forms (ﬁ, ｆ) resolved.
  const word = raw.replace(invisible, "").normalize("NFKC");
  if (!anyUnspaced.test(word)) return analyseSpaced(word, unicodePart);
  const out: string[] = [];
  let last = 0;
  for (const match of word.matchAll(unspaced)) {
    out.push(...analyseSpaced(word.slice(last, match.index), unicodePart), ...pairs(match[0]));
    last = match.index + match[0].length;
  }
  out.push(...analyseSpaced(word.slice(last), unicodePart));
  return out;
}

function analyseSpaced(word: string, part: RegExp): string[] {
  if (word === "") return [];
  if (word.length > maxWordLength) return [bounded(fold(word))];
  const parts = word.match(part);
  if (!parts) return [];
  if (parts.length === 1) return [stem(fold(parts[0]))];
  const whole = bounded(fold(parts.join("")));
  if (parts.length > maxParts) return [whole];
  return [whole, ...parts.map((piece) => stem(fold(piece)))];
}

function pairs(run: string): string[] {
  const characters = [...fold(run)];
  const out = hangul.test(run) && characters.length !== 2 ? [bounded(characters.join(""))] : [];
  if (characters.length === 1 && out.length === 0) return characters;
  for (const [i, character] of characters.entries()) {
    if (han.test(character)) out.push(character);
    const next = characters[i + 1];
    if (next !== undefined) out.push(character + next);
  }
  return out;
}

function fold(word: string): string {
  const lower = word.toLowerCase();
  if (!/[^\0-\x7f]/.test(lower)) return lower;
  return lower
    .replace(unfoldableLetter, (letter) => unfoldable[letter] ?? letter)
    .normalize("NFKD")
    .replace(accents, "")
    .normalize("NFC");
}

function stem(token: string): string {
  return bounded(token.length > 2 && /^[a-z]+$/.test(token) ? stemmer(token) : token);
}

function bounded(token: string): string {
  if (token.length <= maxTokenBytes / 3) return token;
  let bytes = 0;
  let length = 0;
  for (const character of token) {
    const code = character.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    if (bytes > maxTokenBytes) return token.slice(0, length);
    length += character.length;
  }
  return token;
}
