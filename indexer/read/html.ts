import { type DefaultTreeAdapterTypes, parse } from "parse5";
import type { DocumentWriter } from "./writer.ts";

export type HtmlNode = DefaultTreeAdapterTypes.ChildNode;
export type HtmlElement = DefaultTreeAdapterTypes.Element;
type Node = HtmlNode;
type Element = HtmlElement;

/** Nothing in these is for readers. */
const unseen = new Set(["head", "script", "style", "noscript", "svg", "object", "iframe", "nav"]);
/** These end the paragraph that they stand in. */
const blocks = new Set(
  "address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr html li main menu ol p pre section summary table tbody td tfoot th thead tr ul".split(
    " ",
  ),
);
/** What nests deeper, as the elements do that an old page opens and never closes, keeps its words alone. */
export const deepest = 400;

/** Writes what a page shows: headings, paragraphs, lists and tables. Nothing is fetched and no script is run. */
export function writeHtml(html: string, writer: DocumentWriter, below = 0): void {
  writeNodes(parse(html).childNodes, writer, below);
}

/** The same for a part of a page. */
export function writeNodes(nodes: readonly HtmlNode[], writer: DocumentWriter, below = 0): void {
  new HtmlWalk(writer, below).walk(nodes, 0);
}

/** The title that a page gives itself; "" for none. */
export function htmlTitle(html: string): string {
  return titleIn(parse(html).childNodes);
}

/** The same for a page that is parsed. */
export function titleIn(page: readonly HtmlNode[]): string {
  const find = (nodes: readonly Node[], depth: number): string => {
    for (const node of nodes) {
      if (!isElement(node) || depth > deepest) continue;
      if (node.tagName === "title") return plain(node.childNodes, 0);
      if (node.tagName === "body") return "";
      const found = find(node.childNodes, depth + 1);
      if (found !== "") return found;
    }
    return "";
  };
  return find(page, 0).replace(/\s+/g, " ").trim();
}

class HtmlWalk {
  private readonly writer: DocumentWriter;
  private readonly below: number;
  private line = "";

  constructor(writer: DocumentWriter, below: number) {
    this.writer = writer;
    this.below = below;
  }

  walk(nodes: readonly Node[], depth: number): void {
    this.inner(nodes, depth);
    this.end();
  }

  private inner(nodes: readonly Node[], depth: number): void {
    if (depth > deepest) {
      this.line += flattened(nodes);
      return;
    }
    for (const node of nodes) {
      if ("value" in node) this.line += node.value;
      else if (isElement(node) && !isHidden(node)) this.element(node, depth);
    }
  }

  private element(element: Element, depth: number): void {
    const { tagName, childNodes } = element;
    if (tagName === "br") {
      this.line += "\u2028";
      return;
    }
    if (tagName === "img") this.line += ` ${attribute(element, "alt")} `;
    if (!blocks.has(tagName)) {
      const apart = isNoteMark(element) ? " " : "";
      this.line += apart;
      this.inner(childNodes, depth + 1);
      this.line += apart;
      return;
    }
    this.end();
    const heading = /^h([1-6])$/.exec(tagName)?.[1];
    if (heading !== undefined) this.writer.heading(plain(childNodes, depth), Number(heading) + this.below);
    else if (tagName === "table" && isOfData(element)) this.table(element, depth);
    else if (tagName === "pre") this.writer.verbatim(plain(childNodes, depth));
    else if (tagName === "ul" || tagName === "ol") this.list(element, 0, depth);
    else if (tagName === "dl") this.definitions(element, depth);
    else this.walk(childNodes, depth + 1);
  }

  private list({ tagName, childNodes }: Element, level: number, depth: number): void {
    if (depth > deepest) {
      this.writer.paragraph(flattened(childNodes));
      return;
    }
    let number = 0;
    for (const item of childNodes.filter(isElement)) {
      if (isHidden(item)) continue;
      // Some programs put a list into a list without an item around it.
      if (isList(item)) this.list(item, level + 1, depth + 1);
      if (item.tagName !== "li") continue;
      number += 1;
      if (holdsMore(item)) {
        this.walk(item.childNodes, depth + 1);
        continue;
      }
      const own = item.childNodes.filter((node) => !isList(node));
      this.writer.item(plain(own, depth), tagName === "ol" ? `${number}.` : "•", level);
      for (const child of item.childNodes) if (isList(child)) this.list(child, level + 1, depth + 2);
    }
  }

