import iconv from "iconv-lite";
import { letters } from "./letterUse.ts";

type LanguageName = keyof typeof letters;

export const western = "windows-1252";

/** Encodings, and the languages that are written in them. */
const encodings: readonly (readonly [encoding: string, ...languages: LanguageName[]])[] = [
  [western, "german", "french", "spanish", "portuguese", "italian", "nordic"],
  ["windows-1250", "polish", "czech", "hungarian", "slovene", "romanian"],
  ["windows-1254", "turkish"],
  ["windows-1251", "russian", "ukrainian", "bulgarian"],
  ["koi8-r", "russian"],
  ["windows-1253", "greek"],
  ["iso-8859-7", "greek"],
  ["windows-1255", "hebrew"],
  ["windows-1256", "arabic"],
  ["gb18030", "simplified"],
  ["big5", "traditional"],
  ["euc-kr", "korean"],
  ["shift_jis", "japanese"],
  ["euc-jp", "japanese"],
];

/** So much of a text tells enough. */
const looked = 4_000;
/** Most texts that are not Unicode are of western Europe: another language must be so much likelier. */
const westernFirst = 5;
/** What is less likely than this for each byte reads like no language. */
const leastLikely = -8;

/** Scripts with many signs have a long tail of seldom ones. */
const tails = {
  many: { share: 0.2, letters: 8_000, flat: 20 },
  few: { share: 0.01, letters: 200, flat: 4 },
} as const;
const manyLetters = 200;

/** Signs that stand beside words, often and now and then. */
const often = /[‘’‚“”„–—…€°§«»·•™®©־\u00a0、。，：；（）「」！？]/;
const seldom = /[¡¿£¥ª²³µ¹º±×÷½¼¾¬¦¨¯´¶¸†‡‰‹›\u3000-\u303f\uff01-\uff60]/;
const signs = { often: Math.log(1 / 60), seldom: Math.log(1 / 1_000), never: Math.log(1 / 100_000) } as const;

/** The logarithms of how often letters come in a language. */
interface Use {
  readonly known: ReadonlyMap<string, number>;
  readonly other: number;
}

const uses = new Map<LanguageName, Use>();

/** Of letters in the order of their use each comes a little less often than the one before. */
function useOf(language: LanguageName): Use {
  const found = uses.get(language);
  if (found) return found;
  const all = [...letters[language]];
  const { share, letters: others, flat } = tails[all.length >= manyLetters ? "many" : "few"];
  const sum = all.reduce((total, _, rank) => total + 1 / (rank + flat), 0);
  const weight = (rank: number): number => Math.log((1 - share) / sum / (rank + flat));
  const known = new Map(all.map((letter, rank) => [letter, weight(rank)]));
  const made = { known, other: Math.log(share / others) };
  uses.set(language, made);
  return made;
}

/** How likely what stands beyond ASCII in a text is in a language, as a logarithm. */
function likelihood(text: string, language: LanguageName): number {
  const { known, other } = useOf(language);
  let sum = 0;
  for (const sign of text) {
    if (sign < "\u0080") continue;
    const use = often.test(sign) ? signs.often : seldom.test(sign) ? signs.seldom : signs.never;
    sum += known.get(sign) ?? (/\p{L}/u.test(sign) && sign !== "µ" ? other : use);
  }
  return sum;
}

/**
 * Encodings in which bytes read like a text of a language, the likeliest first.
 * @param oddIn In how many places a text is as no text is; undefined where it can be none at all.
 */
export function readsLike(
  bytes: Buffer,
  oddIn: (text: string, encoding: string) => number | undefined,
): string[] {
  const probe = bytes.subarray(0, looked);
  const beyond = probe.reduce((count, byte) => count + (byte > 127 ? 1 : 0), 0);
  return encodings
    .flatMap(([encoding, ...languages]) => {
      const decoded = iconv.decode(probe, encoding);
      // Its last sign may have been cut.
      const text = probe.length < bytes.length ? decoded.slice(0, -2) : decoded;
      const odd = oddIn(text, encoding);
      const likely = Math.max(...languages.map((one) => likelihood(text, one)));
      return odd === undefined ? [] : [{ encoding, likely: likely + odd * signs.never }];
    })
    .filter(({ likely }) => likely > leastLikely * beyond)
    .map(({ encoding, likely }) => ({ encoding, likely: likely + (encoding === western ? westernFirst : 0) }))
    .sort((a, b) => b.likely - a.likely)
    .map(({ encoding }) => encoding);
}
