import type { Hit } from "../../protocol/data.ts";
import { mark } from "./domText.ts";
import { findAll, loosen } from "./looseText.ts";
import type { PdfFile } from "./pdfFile.ts";
import { type LinkTargets, PdfPage } from "./pdfPage.ts";
import type { DocumentView, OutlineEntry, PlacedSelection, ViewState } from "./view.ts";

/** A browser's page can't be higher than about 30 million pixels; at the largest zoom these fit. */
const maxPages = 10_000;
const scales = { least: 0.25, most: 4, first: (96 / 72) * 1.25, ofPoints: 96 / 72 } as const;
/** What is kept of the outline: nobody reads more, and a hostile one may have no end. */
const maxOutline = 5_000;

export interface PdfViewOptions {
  /** What scrolls. */
  readonly host: HTMLElement;
  readonly openLink: (url: string) => void;
  readonly onChange: () => void;
}

/** A PDF, page under page. Only the pages near what is seen are opened and drawn. */
export class PdfView implements DocumentView, LinkTargets {
  private readonly file: PdfFile;
  private readonly options: PdfViewOptions;
  private readonly pages: readonly PdfPage[];
  private readonly observer: IntersectionObserver;
  private readonly near = new Set<number>();
  private readonly texts = new Map<number, Promise<string>>();
  private current = 1;
  /** At first as wide as the tab, but no larger than one reads. */
  private wanted: number | "width" | "first" = "first";
  private scale = 1;
  private isDrawing = false;
  private found: { text: string; page: number; index: number } | undefined;

  /** @param first The size of the first page, which all are taken to have until they are opened. */
  constructor(file: PdfFile, first: PdfPage["size"], options: PdfViewOptions) {
    this.file = file;
    this.options = options;
    const count = Math.min(file.document.numPages, maxPages);
    this.pages = Array.from({ length: count }, (_, index) => new PdfPage(index + 1, file, first, this));
    const { host } = options;
    host.append(...this.pages.map(({ element }) => element));
    this.fit();
    this.observer = new IntersectionObserver((entries) => this.see(entries), {
      root: host,
      rootMargin: "60% 0px",
    });
    host.addEventListener("scroll", () => this.follow(), { passive: true });
    new ResizeObserver(() => this.fit()).observe(host);
  }

  /** Begins to draw. Called after the view was brought to its first place, so that no other page is drawn for it. */
  start(): void {
    for (const { element } of this.pages) this.observer.observe(element);
  }

  get state(): ViewState {
    return { page: this.current, pages: this.file.document.numPages, scale: this.scale };
  }

  async outline(): Promise<readonly OutlineEntry[]> {
    type Item = { title: string; dest: string | unknown[] | null; items: Item[] };
    const entries: OutlineEntry[] = [];
    const add = (items: readonly Item[], depth: number): void => {
      for (const { title, dest, items: inner } of items) {
        if (entries.length >= maxOutline) return;
        entries.push({ title, depth, open: () => dest && this.openPlace(dest) });
        add(inner, depth + 1);
      }
    };
    add(((await this.file.document.getOutline()) ?? []) as Item[], 0);
    return entries;
  }

  async reveal(passage: Hit): Promise<string> {
    const number = this.bounded(passage.page ?? 1);
    this.goTo(number);
    const page = this.pages[number - 1];
    const text = await page?.text();
    const sentences = passage.marks.map(([start, end]) => passage.text.slice(start, end));
    const inSentences = sentences.flatMap((sentence) => text?.locate(sentence) ?? []);
    const ranges = inSentences.length > 0 ? inSentences : (text?.locate(passage.text) ?? []);
    mark("carrel-passage", ranges);
    if (!ranges[0]) return `Page ${number}. The passage could not be found on the page.`;
    this.center(ranges[0]);
    const marked = inSentences.length > 0 ? sentences.join(" ") : passage.text;
    return `Page ${number}. Marked: ${marked.replace(/\s+/g, " ").trim()}`;
  }

  goTo(page: number): void {
    const number = this.bounded(page);
    const element = this.pages[number - 1]?.element;
    if (!element) return;
    this.options.host.scrollTop = element.offsetTop - 8;
    this.setCurrent(number);
  }

  zoom(scale: number | "width"): void {
    this.wanted = scale;
    this.fit();
  }

  async find(text: string, back: boolean, signal: AbortSignal): Promise<boolean> {
    const same = this.found?.text === text ? this.found : undefined;
    const step = back ? -1 : 1;
    const start = same?.page ?? this.current;
    for (let turn = 0; turn <= this.pages.length; turn++) {
      const number = wrapped(start + turn * step, this.pages.length);
      const count = findAll(loosen(await this.textOf(number)), text).length;
      if (signal.aborted) return true;
      const index = turn === 0 && same ? same.index + step : back ? count - 1 : 0;
      if (index < 0 || index >= count) continue;
      this.found = { text, page: number, index };
      await this.showFound(signal);
      return true;
    }
    this.clearFound();
    return false;
  }

  clearFound(): void {
    this.found = undefined;
    mark("carrel-found", []);
  }

  selected(): PlacedSelection | undefined {
    const selection = document.getSelection();
    const text = selection?.toString().trim() ?? "";
    const from = selection?.rangeCount ? selection.getRangeAt(0).startContainer : undefined;
    const element = from instanceof Element ? from : from?.parentElement;
    const page = Number(element?.closest<HTMLElement>(".page")?.dataset["page"] ?? 0);
    return text === "" || page === 0
      ? undefined
      : { text, page, startLine: 1, endLine: 1, where: `page ${page}` };
  }

