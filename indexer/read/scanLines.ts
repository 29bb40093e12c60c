import type { ScannedLine, ScannedPage, ScannedWord } from "../../protocol/scans.ts";
import type { GreyPage, Turn } from "./greyPage.ts";
import type { Box, ReadPage } from "./tesseract.ts";

/** In percent. What is read in pictures of things and in stains has less. */
const least = { word: 25, line: 40 } as const;
/** A page that is read like this stands upright. */
const sure = { confidence: 75, words: 8 } as const;
const scale = 10_000;
const pointsPerInch = 72;

/** The lines of a page with the boxes of its words, as the page is shown. */
export function linesOf(read: ReadPage, turned: GreyPage, by: Turn, dotsPerInch: number): ScannedLine[] {
  const lines: ScannedLine[] = [];
  for (const { paragraphs } of read.blocks) {
    for (const paragraph of paragraphs) {
      let isFirst = true;
      for (const { words: all, rowAttributes } of paragraph.lines) {
        const words = all.filter(({ text, confidence }) => text.trim() !== "" && confidence >= least.word);
        if (meanOf(words) < least.line) continue;
        lines.push({
          words: words.map(({ text, bbox }): ScannedWord => [text.trim(), ...asShown(bbox, turned, by)]),
          size: Math.round((rowAttributes.rowHeight / dotsPerInch) * pointsPerInch * 10) / 10,
          ...(isFirst && { isFirst: true as const }),
        });
        isFirst = false;
      }
    }
  }
  return lines;
}

/** How much of a page was read with how much confidence: the right way round it is the most. */
export function worthOf(read: ReadPage): { readonly worth: number; readonly isSure: boolean } {
  const words = wordsOf(read).filter(({ text }) => /\p{L}{2}|\d{2}/u.test(text));
  const worth = words.reduce(
    (sum, { text, confidence }) => sum + text.length * Math.max(0, confidence - 40),
    0,
  );
  return { worth, isSure: words.length >= sure.words && meanOf(words) >= sure.confidence };
}

export function textOf({ lines }: Pick<ScannedPage, "lines">): string {
  return lines.map(textOfLine).join("\n");
}

export function textOfLine({ words }: ScannedLine): string {
  return words.map(([text]) => text).join(" ");
}

function wordsOf(read: ReadPage) {
  return read.blocks.flatMap(({ paragraphs }) =>
    paragraphs.flatMap(({ lines }) => lines.flatMap(({ words }) => words)),
  );
}

function meanOf(words: readonly { readonly confidence: number; readonly text: string }[]): number {
  const letters = words.reduce((sum, { text }) => sum + text.length, 0);
  const all = words.reduce((sum, { text, confidence }) => sum + text.length * confidence, 0);
  return letters === 0 ? 0 : all / letters;
}

/** A box on the page that was turned clockwise to be read, on the page as it is shown. */
function asShown(
  { x0, y0, x1, y1 }: Box,
  { width, height }: Pick<GreyPage, "width" | "height">,
  by: Turn,
): [number, number, number, number] {
  const [left, top, right, bottom] = [x0 / width, y0 / height, x1 / width, y1 / height];
  const shown = {
    0: [left, top, right, bottom],
    90: [top, 1 - right, bottom, 1 - left],
    180: [1 - right, 1 - bottom, 1 - left, 1 - top],
    270: [1 - bottom, left, 1 - top, right],
  }[by];
  const [a = 0, b = 0, c = 0, d = 0] = shown.map((part) =>
    Math.round(Math.min(1, Math.max(0, part)) * scale),
  );
  return [a, b, c, d];
}
