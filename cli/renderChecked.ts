import {
  checkSummary,
  confirmedBy,
  findings,
  partlyReadText,
  readAgainText,
  verdictTitles,
  weakText,
} from "../protocol/answerLabels.ts";
import type { Answer, CheckedSentence, Hit } from "../protocol/data.ts";
import { styled } from "./styled.ts";

/** Stands before each sentence, as its mark does in the panel. */
const marks: Readonly<Record<CheckedSentence["verdict"], string>> = {
  supported: "=",
  contradicted: "!",
  unconfirmed: "?",
  uncited: "-",
};
const order: readonly CheckedSentence["verdict"][] = ["contradicted", "unconfirmed", "uncited", "supported"];

/**
 * What the check of an answer found: a line for the whole, then each sentence that is contradicted, with what its
 * source says, that could not be confirmed, that names no source, or that a second reader confirmed.
 */
export function checkedText(answer: Answer, placeText: (hit: Hit) => string): string {
  const lines: string[] = [];
  if (answer.read) lines.push(styled("yellow", partlyReadText(answer.read)));
  if (answer.weak) lines.push(styled("yellow", weakText(answer.written)));
  const summary = checkSummary(answer);
  if (summary)
    lines.push(styled(summary.tone === "bad" ? ["bold", "yellow"] : "dim", `Checked: ${summary.text}.`));
  const again = readAgainText(answer);
  if (again !== undefined) lines.push(styled("dim", `${again}.`));
  const told = answer.sentences.filter(({ verdict, confirmed }) => verdict !== "supported" || confirmed);
  const sorted = told.toSorted((one, other) => order.indexOf(one.verdict) - order.indexOf(other.verdict));
  return [...lines, ...sorted.flatMap((sentence) => sentenceLines(sentence, answer, placeText))].join("\n");
}

function sentenceLines(sentence: CheckedSentence, answer: Answer, placeText: (hit: Hit) => string): string[] {
  const { verdict, range, nearest, confirmed } = sentence;
  const isConfirmed = verdict === "supported" && confirmed !== undefined;
  const title = isConfirmed ? confirmedBy(answer.reader) : verdictTitles[verdict];
  const head = `  ${marks[verdict]} ${title}: “${oneLine(answer.text.slice(...range))}”`;
  const lines = [verdict === "contradicted" ? styled("yellow", head) : head];
  for (const finding of findings(sentence)) lines.push(`      ${finding}.`);
  const evidence = verdict === "contradicted" ? nearest : isConfirmed ? confirmed : undefined;
  const passage = evidence && answer.passages[evidence.passage - 1];
  if (passage) {
    const words = oneLine(passage.text.slice(...evidence.range));
    lines.push(styled("dim", `      [${evidence.passage}] ${placeText(passage)}: “${words}”`));
  }
  return lines;
}

/** A sentence over several lines as one, which nobody can mistake for a line of ours. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
