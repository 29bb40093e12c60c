/** A sentence, or what stands in its place: a heading, a row of a table, a block of code. */
export interface Sentence {
  /** Half-open range of characters in the text. */
  readonly start: number;
  readonly end: number;
  readonly kind: "prose" | "heading" | "row" | "code";
  /** Number of the paragraph, list item, row or code block that it stands in, from 0. */
  readonly block: number;
}

interface Block {
  readonly start: number;
  readonly end: number;
  readonly kind: Sentence["kind"];
}

const fence = /^\s{0,3}(`{3,}|~{3,})/;
const heading = /^\s{0,3}#{1,6}\s/;
const listItem = /^\s*(?:[-*+•‣▪]|\d{1,3}[.)]|\((?:\d{1,3}|[a-z])\)|[a-z]\))\s+/;
const tableRow = /^\s*\|.*\|\s*$/;
const tableRule = /^[\s|:-]+$/;
const quoteMark = /^\s*>\s?/;

/**
 * Cuts a Markdown or plain text into sentences, in order. Abbreviations, initials, decimals, ordinals, code in
 * backticks and ellipses do not end one; closing quotes and citations ("… ended. [1][2]") belong to the
 * sentence before them. Marks of lists, quotes and headings are left out of the ranges.
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

function blocks(text: string): Block[] {
  const found: Block[] = [];
  let open: { start: number; end: number } | undefined;
  let code: { start: number; mark: string } | undefined;
  const close = (): void => {
    if (open) push(found, text, open.start, open.end, "prose");
    open = undefined;
  };
  for (let at = 0; at <= text.length; ) {
    const newline = text.indexOf("\n", at);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(at, end);
    const mark = fence.exec(line)?.[1];
    if (code) {
      if (mark?.startsWith(code.mark)) {
        push(found, text, code.start, end, "code");
        code = undefined;
      }
    } else if (mark !== undefined) {
      close();
      code = { start: at, mark };
    } else if (line.trim() === "" || tableRule.test(line)) {
      close();
    } else if (heading.test(line)) {
      close();
      push(found, text, at + (heading.exec(line)?.[0].length ?? 0), end, "heading");
    } else if (tableRow.test(line)) {
      close();
      push(found, text, at, end, "row");
    } else {
      const item = listItem.exec(line)?.[0] ?? "";
      if (item !== "") close();
      const quote = quoteMark.exec(line)?.[0] ?? "";
      open = { start: open?.start ?? at + (item.length || quote.length), end };
    }
    at = end + 1;
  }
  close();
  if (code) push(found, text, code.start, text.length, "code");
  return found;
}

function push(found: Block[], text: string, from: number, to: number, kind: Sentence["kind"]): void {
  const [start, end] = trim(text, from, to);
  if (start < end) found.push({ start, end, kind });
}

function trim(text: string, from: number, to: number): [number, number] {
  let [start, end] = [from, to];
  while (start < end && /\s/.test(text.charAt(start))) start++;
  while (end > start && /\s/.test(text.charAt(end - 1))) end--;
  return [start, end];
}

/** A sign that may end a sentence. Those of CJK need no space after them. */
const terminator = /[.!?…。！？｡।؟]/g;
const wide = /[。！？｡]/;
const closers = /^["'”’»›)\]}*_」』】）]+/;
/** Citations after the full stop, with a full stop of their own at times: "… ended. [1][2]." */
const citations = /^\s*(?:\[\d{1,3}(?:\s*[,–-]\s*\d{1,3})*\]\s?)+(?:\.(?=\s|$))?/;
/** Those that something always follows. */
const neverLast =
  /(?:^|[\s("'“[])(?:mr|mrs|ms|dr|prof|rev|hon|st|fig|figs|eq|no|nos|nr|art|arts|sec|ch|vol|pp|ed|eds|vs|approx|e\.g|i\.e|cf|viz|resp|incl|ca|bzw|z\.\s?b|d\.\s?h|u\.\s?a|sog|evtl|ggf|vgl|abs|str|hr|fr|mme|mlle|sr|sra|gen|col|sgt|capt|lt|gov|sen|rep|jan|feb|mar|apr|jun|jul|aug|sept?|oct|okt|nov|dec|dez)$/i;
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
    if (!wide.test(match[0]) && rest !== "" && !/^\s/.test(rest) && !citations.test(rest)) continue;
    if (match[0] === "." && !endsSentence(text.slice(Math.max(start, at - 24), at), rest)) continue;
    end += citations.exec(rest)?.[0].trimEnd().length ?? 0;
    found.push(trim(text, start, end));
    start = end;
    terminator.lastIndex = end;
  }
  const last = trim(text, start, block.end);
  if (last[0] < last[1]) found.push(last);
  return found;
}

function endsSentence(before: string, rest: string): boolean {
  if (neverLast.test(before)) return false;
  // "z. B." and its like: a letter, a full stop, a letter, a full stop.
  if (/(?:^|[\s(])\p{L}$/u.test(before) && /^\s?\p{L}\./u.test(rest)) return false;
  if (initial.test(before)) return /^\s*$/.test(rest);
  const next = rest.replace(citations, "").trimStart();
  // A small letter goes on with the sentence; a name that is written small ("npm") is rarely its first word.
  if (/^\p{Ll}/u.test(next)) return false;
  return !(/(?:^|\s)\d{1,2}$/.test(before) && germanMonth.test(rest));
}

/** Ranges between backticks. */
function codeSpans(text: string, block: Block): [number, number][] {
  const spans: [number, number][] = [];
  const part = text.slice(block.start, block.end);
  for (const match of part.matchAll(/(`+)(?!`)[\s\S]*?(?<!`)\1(?!`)/g)) {
    spans.push([block.start + match.index, block.start + match.index + match[0].length]);
  }
  return spans;
}
