import type { Question } from "./dataset.ts";
import { type Measures, mean } from "./metrics.ts";

/** Of the questions of one part: how many there are, and how a method finds what answers them. */
interface PartResult {
  readonly questions: number;
  readonly first: number;
  readonly five: number;
  readonly ndcg: number;
}

/** By the part's name; empty where a set has no parts. "all" are those that count in the set's own figures. */
export type PartResults = Readonly<Record<string, PartResult>>;

/** @param judged One for each question. */
export function judgeParts(questions: readonly Question[], judged: readonly Measures[]): PartResults {
  const named = questions.flatMap(({ part }) => part ?? []);
  if (named.length === 0) return {};
  const of = (isIn: (question: Question) => boolean): PartResult => {
    const some = judged.filter((_, i) => questions[i] !== undefined && isIn(questions[i]));
    const average = (measure: keyof Measures): number => mean(some.map((one) => one[measure]));
    return {
      questions: some.length,
      first: average("recall@1"),
      five: average("recall@5"),
      ndcg: average("nDCG@10"),
    };
  };
  const parts = [...new Set(named)].map((name) => [name, of(({ part }) => part === name)] as const);
  return Object.fromEntries([...parts, ["all", of(({ isApart }) => isApart !== true)] as const]);
}

/** A line for each part; nothing for a set without parts. */
export function printParts(
  set: string,
  methods: Readonly<Record<string, { readonly parts: PartResults }>>,
): void {
  const names = Object.keys(methods);
  const parts = Object.entries(Object.values(methods)[0]?.parts ?? {});
  if (parts.length === 0) return;
  console.log(
    `\n| ${set}: of 100 questions, right place first, among the first five; nDCG@10 | questions | ${names.join(" | ")} |`,
  );
  console.log(`|---|---:|${names.map(() => "---:|").join("")}`);
  for (const [part, { questions }] of parts) {
    const cells = names.map((name) => {
      const { first = 0, five = 0, ndcg = 0 } = methods[name]?.parts[part] ?? {};
      return `${(100 * first).toFixed(0)}, ${(100 * five).toFixed(0)}; ${ndcg.toFixed(3)}`;
    });
    console.log(`| ${[part, questions, ...cells].join(" | ")} |`);
  }
}
