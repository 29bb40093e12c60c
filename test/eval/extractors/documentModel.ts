import type { Random } from "../../soak/random.ts";
import { type Language, languages, words } from "./sentences.ts";

/** A part of a made document; each of the writers beside this file knows all of them. */
export type Piece =
  | { readonly is: "heading"; readonly level: 1 | 2 | 3; readonly text: string }
  | {
      readonly is: "paragraph";
      readonly language: Language;
      readonly text: string;
      readonly note?: string;
      readonly comment?: string;
    }
  | { readonly is: "list"; readonly isNumbered: boolean; readonly items: readonly string[] }
  /** In the first row of a merged table the first cell spans two columns. */
  | { readonly is: "table"; readonly isMerged: boolean; readonly rows: readonly (readonly string[])[] }
  | { readonly is: "box"; readonly text: string }
  | { readonly is: "columns"; readonly paragraphs: readonly string[] };

export interface MadeDocument {
  readonly title: string;
  readonly header: string;
  readonly footer: string;
  readonly pieces: readonly Piece[];
}

/** So many documents; each leans to some languages, so that together they have all. */
export function makeDocuments(
  random: Random,
  count: number,
  from: readonly Language[] = languages,
): MadeDocument[] {
  return Array.from({ length: count }, (_, index) => {
    const own = [0, 1, 2, 3].map((step) => from[(index * 3 + step) % from.length] ?? random.pick(from));
    const pieces: Piece[] = [];
    for (let section = 1; section <= 4; section++) {
      pieces.push({ is: "heading", level: section === 3 ? 2 : 1, text: `${section}. ${title(random, own)}` });
      for (let part = 0; part < 4; part++) pieces.push(piece(random, own));
    }
    return {
      title: title(random, own),
      header: `Kestrel Lane Legal ${index + 1}`,
      footer: `Confidential draft ${index + 1}`,
      pieces,
    };
  });
}

function title(random: Random, own: readonly Language[]): string {
  const sentence = random.pick(random.pick(own).sentences);
  const isSpaced = sentence.split(" ").length > 3;
  return isSpaced ? sentence.split(" ").slice(0, 4).join(" ") : sentence.slice(0, 8);
}

function text(random: Random, own: Language, count: number): string {
  return Array.from({ length: count }, () => random.pick(own.sentences)).join(" ");
}

function piece(random: Random, own: readonly Language[]): Piece {
  const language = random.pick(own);
  const sentence = (): string => random.pick(random.pick(own).sentences);
  return random.weighted<() => Piece>([
    [
      6,
      () => ({
        is: "paragraph",
        language,
        text: text(random, language, 2 + random.int(4)),
        ...(random.chance(0.3) ? { note: sentence() } : {}),
        ...(random.chance(0.2) ? { comment: sentence() } : {}),
      }),
    ],
    [
      2,
      () => ({
        is: "list",
        isNumbered: random.chance(0.5),
        items: Array.from({ length: 2 + random.int(4) }, sentence),
      }),
    ],
    [2, () => table(random)],
    [1, () => ({ is: "box", text: sentence() })],
    [1, () => ({ is: "columns", paragraphs: Array.from({ length: 4 }, () => text(random, language, 3)) })],
  ])();
}

function table(random: Random): Piece {
  const row = (): string[] => [
    random.pick(words),
    String(1 + random.int(40)),
    `${random.int(900)}.${10 + random.int(90)} €`,
    `2026-0${1 + random.int(9)}-1${random.int(9)}`,
  ];
  const rows = [["Item", "Quantity", "Price", "Ordered"], ...Array.from({ length: 2 + random.int(6) }, row)];
  return { is: "table", isMerged: random.chance(0.4), rows };
}
