import { documentPlace, type Place, type PlaceFrom } from "../../protocol/places.ts";
import type { Heading } from "../chunk/markdownOutline.ts";
import { maxDocumentCharacters } from "../files/limits.ts";
import { type Extracted, UnreadableFile } from "./extracted.ts";
import { namedLeft } from "./leftOut.ts";

/** No document has more levels of headings. */
const deepest = 20;

/** Puts a document's text together, line by line, with what is known of the lines. */
export class DocumentWriter {
  private readonly lines: string[] = [];
  private readonly headings: Heading[] = [];
  private readonly places: PlaceFrom[] = [];
  private readonly left = new Set<string>();
  private place: Place | undefined;
  private characters = 0;
  private wasItem = false;

  /** What is written from now on stands at this place. */
  at(place: Place): void {
    this.place = place;
  }

  /** @param level From 1, the highest. */
  heading(text: string, level: number): void {
    const name = flat(text);
    if (name === "") return;
    this.gap();
    // What a damaged file says may be no level at all.
    this.headings.push({
      name,
      level: Math.min(deepest, Math.max(1, Math.trunc(level) || 1)),
      row: this.lines.length,
    });
    this.push(name);
  }

  /** How many lines there are. */
  get length(): number {
    return this.lines.length;
  }

  /** Makes the first line of those from `start` on a heading of this level, if that is what it says. */
  headWith(start: number, text: string, level: number): void {
    const row = this.lines.findIndex((line, i) => i >= start && line !== "");
    const name = flat(text);
    if (this.lines[row] !== name) return;
    const others = this.headings.filter((one) => one.row !== row);
    const at = others.findIndex((one) => one.row > row);
    this.headings.splice(0, this.headings.length, ...others);
    this.headings.splice(at < 0 ? others.length : at, 0, { name, level, row });
  }

  /** A paragraph, whose own line ends stay. */
  paragraph(text: string): void {
    const lines = text.split("\n").map(flat);
    if (lines.every((line) => line === "")) return;
    this.gap();
    for (const line of lines) if (line !== "") this.push(line);
  }

  /** Text as it is set, such as a program's: the white space at the beginning of its lines stays. */
  verbatim(text: string): void {
    const lines = text.split("\n").map((line) => line.trimEnd());
    if (lines.every((line) => line === "")) return;
    this.gap();
    for (const line of lines) if (line !== "") this.push(line);
  }

  /** @param depth From 0. */
  item(text: string, mark = "•", depth = 0): void {
    const line = flat(text);
    if (line === "") return;
    if (!this.wasItem) this.gap();
    this.push(`${"  ".repeat(Math.max(0, Math.min(depth, 8)))}${mark} ${line}`);
    this.wasItem = true;
  }

  /** A table, a line for each row that holds something. */
  table(rows: readonly (readonly string[])[]): void {
    const lines = rows
      .map((cells) => cells.map(flat))
      .filter((cells) => cells.some((cell) => cell !== ""))
      .map((cells) => cells.join(" | "));
    if (lines.length === 0) return;
    this.gap();
    for (const line of lines) this.push(line);
  }

  /**
   * A document within this one, as it is, under its name as a heading.
   * @param placeOf Where it stands; `inside` says where in it, where it says that ("page 3").
   * @param level The heading's.
   * @returns How many lines stand above its own.
   */
  insert(
    name: string,
    inner: Extracted,
    placeOf: (inside: string | undefined) => Place,
    level: number,
  ): number {
    const pages = inner.pages.map(({ page, startLine, isScan }) => ({
      startLine,
      inside: documentPlace({ page, ...(isScan && { place: { in: "scan" } }) }),
    }));
    const places = (inner.places ?? []).map(({ startLine, place }) => ({
      startLine,
      // The cells of a row would make each row a passage of its own.
      inside: place.in === "sheet" ? `sheet ${place.sheet}` : documentPlace({ place }),
    }));
    const starts = new Map([...pages, ...places].map(({ startLine, inside }) => [startLine, inside]));
    // The name stands where the text begins: at a place of its own it would be a passage without text.
    let before = starts.get(1);
    this.at(placeOf(before));
    this.heading(name, level);
    this.gap();
    const start = this.lines.length;
    for (const [index, line] of inner.text.split("\n").entries()) {
      const inside = starts.get(index + 1);
      if (inside !== undefined && inside !== before) this.at(placeOf(inside));
      before = inside ?? before;
      this.push(line);
    }
    for (const heading of inner.headings) {
      this.headings.push({ ...heading, level: heading.level + level, row: start + heading.row });
    }
    this.gap();
    return start;
  }

  /** Says what was not read, for people: "the attachment big.zip". */
  leaveOut(what: string): void {
    this.left.add(what);
  }

  /** @throws UnreadableFile When nothing was written. */
  extracted(whatItIs: string): Extracted {
    if (this.characters === 0) throw new UnreadableFile(`${whatItIs} holds no text.`);
    const { headings, places } = this;
    const partly = this.left.size > 0 ? { partly: `Not read: ${namedLeft([...this.left])}.` } : {};
    return {
      text: this.lines.join("\n"),
      pages: [],
      headings,
      places,
      ...partly,
    };
  }

  private gap(): void {
    if (this.lines.length > 0 && this.lines.at(-1) !== "") this.lines.push("");
    this.wasItem = false;
  }

  private push(line: string): void {
    if (this.place) this.places.push({ startLine: this.lines.length + 1, place: this.place });
    this.place = undefined;
    this.lines.push(line);
    this.characters += line.length;
    if (this.characters > maxDocumentCharacters) {
      throw new UnreadableFile("The document holds more text than any book has.");
    }
  }
}

function flat(text: string): string {
  return text.replace(/[\s\u00a0]+/g, " ").trim();
}
