import type { DocumentText, Hit } from "../../protocol/data.ts";
import { documentPlace } from "../../protocol/places.ts";
import type { Selected } from "../../protocol/reader.ts";
import { columnName, isTitle, parseRange, sectionsOf } from "./documentBlocks.ts";
import { DomText, mark } from "./domText.ts";
import { placeOfLines } from "./linePlace.ts";
import { findLine } from "./lineSearch.ts";
import { sectionElement } from "./textDom.ts";
import type { DocumentView, OutlineEntry, ViewPosition, ViewState } from "./view.ts";

/** More lines than these take a browser too long to lay out; of a longer document the part around the place is shown. */
const maxLines = 12_000;
/** What is kept of the outline: nobody reads more, and a mailbox may have a heading for each of its mails. */
const maxOutline = 5_000;

export interface TextViewOptions {
  /** What scrolls. */
  readonly host: HTMLElement;
  /** Where it opens. */
  readonly at: ViewPosition;
  readonly onChange: () => void;
}

/** A document as formatted text, made from what the engine took from it. */
export class TextView implements DocumentView {
  private readonly document: DocumentText;
  private readonly options: TextViewOptions;
  private readonly texts: readonly string[];
  private shown: readonly [number, number] = [0, 0];
  private scale = 1;
  private domText: DomText | undefined;
  private passage: Hit | undefined;
  private found: { text: string; index: number } | undefined;

  constructor(document: DocumentText, options: TextViewOptions) {
    this.document = document;
    this.options = options;
    this.texts = document.text.split("\n");
    options.host.classList.add("text");
    this.show(1);
    const { scrolled = 0, zoom, passage } = options.at;
    if (passage) this.markPassage(passage);
    if (typeof zoom === "number") this.zoom(zoom);
    options.host.scrollTop = scrolled * options.host.scrollHeight;
  }

  get state(): ViewState {
    return { scale: this.scale };
  }

  async outline(): Promise<readonly OutlineEntry[]> {
    const { headings = [] } = this.document;
    const titles = headings.filter(isTitle).slice(0, maxOutline);
    return titles.map(({ name, level, row }) => ({
      title: name,
      depth: level - 1,
      open: () => {
        this.show(row + 1);
        this.line(row + 1)?.scrollIntoView();
      },
    }));
  }

  async reveal(passage: Hit): Promise<string> {
    const { target, isFound } = this.markPassage(passage);
    target?.scrollIntoView({ block: "center", inline: "nearest" });
    const where = documentPlace(passage) ?? `line ${passage.startLine}`;
    return `Opened at ${where}${isFound ? ", which is marked." : "; the passage could not be found."}`;
  }

  private markPassage(passage: Hit): {
    readonly target: HTMLElement | null | undefined;
    readonly isFound: boolean;
  } {
    this.show(passage.startLine);
    this.passage = passage;
    this.unmarkPassage();
    const near = this.line(passage.startLine);
    const text = this.text();
    const [whole] = text.locate(passage.text, near);
    const cells = this.cellsOf(passage);
    const lines = whole ? this.linesOf(whole) : this.linesFrom(passage.startLine, passage.endLine);
    const places = cells.length > 0 ? cells : lines;
    for (const element of places) element.classList.add("passage");
    frame(cells);
    const sentences = passage.marks.map(([start, end]) => passage.text.slice(start, end));
    const marked = sentences.flatMap((sentence) => text.locate(sentence, places[0] ?? near));
    mark("carrel-passage", marked);
    const target = marked[0]?.startContainer.parentElement ?? places[0] ?? near;
    return { target, isFound: places.length > 0 };
  }

  private unmarkPassage(): void {
    for (const old of this.options.host.querySelectorAll(".passage")) {
      old.classList.remove("passage", ...edges);
    }
    mark("carrel-passage", []);
  }

  async restore({ scrolled = 0, passage }: ViewPosition): Promise<void> {
    const { host } = this.options;
    this.passage = passage;
    this.unmarkPassage();
    if (passage) this.markPassage(passage);
    host.scrollTop = scrolled * host.scrollHeight;
  }

  goTo(): void {}

  takeWords(): void {}

  get position(): ViewPosition {
    const { host } = this.options;
    const { passage } = this;
    const scrolled = host.scrollTop / Math.max(1, host.scrollHeight);
    return { scrolled, zoom: this.scale, ...(passage && { passage }) };
  }

  close(): void {
    mark("carrel-passage", []);
    mark("carrel-found", []);
    this.options.host.classList.remove("text");
    this.options.host.replaceChildren();
  }

  zoom(scale: number | "width"): void {
    this.scale = scale === "width" ? 1 : Math.min(Math.max(scale, 0.5), 3);
    this.options.host.style.setProperty("--text-scale", `${this.scale}`);
    this.options.onChange();
  }

  async find(text: string, back: boolean, signal: AbortSignal): Promise<boolean> {
    const here = this.text().findAll(text);
    const before = this.found?.text === text ? this.found.index : back ? here.length : -1;
    const index = before + (back ? -1 : 1);
    if (here[index]) return this.markFound(text, here, index);
    const [first, last] = this.shown;
    // What is not shown is looked through too.
    const line =
      this.texts.length > maxLines
        ? await findLine(this.texts, text, back ? first - 1 : last + 1, back, signal)
        : undefined;
    if (signal.aborted) return true;
    if (line !== undefined) this.show(line);
    const ranges = line === undefined ? here : this.text().findAll(text);
    const isBeyond = (range: Range): boolean =>
      line === undefined || (back ? lineOf(range) <= line : lineOf(range) >= line);
    return this.markFound(text, ranges, back ? ranges.findLastIndex(isBeyond) : ranges.findIndex(isBeyond));
  }

