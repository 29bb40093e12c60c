import * as vscode from "vscode";
import { CarrelError } from "../protocol/channel.ts";
import type { Hit } from "../protocol/data.ts";
import { hitPlace } from "../protocol/places.ts";
import { watchForFocusReturn } from "./focusReturn.ts";
import type { Passages } from "./passages.ts";
import type { Reporter } from "./reporter.ts";
import { rememberView } from "./viewMemory.ts";

const typingPauseMs = 120;
const previewPauseMs = 80;

export interface SearchPickOptions {
  readonly title: string;
  readonly placeholder: string;
  /**
   * Hits for what is typed; `signal` ends a search that a newer one has made useless. What it throws with the code
   * "invalid" is about what is typed, and shown in the list.
   */
  readonly search: (typed: string, signal: AbortSignal) => Promise<FoundHits>;
  /** What is shown while nothing is typed. */
  readonly related?: (signal: AbortSignal) => Promise<FoundHits>;
}

export interface FoundHits {
  readonly hits: readonly Hit[];
  /** What comes nearest where nothing matches. */
  readonly nearest?: readonly Hit[];
  /** The filters that were understood, as people read them. */
  readonly filters?: readonly string[];
}

/** A passage, or a message that can't be opened. */
interface HitItem extends vscode.QuickPickItem {
  readonly hit?: Hit;
}

/**
 * A list of passages: results as one types, a preview of the one that is active, Enter opens it, Escape
 * brings back what was seen before. Ends when the list is closed.
 */
export async function pickPassage(
  passages: Passages,
  reporter: Reporter,
  options: SearchPickOptions,
): Promise<void> {
  const pick = vscode.window.createQuickPick<HitItem>();
  pick.title = options.title;
  pick.placeholder = options.placeholder;
  // VS Code would put labels that contain the typed letters first. It takes this property from every
  // extension, though its types don't have it yet; the order is a little worse where it does not.
  if ("sortByLabel" in pick) Object.assign(pick, { sortByLabel: false });
  const before = rememberView();
  const goBack = passages.remember();
  const live = liveSearch(pick, reporter, options);
  const previews = createPreviews(passages, reporter);
  let accepted = false;

  const laterSearch = debounce(typingPauseMs, live.search);
  const subscriptions = [
    pick.onDidChangeValue(laterSearch.call),
    pick.onDidChangeActive(([item]) => previews.show(item)),
    pick.onDidAccept(async () => {
      const hit = pick.activeItems[0]?.hit;
      if (!hit) return;
      accepted = true;
      void previews.end();
      pick.hide();
      await passages.open(hit, { preview: false }).catch((error: unknown) => reporter.show(error));
    }),
  ];
  const isFocusReturn = watchForFocusReturn();
  const closed = new Promise<void>((resolve) => {
    subscriptions.push(
      pick.onDidHide(() => {
        if (!accepted && !previews.hasBegun() && isFocusReturn()) return pick.show();
        live.stop();
        resolve();
      }),
    );
  });
  pick.show();
  await Promise.all([live.search(""), closed]);
  laterSearch.cancel();
  vscode.Disposable.from(pick, ...subscriptions).dispose();
  const isSomethingShown = await previews.end();
  if (!accepted && isSomethingShown) {
    passages.clear();
    await before.restore();
    goBack();
  }
}

interface Previews {
  /** Opens the passage a moment later, unless another one comes before. */
  show(item: HitItem | undefined): void;
  /** Whether the opening of one has begun. */
  hasBegun(): boolean;
  /** Opens no more. Resolves, when what was being opened is there, to whether anything was. */
  end(): Promise<boolean>;
}

