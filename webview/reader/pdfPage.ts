import type { PDFPageProxy, RenderTask } from "pdfjs-dist";
import { DomText } from "./domText.ts";
import type { PdfFile } from "./pdfFile.ts";

/** A canvas of more pixels than this takes too much memory: a page that is zoomed in further is drawn coarser. */
const maxPixels = 16_000_000;

export interface PageSize {
  readonly width: number;
  readonly height: number;
}

/** What a page's links lead to, and what its text is. */
export interface LinkTargets {
  openLink(url: string): void;
  openPlace(destination: string | unknown[]): void;
  textOfPage(page: PDFPageProxy): ReturnType<PDFPageProxy["getTextContent"]>;
}

/** More than a page of an index has; each is a button. */
const mostLinks = 2_000;

/** One page: a white sheet of its size until it is shown, then drawn, with its text over it and its links. */
export class PdfPage {
  readonly element = document.createElement("div");
  size: PageSize;
  private readonly number: number;
  private readonly file: PdfFile;
  private readonly links: LinkTargets;
  private page: Promise<PDFPageProxy> | undefined;
  private drawing:
    | { readonly scale: number; task: RenderTask | undefined; readonly done: Promise<void> }
    | undefined;
  private layer: Promise<DomText> | undefined;

  constructor(number: number, file: PdfFile, size: PageSize, links: LinkTargets) {
    this.number = number;
    this.file = file;
    this.size = size;
    this.links = links;
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
  text(): Promise<DomText> {
    this.layer ??= this.addLayer();
    return this.layer;
  }

  /** Lays the text over the page, and the links over the text. */
  private async addLayer(): Promise<DomText> {
    const layer = document.createElement("div");
    const container = document.createElement("div");
    layer.append(container);
    layer.className = "layers";
    container.className = "textLayer";
    this.element.append(layer);
    const page = await this.open();
    const drawn = new this.file.lib.TextLayer({
      textContentSource: await this.links.textOfPage(page),
      container,
      viewport: page.getViewport({ scale: 1 }),
    });
    await drawn.render();
    await this.addLinks(page, layer);
    return new DomText(container);
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
      link.addEventListener("click", () => (url ? this.links.openLink(url) : this.links.openPlace(dest)));
      layer.append(link);
    }
  }
}
