import type { Range } from "../../protocol/data.ts";
import { type Citation, findCitations, withoutCitations } from "../../text/citations.ts";
import { type Sentence, sentences } from "../../text/sentences.ts";
import { guessLanguage } from "../../text/stopWords.ts";
import { pairsIn, type Reading, read } from "./reading.ts";

/** Something that an answer claims: a sentence, a row of a table, a heading with a value in it. */
export interface AnswerClaim {
  readonly range: Range;
  readonly reading: Reading;
  /** The words that a row stands under. */
  readonly head: string;
  readonly cites: readonly number[];
  /** What its paragraph, list or table cites elsewhere, the nearest first; for a claim that cites nothing. */
  readonly shared: readonly (readonly number[])[];
}

/** Says that nothing was found, or asks back: nothing to be supported. */
const noFind =
  /\b(?:did|could|can|do) ?n[o'’]t find\b|\b(?:cannot|can['’]t) (?:find|answer)\b|\b(?:do|does|did) ?n[o'’]t (?:mention|say|state|specify|contain|provide|include)\b|\b(?:is|are|was|were) not (?:mentioned|stated|specified|given|found|described)\b|\bno (?:information|mention)\b|nicht (?:in (?:Ihren|deinen) Dateien )?gefunden|enthalten keine|pas trouvé|no (?:lo )?(?:encontré|he encontrado)|non ho trovato|não encontrei|niet gevonden|未找到|没有找到|見つかりません/i;
const contrast = /[,;.]?\s(?:but|however|yet|still|although|though|aber|jedoch|mais|pero|ma|maar)\b,?/gi;
/** Leads from one thing to the next, or says what the answer does. */
const transition =
  /^(?:here (?:is|are)|the following|below|in (?:summary|short|conclusion|other words)[,.]?$|let me know|i hope|sure\b|of course\b|certainly\b|you asked|your question|based on (?:the|your) (?:passages|files|sources)[,.]?$|(?:all|both) of this\b|this is what\b|as follows|hier (?:ist|sind)|voici|aquí (?:está|tiene))/i;
const numbering = /^(?:\d+(?:\.\d+)*[.)]?|(?:step|part|section|chapter|schritt|teil)\s+\d+)\s*[:.–-]?\s*/i;
const listMark = /(?:^|\n)[ \t>]*(?:[-*+•‣▪]|\d{1,3}[.)])[ \t]+$/;

/** Longer ones are lists or data without an end, of which the beginning is looked at. */
const longestClaim = 6000;

/** So many signs may stand behind the one that ends a sentence: marks of quotation and emphasis, brackets. */
const mostClosing = 40;

interface Part extends Sentence {
  readonly text: string;
  readonly cites: readonly number[];
  /** Sentences of one paragraph, list or table have the same. */
  readonly group: number;
  /** Whether it is an item of a list or a row of a table. */
  readonly isItem: boolean;
}

/** All that an answer claims, in order. Code, questions, transitions and headings without values claim nothing. */
export function answerClaims(answer: string, question: string, language: string): AnswerClaim[] {
  const parts = cut(answer);
  const asked = new Set(wordsOf(question));
  const found: AnswerClaim[] = [];
  let head = "";
  for (const [index, part] of parts.entries()) {
    const previous = parts[index - 1];
    // The first row of a table names its columns.
    if (part.kind === "row" && previous?.group !== part.group) {
      head = withoutCitations(part.text);
      continue;
    }
    const text = claimed(part).slice(0, longestClaim);
    const reading = read(text, { isClaim: true, language });
    if (!claims(part, reading, asked)) continue;
    const shared = part.cites.length > 0 ? [] : sharedCites(parts, index);
    found.push({
      range: [part.start, part.end],
      reading,
      head: part.kind === "row" ? head : "",
      cites: part.cites,
      shared,
    });
  }
  return found;
}

/** The text of a part without what claims nothing in it: citations, numbering, "I did not find this, but". */
function claimed({ kind, text, cites }: Part): string {
  const bare = withoutCitations(text)
    .replace(/\*\*|__/g, "")
    .trim();
  if (kind === "heading") return bare.replace(numbering, "");
  if (!noFind.test(bare) || cites.length > 0) return bare;
  const turn = [...bare.matchAll(contrast)].find(({ index }) => noFind.test(bare.slice(0, index)));
  return turn ? bare.slice(turn.index + turn[0].length) : "";
}