function createPreviews(passages: Passages, reporter: Reporter): Previews {
  let isShown = false;
  let hasBegun = false;
  let isOver = false;
  let opening = Promise.resolve();
  const open = async (hit: Hit): Promise<void> => {
    hasBegun = true;
    try {
      await passages.open(hit, { preview: true, preserveFocus: true });
      isShown = true;
    } catch (error) {
      reporter.log("warn", `No preview of ${hit.path}: ${String(error)}`);
    }
  };
  const later = debounce(previewPauseMs, async (item: HitItem | undefined) => {
    if (item?.hit && !isOver) opening = open(item.hit);
    await opening;
  });
  return {
    show: later.call,
    hasBegun: () => hasBegun,
    async end() {
      isOver = true;
      later.cancel();
      await opening;
      return isShown;
    },
  };
}

interface LiveSearch {
  /** Fills the list for what is typed; a search that still goes on is given up. */
  search(query: string): Promise<void>;
  stop(): void;
}

function liveSearch(
  pick: vscode.QuickPick<HitItem>,
  reporter: Reporter,
  options: SearchPickOptions,
): LiveSearch {
  let searching = new AbortController();
  return {
    async search(query) {
      searching.abort();
      searching = new AbortController();
      const { signal } = searching;
      pick.busy = true;
      try {
        const found =
          query.trim() === "" ? await options.related?.(signal) : await options.search(query, signal);
        if (signal.aborted) return;
        pick.items = found ? itemsOf(found) : [];
        const title = [options.title, ...(found?.filters ?? [])].join(" · ");
        pick.title = found?.hits.length === 0 ? vscode.l10n.t("{0}: nothing found", title) : title;
      } catch (error) {
        if (signal.aborted) return;
        const code = error instanceof CarrelError ? error.code : "failed";
        pick.title = options.title;
        // Half a filter is no failure: whoever types it is told below, and goes on.
        pick.items = error instanceof CarrelError && code === "invalid" ? [messageItem(error)] : [];
        if (code !== "cancelled" && code !== "invalid") reporter.show(error);
      }
      pick.busy = false;
    },
    stop: () => searching.abort(),
  };
}

function itemsOf({ hits, nearest = [] }: FoundHits): HitItem[] {
  if (hits.length > 0 || nearest.length === 0) return hits.map(itemOf);
  const label = `$(info) ${vscode.l10n.t("I did not find this in your files.")}`;
  const separator = { label: vscode.l10n.t("Nearest"), kind: vscode.QuickPickItemKind.Separator };
  return [{ label, alwaysShow: true }, separator, ...nearest.map(itemOf)];
}

function itemOf(hit: Hit): HitItem {
  const place = hitPlace(hit) ?? `${hit.startLine}`;
  const name = hit.path.slice(hit.path.lastIndexOf("/") + 1);
  const directory = hit.path.slice(0, -name.length - 1);
  return {
    hit,
    label: `${icons[hit.kind]} ${[name, place].filter(Boolean).join(":")}`,
    description: [hit.folderName, directory, hit.heading].filter(Boolean).join(" · "),
    detail: excerptOf(hit),
    // The list would else hide what does not contain the typed letters; the search has chosen already.
    alwaysShow: true,
  };
}

function messageItem({ message, remedy }: CarrelError): HitItem {
  return { label: `$(info) ${message}`, detail: remedy, alwaysShow: true };
}

const icons = {
  code: "$(file-code)",
  prose: "$(markdown)",
  document: "$(file-pdf)",
  data: "$(table)",
} as const;

/** The sentences that match, or the passage's beginning, on one line. */
function excerptOf(hit: Hit): string {
  const marked = hit.marks.map(([start, end]) => hit.text.slice(start, end)).join(" … ");
  return (marked || hit.text).replace(/\s+/g, " ").trim().slice(0, 200);
}

function debounce<T>(ms: number, run: (value: T) => Promise<void>): { call(value: T): void; cancel(): void } {
  let timer: NodeJS.Timeout | undefined;
  return {
    call(value) {
      clearTimeout(timer);
      timer = setTimeout(() => void run(value), ms);
    },
    cancel: () => clearTimeout(timer),
  };
}
