import { findAll, type LooseText, locate, loosen } from "../../text/looseText.ts";

/** The text of a part of the page, in which places can be found and marked. What `data-aside` holds is no part of it. */
export class DomText {
  private readonly nodes: { readonly node: Text; readonly start: number }[] = [];
  private readonly loose: LooseText;

  constructor(root: Element) {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) =>
      node instanceof Element && node.hasAttribute("data-aside")
        ? NodeFilter.FILTER_REJECT
        : NodeFilter.FILTER_ACCEPT,
    );
    const texts: string[] = [];
    let length = 0;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (!(node instanceof Text)) continue;
      this.nodes.push({ node, start: length });
      texts.push(node.data);
      length += node.data.length;
    }
    this.loose = loosen(texts.join(""));
  }

  /** Every place at which a text stands. */
  findAll(wanted: string): Range[] {
    return findAll(this.loose, wanted).map((place) => this.rangeOf(place));
  }

  /** Where a passage or a sentence stands, the place nearest to the element `near`; empty when it is not here. */
  locate(wanted: string, near?: Element): Range[] {
    const start = near && this.nodes.find(({ node }) => near.contains(node))?.start;
    return locate(this.loose, wanted, start).map((place) => this.rangeOf(place));
  }

  private rangeOf([start, end]: [number, number]): Range {
    const range = document.createRange();
    const from = this.at(start);
    const to = this.at(end - 1);
    if (from) range.setStart(from.node, start - from.start);
    if (to) range.setEnd(to.node, end - to.start);
    return range;
  }

  private at(offset: number): { readonly node: Text; readonly start: number } | undefined {
    let low = 0;
    let high = this.nodes.length - 1;
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.nodes[middle]?.start ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return this.nodes[low];
  }
}

/** The kinds of marks, as the style sheet names them. */
type MarkName = "carrel-passage" | "carrel-found";

/** Marks these places and takes the same kind's marks off all others. The document's elements stay as they are. */
export function mark(name: MarkName, ranges: readonly Range[]): void {
  if (ranges.length > 0) CSS.highlights.set(name, new Highlight(...ranges));
  else CSS.highlights.delete(name);
}

/** Whether there are marks of this kind, and their elements have not been taken off the page. */
export function isMarked(name: MarkName): boolean {
  return [...(CSS.highlights.get(name) ?? [])].some((range) => isThere(range as Range));
}

/** A range whose elements are taken away closes at the place where they were, or goes with them. */
export function isThere(range: Range): boolean {
  return !range.collapsed && range.startContainer.isConnected;
}
