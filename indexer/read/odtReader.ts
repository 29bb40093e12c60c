import { type Extracted, UnreadableFile } from "./extracted.ts";
import { openParts, openRows, openText } from "./openDocument.ts";
import { DocumentWriter } from "./writer.ts";
import { childrenOf, textIn, within, type Xml } from "./xml.ts";

/** What stands in a paragraph and is written apart from it. */
const apart = ["text:note", "office:annotation", "draw:frame", "draw:custom-shape", "text:ruby-text"];

/**
 * The text of an OpenDocument text: headings, paragraphs, lists, tables, text boxes; notes and comments at the end,
 * deleted text of tracked changes as deleted, headers and footers once. Throws UnreadableFile.
 */
export async function read(bytes: Buffer): Promise<Extracted> {
  const parts = openParts(bytes);
  if (!parts) throw new UnreadableFile("The document is damaged: it holds no text part.");
  const { content, styles } = parts;
  const writer = new OdtWriter([...numberedLevels(content), ...numberedLevels(styles)], titleStyles(content));
  writer.blocks(within(content, "office:text")[0]);
  writer.atEnd(styles);
  return writer.out.extracted("The document");
}

class OdtWriter {
  readonly out = new DocumentWriter();
  private readonly notes: string[] = [];
  private readonly comments: string[] = [];
  private readonly deleted: string[] = [];
  private readonly numbered: ReadonlySet<string>;
  private readonly titles: ReadonlySet<string>;

  /**
   * @param numbered The levels of list styles that count, as `numberedLevels` gives them.
   * @param titles The styles of the document's title.
   */
  constructor(numbered: readonly string[], titles: readonly string[]) {
    this.numbered = new Set(numbered);
    this.titles = new Set(titles);
  }

  blocks(parent: Xml | undefined, depth = 0): void {
    for (const child of childrenOf(parent)) this.block(child, depth);
  }

  atEnd(styles: Xml | undefined): void {
    for (const [i, note] of this.notes.entries()) this.out.paragraph(`[${i + 1}] ${note}`);
    for (const comment of this.comments) this.out.paragraph(`Comment: ${comment}`);
    for (const text of this.deleted) this.out.paragraph(`Deleted: ${text}`);
    const repeated = within(styles, "style:header", "style:footer").map((one) => openText(one).trim());
    for (const text of new Set(repeated)) this.out.paragraph(text);
  }

  private block(element: Xml, depth: number, style = ""): void {
    switch (element.name) {
      case "text:h":
        this.out.heading(this.inline(element), 1 + Number(element.attributes["text:outline-level"] ?? 1));
        break;
      case "text:p":
        // The document's title stands above all headings.
        if (this.titles.has(element.attributes["text:style-name"] ?? "")) {
          this.out.heading(this.inline(element), 1);
        } else this.out.paragraph(this.inline(element));
        break;
      case "text:list":
        this.list(element, depth, element.attributes["text:style-name"] ?? style);
        break;
      case "table:table":
        this.out.table(openRows(element, (cell) => this.cell(cell)));
        break;
      case "text:tracked-changes":
        for (const deletion of within(element, "text:deletion"))
          this.deleted.push(openText(deletion, ["office:change-info"]));
        break;
      case "draw:frame":
      case "draw:custom-shape":
        for (const box of [
          ...within(element, "draw:text-box"),
          ...(element.name === "draw:frame" ? [] : [element]),
        ]) {
          this.blocks(box, depth);
        }
        break;
      case "text:table-of-content":
      case "text:alphabetical-index":
        // It repeats the headings.
        break;
      default:
        this.blocks(element, depth);
    }
  }

  private list(list: Xml, depth: number, style: string): void {
    const isNumbered = this.numbered.has(`${style} ${depth + 1}`);
    for (const [index, item] of childrenOf(list, "text:list-item", "text:list-header").entries()) {
      for (const child of childrenOf(item)) {
        if (child.name === "text:list") this.block(child, depth + 1, style);
        else if (child.name === "text:p") {
          this.out.item(this.inline(child), isNumbered ? `${index + 1}.` : "•", depth);
        } else this.block(child, depth, style);
      }
    }
  }

  private cell(cell: Xml): string {
    return within(cell, "text:p", "text:h")
      .map((paragraph) => this.inline(paragraph))
      .join(" ");
  }

  /** The paragraph's own text; what hangs on it is written after it, or at the end. */
  private inline(paragraph: Xml): string {
    for (const note of within(paragraph, "text:note")) {
      this.notes.push(
        within(note, "text:note-body")
          .map((body) => openText(body))
          .join(" ")
          .trim(),
      );
    }
    for (const note of within(paragraph, "office:annotation")) {
      const author = childrenOf(note, "dc:creator").map(textIn).join("");
      const text = within(note, "text:p")
        .map((one) => openText(one))
        .join(" ");
      this.comments.push(author === "" ? text : `${author}: ${text}`);
    }
    for (const frame of within(paragraph, "draw:frame", "draw:custom-shape")) this.block(frame, 0);
    return openText(paragraph, apart);
  }
}

/** The style of titles, and what the document made of it for single paragraphs. */
function titleStyles(root: Xml): string[] {
  const made = within(root, "style:style").filter(
    ({ attributes }) => attributes["style:parent-style-name"] === "Title",
  );
  return ["Title", ...made.map(({ attributes }) => attributes["style:name"] ?? "")];
}

/** The levels of lists that count their items, each as "STYLE LEVEL". */
function numberedLevels(root: Xml | undefined): string[] {
  return within(root, "text:list-style").flatMap((style) =>
    childrenOf(style, "text:list-level-style-number")
      .filter(({ attributes }) => (attributes["style:num-format"] ?? "") !== "")
      .map(({ attributes }) => `${style.attributes["style:name"] ?? ""} ${attributes["text:level"] ?? ""}`),
  );
}
