import assert from "node:assert/strict";
import { Lines } from "../../indexer/chunk/lines.ts";
import type { Outline } from "../../indexer/chunk/outline.ts";

/** A text's lines, each with the turn in which a text that is too large is cut before it: 0 always, 1 first. */
export type Turns = readonly (readonly [turn: number, line: string])[];

/** Checks in which order a text is cut. Lines of the same turn are cut together; the first line has none. */
export function checkTurns(read: (lines: Lines) => Outline, expected: Turns): Outline {
  const outline = read(new Lines(expected.map(([, line]) => line).join("\n")));
  const costs = [...outline.cost.slice(1, expected.length)];
  const distinct = [...new Set(costs)].filter((cost) => cost > 0).sort((a, b) => a - b);
  const turns = [0, ...costs.map((cost) => distinct.indexOf(cost) + 1)];
  assert.deepEqual(
    expected.map(([, line], row) => [turns[row], line]),
    expected.map(([turn, line], row) => [row === 0 ? 0 : turn, line]),
  );
  return outline;
}

/** The sections of an outline, each as "NAME FIRST-LAST". */
export function sectionsIn({ sections }: Outline): string[] {
  return sections.map(({ name, first, last }) => `${name} ${first + 1}-${last + 1}`);
}
