import { CarrelError, Channel, type Port } from "../../protocol/channel.ts";
import type { Hit } from "../../protocol/data.ts";
import {
  type ReaderContract,
  type ReaderHostContract,
  readerContract,
  readerHostContract,
} from "../../protocol/reader.ts";
import { openPdf } from "./pdfFile.ts";
import { PdfView } from "./pdfView.ts";
import { TextView } from "./textView.ts";
import type { DocumentView, OutlineEntry } from "./view.ts";

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
  /** What came before the view was there. */
  private waiting: Hit | undefined;

  constructor(options: ReaderOptions) {
    this.options = options;
    this.channel = new Channel(options.port, readerHostContract, readerContract, {}, (error) =>
      this.tell(error),
    );
    this.channel.on("reveal", ({ passage }) => void this.reveal(passage));
    this.channel.on("askSelection", () => void this.ask());
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

  /** Opens the document in `host`, at its passage if there is one. */
  async start(host: HTMLElement): Promise<void> {
    this.problem = undefined;
    this.changed();
    try {
      const { name, isDrawn, opensOutside, passage } = await this.channel.request("ready", {});
      this.name = name;
      this.opensOutside = opensOutside;
      this.changed();
      const onChange = (): void => this.changed();
      if (isDrawn) await this.openPdf(host, onChange, passage);
      else {
        this.view = new TextView(await this.channel.request("text", {}), { host, onChange });
        await this.revealFirst(passage);
      }
      this.outline = (await this.view?.outline().catch(() => [])) ?? [];
    } catch (error) {
      const remedy = error instanceof CarrelError ? error.remedy : "";
      this.problem = { message: error instanceof Error ? error.message : String(error), remedy };
    }
    this.changed();
  }

  async find(text: string, back: boolean): Promise<void> {
    this.finding.abort();
    this.finding = new AbortController();
    const { signal } = this.finding;
    if (text.trim() === "") {
      this.view?.clearFound();
      this.say("");
      return;
    }
    this.say("Searching…");
    const isFound = await this.view?.find(text, back, signal);
    if (signal.aborted) return;
    const { page } = this.view?.state ?? {};
    this.say(
      isFound ? (page === undefined ? "Found." : `Found on page ${page}.`) : `“${text}” is not found.`,
    );
  }

  stopFinding(): void {
    this.finding.abort();
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

  private async openPdf(host: HTMLElement, onChange: () => void, passage: Hit | undefined): Promise<void> {
    const bytes = this.channel.request("bytes", {}).then((result) => result.bytes);
    const file = await openPdf(bytes, async (kind, name) => {
      const part = await this.channel.request("part", { kind, name });
      return part.bytes;
    });
    const first = (await file.document.getPage(1)).getViewport({ scale: 1 });
    const openLink = (url: string): void => void this.attempt(this.channel.request("openLink", { url }), "");
    const view = new PdfView(
      file,
      { width: first.width, height: first.height },
      { host, openLink, onChange },
    );
    this.view = view;
    const kept = this.options.saved;
    if (typeof kept === "object" && kept && "page" in kept) view.goTo(Number(kept.page));
    // What is drawn next is the passage's page alone.
    const revealed = this.revealFirst(passage);
    view.start();
    await revealed;
  }

  private async revealFirst(passage: Hit | undefined): Promise<void> {
    const wanted = this.waiting ?? passage;
    this.waiting = undefined;
    if (wanted) await this.reveal(wanted);
  }

  private async reveal(passage: Hit): Promise<void> {
    if (!this.view) {
      this.waiting = passage;
      return;
    }
    try {
      this.say(await this.view.reveal(passage));
    } catch (error) {
      this.tell(error);
    }
  }

  private async attempt(request: Promise<unknown>, done: string): Promise<void> {
    try {
      await request;
      this.say(done);
    } catch (error) {
      this.tell(error);
    }
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
