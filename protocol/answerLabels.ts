import { counted } from "./counted.ts";
import type { Answer, CheckedSentence, IndexStatus } from "./data.ts";

/** The words for the check of an answer: what the panel shows and the terminal prints. */

export interface CheckSummary {
  readonly text: string;
  /** "bad" where something is contradicted, "good" only where nothing speaks against a green mark. */
  readonly tone: "good" | "bad" | "plain";
}

/** The whole check in one line, what matters most first; undefined where there was nothing to check. */
export function checkSummary({
  sentences,
  weak,
  read,
  incomplete,
}: Pick<Answer, "sentences" | "weak" | "read" | "incomplete">): CheckSummary | undefined {
  const having = (verdict: CheckedSentence["verdict"]): number =>
    sentences.filter((sentence) => sentence.verdict === verdict).length;
  const uncited = having("uncited");
  const claims = sentences.length - uncited;
  if (claims === 0) {
    return uncited > 0 ? { text: "No sentence of this answer names a source", tone: "plain" } : undefined;
  }
  const contradicted = having("contradicted");
  const unconfirmed = having("unconfirmed");
  if (contradicted > 0) {
    const text =
      contradicted === 1
        ? "1 sentence says something else than its source"
        : `${format(contradicted)} sentences say something else than their sources`;
    const rest = unconfirmed > 0 ? `, ${format(unconfirmed)} could not be confirmed` : "";
    return { text: text + rest, tone: "bad" };
  }
  if (unconfirmed > 0) return { text: unconfirmedText(unconfirmed, claims), tone: "plain" };
  const supported = `Supported by its sources${incomplete ? " as far as it goes" : ""}`;
  if (uncited > 0) {
    // No fault, but the sources that support the others say nothing of these.
    const others = counted(uncited, "sentence names none", "sentences name none");
    return { text: `${supported}; ${others}`, tone: "plain" };
  }
  if (sentences.some(({ confirmed }) => confirmed)) {
    // A model that reads is no proof as words are that stand there.
    const partly = sentences.filter(({ confirmed }) => confirmed).length;
    return {
      text: `${supported}; ${counted(partly, "sentence")} by a second reading`,
      tone: "plain",
    };
  }
  return { text: supported, tone: weak || read || incomplete ? "plain" : "good" };
}

function unconfirmedText(unconfirmed: number, claims: number): string {
  if (claims === 1) return "Could not be confirmed by its sources";
  if (unconfirmed === claims) return `None of ${format(claims)} sentences could be confirmed`;
  return `${format(claims - unconfirmed)} of ${format(claims)} sentences confirmed, ${format(unconfirmed)} could not be`;
}

/** What the check said of one sentence. */
export const verdictTitles: Readonly<Record<CheckedSentence["verdict"], string>> = {
  supported: "Supported by its source",
  contradicted: "Says something else than its source",
  unconfirmed: "Could not be confirmed by its source",
  uncited: "Names no source",
};

/** What a person is told about a sentence that its sources do not support, one statement each. */
export function findings({ verdict, cites, differences, missing }: CheckedSentence): string[] {
  if (verdict === "supported" || verdict === "uncited") return [];
  const found = differences.map(differenceText);
  const sources = `${cites.length === 1 ? "source" : "sources"} ${cites.join(", ")}`;
  if (missing.length > 0) found.push(`Not found in ${sources}: ${missing.join(", ")}`);
  return found.length > 0 ? found : [`No words were found in ${sources} that say this`];
}

type Difference = CheckedSentence["differences"][number];

const differenceTitles: Readonly<Record<Difference["kind"], string>> = {
  number: "Another number",
  unit: "Another unit",
  date: "Another date",
  name: "Another name",
  quote: "Another quotation",
  negation: "The contrary by one word",
  opposite: "The opposite",
  swapped: "The other way round",
};

/** "Another number: the answer says “45 days”, its source “90 days”". */
function differenceText({ kind, said, source }: Difference): string {
  const title = differenceTitles[kind];
  if (said === "") return `${title}: its source says “${source}”, the answer does not`;
  if (source === "") return `${title}: the answer says “${said}”, its source does not`;
  return `${title}: the answer says “${said}”, its source “${source}”`;
}

/** Who found the words of a source that bear a sentence, where it was the second reader. */
export function confirmedBy(model: string | undefined): string {
  return `Confirmed by ${model ?? "the model"}`;
}

/**
 * Whether a second reader may find words for a sentence: it names a source, which says nothing else, and lacks no
 * number, quotation or identifier, which no other words could bear.
 */
export function mayBeConfirmed({ verdict, cites, missing }: CheckedSentence): boolean {
  const isWord = (one: string): boolean => /^\p{L}[\p{Ll}\p{M}'’ -]*$/u.test(one);
  return verdict === "unconfirmed" && cites.length > 0 && missing.every(isWord);
}

/** What a second reader came to; undefined where there was none. */
export function readAgainText({
  reader,
  sentences,
}: Pick<Answer, "reader" | "sentences">): string | undefined {
  if (reader === undefined) return undefined;
  const confirmed = sentences.filter((sentence) => sentence.confirmed).length;
  const read = confirmed + sentences.filter(mayBeConfirmed).length;
  const found = confirmed === 0 ? "none" : format(confirmed);
  return `Read again by ${reader}: ${found} of ${counted(read, "sentence")} confirmed`;
}

/** That being supported by its passages says little of this answer. */
export function weakText(isWritten: boolean): string {
  const found = "The passages that were found hardly match the question";
  return isWritten
    ? `${found}. The answer may be beside the point, even where they support it.`
    : `${found}.`;
}

/**
 * What an answer was made from while the first index was being built.
 * @param state Of the index now, where that is known: how it goes on with the others.
 */
export function partlyReadText(
  { files, of }: NonNullable<Answer["read"]>,
  state?: IndexStatus["state"],
): string {
  const share =
    of > files
      ? `From ${format(files)} of ${counted(of, "file")}.`
      : `From the first ${files === 1 ? "file" : counted(files, "file")}.`;
  switch (state) {
    case undefined:
      return `${share} The others may say something else.`;
    case "ready":
      return `${share} The others have been read since, and may say something else.`;
    case "indexing":
      return `${share} The others are still being read, and may say something else.`;
    default:
      return `${share} The others have not been read, and may say something else.`;
  }
}

function format(value: number): string {
  return value.toLocaleString("en");
}
