import type { Hit } from "../../protocol/data.ts";
import type { Selected } from "../../protocol/reader.ts";

/** An entry of a document's outline; `open` shows its place. */
export interface OutlineEntry {
  readonly title: string;
  readonly depth: number;
  open(): void;
}

/** What the tool bar shows of a view. */
export interface ViewState {
  /** Of documents that have pages. */
  readonly page?: number;
  readonly pages?: number;
  /** 1 is the document's own size. */
  readonly scale: number;
}

/** Where a document stands: how far down in it or on its page, how large it is shown, what is marked and selected in it. */
export interface ViewPosition {
  readonly page?: number;
  readonly scrolled?: number;
  readonly zoom?: number | "width" | "first";
  readonly passage?: Hit;
  readonly selected?: Selected;
}

/** A document as the reader shows it, whatever its format. */
export interface DocumentView {
  readonly state: ViewState;
  outline(): Promise<readonly OutlineEntry[]>;
  /** Shows a passage and marks it. Resolves to what is to be said of it: "Page 4, the passage is marked." */
  reveal(passage: Hit): Promise<string>;
  goTo(page: number): void;
  /** A factor, or the width of the tab. */
  zoom(scale: number | "width"): void;
  /** Goes to the next place of a text, or the one before; false when there is none. */
  find(text: string, back: boolean, signal: AbortSignal): Promise<boolean>;
  /** What is selected; undefined when that is nothing. */
  selected(): Selected | undefined;
  /** The index has changed: words may be known by now of what was shown without them. */
  takeWords(): void;
  /** Takes the marks of a search away. */
  clearFound(): void;
  /** Where it stands now, for one that takes its place when the file has changed. */
  readonly position: ViewPosition;
  /** Goes back to where it stood, with the same mark and selection. */
  restore(at: ViewPosition): Promise<void>;
  /** Takes it off the page and ends what works for it. */
  close(): void;
}
