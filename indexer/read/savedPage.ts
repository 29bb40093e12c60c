import { attribute, deepest, type HtmlElement, type HtmlNode, isElement } from "./html.ts";

/** What a frame shows, and the names under which pages call for it. */
export interface Frame {
  readonly names: readonly string[];
  readonly nodes: readonly HtmlNode[];
}

/** Puts what frames show into their places. Each is shown once, and taken out of the set, so that none is in itself. */
export function putFrames(nodes: readonly HtmlNode[], frames: Set<Frame>, depth = 0): void {
  if (depth > deepest) return;
  for (const node of nodes) {
    if (!isElement(node)) continue;
    const source = /^i?frame$/.test(node.tagName) ? attribute(node, "src") : "";
    const shown = source === "" ? undefined : [...frames].find(({ names }) => names.includes(source));
    if (shown) {
      frames.delete(shown);
      makeBlock(node, shown.nodes);
    }
    putFrames(node.childNodes, frames, depth + 1);
  }
}

/**
 * Elements that pages define themselves may show a tree of their own, which browsers save in a template: it takes the
 * place of what stands in the element, and that goes into its slots.
 */
export function openShadows(nodes: readonly HtmlNode[], depth = 0): void {
  if (depth > deepest) return;
  for (const node of nodes) {
    if (!isElement(node)) continue;
    const template = node.childNodes.find(isShadow);
    if (template) {
      const own = node.childNodes.filter((child) => child !== template);
      node.childNodes = template.content.childNodes;
      fillSlots(node.childNodes, own, new Set(), depth);
    }
    openShadows(node.childNodes, depth + 1);
  }
}

type Shadow = HtmlElement & { readonly content: { readonly childNodes: HtmlNode[] } };

function isShadow(node: HtmlNode): node is Shadow {
  return (
    isElement(node) &&
    node.tagName === "template" &&
    "content" in node &&
    node.attrs.some(({ name }) => name === "shadowmode" || name === "shadowrootmode")
  );
}

/** Of slots with one name the first is filled, as browsers do it: what is shown twice could be doubled without end. */
function fillSlots(
  nodes: readonly HtmlNode[],
  own: readonly HtmlNode[],
  filled: Set<string>,
  depth: number,
): void {
  if (depth > deepest) return;
  for (const node of nodes) {
    if (!isElement(node)) continue;
    const name = attribute(node, "name");
    if (node.tagName !== "slot" || filled.has(name)) {
      fillSlots(node.childNodes, own, filled, depth + 1);
      continue;
    }
    const filling = own.filter((child) => (isElement(child) ? attribute(child, "slot") : "") === name);
    if (filling.length === 0) continue;
    filled.add(name);
    node.childNodes = filling;
  }
}

function makeBlock(element: HtmlElement, nodes: readonly HtmlNode[]): void {
  element.tagName = "div";
  element.nodeName = "div";
  element.childNodes = [...nodes];
}
