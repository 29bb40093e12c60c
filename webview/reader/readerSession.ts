import { CarrelError, Channel, type Handlers, type Port } from "../../protocol/channel.ts";
import type { Hit } from "../../protocol/data.ts";
import {
  type FileEnds,
  type ReaderContract,
  type ReaderHostContract,
  readerContract,
  readerHostContract,
} from "../../protocol/reader.ts";
import { Given } from "./given.ts";
import { drawsPdf, openPdf, type PdfSource } from "./pdfFile.ts";
import { PdfView } from "./pdfView.ts";
import type { ScanOf } from "./scanText.ts";
import { TextView } from "./textView.ts";
import type { DocumentView, OutlineEntry, ViewPosition } from "./view.ts";

export interface ReaderOptions {
  readonly port: Port;
  /** What the page kept when it was last closed: the page of the document. */
  readonly saved: unknown;
  readonly save: (state: unknown) => void;
}

/** What the reader's page knows and can do. */
export class ReaderSession {
  view: DocumentView | undefined;
  name = "";
  opensOutside = false;
  outline: readonly OutlineEntry[] = [];
  /** Why the document can't be shown. */
  problem: { readonly message: string; readonly remedy: string } | undefined;
  /** The last thing to say, for who sees and for who hears. */
  said = "";
  hasSelection = false;
  private readonly options: ReaderOptions;
  private readonly channel: Channel<ReaderHostContract, ReaderContract>;
  private readonly listeners = new Set<() => void>();
  private finding = new AbortController();
  private readonly givenWorker = new Given<Uint8Array>();
  private readonly givenEnds = new Given<FileEnds>();
  /** The passage that is to be shown, until it is: its document may have to be opened more than once. */
  private waiting: Hit | undefined;
  /** What is being looked for, until it is found or is not: the file may be written meanwhile. */
  private sought: { readonly text: string; readonly back: boolean } | undefined;
  /** What was seen before passages were looked through. */
  private remembered: ViewPosition | undefined;
  private host: HTMLElement | undefined;
  private opening: Promise<void> = Promise.resolve();
  /** Counts the calls of `start`. */
  private turn = 0;
  /** When the document was opened for the first time, or could not be. */
  private readonly settled = Promise.withResolvers<void>();

  constructor(options: ReaderOptions) {
    this.options = options;
    const handlers: Handlers<ReaderContract> = {
      selected: () => {
        const selected = this.view?.selected();
        return selected ? { selected } : {};
      },
    };
    this.channel = new Channel(options.port, readerHostContract, readerContract, handlers, (error) =>
      this.tell(error),
    );
    this.channel.on("worker", ({ bytes }) => this.givenWorker.put(bytes));
    this.channel.on("ends", (ends) => this.givenEnds.put(ends));
    this.channel.on("reveal", ({ passage }) => void this.reveal(passage));
    this.channel.on("remember", () => {
      this.remembered = this.view?.position;
    });
    this.channel.on("restore", () => void this.restore());
    this.channel.on("indexed", () => this.view?.takeWords());
    this.channel.on("changed", (change) => this.onFileChanged(change));
    document.addEventListener("selectionchange", () => {
      const has = this.view?.selected() !== undefined;
      if (has === this.hasSelection) return;
      this.hasSelection = has;
      this.changed();
    });
  }

