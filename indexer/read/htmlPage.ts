import { attribute, deepest, type HtmlElement, type HtmlNode, isElement } from "./html.ts";

/** What surrounds the text of a page, by the parts that pages name, and by what authors call them. */
const surroundings = new Set(["nav", "button", "select", "dialog", "menu"]);
const surroundingRoles = new Set(
  "navigation banner contentinfo search complementary dialog alertdialog menu menubar toolbar".split(" "),
);
/** Whole names of classes and ids: a "related-work" is a part of the text. */
const surroundingNames = new Set(
  "nav navbar navigation menu sidebar sphinxsidebar breadcrumb breadcrumbs skip-link skiplink share social newsletter".split(
    " ",
  ),
);
const consentName =
  /^(?:cookies?|consent|gdpr)[-_]?(?:banner|bar|notice|consent|popup|overlay|dialog|modal|message|law)/i;
/** Of the whole page they are its furniture, of its main part they are its own: a letterhead, a warning. */
const pageEnds = new Set(["header", "footer", "aside"]);
const links = /^[\s¶#§🔗]*$/u;
/** A part is the page's main one if it holds this share of the text. */
const mainShare = 0.25;

/** Attributes and texts that a template engine or a framework replaces before a page is shown. */
const templateAttribute = /^(?:v-|ng-|x-(?:data|show|if|for|on|bind)|hx-|th:|wire:|[:@*[(#])/;
const templateText = /\{\{|\{%|<%/;
/** A text about templates may show one or two outside of its examples. */
const fewestTemplateTexts = 3;
/** Folders of sources, and of what is made of them; tests hold pages, too. */
const sourceFolder =
  /(?:^|\/)(?:src|source|app|templates?|views?|_?layouts?|_?partials?|_?includes?|components?|public|static|www|tests?|__tests__|specs?|fixtures?)\//i;
/** A page that shows less is there for its markup or its scripts. */
const fewestCharacters = 200;
const fewestInParagraph = 40;
const fewestCells = 6;
/** Scripts that somebody wrote in the page have lines; such a page is a program if it is so much more script than text. */
const longestScriptLine = 200;
const mostScriptLines = 30;
const scriptShare = 10;

/** What of a page is to be read; the nodes around it are taken out of the tree. */
export function mainPart(page: readonly HtmlNode[]): readonly HtmlNode[] {
  prune(page, 0, false);
  const body = find(page, ({ tagName }) => tagName === "body", 0)?.childNodes ?? page;
  const isMain = (element: HtmlElement): boolean =>
    element.tagName === "main" || attribute(element, "role") === "main";
  const main = find(body, isMain, 0) ?? find(body, ({ tagName }) => tagName === "article", 0);
  return main && textOf(main.childNodes).length > mainShare * textOf(body).length ? main.childNodes : body;
}

/**
 * Whether a page is there to be read. What a template engine fills, what lies among sources, what shows next to
 * nothing and what is more script than text is source code. To be asked before the page's main part is taken.
 * @param path Of the file in its folder.
 */
export function isDocument(html: string, page: readonly HtmlNode[], path: string): boolean {
  if (sourceFolder.test(path) || /^(?:---|<\?(?!xml)|@)/.test(html.trimStart())) return false;
  let characters = 0;
  let hasParagraph = false;
  let cells = 0;
  let scriptLines = 0;
  let scriptCharacters = 0;
  let isTemplate = false;
  let templateTexts = 0;
  visit(page, (node, parent) => {
    if (isElement(node)) {
      isTemplate ||= node.attrs.some(
        (one) => templateAttribute.test(one.name) || templateText.test(one.value),
      );
      cells += node.tagName === "td" || node.tagName === "th" ? 1 : 0;
    } else if ("data" in node) isTemplate ||= /^\?(?!xml)/.test(node.data);
    if (!("value" in node)) return;
    const text = node.value.replace(/\s+/g, " ").trim();
    if (parent === "script" || parent === "style") {
      const lines = parent === "script" ? node.value.split("\n") : [];
      scriptLines += lines.filter((line) => line.trim() !== "" && line.length < longestScriptLine).length;
      scriptCharacters += parent === "script" ? text.length : 0;
      return;
    }
    // What stands as an example in a text about templates is none.
    if (!apart.has(parent) && templateText.test(text)) templateTexts += 1;
    characters += text.length;
    hasParagraph ||= text.length >= fewestInParagraph;
  });
  const isScript = scriptLines > mostScriptLines && scriptCharacters > scriptShare * characters;
  const hasText = hasParagraph || cells >= fewestCells;
  return (
    !isTemplate &&
    templateTexts < fewestTemplateTexts &&
    !isScript &&
    hasText &&
    characters >= fewestCharacters
  );
}

/** Whether an element of this name is among the nodes or below them. */
export function holds(nodes: readonly HtmlNode[], name: string): boolean {
  return find(nodes, ({ tagName }) => tagName === name, 0) !== undefined;
}

function prune(nodes: readonly HtmlNode[], depth: number, isInMain: boolean): void {
  if (depth > deepest) return;
  for (const node of nodes) {
    if (!isElement(node)) continue;
    const isIn = isInMain || node.tagName === "main" || node.tagName === "article";
    node.childNodes = node.childNodes.filter((child) => !isElement(child) || !isAround(child, isIn));
    prune(node.childNodes, depth + 1, isIn);
  }
}

function isAround(element: HtmlElement, isInMain: boolean): boolean {
  const { tagName, childNodes } = element;
  if (tagName === "body" || tagName === "main" || tagName === "article") return false;
  if (surroundings.has(tagName) || surroundingRoles.has(attribute(element, "role"))) return true;
  if (attribute(element, "aria-hidden") === "true") return true;
  if (pageEnds.has(tagName) && !isInMain) return true;
  if (tagName === "a" && links.test(textOf(childNodes))) {
    return !holds(childNodes, "img");
  }
  const names = `${attribute(element, "class")} ${attribute(element, "id")}`.toLowerCase().split(/\s+/);
  const isNamedSo = names.some((name) => surroundingNames.has(name) || consentName.test(name));
  return isNamedSo && find([element], isHeading, 0) === undefined;
}

/** What holds a heading of the page's first level is no furniture, whatever it is called. */
function isHeading({ tagName }: HtmlElement): boolean {
  return tagName === "h1" || tagName === "main" || tagName === "article";
}

function find(
  nodes: readonly HtmlNode[],
  isIt: (element: HtmlElement) => boolean,
  depth: number,
): HtmlElement | undefined {
  if (depth > deepest) return undefined;
  for (const node of nodes) {
    if (!isElement(node)) continue;
    const found = isIt(node) ? node : find(node.childNodes, isIt, depth + 1);
    if (found) return found;
  }
  return undefined;
}

function textOf(nodes: readonly HtmlNode[]): string {
  let text = "";
  visit(nodes, (node, parent) => {
    if ("value" in node && parent !== "script" && parent !== "style") text += node.value.trim();
  });
  return text;
}

/** What stands in these, however deep, is no running text. */
const apart = new Set(["code", "pre", "textarea", "template", "noscript", "script", "style"]);

/** Visits each node in the order of the text, with the name of the element that it stands in; these names stay. */
function visit(
  nodes: readonly HtmlNode[],
  look: (node: HtmlNode, parent: string) => void,
  parent = "",
  depth = 0,
): void {
  if (depth > deepest) return;
  for (const node of nodes) {
    look(node, parent);
    if (isElement(node)) visit(node.childNodes, look, apart.has(parent) ? parent : node.tagName, depth + 1);
  }
}
