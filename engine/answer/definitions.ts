import type { SearchHit } from "../../indexer/search/search.ts";
import type { Hit } from "../../protocol/data.ts";
import { questionTerms } from "../../text/questionTerms.ts";
import { terms } from "../../text/terms.ts";

/** How many definitions come along, what is looked up for them at most, and how many passages are read for it. */
const mostDefinitions = 2;
const mostLookedUp = 4;
const passagesRead = 3;
/** One word in common with the question tells nothing: everything has an "isObject". */
const sharedWords = 2;
/** How many chunks a look-up brings: of a term that a contract uses everywhere, the definition is one of many. */
const lookedThrough = 20;

/** Finds chunks by words alone, in one file where one is given. */
export type LookUp = (
  words: string,
  k: number,
  file: Pick<Hit, "folder" | "path"> | undefined,
  signal: AbortSignal,
) => Promise<readonly SearchHit[]>;

/** Something whose definition would help, and how it is known when it is found. */
interface Wanted {
  readonly words: string;
  /** Where it must stand: a term of a contract means what that contract says. */
  readonly file?: Hit;
  /** Where in a chunk the definition stands, as characters of its text. */
  find(hit: SearchHit): [number, number] | undefined;
}

/**
 * The definitions that a question and its best passages speak of, where they are not among the passages already: of
 * a function or class that the question names, or that a passage calls and the question speaks of; of a term that
 * the matching sentences use ("the Deposit"), and of the clause that they refer to. Two at most; none without proof.
 */
export async function definitionsFor(
  question: string,
  passages: readonly Hit[],
  lookUp: LookUp,
  signal: AbortSignal,
): Promise<Hit[]> {
  const found: Hit[] = [];
  const all = [...symbols(question, passages), ...contractTerms(passages), ...references(passages)];
  const unknown = all.filter((wanted) => !passages.some((passage) => stands(wanted, passage)));
  for (const wanted of unknown.slice(0, mostLookedUp)) {
    if (found.length === mostDefinitions) break;
    if (found.some((one) => stands(wanted, one))) continue;
    const hits = await lookUp(wanted.words, lookedThrough, wanted.file, signal);
    for (const hit of hits) {
      const range = stands(wanted, hit) ? wanted.find(hit) : undefined;
      if (!range) continue;
      found.push({ ...hit, marks: [range] });
      break;
    }
  }
  return found;
}

function stands({ file, find }: Wanted, hit: SearchHit): boolean {
  const isThere = file === undefined || (file.folder === hit.folder && file.path === hit.path);
  return isThere && find(hit) !== undefined;
}

