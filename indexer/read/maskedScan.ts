import { type Exceptions, maskSecrets } from "../files/secretsMask.ts";
import type { Withheld } from "../files/withheld.ts";
import type { ReadScan } from "./contract.ts";
import { textOf, textOfLine } from "./scanLines.ts";

/** What is kept of a page holds no secret: a line with one is kept as one word that says so. */
export function maskedScan(
  page: Extract<ReadScan, { lines: unknown }>,
  exceptions: Exceptions | undefined,
): Extract<ReadScan, { lines: unknown }> {
  const found = maskSecrets(textOf(page), exceptions);
  if (found.withheld.length === 0 && found.letThrough === 0) return page;
  const texts = found.text.split("\n");
  const lines = page.lines.map((line, row) => {
    const text = texts[row] ?? "";
    if (text === textOfLine(line)) return line;
    const edge = (at: 1 | 2 | 3 | 4, of: (...all: number[]) => number): number =>
      of(...line.words.map((word) => word[at]));
    const whole = [edge(1, Math.min), edge(2, Math.min), edge(3, Math.max), edge(4, Math.max)] as const;
    return { ...line, words: [[text, ...whole] as (typeof line.words)[number]] };
  });
  const withheld: Withheld[] = [...found.withheld];
  return { ...page, lines, secrets: { withheld, letThrough: found.letThrough } };
}
