import { CarrelError } from "../../protocol/channel.ts";
import type { Hit } from "../../protocol/data.ts";
import type { Selected } from "../../protocol/reader.ts";
import { findAll, loosen } from "../../text/looseText.ts";
import { type DomText, isMarked, isThere, mark } from "./domText.ts";
import { longNote } from "./longNote.ts";
import { bounded, wrapped } from "./pageNumbers.ts";
import { PageTexts } from "./pageTexts.ts";
import type { PdfFile } from "./pdfFile.ts";
import { pdfOutline } from "./pdfOutline.ts";
import { type PageTargets, PdfPage } from "./pdfPage.ts";
import { selectAll, selectedOnPages } from "./pdfSelection.ts";
import type { ScanOf } from "./scanText.ts";
import { spaced } from "./spaced.ts";
import type { DocumentView, OutlineEntry, ViewPosition, ViewState } from "./view.ts";

/** A browser's page can't be higher than about 30 million pixels; at the largest zoom these fit. */
const maxShown = 10_000;
const scales = { least: 0.25, most: 4, first: (96 / 72) * 1.25, ofPoints: 96 / 72 } as const;

/** While an index is being made there is news of it all the time. */
const lookAgainMs = 1_000;

export interface PdfViewOptions {
  /** What scrolls. */
  readonly host: HTMLElement;
  /** Where it opens. */
  readonly at: ViewPosition;
  readonly openLink: (url: string) => void;
  readonly scanOf: ScanOf;
  readonly onChange: () => void;
}

/** A PDF, page under page. Only the pages near what is seen are opened and drawn. */
export class PdfView implements DocumentView, PageTargets {
  private readonly file: PdfFile;
  private readonly options: PdfViewOptions;
  /** Of a document of very many pages some do not stand here: those around the place that is shown do. */
  private pages: readonly PdfPage[] = [];
  /** The number of the first of them. */
  private from = 1;
  /** Of the page that was opened first. */
  private pageSize: PdfPage["size"] = { width: 595, height: 842 };
  private readonly observer: IntersectionObserver;
  private readonly resizes = new ResizeObserver(() => this.fit());
  private readonly closing = new AbortController();
  private readonly near = new Set<number>();
  readonly texts: PageTexts;
  private current = 1;
  /** At first as wide as the tab, but no larger than one reads. */
  private wanted: number | "width" | "first" = "first";
  private scale = 1;
  private isDrawing = false;
  private passage: Hit | undefined;
  private found: { text: string; page: number; index: number } | undefined;

  /** Opens the page that is to be shown first, before any other, and takes all to have its size until they are opened. */
  static async open(file: PdfFile, options: PdfViewOptions): Promise<PdfView> {
    const { numPages } = file.document;
    if (numPages < 1) {
      throw new CarrelError("This PDF has no pages.", "Get the file again from where it came from.");
    }
    const view = new PdfView(file, options);
    await view.begin(bounded(options.at.page ?? 1, numPages));
    return view;
  }

  private constructor(file: PdfFile, options: PdfViewOptions) {
    this.file = file;
    this.options = options;
    const { host, at } = options;
    this.wanted = at.zoom ?? "first";
    this.passage = at.passage;
    this.texts = new PageTexts(file, options.scanOf);
    this.observer = new IntersectionObserver((entries) => this.see(entries), {
      root: host,
      rootMargin: "60% 0px",
    });
  }

  private async begin(number: number): Promise<void> {
    const { host, at } = this.options;
    const first = new PdfPage(number, this.file, this.pageSize, this);
    const opened = first.open();
    // A page that is damaged says so where it would stand.
    await opened.catch(() => undefined);
    this.pageSize = first.size;
    // First the scale, then the pages: they are laid out once, while pdf.js already works on the one that is wanted.
    this.setScale(first.size.width);
    void first.show(this.scale * scales.ofPoints);
    await opened.catch(() => undefined);
    this.setPages(number, first);
    this.goBack(number, at.scrolled);
    host.addEventListener("scroll", () => this.follow(), { passive: true, signal: this.closing.signal });
    this.resizes.observe(host);
    // It is drawn before the browser has told which pages are near.
    this.near.add(number);
    void this.drawNear().then(() => this.file.stopReadingAhead());
  }

