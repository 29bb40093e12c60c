import { childrenOf, type Xml } from "./xml.ts";

/** Styles are based on each other in few steps; more of them are a circle. */
const longestChain = 20;
/** What names of headings' styles begin with, where a file does not say their level otherwise. */
const headingName =
  /^(?:heading|[üu]?berschrift|titre|t[ií]tulo|titolo|rubrik|overskrift|kop|nag[łl][óo]wek|заголовок)\s*([1-9])/i;

/** The styles of a Word document's paragraphs. Elements have their names without prefixes. */
export class DocxStyles {
  private readonly byId = new Map<string, Xml>();

  constructor(root: Xml | undefined) {
    for (const style of childrenOf(root, "style")) this.byId.set(style.attributes["styleId"] ?? "", style);
  }

  /** How high a heading with these properties stands, 1 being the document's title; undefined for other text. */
  headingLevel(properties: Xml | undefined): number | undefined {
    const names = this.chain(properties).flatMap((style) => [
      valOf(childrenOf(style, "name")[0]) ?? "",
      style.attributes["styleId"] ?? "",
    ]);
    if (names.slice(0, 2).some((name) => /^title$/i.test(name))) return 1;
    const outline = valOf(this.property(properties, "outlineLvl")?.element);
    if (outline !== undefined && /^\d+$/.test(outline))
      return Number(outline) < 9 ? Number(outline) + 2 : undefined;
    const named = names.map((name) => headingName.exec(name)?.[1]).find((level) => level !== undefined);
    return named === undefined ? undefined : Number(named) + 1;
  }

  /** A line of a table of contents, which repeats a heading. */
  isOfContents(properties: Xml | undefined): boolean {
    const names = this.chain(properties).map((style) => valOf(childrenOf(style, "name")[0]) ?? "");
    return names.some((name) => /^toc \d$/i.test(name));
  }

  /** A property of a paragraph: its own, or that of the next style that has one, with that style's id. */
  property(properties: Xml | undefined, name: string): { element: Xml; style?: string } | undefined {
    const own = childrenOf(properties, name)[0];
    if (own) return { element: own };
    for (const style of this.chain(properties)) {
      const element = childrenOf(childrenOf(style, "pPr")[0], name)[0];
      if (element) return { element, style: style.attributes["styleId"] ?? "" };
    }
    return undefined;
  }

  /** The paragraph's style and those that it is based on, nearest first. */
  private chain(properties: Xml | undefined): Xml[] {
    const chain: Xml[] = [];
    let id = valOf(childrenOf(properties, "pStyle")[0]);
    while (id !== undefined && chain.length < longestChain) {
      // Some files name styles that they do not hold; the id says what it was.
      const style = this.byId.get(id) ?? { name: "style", attributes: { styleId: id }, children: [] };
      chain.push(style);
      id = valOf(childrenOf(style, "basedOn")[0]);
    }
    return chain;
  }
}

/** What an element says by its one attribute. */
export function valOf(element: Xml | undefined): string | undefined {
  return element?.attributes["val"];
}

/** Whether a property is there and not switched off. */
export function isOn(element: Xml | undefined): boolean {
  return element !== undefined && !["0", "false", "off", "none"].includes(valOf(element) ?? "1");
}
