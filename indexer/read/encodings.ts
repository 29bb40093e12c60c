import chardet from "chardet";
import iconv from "iconv-lite";
import { readsLike, western } from "./howItReads.ts";

/** Of so many bytes beyond ASCII one may be what no text has: a name, a broken line. */
const oneOddIn = 100;

/**
 * The encodings that bytes which are not UTF-8 may be in, the likeliest first: by the language that they read like, then
 * by the frequencies of bytes, which know more encodings, and tell little of a short text.
 */
export function likelyEncodings(probe: Buffer): string[] {
  const guessed = chardet
    .analyse(probe)
    .filter(({ name, confidence }) => confidence >= 10 && !/^(?:UTF|ASCII)/.test(name))
    .map(({ name }) => name)
    .filter((name) => iconv.encodingExists(name))
    .slice(0, 6);
  const [likeliest] = readsLike(probe, (text, name) => {
    const odd = name === western ? oddForWestern(text) : oddPlaces(text);
    return isFew(odd, text) ? odd : undefined;
  });
  const readable = guessed.filter((name) => {
    const text = iconv.decode(probe, name);
    return isFew(oddPlaces(text), text);
  });
  return [...new Set([...(likeliest ? [likeliest] : []), ...readable, ...guessed.slice(0, 3)])];
}

/** Marks and signs that stand beside words; some may stand in them. */
const besideWords = /[€‚„…‘’“”•–—™¡¢£¤¥§©ª«¬®¯°±²³´µ¶·¸¹º»¼½¾¿×÷†‡‰‹› ˆ˜]/g;
/** An apostrophe in front of a capital parts two words ("l’État"). */
const inWords = /(?<=\p{L})[’·](?=\p{L})(?!\p{Lu})/gu;
const brokenWord = /(?<=\p{L})[€‚„…‘“”•–—™¡¢£¤¥§©«¬®¯°±²³´µ¶¸¹»¼½¾¿×÷†‡‰‹›ˆ˜](?=\p{L})/gu;
const accented = "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜàáâãäåæçèéêëìíîïñòóôõöøùúûüÿŒœŸß";

/**
 * In how many places a text read as Windows-1252 is of no language of western Europe: there letters with accents stand
 * by ones or twos among plain ones. In texts of other scripts that are read so they stand in rows.
 */
function oddForWestern(text: string): number {
  const words = text.replace(inWords, "").replace(besideWords, " ");
  let odd = countOf(text, brokenWord);
  for (const [row] of words.matchAll(/[A-Za-z]?\P{ASCII}+[A-Za-z]?/gu)) {
    const letters = row.replace(/[A-Za-z]/g, "");
    const touches = letters.length < row.length;
    const isRow = letters.length > 2 || (letters.length === 2 && !touches);
    const isAccented = [...letters].every((letter) => accented.includes(letter));
    if (isRow || !isAccented || /^[a-z]\p{Lu}/u.test(row)) odd += 1;
  }
  return odd;
}

/** Whether a text with so many odd places may be one all the same. */
function isFew(odd: number, text: string): boolean {
  return odd <= countOf(text, /\P{ASCII}/gu) / oneOddIn && !/[\u0080-\u009f\ufffd]/.test(text);
}

function countOf(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

/** What no text in words has: private characters, frames, narrow kana, rows of accents, scripts mixed in a word. */
const strange = [
  /[\ue000-\uf8ff\u2500-\u257f\uff61-\uff9f]/g,
  /\p{Script=Latin}[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Hebrew}\p{Script=Arabic}]/gu,
  /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Hebrew}\p{Script=Arabic}]\p{Script=Latin}/gu,
  /[а-яёα-ω][А-ЯЁΑ-Ω]|[À-ÖØ-öø-ÿ]{4}/g,
  // Letters that end words in front of others, and such that begin none; signs that are an accented capital in the other
  // Greek encoding.
  /[םןףץך](?=[א-ת])|ς(?=[α-ω])|[ةى](?=[ء-ي])|(?<!\p{L})[ьъыЬЪ]|(?<!\p{L})[’¶](?=\p{Script=Greek})/gu,
  /(\p{L})\1{5}/gu,
];

function oddPlaces(text: string): number {
  return [...strange, brokenWord].reduce((sum, pattern) => sum + countOf(text, pattern), 0);
}

/** Scripts of which a text has one, beside signs that all have. */
const scripts = [
  /[\u00c0-\u024f]/g,
  /[\p{Script=Cyrillic}]/gu,
  /[\p{Script=Greek}]/gu,
  /[\p{Script=Hebrew}]/gu,
  /[\p{Script=Arabic}]/gu,
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff01-\uff60]/gu,
  /[\p{Script=Hangul}]/gu,
  /[\p{Script=Thai}]/gu,
  /[\p{Script=Devanagari}]/gu,
];

/** UTF-16 without a mark, told by reading it: almost all of it is of one script and of signs that all have. */
export function wideEncoding(probe: Buffer): "utf-16le" | "utf-16be" | undefined {
  if (probe.length % 2 === 1) return undefined;
  const [best] = (["utf-16le", "utf-16be"] as const)
    .map((encoding) => ({ encoding, ...shares(iconv.decode(probe, encoding)) }))
    .filter(({ known }) => known >= 0.95)
    .sort((a, b) => b.plain - a.plain);
  return best?.encoding;
}

/** How much of a text is ASCII, and how much that or of one script; nothing of what has other control characters. */
function shares(text: string): { plain: number; known: number } {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
  if (/[\u0000-\u0007\u000e-\u001a\u007f-\u009f]/.test(text)) return { plain: 0, known: 0 };
  const count = (pattern: RegExp): number => countOf(text, pattern) / Math.max(1, text.length);
  const plain = count(/[\t\n\f\r -~]/g);
  const signs = count(/[\u00a0-\u00bf\u2010-\u2026€]/g);
  return { plain, known: plain + signs + Math.max(...scripts.map(count)) };
}
