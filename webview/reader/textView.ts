import type { DocumentText, Hit } from "../../protocol/data.ts";
import { documentPlace } from "../../protocol/places.ts";
import { columnName, isTitle, parseRange, sectionsOf } from "./documentBlocks.ts";
import { DomText, mark } from "./domText.ts";
import { sectionElement } from "./textDom.ts";
import type { DocumentView, OutlineEntry, PlacedSelection, ViewPosition, ViewState } from "./view.ts";

/** More lines than these take a browser too long to lay out; of a longer document the part around the place is shown. */
const maxLines = 12_000;

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
  private readonly lineCount: number;
  private shown: readonly [number, number] = [0, 0];
  private scale = 1;
  private domText: DomText | undefined;
  private passage: Hit | undefined;
  private found: { text: string; index: number } | undefined;

  constructor(document: DocumentText, options: TextViewOptions) {
    this.document = document;
    this.options = options;
    this.lineCount = document.text.split("\n").length;
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
    return headings.filter(isTitle).map(({ name, level, row }) => ({
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
    this.passage = passage;
    this.show(passage.startLine);
    const { host } = this.options;
    for (const old of host.querySelectorAll(".passage")) old.classList.remove("passage", ...edges);
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

  goTo(): void {}

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

  async find(text: string, back: boolean): Promise<boolean> {
    const ranges = this.text().findAll(text);
    const step = back ? -1 : 1;
    const before = this.found?.text === text ? this.found.index : back ? 0 : -1;
    const index = (before + step + ranges.length) % Math.max(1, ranges.length);
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

  selected(): PlacedSelection | undefined {
    const selection = document.getSelection();
    const text = selection?.toString().trim() ?? "";
    if (text === "" || !selection?.rangeCount) return undefined;
    const [first, ...rest] = this.linesOf(selection.getRangeAt(0));
    if (!first) return undefined;
    const where = first.closest("section")?.getAttribute("aria-label") ?? "";
    return { text, startLine: numberOf(first), endLine: numberOf(rest.at(-1) ?? first), where };
  }

  /** Sets the part of the document around a line, if it does not stand there already. */
  private show(line: number): void {
    if (line >= this.shown[0] && line <= this.shown[1]) return;
    const first = Math.min(Math.max(1, line - maxLines / 2), Math.max(1, this.lineCount - maxLines + 1));
    this.shown = [first, first + maxLines - 1];
    this.domText = undefined;
    this.found = undefined;
    const elements = sectionsOf(this.document, this.shown).map(sectionElement);
    if (this.lineCount > maxLines) {
      const note = document.createElement("p");
      note.className = "note";
      note.dataset["aside"] = "";
      const [from, to] = [first, Math.min(this.shown[1], this.lineCount)].map((one) =>
        one.toLocaleString("en"),
      );
      note.textContent = `This document is long: its lines ${from} to ${to} of ${this.lineCount.toLocaleString("en")} are shown.`;
      elements.unshift(note);
    }
    this.options.host.replaceChildren(...elements);
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

function numberOf(element: HTMLElement): number {
  return Number(element.dataset["line"]);
}
