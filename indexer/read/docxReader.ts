import { DocxNumbering } from "./docxNumbering.ts";
import { DocxStyles, isOn } from "./docxStyles.ts";
import { DocxText, type Hanging } from "./docxText.ts";
import { type Extracted, UnreadableFile } from "./extracted.ts";
import { type Relation, relations } from "./openPackage.ts";
import { DocumentWriter } from "./writer.ts";
import { childrenOf, parseUnprefixed, textIn, within, type Xml } from "./xml.ts";
import { type Parts, Zip } from "./zip.ts";

/** A whole paragraph that has a heading's style is one by mistake when it is longer. */
const longestHeading = 250;

/**
 * The text of a Word document as it stands when all changes are accepted: a paragraph is a line, list items have their
 * mark, a table's row is a line with " | " between its cells. What hangs on a paragraph (text boxes, notes, comments,
 * deleted text) follows it; headers and footers stand once, at the end. Macros are never looked at.
 * Throws UnreadableFile.
 */
export async function read(bytes: Buffer): Promise<Extracted> {
  return readParts(new Zip(bytes));
}

/** The same of parts that are in no archive. Throws UnreadableFile. */
export function readParts(zip: Parts): Extracted {
  const main = [...relations(zip, "").values()].find(({ type }) => type.endsWith("/officeDocument"))?.path;
  const path = main !== undefined && zip.names.includes(main) ? main : "word/document.xml";
  const body = part(zip, path);
  if (!body) throw new UnreadableFile("The document is damaged: it holds no text part.");
  const writer = new DocxWriter(zip, relations(zip, path));
  writer.blocks(body);
  writer.atEnd();
  return writer.out.extracted("The document");
}

class DocxWriter {
  readonly out = new DocumentWriter();
  private readonly zip: Parts;
  private readonly relations: ReadonlyMap<string, Relation>;
  private readonly styles: DocxStyles;
  private readonly numbering: DocxNumbering;
  private readonly notes: ReadonlyMap<string, Xml>;
  private readonly text = new DocxText();
  private readonly noted = new Set<string>();
  private readonly endnotes: string[] = [];
  /** What stood in paragraphs whose end is deleted, or as a large first letter: it continues in the next one. */
  private begun = "";

  constructor(zip: Parts, related: ReadonlyMap<string, Relation>) {
    this.zip = zip;
    this.relations = related;
    this.styles = new DocxStyles(this.parts("styles")[0]);
    this.numbering = new DocxNumbering(this.parts("numbering")[0], this.styles);
    const kinds = { footnotes: "footnote", endnotes: "endnote", comments: "comment" };
    this.notes = new Map(
      Object.entries(kinds).flatMap(([type, name]) =>
        this.parts(type)
          .flatMap((root) => childrenOf(root, name))
          .map((note) => [`${name} ${note.attributes["id"] ?? ""}`, note] as const),
      ),
    );
  }

  blocks(parent: Xml): void {
    for (const child of childrenOf(parent)) this.block(child);
  }

  atEnd(): void {
    if (this.begun !== "") this.out.paragraph(this.begun);
    for (const note of this.endnotes) this.out.paragraph(note);
    const repeated = ["header", "footer"].flatMap((type) => this.parts(type)).map((root) => this.plain(root));
    for (const text of new Set(repeated)) this.out.paragraph(text);
    for (const { type, path } of this.relations.values()) {
      if (/\/(?:package|oleObject|aFChunk)$/.test(type)) {
        this.out.leaveOut(`the inserted file ${path.slice(path.lastIndexOf("/") + 1)}`);
      }
    }
  }

  private block(element: Xml): void {
    switch (element.name) {
      case "p":
        this.paragraph(element);
        break;
      case "tbl":
        this.table(element);
        break;
      case "AlternateContent":
        this.blocks(this.text.chosen(element));
        break;
      case "moveFrom":
        break;
      default:
        if (!element.name.endsWith("Pr")) this.blocks(element);
    }
  }

  private paragraph(element: Xml): void {
    const properties = childrenOf(element, "pPr")[0];
    this.withHanging(() => {
      const text = this.begun + this.text.of(element);
      this.begun = "";
      // Its lines say again what the headings say.
      if (this.styles.isOfContents(properties)) return;
      const isDropCap = childrenOf(properties, "framePr").some(({ attributes }) => "dropCap" in attributes);
      if (isDropCap || within(childrenOf(properties, "rPr")[0], "del").length > 0) {
        this.begun = text;
        return;
      }
      this.write(text, properties);
    });
  }

