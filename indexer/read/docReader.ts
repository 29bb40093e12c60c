import { formatOf } from "../../protocol/formats.ts";
import { openCompoundFile } from "./compoundFile.ts";
import { DocFile, type DocText } from "./docFile.ts";
import { DocLists } from "./docLists.ts";
import { type Note, notesOf } from "./docNotes.ts";
import { DocProperties } from "./docProperties.ts";
import { DocStyles } from "./docStyles.ts";
import type { Extracted } from "./extracted.ts";
import { isCompoundFile } from "./formatInside.ts";
import { readBy } from "./readers.ts";
import { DocumentWriter } from "./writer.ts";

/** A whole paragraph that has a heading's style is one by mistake when it is longer. */
const longestHeading = 250;
/** What is changed of paragraphs, by the numbers of [MS-DOC]. */
const change = {
  inTable: 0x2416,
  rowEnd: 0x2417,
  innerCellEnd: 0x244b,
  innerRowEnd: 0x244c,
  listDepth: 0x260a,
  list: 0x460b,
} as const;
/** Control characters of Word. */
const control = {
  cellEnd: "\u0007",
  pageEnd: "\f",
  paragraphEnd: "\r",
  fieldBegin: "\u0013",
  fieldShown: "\u0014",
  fieldEnd: "\u0015",
} as const;
const signs: Readonly<Record<string, string>> = {
  "\u000b": "\n",
  "\u000e": "\n",
  "\t": "\t",
  "\u001e": "-",
  "\u00a0": "\u00a0",
};

interface Paragraph {
  readonly text: string;
  readonly level: number | undefined;
  readonly mark: string | undefined;
  readonly depth: number;
  /** It is a row of a table in a table. */
  readonly isRow?: true;
}

/**
 * The text of a document of Word 97 to 2003 as it stands when all changes are accepted. What hangs on a paragraph
 * (notes, comments, deleted text) follows it; text boxes, headers and footers stand once, at the end. Macros are never
 * looked at. Throws UnreadableFile.
 */
export async function read(bytes: Buffer, path: string): Promise<Extracted> {
  if (!isCompoundFile(bytes)) return readText(bytes, path);
  const writer = new DocWriter(new DocFile(await openCompoundFile(bytes)));
  writer.write();
  return writer.out.extracted("The document");
}

/** Web applications call pages, mails and plain text documents of Word, which opens them. */
function readText(bytes: Buffer, path: string): Promise<Extracted> {
  const head = bytes
    .toString("latin1", 0, 1_000)
    .replace(/^\u00ef\u00bb\u00bf/, "")
    .trimStart();
  const page = /^<(?:!doctype|html|head|body|meta)\b/i.test(head) ? "html" : undefined;
  // Word itself saves pages as a single file under this name.
  const mime = /^Content-Type:\s*multipart\/related/im.test(head) ? "mht" : "eml";
  const isMime = /^[\w-]+:\s/.test(head) && /^MIME-Version:/im.test(head);
  const other = head.startsWith("<?xml") ? "xml" : isMime ? mime : "txt";
  return readBy(formatOf(`.${page ?? other}`), bytes, path);
}

class DocWriter {
  readonly out = new DocumentWriter();
  private readonly file: DocFile;
  private readonly properties: DocProperties;
  private readonly styles: DocStyles;
  private readonly lists: DocLists;
  private readonly notes: ReadonlyMap<number, Note>;
  private references = 0;
  private line = "";
  private deleted = "";
  /** The fields that are open, outermost first; what they are made by is no text, what they show is. */
  private fields: ("made" | "shown")[] = [];
  private hanging: (() => void)[] = [];
  private readonly endnotes: string[] = [];
  private innerRow: string[] = [];
  private cell: Paragraph[] = [];
  private row: Paragraph[][] = [];
  private grid: string[][] = [];

  constructor(file: DocFile) {
    this.file = file;
    this.properties = new DocProperties(file);
    this.styles = new DocStyles(file.part("styles"));
    this.lists = new DocLists(file.partAndMore("lists"), file.part("listOverrides"));
    this.notes = notesOf(file);
  }

  write(): void {
    const [start, end] = this.file.rangeOf("main");
    for (let at = start; at < end; at++) this.character(this.file.text.charAt(at), at);
    this.endParagraph(end - 1);
    this.endTable();
    this.hang();
    for (const note of this.endnotes) this.out.paragraph(note);
    this.apart("boxes");
    this.apart("headers");
  }

  private character(sign: string, at: number): void {
    switch (sign) {
      case control.paragraphEnd:
        // What is left of a paragraph whose end is deleted continues in the next one.
        if (!this.properties.isDeleted(at)) this.endParagraph(at);
        break;
      case control.pageEnd:
        if (this.line !== "") this.endParagraph(at);
        break;
      case control.cellEnd:
        this.endCell(at);
        break;
      default: {
        const text = this.textOf(sign, at);
        if (this.properties.isDeleted(at)) this.deleted += text;
        else this.line += text;
      }
    }
  }

