import { decode } from "./decode.ts";
import { UnreadableFile } from "./extracted.ts";
import { childrenOf, parseXml, type Xml } from "./xml.ts";
import { Zip } from "./zip.ts";

/** The parts of an OpenDocument file that hold text. */
export interface OpenParts {
  readonly content: Xml;
  readonly styles: Xml | undefined;
}

/**
 * The parts of an OpenDocument file, packed or flat: a flat one has them all in a single XML text. Undefined for an
 * archive that is none. Throws UnreadableFile.
 */
export function openParts(bytes: Buffer): OpenParts | undefined {
  if (bytes.toString("latin1", 0, 2) !== "PK") {
    const decoded = decode(bytes);
    if (!decoded.ok || !decoded.text.trimStart().startsWith("<")) {
      throw new UnreadableFile("The document is damaged: it is neither an archive nor XML.");
    }
    const root = parseXml(decoded.text);
    return root.name === "office:document" ? { content: root, styles: root } : undefined;
  }
  const zip = new Zip(bytes);
  const content = zip.text("content.xml");
  const styles = zip.text("styles.xml");
  if (content === undefined) return undefined;
  return { content: parseXml(content), styles: styles === undefined ? undefined : parseXml(styles) };
}

/** The text of an OpenDocument paragraph, in which several spaces, tabs and line ends are elements. */
export function openText(element: Xml, skipped: readonly string[] = []): string {
  return element.children
    .map((child) => {
      if (typeof child === "string") return child;
      if (skipped.includes(child.name)) return "";
      if (child.name === "text:s")
        return " ".repeat(Math.max(0, Math.min(100, Number(child.attributes["text:c"] ?? 1))));
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
