import { childrenOf, type Xml } from "./xml.ts";

/** The text of an OpenDocument paragraph, in which several spaces, tabs and line ends are elements. */
export function openText(element: Xml, skipped: readonly string[] = []): string {
  return element.children
    .map((child) => {
      if (typeof child === "string") return child;
      if (skipped.includes(child.name)) return "";
      if (child.name === "text:s") return " ".repeat(Math.min(100, Number(child.attributes["text:c"] ?? 1)));
      if (child.name === "text:tab") return " ";
      if (child.name === "text:line-break") return "\n";
      return openText(child, skipped);
    })
    .join("");
}

/** The cells of an OpenDocument table, row by row; what is repeated is there once. */
export function openRows(table: Xml, textOf: (cell: Xml) => string): string[][] {
  return childrenOf(table).flatMap((child) => {
    if (child.name === "table:table-row") {
      return [childrenOf(child, "table:table-cell", "table:covered-table-cell").map(textOf)];
    }
    return ["table:table-header-rows", "table:table-rows", "table:table-row-group"].includes(child.name)
      ? openRows(child, textOf)
      : [];
  });
}
