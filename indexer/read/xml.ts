import { SaxesParser } from "saxes";
import { UnreadableFile } from "./extracted.ts";

/** An element; names keep the prefix with which the file writes them ("a:t"). */
export interface Xml {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly (Xml | string)[];
}

/** No document nests deeper; one that does is made to break what reads it. */
const deepest = 400;

/**
 * The root of an XML text. Entities of its own are not replaced and nothing is fetched. Throws UnreadableFile when it
 * is not well formed.
 */
export function parseXml(text: string): Xml {
  return parse(text, (name) => name);
}

/** The same with names that are without their prefix, which a file may choose as it likes. */
export function parseUnprefixed(text: string): Xml {
  return parse(text, (name) => name.slice(name.indexOf(":") + 1));
}

function parse(text: string, nameOf: (written: string) => string): Xml {
  const parser = new SaxesParser();
  const root: Open = { name: "", attributes: {}, children: [] };
  const open: Open[] = [root];
  parser.on("opentag", ({ name, attributes }) => {
    if (open.length > deepest) throw new UnreadableFile("The document is nested far deeper than any is.");
    const named = Object.entries(attributes).map(([key, value]) => [nameOf(key), value] as const);
    const element: Open = { name: nameOf(name), attributes: Object.fromEntries(named), children: [] };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on("closetag", () => open.pop());
  parser.on("text", (piece) => open.at(-1)?.children.push(piece));
  parser.on("cdata", (piece) => open.at(-1)?.children.push(piece));
  parser.on("error", (error) => {
    throw new UnreadableFile(`The document is damaged: ${error.message.replace(/^\d+:\d+: /, "")}`);
  });
  parser.write(text).close();
  const element = root.children.find((child): child is Open => typeof child !== "string");
  if (!element) throw new UnreadableFile("The document is damaged: a part of it is empty.");
  return element;
}

interface Open extends Xml {
  readonly children: (Open | string)[];
}

/** The elements among the children, those with one of the names if some are given. */
export function childrenOf(element: Xml | undefined, ...names: readonly string[]): Xml[] {
  return (element?.children ?? []).filter(
    (child): child is Xml => typeof child !== "string" && (names.length === 0 || names.includes(child.name)),
  );
}

/** All elements below it with one of the names, in the order of the text; what stands inside one is not looked at. */
export function within(element: Xml | undefined, ...names: readonly string[]): Xml[] {
  return childrenOf(element).flatMap((child) =>
    names.includes(child.name) ? [child] : within(child, ...names),
  );
}

/** All text below it, put together. */
export function textIn(element: Xml): string {
  return element.children.map((child) => (typeof child === "string" ? child : textIn(child))).join("");
}
