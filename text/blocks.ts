/** A paragraph, list item, heading, row of a table or block of code. */
export interface Block {
  /** Half-open range of characters in the text. */
  readonly start: number;
  readonly end: number;
  readonly kind: "prose" | "heading" | "row" | "code";
}

interface BlockOptions {
  /**
   * Whether lines that are indented by four are code, as Markdown says. Not so by default, because the text of a
   * PDF or a plain file indents its paragraphs.
   */
  readonly indentedCode?: boolean;
}

/** A fence may stand in a list or a quotation; an opening one of backticks has none in its line. */
const openFence = /^[ \t>]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?(`{3,}(?=[^`]*$)|~{3,})/;
const closeFence = /^[ \t>]*(`{3,}|~{3,})[ \t]*$/;
const heading = /^\s{0,3}#{1,6}\s/;
const listItem = /^\s*(?:[-*+•‣▪]|\d{1,3}[.)]|\((?:\d{1,3}|[a-z])\)|[a-z]\))\s+/;
const markdownItem = /^\s*(?:[-*+]|\d{1,9}[.)])\s/;
const tableRow = /^\s*\|.*\|\s*$/;
const tableRule = /^[\s|:-]+$/;
const quoteMark = /^\s*>\s?/;

/**
 * Cuts a Markdown or plain text into its blocks, in order. Marks of lists, quotations and headings are left out
 * of their ranges; rules and the lines under a table's head belong to none.
 */
export function blocks(text: string, options: BlockOptions = {}): Block[] {
  const cutter = new BlockCutter(text, options.indentedCode ?? false);
  for (let at = 0; at <= text.length; ) {
    const newline = text.indexOf("\n", at);
    const end = newline < 0 ? text.length : newline;
    cutter.line(at, end);
    at = end + 1;
  }
  return cutter.end();
}

class BlockCutter {
  private readonly found: Block[] = [];
  private readonly text: string;
  private readonly indentedCode: boolean;
  private paragraph: { readonly start: number; readonly end: number } | undefined;
  private code: { readonly start: number; readonly mark: string; readonly quoted: boolean } | undefined;
  /** Where the text of the list item begins that the lines belong to, in columns. */
  private margin = 0;

  constructor(text: string, indentedCode: boolean) {
    this.text = text;
    this.indentedCode = indentedCode;
  }

  line(at: number, end: number): void {
    const line = this.text.slice(at, end);
    if (this.code) {
      // A quotation that ends takes its open code along.
      if (!this.code.quoted || quoteMark.test(line)) {
        this.codeLine(line, end);
        return;
      }
      this.add(this.code.start, at, "code");
      this.code = undefined;
    }
    const mark = openFence.exec(line)?.[1];
    if (mark !== undefined) {
      this.endParagraph();
      this.leaveItem(line);
      this.code = { start: at, mark, quoted: quoteMark.test(line) };
    } else if (line.trim() === "" || tableRule.test(line)) {
      this.endParagraph();
      if (line.trim() !== "") this.leaveItem(line);
    } else if (this.indentedCode && this.isIndentedCode(line)) {
      this.add(at, end, "code");
    } else if (heading.test(line)) {
      this.endParagraph();
      this.leaveItem(line);
      this.add(at + (heading.exec(line)?.[0].length ?? 0), end, "heading");
    } else if (tableRow.test(line)) {
      this.endParagraph();
      this.add(at, end, "row");
    } else {
      this.proseLine(line, at, end);
    }
  }

  end(): Block[] {
    this.endParagraph();
    if (this.code) this.add(this.code.start, this.text.length, "code");
    return this.found;
  }

  private codeLine(line: string, end: number): void {
    if (!this.code || !closeFence.exec(line)?.[1]?.startsWith(this.code.mark)) return;
    this.add(this.code.start, end, "code");
    this.code = undefined;
  }

  private proseLine(line: string, at: number, end: number): void {
    const item = listItem.exec(line)?.[0] ?? "";
    if (item !== "") this.endParagraph();
    if (markdownItem.test(line)) this.margin = columns(item);
    const quote = quoteMark.exec(line)?.[0] ?? "";
    this.paragraph = { start: this.paragraph?.start ?? at + (item.length || quote.length), end };
  }

  private isIndentedCode(line: string): boolean {
    // A line of a paragraph may be indented as one likes.
    if (this.paragraph) return false;
    if (indentOf(line) >= this.margin + 4) return true;
    this.leaveItem(line);
    return false;
  }

  /** A line that stands left of its list item's text is no part of the item. */
  private leaveItem(line: string): void {
    this.margin = Math.min(this.margin, indentOf(line));
  }

  private endParagraph(): void {
    if (this.paragraph) this.add(this.paragraph.start, this.paragraph.end, "prose");
    this.paragraph = undefined;
  }

  private add(from: number, to: number, kind: Block["kind"]): void {
    const [start, end] = trimRange(this.text, from, to);
    if (start < end) this.found.push({ start, end, kind });
  }
}

function indentOf(line: string): number {
  return columns(/^[ \t]*/.exec(line)?.[0] ?? "");
}

function columns(indent: string): number {
  return [...indent].reduce((column, sign) => (sign === "\t" ? column - (column % 4) + 4 : column + 1), 0);
}

/** The range without white space at its ends. */
export function trimRange(text: string, from: number, to: number): [start: number, end: number] {
  let [start, end] = [from, to];
  while (start < end && /\s/.test(text.charAt(start))) start++;
  while (end > start && /\s/.test(text.charAt(end - 1))) end--;
  return [start, end];
}

/** Where code in backticks ends that begins at `at`; without its other end, where the backticks do. */
export function codeSpanEnd(text: string, at: number, end: number): number {
  const length = /`*/y;
  const run = (from: number): number => {
    length.lastIndex = from;
    return length.exec(text)?.[0].length ?? 0;
  };
  const opening = run(at);
  for (let close = text.indexOf("`", at + opening); close >= 0 && close < end; ) {
    const closing = run(close);
    if (closing === opening) return close + closing;
    close = text.indexOf("`", close + closing);
  }
  return at + opening;
}
