import mammoth from "mammoth";
import * as v from "valibot";
import type { Heading } from "../chunk/markdownOutline.ts";
import { maxDocumentCharacters } from "../files/limits.ts";
import { type Extracted, UnreadableFile } from "./extracted.ts";
import { guardZip } from "./zip.ts";

/** The parts of mammoth's document tree that are read; it has no types of its own. */
const element = v.object({
  type: v.string(),
  children: v.optional(v.array(v.unknown())),
  value: v.optional(v.unknown()),
  breakType: v.optional(v.unknown()),
  styleId: v.nullish(v.string()),
  styleName: v.nullish(v.string()),
  numbering: v.nullish(v.object({ isOrdered: v.boolean(), level: v.union([v.string(), v.number()]) })),
  checked: v.optional(v.boolean()),
  noteType: v.optional(v.string()),
  noteId: v.optional(v.string()),
  body: v.optional(v.array(v.unknown())),
});
type Element = v.InferOutput<typeof element>;

/** The notes of a document, which find the one that a reference in the text means. */
interface Notes {
  resolve(reference: unknown): unknown;
}

/**
 * The text of a DOCX file: a paragraph is a line, list items have their mark, a table's row is a line with
 * " | " between its cells, notes stand at the end. Throws UnreadableFile.
 */
export async function read(bytes: Buffer): Promise<Extracted> {
  guardZip(bytes);
  let root: Element | undefined;
  let notes: Notes | undefined;
  try {
    await mammoth.convertToHtml(
      { buffer: bytes },
      {
        externalFileAccess: false,
        // What is wanted is the tree, not HTML: mammoth is handed an empty document back.
        transformDocument: (document: unknown) => {
          root = elementOf(document);
          notes = (document as { notes?: Notes }).notes;
          return { ...(document as object), children: [] };
        },
      },
    );
  } catch {
    throw new UnreadableFile("The document is damaged: it can't be read as DOCX.");
  }
  if (!root) throw new UnreadableFile("The document is damaged: it can't be read as DOCX.");
  const writer = new DocxWriter(notes);
  writer.blocks(root.children ?? []);
  writer.footnotes();
  const text = writer.lines.join("\n");
  if (text.trim() === "") throw new UnreadableFile("The document holds no text.");
  if (text.length > maxDocumentCharacters) {
    throw new UnreadableFile("The document holds more text than any book has.");
  }
  return { text, pages: [], headings: writer.headings };
}

class DocxWriter {
  readonly lines: string[] = [];
  readonly headings: Heading[] = [];
  private readonly notes: Notes | undefined;
  private readonly noteReferences: unknown[] = [];
  private readonly counters: number[] = [];
  private lastWasItem = false;

  constructor(notes: Notes | undefined) {
    this.notes = notes;
  }

  blocks(children: readonly unknown[]): void {
    for (const child of children) {
      const node = elementOf(child);
      if (node?.type === "paragraph") this.paragraph(node);
      else if (node?.type === "table") this.table(node);
      else if (node?.children) this.blocks(node.children);
    }
  }

  footnotes(): void {
    for (let i = 0; i < this.noteReferences.length; i++) {
      const note = elementOf(this.notes?.resolve(this.noteReferences[i]));
      const text = (note?.body ?? []).map((child) => this.textOf(child)).join(" ");
      if (text.trim() !== "") this.write([`[${i + 1}] ${text.trim()}`], false);
    }
  }

  private paragraph(node: Element): void {
    const texts = this.textOf(node)
      .split("\n")
      .map((line) => line.replace(/[\t \u00a0]+/g, " ").trim())
      .filter((line) => line !== "");
    if (texts.length === 0) return;
    const level = headingLevel(node);
    if (level !== undefined) {
      this.write(texts, false);
      this.headings.push({ name: texts.join(" "), level, row: this.lines.length - texts.length });
      this.counters.length = 0;
      return;
    }
    const { numbering } = node;
    if (!numbering) {
      this.counters.length = 0;
      this.write(texts, false);
      return;
    }
    const depth = Math.min(8, Number(numbering.level) || 0);
    this.counters.length = Math.min(this.counters.length, depth + 1);
    const number = (this.counters[depth] ?? 0) + 1;
    this.counters[depth] = number;
    const mark = numbering.isOrdered ? `${number}.` : "•";
    this.write([`${"  ".repeat(depth)}${mark} ${texts.join(" ")}`], true);
  }

  private table(node: Element): void {
    const rows = (node.children ?? []).flatMap((child) => {
      const cells = (elementOf(child)?.children ?? []).map((cell) =>
        this.textOf(cell, " ").replace(/\s+/g, " ").trim(),
      );
      return cells.some((cell) => cell !== "") ? [cells.join(" | ")] : [];
    });
    if (rows.length > 0) this.write(rows, false);
  }

  private write(texts: readonly string[], isItem: boolean): void {
    if (this.lines.length > 0 && !(isItem && this.lastWasItem)) this.lines.push("");
    for (const text of texts) this.lines.push(text);
    this.lastWasItem = isItem;
  }

  private textOf(value: unknown, between = ""): string {
    const node = elementOf(value);
    if (!node) return "";
    switch (node.type) {
      case "text":
        return typeof node.value === "string" ? node.value.replace(/\r?\n/g, " ") : "";
      case "tab":
        return "\t";
      case "break":
        return node.breakType === "line" ? "\n" : " ";
      case "checkbox":
        return node.checked ? "[x]" : "[ ]";
      case "noteReference":
        this.noteReferences.push(value);
        return `[${this.noteReferences.length}]`;
      default:
        return (node.children ?? [])
          .map((child) => this.textOf(child, between))
          .join(between && separate(node));
    }
  }
}

/** Inside of a cell, paragraphs and the rows of inner tables are set apart by a space. */
function separate(node: Element): string {
  return ["paragraph", "run", "hyperlink"].includes(node.type) ? "" : " ";
}

function headingLevel({ styleId, styleName }: Element): number | undefined {
  const style = `${styleName ?? ""}|${styleId ?? ""}`;
  const level = /(?:heading|überschrift|titre|título|titolo|rubrik|kop|nagłówek)\s*([1-6])/i.exec(style)?.[1];
  if (level) return Number(level) + 1;
  return /(^|\|)title(\||$)/i.test(style) ? 1 : undefined;
}

function elementOf(value: unknown): Element | undefined {
  const parsed = v.safeParse(element, value);
  return parsed.success ? parsed.output : undefined;
}
