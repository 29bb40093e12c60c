import { type DocxStyles, valOf } from "./docxStyles.ts";
import { written } from "./listNumbers.ts";
import { childrenOf, type Xml } from "./xml.ts";

/** Word has nine levels. */
const deepest = 8;

/** Counts the numbered paragraphs of a Word document as Word does, so that "6.3" is found where a page shows it. */
export class DocxNumbering {
  private readonly styles: DocxStyles;
  private readonly numbers = new Map<string, Xml>();
  private readonly lists = new Map<string, Xml>();
  private readonly counters = new Map<string, number[]>();
  private readonly restarted = new Set<string>();

  constructor(root: Xml | undefined, styles: DocxStyles) {
    this.styles = styles;
    for (const list of childrenOf(root, "abstractNum")) {
      this.lists.set(list.attributes["abstractNumId"] ?? "", list);
    }
    for (const number of childrenOf(root, "num")) this.numbers.set(number.attributes["numId"] ?? "", number);
  }

  /** What stands before a paragraph with these properties, and how deep; undefined where nothing does. */
  markOf(properties: Xml | undefined): { mark: string; depth: number } | undefined {
    const numbering = this.styles.property(properties, "numPr");
    if (!numbering) return undefined;
    const own = valOf(childrenOf(numbering.element, "numId")[0]);
    // A paragraph may change the level alone.
    const inherited = this.styles.property({ ...emptied, children: styleOf(properties) }, "numPr")?.element;
    const id = own ?? valOf(childrenOf(inherited, "numId")[0]) ?? "0";
    const number = this.numbers.get(id);
    if (!number) return undefined;
    const listId = this.listOf(number);
    const levels = childrenOf(this.lists.get(listId), "lvl");
    const linked = levels.find((level) => valOf(childrenOf(level, "pStyle")[0]) === numbering.style);
    const written = valOf(childrenOf(numbering.element, "ilvl")[0]) ?? linked?.attributes["ilvl"] ?? "0";
    const depth = Math.max(0, Math.min(deepest, Math.trunc(Number(written)) || 0));
    return { mark: this.count(id, number, listId, depth), depth };
  }

  private count(id: string, number: Xml, listId: string, depth: number): string {
    const levels = Array.from({ length: depth + 1 }, (_, at) => this.levelOf(number, listId, at));
    const counters = this.counters.get(listId) ?? [];
    this.counters.set(listId, counters);
    const override = valOf(childrenOf(overrideOf(number, depth), "startOverride")[0]);
    if (override !== undefined && !this.restarted.has(`${id} ${depth}`)) {
      this.restarted.add(`${id} ${depth}`);
      counters.length = Math.min(counters.length, depth);
    }
    levels.forEach((level, at) => {
      const start = Number(at === depth ? (override ?? startOf(level)) : startOf(level)) || 0;
      const counted = counters[at];
      if (counted === undefined) counters[at] = start;
      else if (at === depth) counters[at] = counted + 1;
    });
    counters.length = depth + 1;
    const level = levels[depth];
    const format = formatOf(level);
    if (format === "bullet") return "•";
    const isLegal = childrenOf(level, "isLgl").length > 0;
    return (valOf(childrenOf(level, "lvlText")[0]) ?? `%${depth + 1}.`).replace(/%([1-9])/g, (_, digit) => {
      const at = Number(digit) - 1;
      return written(counters[at] ?? 1, isLegal ? "decimal" : formatOf(levels[at]));
    });
  }

  /** The list that a number counts in; a list may be that of a style. */
  private listOf(number: Xml): string {
    const id = valOf(childrenOf(number, "abstractNumId")[0]) ?? "";
    const style = valOf(childrenOf(this.lists.get(id), "numStyleLink")[0]);
    if (style === undefined) return id;
    const linked = [...this.lists].find(([, list]) => valOf(childrenOf(list, "styleLink")[0]) === style);
    return linked?.[0] ?? id;
  }

  private levelOf(number: Xml, listId: string, depth: number): Xml | undefined {
    const isIt = ({ attributes }: Xml): boolean => attributes["ilvl"] === String(depth);
    return (
      childrenOf(overrideOf(number, depth), "lvl")[0] ?? childrenOf(this.lists.get(listId), "lvl").find(isIt)
    );
  }
}

const emptied = { name: "pPr", attributes: {} };

function styleOf(properties: Xml | undefined): Xml[] {
  return childrenOf(properties, "pStyle");
}

function overrideOf(number: Xml, depth: number): Xml | undefined {
  return childrenOf(number, "lvlOverride").find(({ attributes }) => attributes["ilvl"] === String(depth));
}

function startOf(level: Xml | undefined): string {
  return valOf(childrenOf(level, "start")[0]) ?? "1";
}

function formatOf(level: Xml | undefined): string {
  return valOf(childrenOf(level, "numFmt")[0]) ?? "decimal";
}
