import type { Range } from "../../protocol/data.ts";

/** A file that is named in a text, and where. */
export interface NamedFile {
  readonly path: string;
  readonly range: Range;
}

/** Words, or a file by its path; `shown` when only a part of the path is to be read. */
export type Part = string | { readonly path: string; readonly shown?: string };

/** A text of lines with a longest size, which knows where in it files are named. */
export class Page {
  text = "";
  readonly files: NamedFile[] = [];
  private readonly longest: number;

  constructor(longest: number) {
    this.longest = longest;
  }

  /** Adds a line as a whole where there is room for it, and returns whether there was; `apart` after an empty one. */
  line(parts: readonly Part[], { room = this.longest, apart = false } = {}): boolean {
    const shown = parts.map(shownOf);
    const before = apart ? "\n" : "";
    const size = before.length + shown.join("").length + 1;
    if (size > Math.min(room, this.longest - this.text.length)) return false;
    this.text += before;
    for (const [index, part] of parts.entries()) {
      const start = this.text.length;
      this.text += shown[index] ?? "";
      if (typeof part !== "string") this.files.push({ path: part.path, range: [start, this.text.length] });
    }
    this.text += "\n";
    return true;
  }

  /** A title and a list below it, as far as `room` goes, and how many are left out. Nothing where not one has room. */
  section(title: string, items: readonly (readonly Part[])[], room: number): void {
    const end = Math.min(this.text.length + room, this.longest - mostMore);
    const [first] = items;
    if (!first || this.text.length + title.length + sizeOf(first) + 5 > end) return;
    this.line([title], { apart: true });
    let shown = 0;
    for (const item of items) {
      if (!this.line(["- ", ...item], { room: end - this.text.length })) break;
      shown += 1;
    }
    if (shown < items.length) this.line([`- and ${items.length - shown} more`]);
  }
}

/** The longest line that says what was left out. */
const mostMore = 30;

function sizeOf(parts: readonly Part[]): number {
  return parts.map(shownOf).join("").length;
}

function shownOf(part: Part): string {
  return onOneLine(typeof part === "string" ? part : (part.shown ?? part.path));
}

/** Names come from strangers: none ends its line. */
function onOneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, " ");
}
