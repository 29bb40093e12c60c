import chardet from "chardet";
import iconv from "iconv-lite";

/** With more bytes beyond ASCII the frequencies of bytes tell more than the look of the text. */
const few = 60;
const western = "windows-1252";
/** Of the middle and the east of Europe, where frequencies tell nothing. */
const fallbacks = ["windows-1250", "windows-1251"];

/**
 * The encodings that bytes which are not UTF-8 may be in, the likeliest first. Frequencies tell little of a short text;
 * of that it is looked at how it reads.
 */
export function likelyEncodings(probe: Buffer): string[] {
  const guessed = chardet
    .analyse(probe)
    .filter(({ name, confidence }) => confidence >= 10 && !/^(?:UTF|ASCII)/.test(name))
    .map(({ name }) => name)
    .filter((name) => iconv.encodingExists(name))
    .slice(0, 6);
  let beyond = 0;
  for (const byte of probe) if (byte > 127) beyond += 1;
  const isWestern = beyond <= few && looksWestern(iconv.decode(probe, western));
  const others = beyond <= few ? fallbacks : [];
  const readable = [...guessed, ...others].filter((name) => isPlausible(iconv.decode(probe, name)));
  return [...new Set([...(isWestern ? [western] : []), ...readable, ...guessed.slice(0, 3)])];
}

/** Marks and signs that stand beside words; some may stand in them. */
const besideWords = /[€‚„…‘’“”•–—™¡¢£¤¥§©ª«¬®¯°±²³´µ¶·¸¹º»¼½¾¿×÷†‡‰‹› ˆ˜]/g;
const inWords = /(?<=\p{L})[’·](?=\p{L})/gu;
const brokenWord = /(?<=\p{L})[€‚„…‘“”•–—™¡¢£¤¥§©«¬®¯°±²³´µ¶¸¹»¼½¾¿×÷†‡‰‹›ˆ˜](?=\p{L})/u;
const accented = "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜàáâãäåæçèéêëìíîïñòóôõöøùúûüÿŒœŸß";

/**
 * Whether a text read as Windows-1252 is of a language of western Europe: letters with accents stand by ones or twos
 * among plain ones. In texts of other scripts that are read so they stand in rows.
 */
function looksWestern(text: string): boolean {
  if (/[\u0080-\u009f\ufffd]/.test(text) || brokenWord.test(text)) return false;
  const words = text.replace(inWords, "").replace(besideWords, " ");
  for (const [row] of words.matchAll(/[A-Za-z]?\P{ASCII}+[A-Za-z]?/gu)) {
    const letters = row.replace(/[A-Za-z]/g, "");
    const touches = letters.length < row.length;
    if (letters.length > 2 || (letters.length === 2 && !touches)) return false;
    if ([...letters].some((letter) => !accented.includes(letter))) return false;
    if (/^[a-z]\p{Lu}/u.test(row)) return false;
  }
  return true;
}

/** What no text in words has: unknown characters, frames, narrow kana, rows of accents, scripts mixed in a word. */
const strange = [
  /[\u0080-\u009f\ufffd\ue000-\uf8ff\u2500-\u257f\uff61-\uff9f]/,
  /\p{Script=Latin}[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Hebrew}\p{Script=Arabic}]/u,
  /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Hebrew}\p{Script=Arabic}]\p{Script=Latin}/u,
  /[а-яёα-ω][А-ЯЁΑ-Ω]|[À-ÖØ-öø-ÿ]{4}/,
];

function isPlausible(text: string): boolean {
  return ![...strange, brokenWord].some((pattern) => pattern.test(text));
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
  const count = (pattern: RegExp): number => (text.match(pattern)?.length ?? 0) / Math.max(1, text.length);
  const plain = count(/[\t\n\f\r -~]/g);
  const signs = count(/[\u00a0-\u00bf\u2010-\u2026€]/g);
  return { plain, known: plain + signs + Math.max(...scripts.map(count)) };
}