function claims({ kind, cites }: Part, reading: Reading, asked: ReadonlySet<string>): boolean {
  if (kind === "code") return false;
  const { text, anchors, words } = reading;
  const hasValue =
    reading.quotes.length > 0 ||
    anchors.some(
      (one) => one.kind === "date" || (one.kind === "quantity" && !(one.value.isWord && !one.value.unit)),
    );
  if (kind === "heading")
    return (
      hasValue && anchors.some((one) => one.kind === "date" || (one.kind === "quantity" && one.value.unit))
    );
  if (endsIn(/[?？:：]/, text)) return hasValue;
  if (transition.test(text) && !hasValue) return false;
  const meant = words.filter(({ hasMeaning }) => hasMeaning);
  // What only says the question again needs no source.
  if (cites.length === 0 && !hasValue && meant.length > 0 && meant.every(({ term }) => asked.has(term)))
    return false;
  return meant.length >= 2 || anchors.length > 0 || meant.some(({ text }) => pairsIn(text).length >= 2);
}

/** Whether a text ends in such a sign, whatever closes behind it. */
function endsIn(sign: RegExp, text: string): boolean {
  const [closing = ""] = /[^\p{L}\p{N}]*$/u.exec(text.slice(-mostClosing)) ?? [];
  return sign.test(closing);
}

function wordsOf(text: string): string[] {
  const { words } = read(text, { isClaim: false, language: guessLanguage(text) });
  return words.filter(({ hasMeaning }) => hasMeaning).map(({ term }) => term);
}

function cut(answer: string): Part[] {
  const citations = findCitations(answer);
  const parts: Part[] = [];
  for (const sentence of sentences(answer)) {
    const previous = parts.at(-1);
    const goesOn = previous !== undefined && isTogether(answer, previous, sentence);
    parts.push({
      ...sentence,
      text: answer.slice(sentence.start, sentence.end),
      cites: citesWithin(citations, sentence),
      isItem: sentence.kind === "row" || isItem(answer, sentence),
      group: (previous?.group ?? 0) + (goesOn ? 0 : 1),
    });
  }
  return parts;
}

function isTogether(answer: string, previous: Sentence, next: Sentence): boolean {
  if (previous.block === next.block) return true;
  if (previous.kind !== next.kind || next.kind === "heading" || next.kind === "code") return false;
  if (next.kind === "row") return /^\s*(?:[|\s:-]*)$/.test(answer.slice(previous.end, next.start));
  // Items of one list.
  return isItem(answer, previous) && isItem(answer, next);
}

function isItem(answer: string, { start }: Sentence): boolean {
  return listMark.test(answer.slice(Math.max(0, start - 24), start));
}

/** What stands cited in the same group, the next after it first, then what leads in or follows it; each once. */
function sharedCites(parts: readonly Part[], index: number): (readonly number[])[] {
  const own = parts[index];
  if (!own) return [];
  const around = (is: (part: Part) => boolean): (readonly number[])[] => {
    const cited = parts
      .map((part, at) => ({ part, at }))
      .filter(({ part }) => part.cites.length > 0 && is(part));
    const order = (at: number): number => (at > index ? at - index : index - at + 0.5);
    return cited.sort((a, b) => order(a.at) - order(b.at)).map(({ part }) => part.cites);
  };
  const inGroup = around(({ block }) => block === own.block).concat(
    around(({ group, block }) => group === own.group && block !== own.block),
  );
  // A paragraph before or after a list speaks of it, and a heading of what it heads.
  const leads = own.kind === "heading" || endsIn(/[:：]/, own.text);
  const beside = around(
    ({ group }) => (leads && group === own.group + 1) || (own.isItem && Math.abs(group - own.group) === 1),
  );
  // Most of a list cite the same: what does not bear a sentence once does not bear it again.
  return [...new Map([...inGroup, ...beside].map((cites) => [cites.join(" "), cites])).values()];
}

/** The numbers of the passages that are cited between two places of the answer, in order, each once. */
function citesWithin(citations: readonly Citation[], { start, end }: Sentence): number[] {
  const within = citations.filter((citation) => citation.start >= start && citation.end <= end);
  return [...new Set(within.flatMap(({ numbers }) => numbers))];
}