  close(): void {
    this.closing.abort();
    this.observer.disconnect();
    this.resizes.disconnect();
    this.near.clear();
    mark("carrel-passage", []);
    mark("carrel-found", []);
    this.options.host.replaceChildren();
    this.file.close();
  }

  get state(): ViewState {
    return { page: this.current, pages: this.file.document.numPages, scale: this.scale };
  }

  get position(): ViewPosition {
    const scrolled = this.scrolledIn(this.page(this.current));
    const { passage, wanted: zoom } = this;
    const selected = selectedOnPages();
    return { page: this.current, scrolled, zoom, ...(passage && { passage }), ...(selected && { selected }) };
  }

  async restore({ page = 1, scrolled, passage, selected }: ViewPosition): Promise<void> {
    this.passage = passage;
    mark("carrel-passage", []);
    this.goBack(page, scrolled);
    const marked = passage && this.page(this.bounded(passage.page ?? 1));
    if (marked) await this.markAgain(marked);
    // What was selected goes with its page when that is out of sight.
    if (!selected?.pages || selectedOnPages()?.text === selected.text) return;
    const text = await this.textOn(selected.pages[0]);
    selectAll(text?.locate(selected.text) ?? []);
  }

  private goBack(page: number, scrolled: number | undefined): void {
    this.goTo(page);
    const element = this.page(this.bounded(page))?.element;
    if (scrolled === undefined || !element) return;
    this.options.host.scrollTop = element.offsetTop + scrolled * element.offsetHeight;
  }

  outline(): Promise<readonly OutlineEntry[]> {
    return pdfOutline(this.file.document, (destination) => this.openPlace(destination));
  }

  async reveal(passage: Hit): Promise<string> {
    this.passage = passage;
    const number = this.bounded(passage.page ?? 1);
    this.goTo(number);
    const text = await this.textOn(number).catch(() => undefined);
    // Another one was to be shown meanwhile.
    if (this.passage !== passage) return "";
    if (!text) return `Page ${number} is damaged: its text can't be read.`;
    const { ranges, marked } = this.markPassage(passage, text);
    if (!ranges[0]) return `Page ${number}. The passage could not be found on the page.`;
    this.center(ranges[0]);
    return `Page ${number}. Marked: ${marked.replace(/\s+/g, " ").trim()}`;
  }

  /** The text of a page that stands here, with words that have been read in it since it was laid out. */
  private async textOn(number: number): Promise<DomText | undefined> {
    const page = this.page(number);
    await page?.addLateWords().catch(() => false);
    return await page?.text();
  }

  private markPassage(passage: Hit, text: DomText): { ranges: readonly Range[]; marked: string } {
    const sentences = passage.marks.map(([start, end]) => passage.text.slice(start, end));
    const inSentences = sentences.flatMap((sentence) => text.locate(sentence));
    const ranges = inSentences.length > 0 ? inSentences : text.locate(passage.text);
    mark("carrel-passage", ranges);
    return { ranges, marked: inSentences.length > 0 ? sentences.join(" ") : passage.text };
  }

