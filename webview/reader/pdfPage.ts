import type { PDFPageProxy, RenderTask } from "pdfjs-dist";
import { DomText } from "./domText.ts";
import type { TextContent } from "./pageText.ts";
import type { PageTexts } from "./pageTexts.ts";
import type { PdfFile } from "./pdfFile.ts";

/** A canvas of more pixels than this takes too much memory: a page that is zoomed in further is drawn coarser. */
const maxPixels = 16_000_000;

export interface PageSize {
  readonly width: number;
  readonly height: number;
}

/** What a page's links lead to, and what its text is. */
export interface PageTargets {
  openLink(url: string): void;
  openPlace(destination: string | unknown[]): void;
  readonly texts: Pick<PageTexts, "contentsOf" | "wordsOf">;
}

/** What lies over a page to be selected and found. */
interface TextLayer {
  readonly container: HTMLElement;
  text: Promise<DomText>;
  /** Nothing has been read yet in the picture that the page may be. */
  lacksWords: boolean;
}

/** More than a page of an index has; each is a button. */
const mostLinks = 2_000;

/** One page: a white sheet of its size until it is shown, then drawn, with its text over it and its links. */
export class PdfPage {
  readonly element = document.createElement("div");
  size: PageSize;
  private readonly number: number;
  private readonly file: PdfFile;
  private readonly targets: PageTargets;
  private page: Promise<PDFPageProxy> | undefined;
  private drawing:
    | { readonly scale: number; task: RenderTask | undefined; readonly done: Promise<void> }
    | undefined;
  private layer: TextLayer | undefined;

  constructor(number: number, file: PdfFile, size: PageSize, targets: PageTargets) {
    this.number = number;
    this.file = file;
    this.size = size;
    this.targets = targets;
    this.element.className = "page";
    this.element.dataset["page"] = `${number}`;
    this.element.setAttribute("role", "group");
    this.element.setAttribute("aria-label", `Page ${number}`);
    this.resize();
  }

  /** Draws the page, if it is not drawn at this scale yet. Resolves when it is; a broken page says so. */
  async show(scale: number): Promise<void> {
    if (this.drawing?.scale === scale) return await this.drawing.done;
    this.drawing?.task?.cancel();
    const drawing = { scale, task: undefined as RenderTask | undefined, done: Promise.resolve() };
    this.drawing = drawing;
    drawing.done = this.draw(drawing).catch(() => {
      if (this.drawing !== drawing) return;
      this.element.dataset["broken"] = "This page is damaged and can't be drawn.";
    });
    await drawing.done;
  }

  /** Gives the memory of a page that is out of sight back. */
  hide(): void {
    this.drawing?.task?.cancel();
    this.drawing = undefined;
    // Whoever waits for the text still gets it, of elements that are no part of the page any more.
    this.layer = undefined;
    this.element.replaceChildren();
    void this.page?.then((page) => page.cleanup()).catch(() => undefined);
  }

  get isShown(): boolean {
    return this.drawing !== undefined;
  }

  /** The page's text as it stands on the page. */
  async text(): Promise<DomText> {
    if (this.layer) return await this.layer.text;
    const container = document.createElement("div");
    container.className = "textLayer";
    const layer = { container, text: Promise.resolve(new DomText(container)), lacksWords: false };
    this.layer = layer;
    layer.text = this.addLayer(layer);
    return await layer.text;
  }

  /** Lays the text over the page, and the links over the text. */
  private async addLayer(layer: TextLayer): Promise<DomText> {
    const layers = document.createElement("div");
    layers.append(layer.container);
    layers.className = "layers";
    this.element.append(layers);
    const page = await this.open();
    const { contents, lacksWords } = await this.targets.texts.contentsOf(page);
    layer.lacksWords = lacksWords;
    for (const content of contents) await this.lay(content, page, layer.container);
    await this.addLinks(page, layers);
    return new DomText(layer.container);
  }

