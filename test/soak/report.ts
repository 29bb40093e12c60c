import type { Outcome } from "./sequence.ts";

const shownProblems = 20;

/** What a person needs of a failed sequence: what was done and when, what differed, and how to run it again. */
export function failureText({ seed, problems, log }: Outcome): string {
  const left = problems.length - shownProblems;
  return [
    `seed ${seed} failed`,
    ...log.map((line) => `  ${line}`),
    ...problems.slice(0, shownProblems).map((problem) => `  ✖ ${problem}`),
    ...(left > 0 ? [`  and ${left} more`] : []),
    `  again: npm run soak -- --seed ${seed}`,
  ].join("\n");
}

/** The first problem without what differs from seed to seed, so that failures of one cause are counted together. */
export function kindOf({ problems }: Outcome): string {
  return (problems[0] ?? "")
    .replace(/“[^”]*” on engine/, "on engine")
    .replace(/\/\S+/g, "…")
    .replace(/\S+\|\S+/g, "FILE")
    .replace(/\b\S+\.(md|txt|py|env|png)\b/g, "FILE")
    .replace(/zq\w{5}x/g, "WORD")
    .replace(/\d+/g, "N")
    .slice(0, 150);
}