  /** What a character shows that ends nothing. */
  private textOf(sign: string, at: number): string {
    if (sign === control.fieldBegin) this.fields.push("made");
    else if (sign === control.fieldShown) this.fields.splice(-1, 1, "shown");
    else if (sign === control.fieldEnd) this.fields.pop();
    const isText = sign >= " " && sign !== "\u00ad";
    if (this.properties.isHidden(at) || this.fields.includes("made")) return "";
    const note = this.notes.get(at);
    if (note) return this.refer(note);
    return signs[sign] ?? (isText ? sign : "");
  }

  private refer(note: Note): string {
    const text = this.plain(note.start, note.end).join(" ");
    if (note.kind === "comment") {
      const said = note.author === "" ? text : `${note.author}: ${text}`;
      this.hanging.push(() => this.out.paragraph(`Comment: ${said}`));
      return "";
    }
    this.references += 1;
    const mark = `[${this.references}]`;
    if (note.kind === "endnote") this.endnotes.push(`${mark} ${text}`);
    else this.hanging.push(() => this.out.paragraph(`${mark} ${text}`));
    return mark;
  }

  private endParagraph(at: number): void {
    const paragraph = this.takeParagraph(at);
    const properties = this.properties.ofParagraph(at);
    // Its lines say again what the headings say.
    if (this.styles.isOfContents(properties)) return;
    if (properties.changes.get(change.innerRowEnd) === 1) this.endInnerRow();
    else if (properties.changes.get(change.innerCellEnd) === 1) this.innerRow.push(paragraph.text.trim());
    else if (this.styles.change(properties, change.inTable) === 1) this.cell.push(paragraph);
    else {
      this.endTable();
      this.writeParagraph(paragraph);
      this.hang();
    }
  }

  private takeParagraph(at: number): Paragraph {
    const properties = this.properties.ofParagraph(at);
    const { line: text, deleted } = this;
    this.line = "";
    this.deleted = "";
    // What makes a field stands in one paragraph: a field without an end must not swallow the document.
    this.fields = [];
    if (deleted.trim() !== "") this.hanging.push(() => this.out.paragraph(`Deleted: ${deleted}`));
    const list = this.styles.change(properties, change.list) ?? 0;
    const depth = this.styles.change(properties, change.listDepth) ?? 0;
    const mark = list === 0 ? undefined : this.lists.mark(list, depth);
    return { text, level: this.styles.headingLevel(properties), mark, depth };
  }

  private writeParagraph({ text, level, mark = "", depth }: Paragraph): void {
    if (level !== undefined && text.length <= longestHeading) this.out.heading(numbered(mark, text), level);
    else if (mark !== "") this.out.item(text, mark, depth);
    else this.out.paragraph(text);
  }

  private endInnerRow(): void {
    const text = this.innerRow.join(" | ");
    this.innerRow = [];
    this.cell.push({ text, level: undefined, mark: undefined, depth: 0, isRow: true });
  }

  private endCell(at: number): void {
    const paragraph = this.takeParagraph(at);
    if (this.properties.ofParagraph(at).changes.get(change.rowEnd) === 1) {
      this.endRow();
      return;
    }
    this.cell.push(paragraph);
    this.row.push(this.cell.filter(({ text }) => text.trim() !== ""));
    this.cell = [];
  }

  /** A row that holds more than text (a table, headings, several paragraphs in its only cell) is laid out. */
  private endRow(): void {
    const cells = this.row;
    this.row = [];
    const holdsMore = (cell: readonly Paragraph[]): boolean =>
      cell.some(({ isRow }) => isRow) ||
      (cell.length > 1 && (cells.length === 1 || cell.some(({ level }) => level !== undefined)));
    const isLaidOut = cells.some(holdsMore);
    if (!isLaidOut) {
      this.grid.push(cells.map((cell) => cell.map(({ mark = "", text }) => numbered(mark, text)).join(" ")));
      return;
    }
    this.out.table(this.grid);
    this.grid = [];
    for (const paragraph of cells.flat()) this.writeParagraph(paragraph);
  }

  /** Writes the table that has ended, also where a damaged file does not end its last row. */
  private endTable(): void {
    if (this.cell.length > 0) this.row.push(this.cell);
    this.cell = [];
    if (this.row.length > 0) this.endRow();
    this.out.table(this.grid);
    if (this.grid.length > 0) this.hang();
    this.grid = [];
  }

  private hang(): void {
    const hanging = this.hanging;
    this.hanging = [];
    for (const write of hanging) write();
  }

  /** A text beside the main one; what pages repeat is there once. */
  private apart(text: DocText): void {
    for (const paragraph of new Set(this.plain(...this.file.rangeOf(text)))) this.out.paragraph(paragraph);
  }

  /** The paragraphs of a stretch. */
  private plain(start: number, end: number): string[] {
    const open = this.fields;
    this.fields = [];
    let text = "";
    for (let at = start; at < end; at++) {
      const sign = this.file.text.charAt(at);
      const ends = sign === control.paragraphEnd || sign === control.cellEnd || sign === control.pageEnd;
      if (ends) this.fields = [];
      // A note in a note would have no end where a damaged file leads back.
      text += ends ? "\r" : this.notes.has(at) || this.properties.isDeleted(at) ? "" : this.textOf(sign, at);
    }
    this.fields = open;
    return text.split("\r").map((line) => line.trim());
  }
}

function numbered(mark: string, text: string): string {
  return mark === "" || mark === "•" ? text : `${mark} ${text}`;
}