  openLink(url: string): void {
    this.options.openLink(url);
  }

  openPlace(destination: string | unknown[]): void {
    void this.pageOf(destination).then((page) => page !== undefined && this.goTo(page));
  }

  private async pageOf(destination: string | unknown[]): Promise<number | undefined> {
    const { document: pdf } = this.file;
    try {
      const place = typeof destination === "string" ? await pdf.getDestination(destination) : destination;
      const [target] = place ?? [];
      if (typeof target === "number") return target + 1;
      return target ? (await pdf.getPageIndex(target as { num: number; gen: number })) + 1 : undefined;
    } catch {
      // A link to a page that is not there leads nowhere.
      return undefined;
    }
  }

  private async showFound(signal: AbortSignal): Promise<void> {
    const { found } = this;
    if (!found) return;
    if (found.page !== this.current) this.goTo(found.page);
    const ranges = (await this.pages[found.page - 1]?.text())?.findAll(found.text) ?? [];
    // The page may hold its text in other pieces than the search: then the first place of it is shown.
    const range = ranges[found.index] ?? ranges[0];
    if (signal.aborted || !range) return;
    mark("carrel-found", [range]);
    this.center(range);
  }

  private textOf(number: number): Promise<string> {
    const known = this.texts.get(number);
    if (known) return known;
    const text = this.file.document
      .getPage(number)
      .then((page) => page.getTextContent())
      .then(({ items }) => items.map((item) => ("str" in item ? item.str : "")).join(""))
      // What can't be read can't be found.
      .catch(() => "");
    this.texts.set(number, text);
    return text;
  }

  private bounded(page: number): number {
    return Math.min(Math.max(1, Math.round(page) || 1), this.pages.length);
  }

  private center(range: Range): void {
    const { host } = this.options;
    const place = range.getBoundingClientRect();
    const frame = host.getBoundingClientRect();
    if (place.top < frame.top + 40 || place.bottom > frame.bottom - 40) {
      host.scrollTop += place.top - frame.top - host.clientHeight / 3;
    }
    if (place.left < frame.left || place.right > frame.right) host.scrollLeft += place.left - frame.left - 20;
    this.follow();
  }

  /** Sets the scale and keeps what stands at the top of the view where it is. */
  private fit(): void {
    const { host } = this.options;
    const page = this.pages[this.current - 1];
    const widest = page?.size.width ?? 1;
    const room = Math.max(100, host.clientWidth - 24);
    const fitting = this.wanted === "first" ? Math.min(room / widest, scales.first) : room / widest;
    const wanted = typeof this.wanted === "number" ? this.wanted * scales.ofPoints : fitting;
    const scale = Math.min(Math.max(wanted, scales.least), scales.most * scales.ofPoints);
    const above = page
      ? (host.scrollTop - page.element.offsetTop) / Math.max(1, page.element.offsetHeight)
      : 0;
    host.style.setProperty("--total-scale-factor", `${scale}`);
    this.scale = scale / scales.ofPoints;
    if (page) host.scrollTop = page.element.offsetTop + above * page.element.offsetHeight;
    this.options.onChange();
    void this.drawNear();
  }

  private see(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      const number = Number((target as HTMLElement).dataset["page"]);
      if (isIntersecting) this.near.add(number);
      else if (this.near.delete(number)) this.pages[number - 1]?.hide();
    }
    void this.drawNear();
  }

  /** One page after the other, what is seen before what is near it. */
  private async drawNear(): Promise<void> {
    if (this.isDrawing) return;
    this.isDrawing = true;
    try {
      const drawn = new Map<number, number>();
      for (;;) {
        const scale = this.scale * scales.ofPoints;
        const waiting = [...this.near].filter((number) => drawn.get(number) !== scale);
        const next = waiting.sort((a, b) => Math.abs(a - this.current) - Math.abs(b - this.current))[0];
        const page = next === undefined ? undefined : this.pages[next - 1];
        if (next === undefined || !page) return;
        drawn.set(next, scale);
        await this.draw(page, scale);
      }
    } finally {
      this.isDrawing = false;
    }
  }

  /** A page that turns out higher than it was taken for must not push away what is seen below it. */
  private async draw(page: PdfPage, scale: number): Promise<void> {
    const { host } = this.options;
    const before = page.element.offsetHeight;
    const isAbove = page.element.offsetTop + before <= host.scrollTop;
    await page.show(scale);
    const grown = page.element.offsetHeight - before;
    if (isAbove && grown !== 0) host.scrollTop += grown;
  }

  private follow(): void {
    const { host } = this.options;
    const middle = host.scrollTop + host.clientHeight / 3;
    let low = 0;
    let high = this.pages.length - 1;
    while (low < high) {
      const half = Math.ceil((low + high) / 2);
      if ((this.pages[half]?.element.offsetTop ?? 0) <= middle) low = half;
      else high = half - 1;
    }
    this.setCurrent(low + 1);
  }

  private setCurrent(page: number): void {
    if (page === this.current) return;
    this.current = page;
    this.options.onChange();
  }
}

function wrapped(page: number, count: number): number {
  return ((((page - 1) % count) + count) % count) + 1;
}