  /** A term and what it means are one paragraph, where that is one. */
  private definitions({ childNodes }: Element, depth: number): void {
    if (depth > deepest) {
      this.writer.paragraph(flattened(childNodes));
      return;
    }
    let term = "";
    const endTerm = (): void => {
      this.writer.paragraph(term);
      term = "";
    };
    for (const child of childNodes.filter(isElement)) {
      if (isHidden(child)) continue;
      if (child.tagName === "dd" && !child.childNodes.some(isBlock)) {
        const meaning = plain(child.childNodes, depth).trim();
        this.writer.paragraph([term, meaning].filter((text) => text !== "").join(": "));
        term = "";
        continue;
      }
      endTerm();
      if (child.tagName === "dt") term = plain(child.childNodes, depth).trim();
      else if (child.tagName === "div") this.definitions(child, depth + 1);
      else this.walk([child], depth + 1);
    }
    endTerm();
  }

  private table(table: Element, depth: number): void {
    const rows = descendants(table, "tr", depth).map((row) =>
      row.childNodes.filter((cell) => isElement(cell)).map((cell) => plain([cell], depth)),
    );
    for (const caption of descendants(table, "caption", depth))
      this.writer.paragraph(plain([caption], depth));
    this.writer.table(rows);
  }

  private end(): void {
    // What the source breaks is one line; what the page breaks is not.
    this.writer.paragraph(this.line.replaceAll("\n", " ").replaceAll("\u2028", "\n"));
    this.line = "";
  }
}

function isBlock(node: Node): boolean {
  return isElement(node) && blocks.has(node.tagName);
}

function isList(node: Node): node is Element {
  return isElement(node) && (node.tagName === "ul" || node.tagName === "ol");
}

/** Whether an item is more than a text: programs number headings by lists, and lay pages out by them. */
function holdsMore(item: Element): boolean {
  return ["h1", "h2", "h3", "h4", "h5", "h6", "table", "pre"].some(
    (name) => descendants(item, name, 0).length > 0,
  );
}

/** Mails are laid out by tables: one with headings or blocks in its cells, or with a single column, is no table of data. */
function isOfData(table: Element): boolean {
  if (descendants(table, "table", 0).length > 0) return false;
  const rows = descendants(table, "tr", 0);
  const hasColumns = rows.some((row) => row.childNodes.filter(isElement).length > 1);
  const isLaidOut = ["h1", "h2", "h3", "ul", "ol"].some((name) => descendants(table, name, 0).length > 0);
  return hasColumns && !isLaidOut;
}

function descendants(element: Element, name: string, depth: number): Element[] {
  if (depth > deepest) return [];
  return element.childNodes
    .filter(isElement)
    .flatMap((child) => (child.tagName === name ? [child] : descendants(child, name, depth + 1)));
}

function plain(nodes: readonly Node[], depth: number): string {
  if (depth > deepest) return flattened(nodes);
  return nodes
    .map((node) => {
      if ("value" in node) return node.value;
      if (!isElement(node) || isHidden(node)) return "";
      if (node.tagName === "br") return "\n";
      if (node.tagName === "img") return ` ${attribute(node, "alt")} `;
      const text = plain(node.childNodes, depth + 1);
      return blocks.has(node.tagName) || isNoteMark(node) ? ` ${text} ` : text;
    })
    .join("");
}

/** All text of nodes that nest too deep to be called for one in the other. */
function flattened(nodes: readonly Node[]): string {
  const left: (Node | " ")[] = [...nodes].reverse();
  let text = "";
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    if (next === " ") text += next;
    else if ("value" in next) text += next.value;
    else if (isElement(next) && !isHidden(next)) {
      const space = blocks.has(next.tagName) || next.tagName === "br" ? ([" "] as const) : [];
      left.push(...space);
      for (const child of [...next.childNodes].reverse()) left.push(child);
      left.push(...space);
    }
  }
  return text;
}

/** A raised number that leads to a note, or back from it, and must not hang on a word. */
function isNoteMark({ tagName, childNodes }: Element): boolean {
  const inner = tagName === "sup" ? "a" : tagName === "a" ? "sup" : "";
  const [only, ...others] = childNodes;
  return only !== undefined && isElement(only) && only.tagName === inner && others.length === 0;
}

export function isElement(node: Node): node is Element {
  return "tagName" in node;
}

function isHidden(element: Element): boolean {
  if (unseen.has(element.tagName) || element.attrs.some(({ name }) => name === "hidden")) return true;
  return /display\s*:\s*none/i.test(attribute(element, "style"));
}

export function attribute({ attrs }: Element, name: string): string {
  return attrs.find((one) => one.name === name)?.value ?? "";
}
