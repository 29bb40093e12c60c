import type { CheckedSentence, Hit, Selection } from "../../protocol/data.ts";
import { type Citation, findCitations, withoutCitations } from "../../text/citations.ts";
import { type Sentence, sentences } from "../../text/sentences.ts";
import { guessLanguage, stopWordsOf } from "../../text/stopWords.ts";
import { terms } from "../../text/terms.ts";
import { dates, identifiers, names, normalise, numbers, quotes, type Value, wordNumbers } from "./claims.ts";

/** The share of a sentence's words of meaning that must stand in what it cites. */
const leastOverlap = 0.4;
const mostMissing = 6;

/** Says that nothing was found, or asks back: nothing to be supported. */
const noClaim =
  /\b(?:did|could|can|do) ?n[o']t find\b|\b(?:cannot|can't) (?:find|answer)\b|\b(?:do|does|did) ?n[o']t (?:mention|say|state|specify|contain|provide|include)\b|\b(?:is|are|was|were) not (?:mentioned|stated|specified|given|found|described)\b|\bno (?:information|mention)\b|nicht (?:in (?:Ihren|deinen) Dateien )?gefunden|enthalten keine|pas trouvé|no (?:lo )?(?:encontré|he encontrado)|non ho trovato|não encontrei|niet gevonden|未找到|没有找到|見つかりません/i;

/** What a sentence is held against. */
interface Source {
  readonly text: string;
  readonly normal: string;
  readonly terms: ReadonlySet<string>;
  readonly values: ReadonlySet<string>;
  readonly language: string;
}

/**
 * Holds each sentence of an answer against the passages that it cites: quotes word for word; numbers, dates,
 * names and identifiers present; and enough of its words found there. A sentence without a citation of its
 * own may lean on the next one in its paragraph. Headings, code, questions and sentences that claim nothing
 * are left out. What the question or the selection says need not be proved.
 */
export function checkAnswer(
  answer: string,
  passages: readonly Hit[],
  asked: { readonly question: string; readonly selection?: Selection | undefined },
): CheckedSentence[] {
  const sources = passages.map(({ text, heading = "", path }) => source([text, heading, path].join("\n")));
  const given = source([asked.question, asked.selection?.text ?? "", asked.selection?.path ?? ""].join("\n"));
  const language = guessLanguage(withoutCitations(answer));
  const all = sentences(answer);
  const citations = findCitations(answer);
  const checked: CheckedSentence[] = [];
  for (const [index, sentence] of all.entries()) {
    const text = answer.slice(sentence.start, sentence.end);
    const cites = citesWithin(citations, sentence);
    if (!claims(sentence, text, cites, all[index - 1])) continue;
    const missingIn = (numbersOfPassages: readonly number[]): string[] =>
      missing(
        withoutCitations(text),
        numbersOfPassages.flatMap((n) => sources[n - 1] ?? []),
        given,
        language,
      );
    const range: [number, number] = [sentence.start, sentence.end];

    if (cites.length > 0) {
      const unknown = cites.filter((n) => n < 1 || n > passages.length).map((n) => `[${n}]`);
      const lacks = [...unknown, ...missingIn(cites)].slice(0, mostMissing);
      checked.push({
        range,
        cites,
        verdict: lacks.length > 0 ? "unconfirmed" : "supported",
        missing: lacks,
        differences: [],
      });
      continue;
    }
    const inherited = nextCites(citations, all, index);
    const selected =
      asked.selection !== undefined && missingInSelection(text, asked.selection, given, language);
    if (inherited.length > 0 && missingIn(inherited).length === 0) {
      checked.push({ range, cites: inherited, verdict: "supported", missing: [], differences: [] });
    } else if (selected) {
      checked.push({ range, cites: [], verdict: "supported", missing: [], differences: [] });
    } else {
      checked.push({ range, cites: [], verdict: "uncited", missing: [], differences: [] });
    }
  }
  return checked;
}

function missingInSelection(text: string, selection: Selection, given: Source, language: string): boolean {
  return missing(text, [source(`${selection.text}\n${selection.path}`)], given, language).length === 0;
}

function claims(
  sentence: Sentence,
  text: string,
  cites: readonly number[],
  previous: Sentence | undefined,
): boolean {
  if (sentence.kind === "heading" || sentence.kind === "code") return false;
  // The first row of a table names its columns.
  if (sentence.kind === "row" && previous?.kind !== "row") return false;
  const bare = withoutCitations(text).trim();
  if (/[?？:：]\W*$/.test(bare)) return false;
  if (noClaim.test(bare) && cites.length === 0) return false;
  return meaningful(bare).length >= 2 || numbers(bare).length > 0 || identifiers(bare).length > 0;
}

/** Citations further on in the same paragraph or list item speak for the sentences before them. */
function nextCites(citations: readonly Citation[], all: readonly Sentence[], index: number): number[] {
  const block = all[index]?.block;
  for (const next of all.slice(index + 1)) {
    if (next.block !== block) break;
    const cites = citesWithin(citations, next);
    if (cites.length > 0) return cites;
  }
  return [];
}

/** The numbers of the passages that are cited between two places of the answer, in order, each once. */
function citesWithin(citations: readonly Citation[], { start, end }: Sentence): number[] {
  const within = citations.filter((citation) => citation.start >= start && citation.end <= end);
  return [...new Set(within.flatMap(({ numbers }) => numbers))];
}

function source(text: string): Source {
  const withDates = dates(text);
  const values = [...withDates.found, ...numbers(text), ...wordNumbers(text)].flatMap(
    ({ readings }) => readings,
  );
  return {
    text,
    normal: normalise(text),
    terms: new Set(terms(text)),
    values: new Set(values),
    language: guessLanguage(text),
  };
}

/** What the sentence has and the cited passages have not. */
function missing(sentence: string, cited: readonly Source[], given: Source, language: string): string[] {
  const found = new Set<string>();
  const anywhere = [...cited, given];
  const has = (value: Value): boolean =>
    anywhere.some(({ values }) => value.readings.some((reading) => values.has(reading)));

  for (const quote of quotes(sentence)) {
    if (!anywhere.some(({ normal }) => normal.includes(normalise(quote)))) found.add(`“${quote}”`);
  }
  const own = identifiers(sentence);
  for (const name of own) {
    const tight = name.toLowerCase().replace(/\s+/g, "");
    if (!anywhere.some(({ text }) => text.toLowerCase().replace(/\s+/g, "").includes(tight))) found.add(name);
  }
  let plainText = sentence.replace(/`[^`]*`/g, " ");
  for (const name of own) plainText = plainText.replaceAll(name, " ");
  const { found: ownDates, rest } = dates(plainText);
  // Small numbers in words count things that the answer itself lists ("three rules").
  const large = wordNumbers(rest).filter(({ readings }) => readings.some((reading) => Number(reading) >= 13));
  for (const value of [...ownDates, ...numbers(rest), ...large]) if (!has(value)) found.add(value.text);

  if (cited.every((one) => one.language !== "" && language !== "" && one.language !== language)) {
    // A translation shares numbers and identifiers with its source, but no words.
    return [...found];
  }
  // German capitalises all nouns, so that a capital letter makes no name.
  if (language !== "de") {
    for (const name of names(plainText)) {
      if (!sharesTerms(name, anywhere)) found.add(name);
    }
  }
  const strangers = lacksOverlap(sentence, cited, given);
  for (const word of strangers) found.add(word);
  return [...found];
}

function sharesTerms(word: string, sources: readonly Source[]): boolean {
  const own = terms(word);
  return own.length === 0 || sources.some((one) => own.some((term) => one.terms.has(term)));
}

/** The words that are not in the cited passages, when they are too many; none when enough are. */
function lacksOverlap(sentence: string, cited: readonly Source[], given: Source): string[] {
  const words = meaningful(sentence);
  const strangers = words.filter((word) => !sharesTerms(word, cited));
  const familiar = words.length - strangers.length;
  // What only the question says counts neither for the sentence nor against it.
  const unknown = strangers.filter((word) => !sharesTerms(word, [given]));
  const counted = familiar + unknown.length;
  return counted >= 2 && familiar < counted * leastOverlap ? unknown : [];
}

function meaningful(text: string): string[] {
  const isStopWord = stopWordsOf(text);
  const words = text.match(/[\p{L}\p{N}\p{M}_]+/gu) ?? [];
  return [...new Set(words.filter((word) => !isStopWord(word) && word.length > 1))];
}