  /** Adds a text to what lies over the page: what lies there stays as it is. */
  private async lay(content: TextContent, page: PDFPageProxy, container: HTMLElement): Promise<DomText> {
    const viewport = page.getViewport({ scale: 1 });
    await new this.file.lib.TextLayer({ textContentSource: content, container, viewport }).render();
    return new DomText(container);
  }

  /**
   * Adds words that were read in the page's picture after its text was laid over it; false when there are none. One out
   * of sight gets them when it is shown again.
   */
  async addLateWords(): Promise<boolean> {
    const { layer } = this;
    if (!layer?.lacksWords) return false;
    await layer.text;
    const page = await this.open();
    const words = await this.targets.texts.wordsOf(page);
    // It went out of sight meanwhile, or somebody else has added them.
    if (!words || this.layer !== layer || !layer.lacksWords) return false;
    layer.lacksWords = false;
    layer.text = this.lay(words, page, layer.container);
    await layer.text;
    return true;
  }

  /** The page's size becomes known when it is first opened; until then it has that of the one opened first. */
  open(): Promise<PDFPageProxy> {
    this.page ??= this.file.document.getPage(this.number).then((page) => {
      const { width, height } = page.getViewport({ scale: 1 });
      this.size = { width, height };
      this.resize();
      return page;
    });
    return this.page;
  }

  private resize(): void {
    this.element.style.setProperty("--page-width", `${this.size.width}`);
    this.element.style.setProperty("--page-height", `${this.size.height}`);
  }

  private async draw(drawing: NonNullable<PdfPage["drawing"]>): Promise<void> {
    const page = await this.open();
    if (this.drawing !== drawing) return;
    const wanted = drawing.scale * window.devicePixelRatio;
    const most = Math.sqrt(maxPixels / Math.max(1, this.size.width * this.size.height));
    const viewport = page.getViewport({ scale: Math.min(wanted, most) });
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.floor(viewport.width));
    canvas.height = Math.max(1, Math.floor(viewport.height));
    canvas.setAttribute("aria-hidden", "true");
    drawing.task = page.render({ canvas, viewport });
    await drawing.task.promise;
    if (this.drawing !== drawing) return;
    // The one at the former size stays until this one is there, so that zooming does not flicker.
    this.element.querySelector("canvas")?.remove();
    this.element.prepend(canvas);
    await this.text();
  }

  private async addLinks(page: PDFPageProxy, layer: HTMLElement): Promise<void> {
    const annotations = await page.getAnnotations().catch(() => []);
    const { width, height } = this.size;
    const viewport = page.getViewport({ scale: 1 });
    const links = annotations.filter(
      ({ subtype, url, dest, rect }) => subtype === "Link" && (url || dest) && Array.isArray(rect),
    );
    for (const { url, dest, rect, titleObj } of links.slice(0, mostLinks)) {
      const [left, bottom, right, top] = rect.map(Number);
      const [x1 = 0, y1 = 0] = viewport.convertToViewportPoint(left ?? 0, bottom ?? 0);
      const [x2 = 0, y2 = 0] = viewport.convertToViewportPoint(right ?? 0, top ?? 0);
      const link = document.createElement("button");
      link.type = "button";
      link.className = "link";
      link.title = url ? `${url} (asks first)` : titleObj?.str || "Go to this place in the document";
      link.setAttribute("aria-label", url ? `Link to ${url}` : link.title);
      link.style.left = `${(Math.min(x1, x2) / width) * 100}%`;
      link.style.top = `${(Math.min(y1, y2) / height) * 100}%`;
      link.style.width = `${(Math.abs(x2 - x1) / width) * 100}%`;
      link.style.height = `${(Math.abs(y2 - y1) / height) * 100}%`;
      link.addEventListener("click", () => (url ? this.targets.openLink(url) : this.targets.openPlace(dest)));
      layer.append(link);
    }
  }
}
