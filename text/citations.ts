import { blocks, codeSpanEnd } from "./blocks.ts";

/**
 * The one grammar of citations, for the engine that checks them and for the panel that makes buttons of them.
 *
 * - `[1]`, several as `[1][2]`, `[1, 2]`, `[1; 2]`, `[1 & 2]` or `[1 and 2]` (and the like in other languages),
 *   ranges as `[1-3]` with any dash. Passages count from 1, so `[0]` is none, and a range that runs backwards or
 *   over more than 20 numbers (`[1-100]`) is an interval.
 * - `[1](address)`: models like to write a link. The address belongs to the mark and leads nowhere.
 * - Not in code, not after a backslash, not within an address or a picture, not a footnote (`[^1]`).
 * - Right after a word (`notice[1]`) it is a citation, for models write so, unless it is plainly an index: the
 *   word has "_" or "$", or what follows goes on as code does (`rows[1].name`, `a[1] = 2`).
 */
export interface Citation {
  /** Half-open range of characters in the text. */
  readonly start: number;
  readonly end: number;
  /** Numbers of the cited passages as they stand there, ranges written out. */
  readonly numbers: readonly number[];
}

const longestRange = 20;
const space = "[ \\t\\u00a0]*";
const number = "[1-9]\\d{0,2}";
const dash = "[-\\u2010-\\u2015\\u2212]";
const word = "(?:and|und|et|y|e|en|och|og)";
const separator = `(?:${space}[,;&，；、]${space}(?:${word}[ \\t\\u00a0]+)?|[ \\t\\u00a0]+${word}[ \\t\\u00a0]+)`;
const item = `${number}(?:${space}${dash}${space}${number})?`;
const mark = new RegExp(`\\[(${item}(?:${separator}${item})*)\\](?:\\([^()\\s]*\\))?`, "iy");
const oneItem = new RegExp(`(${number})(?:${space}${dash}${space}(${number}))?`, "g");

/** What follows an index of an array in code. */
const codeGoesOn = /\w|\.[a-z_]|[ \t]?[-+*/|&]?=|->|\+\+|--/y;

/** The citation that begins at `at`, if one does. Whether code or a backslash is around it is not asked. */
export function citationAt(text: string, at: number): Citation | undefined {
  mark.lastIndex = at;
  const match = mark.exec(text);
  if (!match || isIndex(text, at, mark.lastIndex)) return undefined;
  const numbers: number[] = [];
  for (const [, first, last] of match[1]?.matchAll(oneItem) ?? []) {
    const from = Number(first);
    const to = Number(last ?? first);
    if (to < from || to - from >= longestRange) return undefined;
    for (let n = from; n <= to; n++) numbers.push(n);
  }
  return { start: at, end: at + match[0].length, numbers };
}

function isIndex(text: string, start: number, end: number): boolean {
  const before = /[\w$]+$/.exec(text.slice(Math.max(0, start - 64), start))?.[0] ?? "";
  if (before === "") return false;
  codeGoesOn.lastIndex = end;
  return /[_$]/.test(before) || codeGoesOn.test(text);
}

/** Where the citations end that stand at `at`, after white space or none; `at` itself when there are none. */
export function citationsEnd(text: string, at: number): number {
  let end = at;
  for (;;) {
    let next = end;
    while (/\s/.test(text.charAt(next))) next++;
    const citation = citationAt(text, next);
    if (!citation) return end;
    end = citation.end;
  }
}

/** All citations of a Markdown text, in order. */
export function findCitations(text: string): Citation[] {
  const found: Citation[] = [];
  for (const { start, end, kind } of blocks(text, { indentedCode: true })) {
    if (kind !== "code") scan(text, start, end, found);
  }
  return found;
}

/** The text with each citation and the space before it replaced. */
export function replaceCitations(text: string, replacement: (citation: Citation) => string): string {
  let out = "";
  let last = 0;
  for (const citation of findCitations(text)) {
    out += text.slice(last, citation.start).replace(/\s$/, "") + replacement(citation);
    last = citation.end;
  }
  return out + text.slice(last);
}

/** The text without its citations and the spaces before them. */
export function withoutCitations(text: string): string {
  return replaceCitations(text, () => "");
}