  private markFound(text: string, ranges: readonly Range[], index: number): boolean {
    const range = ranges[index];
    this.found = range && { text, index };
    mark("carrel-found", range ? [range] : []);
    range?.startContainer.parentElement?.scrollIntoView({ block: "center" });
    return range !== undefined;
  }

  clearFound(): void {
    this.found = undefined;
    mark("carrel-found", []);
  }

  selected(): Selected | undefined {
    const selection = document.getSelection();
    const text = selection?.toString().trim() ?? "";
    if (text === "" || !selection?.rangeCount) return undefined;
    const [first, ...rest] = this.linesOf(selection.getRangeAt(0));
    if (!first) return undefined;
    const [startLine, endLine] = [numberOf(first), numberOf(rest.at(-1) ?? first)];
    return { text, startLine, endLine, where: placeOfLines(this.document, startLine, endLine) };
  }

  /** Sets the part of the document around a line, if it does not stand there already. */
  private show(line: number): void {
    if (this.isShown(line)) return;
    const { length } = this.texts;
    const first = Math.min(Math.max(1, line - maxLines / 2), Math.max(1, length - maxLines + 1));
    this.shown = [first, first + maxLines - 1];
    this.domText = undefined;
    this.found = undefined;
    const elements = sectionsOf(this.document, this.shown).map(sectionElement);
    if (length > maxLines) {
      elements.unshift(this.note("Earlier lines", first - 1, "end"));
      elements.push(this.note("Later lines", this.shown[1] + 1, "start"));
    }
    this.options.host.replaceChildren(...elements);
    // It has got new elements.
    if (this.passage && this.isShown(this.passage.startLine)) this.markPassage(this.passage);
  }

  private isShown(line: number): boolean {
    return line >= this.shown[0] && line <= this.shown[1];
  }

  /** Says which part of the document stands here, with a button that leads to the line beyond it, if there is one. */
  private note(label: string, beyond: number, block: "start" | "end"): HTMLElement {
    const { host } = this.options;
    const all = this.texts.length;
    const [from, to] = [this.shown[0], Math.min(this.shown[1], all)].map((one) => one.toLocaleString("en"));
    const note = document.createElement("p");
    note.className = "note";
    note.dataset["aside"] = "";
    note.textContent = `This document is long: its lines ${from} to ${to} of ${all.toLocaleString("en")} are shown; finding looks through all. `;
    if (beyond < 1 || beyond > all) return note;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "secondary";
    button.textContent = label;
    button.addEventListener("click", () => {
      this.show(beyond);
      this.line(beyond)?.scrollIntoView({ block });
      // The button has gone with the lines.
      host.focus({ preventScroll: true });
    });
    note.append(button);
    return note;
  }

  private text(): DomText {
    this.domText ??= new DomText(this.options.host);
    return this.domText;
  }

  private line(number: number): HTMLElement | undefined {
    // An empty line is not set: then the next one is meant.
    return this.lines().find((element) => numberOf(element) >= number);
  }

  private linesFrom(start: number, end: number): HTMLElement[] {
    return this.lines().filter((element) => numberOf(element) >= start && numberOf(element) <= end);
  }

  private linesOf(range: Range): HTMLElement[] {
    return this.lines().filter((element) => range.intersectsNode(element));
  }

  private lines(): HTMLElement[] {
    return [...this.options.host.querySelectorAll<HTMLElement>("[data-line]")];
  }

  /** The cells of a sheet that a passage names. */
  private cellsOf({ place }: Hit): HTMLElement[] {
    const range = place?.in === "sheet" ? parseRange(place.cells) : undefined;
    if (place?.in !== "sheet" || !range) return [];
    const names = new Set<string>();
    for (
      let column = range.fromColumn;
      column <= Math.min(range.toColumn, range.fromColumn + 500);
      column++
    ) {
      names.add(columnName(column));
    }
    const sheet = [...this.options.host.querySelectorAll<HTMLElement>("section.sheet")].find(
      ({ dataset }) => dataset["sheet"] === place.sheet,
    );
    return [...(sheet?.querySelectorAll<HTMLElement>("[data-cell]") ?? [])].filter(({ dataset }) => {
      const [, column = "", row = ""] = /^([A-Z]+)(\d+)$/.exec(dataset["cell"] ?? "") ?? [];
      return names.has(column) && Number(row) >= range.fromRow && Number(row) <= range.toRow;
    });
  }
}

const edges = ["edge-top", "edge-bottom", "edge-left", "edge-right"] as const;

/** Names the cells at the edges of a range, which get its frame. */
function frame(cells: readonly HTMLElement[]): void {
  const range = new Set(cells);
  const isInside = (cell: Element | null | undefined): boolean =>
    cell instanceof HTMLElement && range.has(cell);
  for (const cell of cells) {
    const row = cell.parentElement;
    const at = [...(row?.children ?? [])].indexOf(cell);
    const beside = {
      "edge-top": row?.previousElementSibling?.children[at],
      "edge-bottom": row?.nextElementSibling?.children[at],
      "edge-left": cell.previousElementSibling,
      "edge-right": cell.nextElementSibling,
    };
    for (const edge of edges) cell.classList.toggle(edge, !isInside(beside[edge]));
  }
}

/** The line in which a range begins. */
function lineOf({ startContainer }: Range): number {
  const line = startContainer.parentElement?.closest<HTMLElement>("[data-line]");
  return line ? numberOf(line) : 0;
}

function numberOf(element: HTMLElement): number {
  return Number(element.dataset["line"]);
}