  goTo(page: number): void {
    const number = this.bounded(page);
    if (!this.page(number)) this.setPages(number);
    const element = this.page(number)?.element;
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
    const { numPages } = this.file.document;
    for (let turn = 0; turn <= numPages; turn++) {
      const number = wrapped(start + turn * step, numPages);
      const count = findAll(loosen(await this.texts.plainOf(number)), text).length;
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

  /** Pages that are pictures may have been read since they were laid out: those that are shown get their words. */
  readonly takeWords = spaced(lookAgainMs, async () => {
    this.texts.forgetLacking();
    for (const page of this.pages) {
      if (this.closing.signal.aborted) return;
      if (await page.addLateWords().catch(() => false)) await this.markAgain(page);
    }
  });

  selected(): Selected | undefined {
    return selectedOnPages();
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
    const ranges = (await this.textOn(found.page))?.findAll(found.text) ?? [];
    // The page may hold its text in other pieces than the search: then the first place of it is shown.
    const range = ranges[found.index] ?? ranges[0];
    if (signal.aborted || !range) return;
    mark("carrel-found", [range]);
    this.center(range);
  }

  /** A page that stands here. */
  private page(number: number): PdfPage | undefined {
    return this.pages[number - this.from];
  }

  /** Lays out all pages, or of very many those around one of them, and says which are not here. */
  private setPages(around: number, first?: PdfPage): void {
    const { numPages } = this.file.document;
    const count = Math.min(numPages, maxShown);
    this.from = Math.min(Math.max(1, around - maxShown / 2), numPages - count + 1);
    this.observer.disconnect();
    this.near.clear();
    this.pages = Array.from(
      { length: count },
      (_, index) =>
        (this.from + index === around ? first : undefined) ??
        new PdfPage(this.from + index, this.file, this.pageSize, this),
    );
    const elements = this.pages.map(({ element }) => element);
    const note = count < numPages ? [longNote(this.from, count, numPages)] : [];
    this.options.host.replaceChildren(...note, ...elements, ...note.map((one) => one.cloneNode(true)));
    for (const element of elements) this.observer.observe(element);
  }

  private bounded(page: number): number {
    return bounded(page, this.file.document.numPages);
  }

  private center(range: Range): void {
    const { host } = this.options;
    // Its page has been left meanwhile.
    if (!isThere(range)) return;
    const place = range.getBoundingClientRect();
    const frame = host.getBoundingClientRect();
    if (place.top < frame.top + 40 || place.bottom > frame.bottom - 40) {
      host.scrollTop += place.top - frame.top - host.clientHeight / 3;
    }
    if (place.left < frame.left || place.right > frame.right) host.scrollLeft += place.left - frame.left - 20;
    this.follow();
  }

  /** How much of a page stands above what is seen. */
  private scrolledIn(page: PdfPage | undefined): number {
    if (!page) return 0;
    const { offsetTop, offsetHeight } = page.element;
    return (this.options.host.scrollTop - offsetTop) / Math.max(1, offsetHeight);
  }

  /** Sets the scale and keeps what stands at the top of the view where it is. */
  private fit(): void {
    const { host } = this.options;
    const page = this.page(this.current);
    const above = this.scrolledIn(page);
    this.setScale(page?.size.width ?? this.pageSize.width);
    if (page) host.scrollTop = page.element.offsetTop + above * page.element.offsetHeight;
    this.options.onChange();
    void this.drawNear();
  }

  /** The scale that is wanted, for a page of this width. */
  private setScale(width: number): void {
    const { host } = this.options;
    const room = Math.max(100, host.clientWidth - 24);
    const fitting = this.wanted === "first" ? Math.min(room / width, scales.first) : room / width;
    const wanted = typeof this.wanted === "number" ? this.wanted * scales.ofPoints : fitting;
    const scale = Math.min(Math.max(wanted, scales.least), scales.most * scales.ofPoints);
    host.style.setProperty("--total-scale-factor", `${scale}`);
    this.scale = scale / scales.ofPoints;
  }

  private see(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting } of entries) {
      const number = Number((target as HTMLElement).dataset["page"]);
      if (isIntersecting) this.near.add(number);
      else if (this.near.delete(number)) this.page(number)?.hide();
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
        const page = next === undefined ? undefined : this.page(next);
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
    await this.markAgain(page);
    // Other pages may stand here by now: one that does not has no height.
    if (!page.element.isConnected) return;
    const grown = page.element.offsetHeight - before;
    if (isAbove && grown !== 0) host.scrollTop += grown;
  }

  /** A page that comes into sight again has got new elements. */
  private async markAgain(page: PdfPage): Promise<void> {
    const { passage } = this;
    if (!passage || this.page(this.bounded(passage.page ?? 1)) !== page || isMarked("carrel-passage")) return;
    const text = await page.text().catch(() => undefined);
    if (text && this.passage === passage) this.markPassage(passage, text);
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
    this.setCurrent(this.from + low);
  }

  private setCurrent(page: number): void {
    if (page === this.current) return;
    this.current = page;
    this.options.onChange();
  }
}
