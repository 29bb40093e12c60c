import { u16, u32 } from "./compoundFile.ts";
import { written } from "./listNumbers.ts";

/** Word has nine levels. */
const levelCount = 9;
const listSize = 28;
const overrideSize = 16;
/** Formats of numbers, by the numbers of [MS-DOC]. */
const formats: Readonly<Record<number, string>> = {
  0: "decimal",
  1: "upperRoman",
  2: "lowerRoman",
  3: "upperLetter",
  4: "lowerLetter",
  22: "decimalZero",
  23: "bullet",
  255: "none",
};

interface Level {
  readonly start: number;
  readonly format: string;
  /** In which a character below 9 stands for the number of that level. */
  readonly text: string;
}

interface List {
  readonly levels: readonly Level[];
  readonly counters: number[];
}

/** Counts the numbered paragraphs of a Word 97 document as Word does. */
export class DocLists {
  private readonly lists = new Map<number, List>();
  /** The list of each number that paragraphs have, from 1. */
  private readonly ids: number[] = [];

  /**
   * @param lists The table of lists, with what follows it.
   * @param overrides The table by which paragraphs refer to lists.
   */
  constructor(lists: Buffer, overrides: Buffer) {
    const count = Math.min(u16(lists, 0), Math.floor(lists.length / listSize));
    let at = 2 + listSize * count;
    for (let i = 0; i < count; i++) {
      const list = 2 + listSize * i;
      const levels: Level[] = [];
      for (let left = (lists[list + 26] ?? 0) & 1 ? 1 : levelCount; left > 0 && at < lists.length; left--) {
        const changes = (lists[at + 24] ?? 0) + (lists[at + 25] ?? 0);
        const text = at + listSize + changes;
        const end = text + 2 + 2 * u16(lists, text);
        levels.push({
          start: u32(lists, at),
          format: formats[lists[at + 4] ?? 0] ?? "decimal",
          text: lists.toString("utf16le", text + 2, end),
        });
        at = end;
      }
      this.lists.set(u32(lists, list), { levels, counters: [] });
    }
    for (let i = 0; i < Math.min(u32(overrides, 0), overrides.length / overrideSize); i++) {
      this.ids.push(u32(overrides, 4 + overrideSize * i));
    }
  }

  /** What stands before the next paragraph of a list; undefined where nothing does. */
  mark(number: number, depth: number): string | undefined {
    const list = this.lists.get(this.ids[number - 1] ?? -1);
    const level = list?.levels[depth];
    if (!list || !level) return undefined;
    const { counters, levels } = list;
    levels.slice(0, depth + 1).forEach(({ start }, at) => {
      const counted = counters[at];
      if (counted === undefined) counters[at] = start;
      else if (at === depth) counters[at] = counted + 1;
    });
    counters.length = depth + 1;
    if (level.format === "bullet") return "•";
    return [...level.text]
      .map((sign) => {
        const at = sign.charCodeAt(0);
        return at < levelCount ? written(counters[at] ?? 1, levels[at]?.format ?? "decimal") : sign;
      })
      .join("");
  }
}
