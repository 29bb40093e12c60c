/**
 * What a letter of each script takes at most, in tokens, by the vocabularies that were tried: GPT-2's, Llama 2's,
 * SmolLM2's and cl100k. A letter of any other script takes one for each of its bytes, as in no vocabulary more.
 */
const perLetter = {
  Cyrillic: 1.4,
  Greek: 1.4,
  Hebrew: 1.6,
  Arabic: 1.6,
  Devanagari: 2,
  Thai: 2.2,
  Armenian: 2.3,
  Georgian: 3.1,
  Han: 2.6,
  Hiragana: 2.2,
  Katakana: 2.2,
  Hangul: 3.1,
} as const;

/** What is counted apart: the scripts above, Latin with digits and signs, and all other letters. */
type Script = keyof typeof perLetter | "Latin" | "other";

/** The estimated tokens of a text, by script. */
export type ScriptTokens = ReadonlyMap<Script, number>;

/** Some short words of code and tables are in no vocabulary. */
const cutOtherwise = 0.15;
/** The shape of a message costs a few tokens. */
const tokensPerMessage = 8;

const scripts = Object.keys(perLetter) as (keyof typeof perLetter)[];
const piece = new RegExp(
  [
    "(?<blob>[A-Za-z0-9+/=_-]{40,})",
    "(?<word>[\\p{Script=Latin}\\p{M}]+)",
    ...scripts.map((script) => `(?<${script}>[\\p{Script=${script}}\\p{M}]+)`),
    "(?<other>[\\p{L}\\p{M}]+)",
    "(?<blank>\\n|[^\\S\\n]{2,})",
    "(?<sign>\\p{N}|[^\\s\\p{L}\\p{M}\\p{N}])",
  ].join("|"),
  "gu",
);

/** Words that English has in nearly each line, and hardly another language. */
const english =
  /\b(?:the|of|and|with|that|this|are|which|from|not|you|your|have|must|should|been|their|its)\b/i;

/**
 * An upper estimate of a text's tokens by script, for any model, because not every model server can be asked. An
 * English word, or one of code, has a token for each four letters, one of another language for each two and a
 * letter with a mark one or two of its own; a digit and a sign have one, and indentation has one for each four
 * spaces. The server's own count of each prompt corrects it (TokenRatios).
 */
export function estimateByScript(text: string): ScriptTokens {
  const tokens = new Map<Script, number>();
  for (const line of text.split(/(?<=\n)/)) {
    const lettersForToken = isForeign(line) ? 2 : 4;
    for (const { groups = {}, 0: part } of line.matchAll(piece)) {
      const script = scripts.find((one) => groups[one] !== undefined);
      const own: Script = script ?? (groups["other"] === undefined ? "Latin" : "other");
      const count = script ? [...part].length * perLetter[script] : tokensOf(part, groups, lettersForToken);
      tokens.set(own, (tokens.get(own) ?? 0) + count);
    }
  }
  return tokens;
}

/** The same of the texts of a conversation, each in the shape that the model's template gives to it. */
export function estimateTexts(texts: readonly string[]): ScriptTokens {
  const sum = new Map<Script, number>([["Latin", texts.length * tokensPerMessage]]);
  for (const text of texts) {
    for (const [script, count] of estimateByScript(text)) sum.set(script, (sum.get(script) ?? 0) + count);
  }
  return sum;
}

function tokensOf(
  part: string,
  groups: Readonly<Record<string, string | undefined>>,
  lettersForToken: number,
): number {
  // A hash, base64 or minified code is no words.
  if (groups["blob"] !== undefined) return part.length;
  if (groups["blank"] !== undefined) return Math.ceil(part.length / 4);
  const code = part.codePointAt(0) ?? 0;
  // Quotation marks and dashes are in all vocabularies.
  if (groups["sign"] !== undefined) return Math.min(Buffer.byteLength(part), code >> 8 === 0x20 ? 2 : 3);
  if (groups["other"] !== undefined) return Buffer.byteLength(part) + 1;
  const marked = part.replace(/[A-Za-z]+/g, "");
  const plain = part.length - marked.length;
  // Letters with one mark, of two bytes, are in many vocabularies; those of Vietnamese and Yoruba in few.
  const letters = [...marked].reduce((sum, letter) => sum + (letter < "\u0800" ? 1.6 : 3), 0);
  return marked === "" ? Math.ceil(plain / lettersForToken) + cutOtherwise : Math.ceil(plain / 1.5) + letters;
}

/** Whether a line is prose of another language than English, which vocabularies know less well. */
function isForeign(line: string): boolean {
  if (english.test(line)) return false;
  const words = line.match(/\p{Script=Latin}{2,}/gu)?.length ?? 0;
  const signs = line.match(/[^\p{L}\p{M}\s]/gu)?.length ?? 0;
  // Code and tables have a sign for each second word or more; their words are short.
  return words >= 3 && signs < words / 2;
}

function sumOf(tokens: ScriptTokens): number {
  return [...tokens.values()].reduce((sum, count) => sum + count, 0);
}

/** A prompt teaches of the script that has this share of it. */
const mainShare = 0.75;
/** A text of another kind than those counted may be denser. */
const margin = 1.15;
const kept = 8;

/**
 * What the server's counts teach about each model: how many real tokens an estimated one is, for each script. The
 * largest of the last eight counts, so that the estimate stays on the safe side.
 */
export class TokenRatios {
  private readonly seen = new Map<string, number[]>();

  /** The tokens that a model will count; what it was never asked in counts as estimated, which is high. */
  expected(model: string, estimated: ScriptTokens): number {
    return [...estimated].reduce((sum, [script, count]) => sum + count * this.ratio(model, script), 0);
  }

  /** Notes how many tokens the model counted where so many were estimated. */
  learn(model: string, estimated: ScriptTokens, realTokens: number): void {
    const total = sumOf(estimated);
    if (total <= 0 || realTokens <= 0) return;
    const [main] = [...estimated].toSorted((a, b) => b[1] - a[1]);
    if (main && main[1] >= total * mainShare) {
      const [script, count] = main;
      // All of the prompt counts as this script's: too high a ratio is safe. Old servers count only what their
      // cache did not hold; a ratio that low is no tokenizer's.
      const lowest = script === "Latin" ? 0.4 : 0.1;
      this.keep(model, script, Math.min(4, Math.max(lowest, realTokens / count)));
      return;
    }
    const excess = realTokens / this.expected(model, estimated);
    if (excess <= 1) return;
    // Which of them it was is not told.
    for (const script of estimated.keys())
      this.keep(model, script, Math.min(4, this.ratio(model, script) * excess));
  }

  private ratio(model: string, script: Script): number {
    const ratios = this.seen.get(`${script} ${model}`);
    return ratios === undefined ? 1 : Math.max(...ratios) * margin;
  }

  private keep(model: string, script: Script, ratio: number): void {
    const key = `${script} ${model}`;
    this.seen.set(key, [...(this.seen.get(key) ?? []), ratio].slice(-kept));
  }
}
