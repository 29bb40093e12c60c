/**
 * `npm run eval -- --checker [--errors] [--json]`: what the check of answers catches and blames, on sentences of our
 * own (checker.jsonl, half of them altered) and on public sets. "--errors" lists what it gets wrong of the half that
 * rules are chosen on.
 */
import { checkAnswer } from "../../engine/answer/checking.ts";
import type { CheckedSentence } from "../../protocol/data.ts";
import { type Claim, citationIntegrity, climateFever, ours, wice } from "./checkerSets.ts";

type Verdict = CheckedSentence["verdict"] | "not looked at";

/** From what is loud to what is not looked at: an answer has the verdict of its worst sentence. */
const verdicts: readonly Verdict[] = ["contradicted", "unconfirmed", "uncited", "supported", "not looked at"];

interface Checked {
  readonly claim: Claim;
  readonly verdict: Verdict;
  readonly sentences: readonly CheckedSentence[];
}

/** All in shares of one. */
interface Row {
  readonly set: string;
  readonly kind: string;
  readonly true: number;
  readonly false: number;
  /** Mean of the shares of true ones that pass and of false ones that do not. */
  readonly balanced: number;
  /** False ones that do not pass; of all false ones, those that are called contradicted. */
  readonly caught: number;
  readonly contradicted: number;
  /** True ones that are called contradicted, and those that are said to be not confirmed or uncited. */
  readonly blamed: number;
  readonly unconfirmed: number;
}

/** Kinds of alteration that have an aim of their own. */
const groups: Readonly<Record<string, readonly string[]>> = {
  "all values": ["number", "number word", "date", "name", "identifier", "quote"],
  "all changed meaning": ["negation", "opposite", "swapped", "unit"],
};

/** Runs the evaluation and prints it. */
export function evaluateChecker({
  cache,
  errors,
  json,
}: {
  cache: string;
  errors: boolean;
  json: boolean;
}): void {
  const claims = [
    ...ours("choosing", cache),
    ...ours("testing", cache),
    ...wice(cache),
    ...climateFever(cache),
    ...citationIntegrity(cache),
  ];
  // Once for the compiler of the machine, so that the time is that of a running engine.
  for (const claim of claims.slice(0, 200)) check(claim);
  const before = process.cpuUsage();
  const checked = claims.map(check);
  const { user, system } = process.cpuUsage(before);
  const perClaim = (user + system) / 1000 / claims.length;
  const rows = tabulate(checked);
  if (json) console.log(JSON.stringify({ perClaim, rows }, null, 1));
  else print(rows);
  if (!json)
    console.log(
      `\n${claims.length} claims, ${perClaim.toFixed(2)} ms of the processor for each, reading its passages included.`,
    );
  if (errors) listErrors(checked.filter(({ claim }) => claim.set !== "ours, testing"));
}

function check(claim: Claim): Checked {
  const sentences = checkAnswer(claim.answer, claim.passages, { question: claim.question });
  const found = new Set<Verdict>(sentences.map(({ verdict }) => verdict));
  return { claim, verdict: verdicts.find((verdict) => found.has(verdict)) ?? "not looked at", sentences };
}

function tabulate(checked: readonly Checked[]): Row[] {
  const rows: Row[] = [];
  for (const [set, some] of Map.groupBy(checked, ({ claim }) => claim.set)) {
    rows.push(row(set, "all", some));
    const kinds = Map.groupBy(some, ({ claim }) => claim.kind);
    const isPaired = [...kinds.values()].every((of) => of.some(({ claim }) => claim.isTrue));
    if (isPaired) {
      for (const [group, members] of Object.entries(groups))
        rows.push(
          row(
            set,
            group,
            some.filter(({ claim }) => members.includes(claim.kind)),
          ),
        );
    }
    for (const [kind, of] of [...kinds].sort()) rows.push(row(set, kind, of));
  }
  return rows;
}

function row(set: string, kind: string, checked: readonly Checked[]): Row {
  const right = checked.filter(({ claim }) => claim.isTrue);
  const wrong = checked.filter(({ claim }) => !claim.isTrue);
  const caught = 1 - share(wrong, passes);
  return {
    set,
    kind,
    true: right.length,
    false: wrong.length,
    balanced: (share(right, passes) + caught) / 2,
    caught,
    contradicted: share(wrong, ({ verdict }) => verdict === "contradicted"),
    blamed: share(right, ({ verdict }) => verdict === "contradicted"),
    unconfirmed: share(right, (one) => one.verdict !== "contradicted" && !passes(one)),
  };
}

function passes({ verdict }: Checked): boolean {
  return verdict === "supported" || verdict === "not looked at";
}

function share(of: readonly Checked[], test: (one: Checked) => boolean): number {
  return of.filter(test).length / of.length;
}

function print(rows: readonly Row[]): void {
  const line = (cells: readonly (string | number)[]): void => console.log(`| ${cells.join(" | ")} |`);
  const percent = (value: number): string => (Number.isNaN(value) ? "" : String(Math.round(value * 100)));
  const heads = ["set", "kind", "true", "altered", "balanced accuracy"];
  line([...heads, "caught", "… as contradicted", "blamed: contradicted", "true, not confirmed"]);
  line(["---", "---", ...Array.from({ length: 7 }, () => "---:")]);
  for (const one of rows) {
    const shares = [one.balanced, one.caught, one.contradicted, one.blamed, one.unconfirmed];
    line([one.set, one.kind, one.true, one.false, ...shares.map(percent)]);
  }
}

function listErrors(checked: readonly Checked[]): void {
  for (const { claim, verdict, sentences } of checked) {
    const isOurs = claim.set.startsWith("ours");
    const isWrong = claim.isTrue
      ? verdict === "contradicted" || (isOurs && !passes({ claim, verdict, sentences }))
      : isOurs && (verdict === "supported" || verdict === "not looked at");
    if (!isWrong) continue;
    const why = sentences.map(({ missing, differences }) => JSON.stringify({ missing, differences }));
    console.log(`\n${claim.set}, ${claim.kind}, ${claim.isTrue ? "true" : "altered"}: ${verdict}`);
    console.log(`  ${claim.answer}\n  ${why.join("\n  ")}`);
    const at = sentences[0]?.nearest;
    if (at) console.log(`  nearest: ${claim.passages[at.passage - 1]?.text.slice(...at.range)}`);
  }
}