const identifier = /[\p{L}_$][\p{L}\p{N}_$]*/u;
/** Written as only programs write: snake_case, camelCase, a call, or between back quotes. */
const named =
  /`([^`\s]+)`|([\p{L}_$][\p{L}\p{N}_$]*)(?=\()|(\w+_\w+|\p{Ll}+\p{Lu}\w*|\p{Lu}\p{Ll}+\p{Lu}\w*)/gu;
const called = /([\p{L}_$][\p{L}\p{N}_$]{2,})\s*\(/gu;

/** Functions and classes: those that the question names, then those that are called and have a word of the question. */
function symbols(question: string, passages: readonly Hit[]): Wanted[] {
  const inQuestion = [...question.matchAll(named)].map(([, quoted, call, written]) => {
    // Of a call the name, whatever it is called with.
    const [name = ""] = (quoted ?? call ?? written ?? "").split("(");
    return name.split(/\.|::|->|#/).findLast((part) => identifier.test(part)) ?? name;
  });
  const asked = questionTerms(question);
  const shared = (name: string): number => terms(name).filter((term) => asked.has(term)).length;
  const read = passages.filter(({ kind }) => kind === "code").slice(0, passagesRead);
  const inPassages = read.flatMap(({ text }) => [...text.matchAll(called)].map(([, name = ""]) => name));
  const telling = [...new Set(inPassages)]
    .filter((name) => shared(name) >= sharedWords)
    .sort((a, b) => shared(b) - shared(a));
  return [...new Set([...inQuestion, ...telling])].map((name) => ({
    words: name,
    find: (hit) => (definesSymbol(hit, name) ? placeOf(hit.text, wholeWord(name)) : undefined),
  }));
}

/** A chunk's heading is the path of its symbols, "Parser › parseLine, parseWord". */
function definesSymbol({ kind, heading = "" }: SearchHit, name: string): boolean {
  return kind === "code" && heading.split(/ › |, |\.|::/).includes(name);
}

/** "the Deposit": capitalized behind an article, in the sentences that match. */
const capitalized =
  /(?<=\b(?:[Tt]he|[Ee]ach|[Aa]ny|[Ss]uch|[Tt]his|[Dd]er|[Dd]ie|[Dd]as|[Dd]en|[Dd]em|[Dd]es|[Ll]e|[Ll]a|[Ll]es|[Ee]l|[Ll]os|[Ll]as)\s)\p{Lu}[\p{L}\p{N}-]+(?:\s\p{Lu}[\p{L}\p{N}-]+){0,2}/gu;
const quotation = `["“”„‟'‘’«»*_]{1,3}`;
const means =
  "(?:means?|shall mean|refers? to|is defined as|has the meaning|bedeutet|bezeichnet|désigne|signifie|significa)";

/** The defined terms of contracts, in the file that uses them. */
function contractTerms(passages: readonly Hit[]): Wanted[] {
  return matching(passages).flatMap(({ passage, sentence }) =>
    [...sentence.matchAll(capitalized)]
      .map(([term]) => term)
      .map((term) => ({
        words: term,
        file: passage,
        find: (hit: SearchHit) => placeOf(hit.text, definitionOf(term)),
      })),
  );
}

/** “Deposit” means …; Deposit means … at a line's beginning; (the "Deposit"). */
function definitionOf(term: string): RegExp {
  const words = literal(term).replace(/\s+/g, "\\s+");
  return new RegExp(
    `${quotation}${words}${quotation}[^.\\n]{0,40}?\\b${means}\\b|^[^\\p{L}\\n]{0,8}${words}\\s+${means}\\b|\\((?:[^()\\n]{0,40}\\s)?${quotation}${words}${quotation}\\)`,
    "mu",
  );
}

const reference =
  /\b(?:clauses?|sections?|articles?|paragraphs?|schedules?|annex|appendix|ziffer|artikel|absatz|cláusula)\s+(\d+(?:\.\d+)*)|§+\s*(\d+(?:\.\d+)*)/giu;

/** In small or capital letters: a pattern that takes no notice of case would take any letter for a capital one. */
const clauseWord = "[Cc]lause|CLAUSE|[Ss]ection|SECTION|[Aa]rticle|ARTICLE";

/** The clauses that matching sentences refer to, in the same file. */
function references(passages: readonly Hit[]): Wanted[] {
  return matching(passages).flatMap(({ passage, sentence }) =>
    [...sentence.matchAll(reference)].map(([words, after, behindSign]) => {
      const number = literal(after ?? behindSign ?? "");
      const begins = new RegExp(
        `^(?:#+\\s*)?(?:(?:${clauseWord}|§+)\\s*)?${number}[.):]?\\s+\\p{Lu}.*`,
        "mu",
      );
      return { words, file: passage, find: (hit: SearchHit) => placeOf(hit.text, begins) };
    }),
  );
}

/** The sentences of the best passages of prose that match the question. */
function matching(passages: readonly Hit[]): { passage: Hit; sentence: string }[] {
  return passages
    .filter(({ kind }) => kind === "prose" || kind === "document")
    .slice(0, passagesRead)
    .flatMap((passage) =>
      passage.marks.map(([from, to]) => ({ passage, sentence: passage.text.slice(from, to) })),
    );
}

/** The line in which a pattern is found. */
function placeOf(text: string, pattern: RegExp): [number, number] | undefined {
  const at = text.search(pattern);
  if (at < 0) return undefined;
  const end = text.indexOf("\n", at + 1);
  return [text.lastIndexOf("\n", at) + 1, end < 0 ? text.length : end];
}

function wholeWord(name: string): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}_$])${literal(name)}(?![\\p{L}\\p{N}_$])`, "u");
}

function literal(text: string): string {
  return text.replace(/[\\^$.|?*+()[\]{}]/g, "\\$&");
}