  private write(text: string, properties: Xml | undefined): void {
    // A paragraph without text counts, too.
    const numbered = this.numbering.markOf(properties);
    const level = this.styles.headingLevel(properties);
    if (level !== undefined && text.length <= longestHeading) {
      const mark = numbered && numbered.mark !== "•" ? numbered.mark : "";
      this.out.heading(`${mark} ${text}`, level);
    } else if (numbered && numbered.mark !== "") this.out.item(text, numbered.mark, numbered.depth);
    else this.out.paragraph(text);
  }

  /** Rows are lines; one that holds more than text (a table, headings, several paragraphs in its only cell) is laid out. */
  private table(element: Xml): void {
    let grid: string[][] = [];
    const hanging: Hanging[] = [];
    // Rows may stand in content controls.
    for (const row of within(element, "tr")) {
      const cells = within(row, "tc");
      if (this.isLaidOut(cells)) {
        this.out.table(grid);
        grid = [];
        for (const cell of cells) this.blocks(cell);
        continue;
      }
      const texts = cells.map((cell) => this.plain(cell));
      const left = texts.join(" ").trim();
      if (!isOn(childrenOf(childrenOf(row, "trPr")[0], "del")[0])) grid.push(texts);
      else if (left !== "") hanging.push({ kind: "deleted", text: left });
      hanging.push(...this.text.takeHanging());
    }
    this.out.table(grid);
    for (const one of hanging) this.hang(one);
  }

  private isLaidOut(cells: readonly Xml[]): boolean {
    return cells.some((cell) => {
      const paragraphs = within(cell, "p").filter((paragraph) => textIn(paragraph).trim() !== "");
      if (within(cell, "tbl").length > 0 || (cells.length === 1 && paragraphs.length > 1)) return true;
      return paragraphs.some(
        (one) => this.styles.headingLevel(childrenOf(one, "pPr")[0]) !== undefined && paragraphs.length > 1,
      );
    });
  }

  /** All paragraphs in it as one text; what hangs on them waits. */
  private plain(element: Xml): string {
    return within(element, "p")
      .map((paragraph) => {
        const numbered = this.numbering.markOf(childrenOf(paragraph, "pPr")[0]);
        const mark = numbered && numbered.mark !== "•" ? numbered.mark : "";
        const text = this.text.of(paragraph).trim();
        return text === "" ? "" : `${mark} ${text}`.trim();
      })
      .filter((text) => text !== "")
      .join(" ");
  }

  /** Writes what hangs on what is written, after it. */
  private withHanging(write: () => void): void {
    write();
    for (const one of this.text.takeHanging()) this.hang(one);
  }

  private hang(one: Hanging): void {
    if (one.kind === "box") this.blocks(one.element);
    else if (one.kind === "deleted") this.out.paragraph(`Deleted: ${one.text}`);
    else if (one.kind === "drawing") this.drawing(one.id);
    else this.note(one.kind, one.id, one.number);
  }

  private note(kind: "footnote" | "endnote" | "comment", id: string, number: number): void {
    const key = `${kind} ${id}`;
    const note = this.notes.get(key);
    // A note that refers to itself would have no end.
    if (!note || this.noted.has(key)) return;
    this.noted.add(key);
    const text = this.plain(note);
    if (kind === "comment") {
      const author = note.attributes["author"] ?? "";
      this.out.paragraph(author === "" ? `Comment: ${text}` : `Comment: ${author}: ${text}`);
    } else if (text !== "" && kind === "footnote") this.out.paragraph(`[${number}] ${text}`);
    else if (text !== "") this.endnotes.push(`[${number}] ${text}`);
    for (const other of this.text.takeHanging()) this.hang(other);
  }

  /** What a diagram or a chart says. */
  private drawing(id: string): void {
    const relation = this.relations.get(id);
    if (!relation || !/\/(?:diagramData|chart)$/.test(relation.type)) return;
    const root = part(this.zip, relation.path);
    const labels = within(root, "p", "strCache").flatMap((one) =>
      one.name === "p" ? [this.text.of(one)] : within(one, "v").map(textIn),
    );
    this.out.paragraph([...new Set(labels)].join("\n"));
  }

  /** The parts that the document refers to as this ("footnotes"). */
  private parts(type: string): Xml[] {
    const paths = [...this.relations.values()].filter((one) => one.type.endsWith(`/${type}`));
    return paths.flatMap(({ path }) => part(this.zip, path) ?? []);
  }
}

function part(zip: Parts, name: string): Xml | undefined {
  const text = zip.text(name);
  return text === undefined ? undefined : parseUnprefixed(text);
}