  onChange(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /**
   * Opens the document in `host`, at its passage if there is one; where it is open already it is read anew and stays
   * where it is. Of several calls the last one counts.
   */
  start(host: HTMLElement): Promise<void> {
    const turn = ++this.turn;
    const isStale = (): boolean => turn !== this.turn;
    this.host = host;
    this.opening = this.opening.then(() => (isStale() ? undefined : this.open(host, isStale)));
    return this.opening;
  }

  private async open(host: HTMLElement, isStale: () => boolean): Promise<void> {
    if (this.problem) this.said = "";
    this.problem = undefined;
    this.changed();
    try {
      const { lost } = await this.openView(host, isStale);
      this.settled.resolve();
      this.changed();
      await Promise.race([this.showFirst(), lost]);
    } catch (error) {
      if (!isStale()) this.fail(error);
    }
    this.changed();
  }

  /** Shows what was wanted while there was no view, and gets the outline. */
  private async showFirst(): Promise<void> {
    if (this.waiting) await this.reveal(this.waiting);
    if (this.sought) void this.find(this.sought.text, this.sought.back);
    this.outline = (await this.view?.outline().catch(() => [])) ?? [];
  }

  /**
   * Puts the document's view in the place of the one that is there. Resolves to what rejects when no more of its file
   * can be had: what waits for it then waits for ever.
   */
  private async openView(
    host: HTMLElement,
    isStale: () => boolean,
  ): Promise<{ readonly lost: Promise<never> }> {
    // What a PDF takes is asked for at once, not after the extension has said that it is one.
    const ready = this.channel.request("ready", {});
    const file = drawsPdf() ? openPdf(this.pdfSource(ready, isStale)) : undefined;
    file?.catch(() => undefined);
    const { name, opensOutside, passage } = await ready;
    Object.assign(this, { name, opensOutside });
    // It is given once: the next try is to show it too.
    this.waiting ??= passage;
    this.changed();
    const opened = file ? await file : await this.channel.request("text", {});
    // Where the one stood that is there, else where the tab was left.
    const kept = this.view?.position ?? keptPosition(this.options.saved);
    this.view?.close();
    this.view = undefined;
    const onChange = (): void => this.changed();
    if (!("document" in opened)) {
      this.view = new TextView(opened, { host, at: kept, onChange });
      return { lost: new Promise(() => undefined) };
    }
    const openLink = (url: string): void => void this.attempt(this.channel.request("openLink", { url }), "");
    const scanOf: ScanOf = async (page) => (await this.channel.request("scan", { page })).scan;
    const page = this.waiting?.page;
    const at = page === undefined ? kept : { page };
    try {
      const view = PdfView.open(opened, { host, at, openLink, scanOf, onChange });
      this.view = await Promise.race([view, opened.lost]);
      // What has become known of its first page while there was no view to tell.
      this.view.takeWords();
    } catch (error) {
      opened.close();
      throw error;
    }
    return opened;
  }

  private pdfSource(ready: Promise<unknown>, isStale: () => boolean): PdfSource {
    const part: PdfSource["part"] = async (kind, name) =>
      (await this.channel.request("part", { kind, name })).bytes;
    return {
      worker: this.givenWorker.take(ready, () => part("worker", "worker")),
      ends: this.givenEnds.take(ready, () => this.channel.request("file", {})),
      range: async (version, begin, end) =>
        (await this.channel.request("range", { version, begin, end })).bytes,
      part,
      onLost: (error) => {
        if (!isStale()) this.fail(error);
      },
    };
  }

  async find(text: string, back: boolean): Promise<void> {
    this.finding.abort();
    this.finding = new AbortController();
    const { signal } = this.finding;
    this.sought = undefined;
    if (text.trim() === "") {
      this.view?.clearFound();
      this.say("");
      return;
    }
    this.sought = { text, back };
    this.say("Searching…");
    // What is looked for while the document is being opened is found when it is there.
    await this.settled.promise;
    const { view } = this;
    if (signal.aborted || (!view && !this.problem)) return;
    if (!view) return this.say(this.problem?.message ?? "");
    try {
      const isFound = await view.find(text, back, signal);
      // What has taken its place is looked through anew.
      if (signal.aborted || view !== this.view) return;
      this.sought = undefined;
      const { page } = view.state;
      const where = page === undefined ? "Found." : `Found on page ${page}.`;
      this.say(isFound ? where : `“${text}” is not found.`);
    } catch (error) {
      this.tell(error);
    }
  }

  /** Turns to a page, and says so for who does not see it. */
  turnTo(page: number): void {
    this.view?.goTo(page);
    const { page: shown, pages } = this.view?.state ?? {};
    if (shown !== undefined) this.say(`Page ${shown} of ${(pages ?? 1).toLocaleString("en")}.`);
  }

  /** Sets the size, and says so for who does not see it. */
  zoom(scale: number | "width"): void {
    const { view } = this;
    if (!view) return;
    view.zoom(scale);
    this.say(`${Math.round(view.state.scale * 100)}% of its size.`);
  }

  stopFinding(): void {
    this.finding.abort();
    this.sought = undefined;
    this.view?.clearFound();
    this.say("");
  }

  async copyWithSource(): Promise<void> {
    const selected = this.view?.selected();
    if (!selected) return this.say("Select some text first.");
    const source = [this.name, selected.where].filter(Boolean).join(", ");
    await this.attempt(
      this.channel.request("copy", { text: `${selected.text}\n— ${source}` }),
      "Copied with its source.",
    );
  }

  async ask(): Promise<void> {
    const selected = this.view?.selected();
    if (!selected) return this.say("Select the text that you want to ask about first.");
    await this.attempt(this.channel.request("ask", selected), "");
  }

  async openOriginal(): Promise<void> {
    await this.attempt(this.channel.request("openOriginal", {}), "");
  }

  private async reveal(passage: Hit): Promise<void> {
    this.waiting = passage;
    if (!this.view) return;
    try {
      const told = await this.view.reveal(passage);
      if (this.waiting === passage) this.waiting = undefined;
      // Nothing is told of one that another one has overtaken.
      if (told !== "") this.say(told);
    } catch (error) {
      this.tell(error);
    }
  }

  private async restore(): Promise<void> {
    const { remembered } = this;
    this.remembered = undefined;
    this.waiting = undefined;
    if (!remembered) return;
    this.say("");
    await this.view?.restore(remembered).catch((error: unknown) => this.tell(error));
  }

  private async attempt(request: Promise<unknown>, done: string): Promise<void> {
    try {
      await request;
      this.say(done);
    } catch (error) {
      this.tell(error);
    }
  }

  /** The file was written: it is read anew. Of one that is gone stays what is shown. */
  private onFileChanged({ isGone }: { readonly isGone: boolean }): void {
    if (!this.host) return;
    if (!isGone) return void this.start(this.host);
    this.fail(
      new CarrelError(
        "This file was deleted or moved.",
        this.view ? "What was read of it can still be seen." : "Close this tab, or put the file back.",
      ),
    );
  }

  private fail(error: unknown): void {
    const remedy = error instanceof CarrelError ? error.remedy : "";
    this.problem = { message: error instanceof Error ? error.message : String(error), remedy };
    this.settled.resolve();
    this.tell(error);
  }

  private tell(error: unknown): void {
    const remedy = error instanceof CarrelError ? error.remedy : "";
    this.say([error instanceof Error ? error.message : String(error), remedy].filter(Boolean).join(" "));
  }

  private say(text: string): void {
    this.said = text;
    this.changed();
  }

  private changed(): void {
    const page = this.view?.state.page;
    if (page !== undefined) this.options.save({ page });
    for (const listener of this.listeners) listener();
  }
}

/** The page at which the tab was left, of what a page in a webview keeps over a reload of the window. */
function keptPosition(saved: unknown): ViewPosition {
  return typeof saved === "object" && saved && "page" in saved ? { page: Number(saved.page) } : {};
}
