/**
 * `npm run eval -- --folders --passages [--half dev|test]`: what a model is given for the questions on folders
 * (folders.ts), and what it costs: the share of questions of which a right place (a file and lines) is among the
 * passages, and the characters of their texts. "chunks" is what search ranks first, as it is; "joined" the passages
 * that are made of it; "defined" has the definitions that go with them.
 */
import { definitionsFor, type LookUp } from "../../engine/answer/definitions.ts";
import { findPassages, type Search } from "../../engine/answer/findPassages.ts";
import type { Hit } from "../../protocol/data.ts";
import { mean } from "./metrics.ts";

export interface PlacedQuestion {
  readonly query: string;
  readonly relevant: readonly {
    readonly path: string;
    /** First and last lines of places in it; all of it where there are none. */
    readonly lines?: readonly (readonly [number, number])[];
  }[];
}

interface Given {
  readonly way: string;
  readonly hasPlace: number;
  readonly hasFile: number;
  readonly passages: number;
  readonly characters: number;
}

const counts = [8, 12, 16, 24] as const;

/** What is given for one question in each way. */
export async function judgePassages(
  question: PlacedQuestion,
  search: Search,
  lookUp: LookUp,
): Promise<Given[]> {
  const { signal } = new AbortController();
  const given: Given[] = [];
  for (const count of counts) {
    const chunks = await search(question.query, count, signal);
    given.push(judged(`${count} chunks`, question, chunks));
    const { passages } = await findPassages({ question: question.query, history: [] }, search, count, signal);
    given.push(judged(`${count} joined`, question, passages));
    const defined = await definitionsFor(question.query, passages, lookUp, signal);
    given.push(judged(`${count} defined`, question, [...passages, ...defined]));
  }
  return given;
}

function judged(way: string, { relevant }: PlacedQuestion, passages: readonly Omit<Hit, "marks">[]): Given {
  const files = passages.filter(({ path }) => relevant.some((one) => one.path === path));
  const places = files.filter(({ path, startLine, endLine }) =>
    relevant.some(
      (one) =>
        one.path === path &&
        (one.lines?.some(([first, last]) => first <= endLine && last >= startLine) ?? true),
    ),
  );
  return {
    way,
    hasFile: Number(files.length > 0),
    hasPlace: Number(places.length > 0),
    passages: passages.length,
    characters: passages.reduce((sum, { text }) => sum + text.length, 0),
  };
}

/** Prints the means of each way. */
export function printPassages(all: readonly Given[]): void {
  console.log("| given | questions | right place, of 100 | right file | passages | characters |");
  console.log("|---|---:|---:|---:|---:|---:|");
  for (const way of new Set(all.map((one) => one.way))) {
    const some = all.filter((one) => one.way === way);
    const of = (value: (one: Given) => number): number => mean(some.map(value));
    const cells = [
      (100 * of(({ hasPlace }) => hasPlace)).toFixed(1),
      (100 * of(({ hasFile }) => hasFile)).toFixed(1),
      of(({ passages }) => passages).toFixed(1),
      of(({ characters }) => characters).toFixed(0),
    ];
    console.log(`| ${way} | ${some.length} | ${cells.join(" | ")} |`);
  }
}