/** How models write them too, in Chinese and Japanese above all: 【1】, ［１］, 【1†L3-L9】. */
const otherMark = /[【［〔]([^【】［］〔〕†\n]{1,40})(?:†[^【】［］〔〕\n]{0,60})?[】］〕]/y;
/** A text that may end within such a mark. */
const unfinishedMark = /[【［〔][^【】［］〔〕\n]{0,102}$/;

/** The text with the citations that stand in other brackets written as the grammar has them; not those in code. */
export function plainCitations(text: string): string {
  if (!/[【［〔]/.test(text)) return text;
  let out = "";
  let last = 0;
  for (const { start, end, kind } of blocks(text, { indentedCode: true })) {
    for (let at = start; at < end && kind !== "code"; ) {
      otherMark.lastIndex = at;
      const match = otherMark.exec(text);
      const plain = match ? `[${match[1]?.normalize("NFKC").trim()}]` : "";
      if (match && citationAt(plain, 0)?.end === plain.length) {
        out += text.slice(last, at) + plain;
        last = at + match[0].length;
        at = last;
      } else at = text.charAt(at) === "`" ? afterCode(text, at, end) : at + 1;
    }
  }
  return out + text.slice(last);
}

/** Where code ends that begins at `at`. What is not closed may be by what is written next: it is code to the end. */
function afterCode(text: string, at: number, end: number): number {
  const close = codeSpanEnd(text, at, end);
  return /[^`]/.test(text.slice(at, close)) ? close : end;
}

/** Where the mark begins in whose middle a text may end that is still being written; its end where there is none. */
export function unfinishedAt(text: string): number {
  return unfinishedMark.exec(text)?.index ?? text.length;
}

const autolink = /<(?:[a-z][a-z0-9+.-]{1,31}:[^<>\s]*|[\w.+-]+@[\w.-]+)>/iy;
const destination =
  /\(\s*(?:(?:<[^<>\n]*>|[^\s()<][^\s()]*(?:\([^\s()]*\)[^\s()]*)*)(?:\s+(?:"[^"]*"|'[^']*'|\([^()]*\)))?\s*)?\)/y;

/** Goes through one block as Markdown does: escapes, code, addresses, links and pictures are passed over. */
function scan(text: string, start: number, end: number, found: Citation[]): void {
  let at = start;
  while (at < end) {
    const citation = text.charAt(at) === "[" ? citationAt(text, at) : undefined;
    if (citation && citation.end <= end) found.push(citation);
    at = citation && citation.end <= end ? citation.end : next(text, at, end);
  }
}

/** Where to go on after the character at `at`, or after the whole that it begins. */
function next(text: string, at: number, end: number): number {
  switch (text.charAt(at)) {
    case "\\":
      return at + 2;
    case "`":
      return codeSpanEnd(text, at, end);
    case "<":
      return matchEnd(autolink, text, at) ?? at + 1;
    case "[":
      return linkEnd(text, at, end, false) ?? at + 1;
    case "!":
      return linkEnd(text, at + 1, end, true) ?? at + 1;
    default:
      return at + 1;
  }
}

/** Longer words in brackets are no link; so that text of nothing but brackets is gone through in good time. */
const longestLabel = 1000;

/** The end of a link or a picture whose "[" stands at `at`. A link can't hold a citation; a picture can. */
function linkEnd(text: string, at: number, blockEnd: number, picture: boolean): number | undefined {
  if (text.charAt(at) !== "[") return undefined;
  const end = Math.min(blockEnd, at + longestLabel);
  let depth = 1;
  let close = at + 1;
  while (close < end) {
    const character = text.charAt(close);
    const citation = character === "[" ? citationAt(text, close) : undefined;
    if (citation && !picture) return undefined;
    if (character === "]" && --depth === 0) break;
    if (character === "[" && !citation) depth++;
    // A picture within is gone through letter by letter, which finds the same brackets.
    const plain = character === "[" || character === "!";
    close = citation?.end ?? (plain ? close + 1 : next(text, close, end));
  }
  const after = close < end ? matchEnd(destination, text, close + 1) : undefined;
  return after !== undefined && after <= blockEnd ? after : undefined;
}

function matchEnd(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}
