import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useReducer, useRef, useState } from "preact/hooks";
import { Icon, type IconName } from "../components/Icon.tsx";
import { Notice } from "../components/Notice.tsx";
import type { ReaderSession } from "./readerSession.ts";
import type { DocumentView, OutlineEntry } from "./view.ts";

const zoomStep = 1.2;

/** The reader's tab: its tool bar, the outline beside the document, the document. */
export function ReaderApp({ session }: { readonly session: ReaderSession }): JSX.Element {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const [isOutlined, setOutlined] = useState(false);
  const host = useRef<HTMLDivElement>(null);
  const finder = useRef<HTMLInputElement>(null);
  // What the document takes is asked for at once, not after the first paint.
  useLayoutEffect(() => {
    const stop = session.onChange(() => redraw(undefined));
    if (host.current) void session.start(host.current);
    return stop;
  }, [session]);
  useKeys(session, host, finder);
  const { problem, view, outline } = session;
  const showsOutline = isOutlined && outline.length > 0;
  return (
    <>
      <header>
        <h1 class="sr">{session.name || "Document"}</h1>
        <Tools
          session={session}
          finder={finder}
          isOutlined={showsOutline}
          onOutline={() => setOutlined(!isOutlined)}
        />
      </header>
      {view && <Problem session={session} host={host} />}
      <div class="below">
        {showsOutline && <Outline entries={outline} />}
        <main
          class="document"
          ref={host}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard.
          tabIndex={0}
          aria-label={session.name || "Document"}
          aria-busy={!view && !problem}
          onBlur={({ currentTarget }) => {
            delete currentTarget.dataset["quiet"];
          }}
          data-testid="document"
        />
        {!view && <Problem session={session} host={host} />}
        {!view && !problem && <p class="opening">Opening…</p>}
      </div>
      <p class="sr" aria-live="polite" data-testid="said">
        {session.said}
      </p>
    </>
  );
}

/** Keys of the whole tab, and the focus in its document. */
function useKeys(
  session: ReaderSession,
  host: { readonly current: HTMLElement | null },
  finder: { readonly current: HTMLInputElement | null },
): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => press(event, session, finder.current);
    // Keys scroll what has the focus, which in a tab that has just been opened is nothing yet.
    const onFocus = (): void => {
      if (!host.current || document.activeElement !== document.body) return;
      host.current.dataset["quiet"] = "";
      host.current.focus({ preventScroll: true });
    };
    if (document.hasFocus()) onFocus();
    document.addEventListener("keydown", onKey);
    window.addEventListener("focus", onFocus);
    return () => {
      document.removeEventListener("keydown", onKey);
      window.removeEventListener("focus", onFocus);
    };
  }, [session]);
}

interface ProblemProps {
  readonly session: ReaderSession;
  readonly host: { current: HTMLElement | null };
}

/** Why nothing is shown, or nothing more. The engine may be back, or the file mended: it can be tried again. */
function Problem({ session, host }: ProblemProps): JSX.Element | null {
  const { problem } = session;
  if (!problem) return null;
  return (
    <div class={session.view ? "problem above" : "problem"}>
      <Notice kind="error" message={problem.message} remedy={problem.remedy}>
        <button
          type="button"
          class="secondary"
          onClick={() => host.current && void session.start(host.current)}
        >
          Try again
        </button>
      </Notice>
    </div>
  );
}

interface ToolsProps {
  readonly session: ReaderSession;
  readonly finder: { current: HTMLInputElement | null };
  readonly isOutlined: boolean;
  readonly onOutline: () => void;
}

function Tools({ session, finder, isOutlined, onOutline }: ToolsProps): JSX.Element {
  const { view, outline } = session;
  return (
    <div
      class="tools"
      role="toolbar"
      aria-label="Document"
      onKeyDown={(event) => moveInTools(event, event.currentTarget)}
    >
      <ToolButton
        icon="outline"
        label="Outline"
        isDisabled={outline.length === 0}
        isPressed={isOutlined}
        onClick={onOutline}
      />
      {view?.state.pages !== undefined && <PageTools session={session} view={view} />}
      {view && <ZoomTools session={session} view={view} />}
      <FindTools session={session} input={finder} />
      <span class="tools-end">
        <ToolButton
          icon="ask"
          label="Ask about selection"
          isDisabled={!session.hasSelection}
          onClick={() => void session.ask()}
        />
        <ToolButton
          icon="quote"
          label="Copy with source"
          isDisabled={!session.hasSelection}
          onClick={() => void session.copyWithSource()}
        />
        {session.opensOutside && (
          <ToolButton icon="external" label="Open original" onClick={() => void session.openOriginal()} />
        )}
      </span>
    </div>
  );
}

interface ViewProps {
  readonly session: ReaderSession;
  readonly view: DocumentView;
}

function PageTools({ session, view }: ViewProps): JSX.Element {
  const { page = 1, pages = 1 } = view.state;
  return (
    <span class="tools-group">
      <ToolButton
        icon="up"
        label="Previous page"
        isDisabled={page <= 1}
        onClick={() => session.turnTo(page - 1)}
      />
      <ToolButton
        icon="down"
        label="Next page"
        isDisabled={page >= pages}
        onClick={() => session.turnTo(page + 1)}
      />
      <PageNumber session={session} view={view} />
      <span class="of-pages" aria-hidden="true">
        of {pages.toLocaleString("en")}
      </span>
    </span>
  );
}

/** The page that is shown. What is typed over it stays, whatever is turned or drawn meanwhile, until it is sent or left. */
function PageNumber({ session, view }: ViewProps): JSX.Element {
  const { page = 1, pages = 1 } = view.state;
  const [typed, setTyped] = useState<string>();
  const send = (): void => {
    const number = Number(typed?.trim() || Number.NaN);
    if (Number.isFinite(number)) session.turnTo(number);
    setTyped(undefined);
  };
  return (
    <input
      class="page-number"
      type="text"
      inputMode="numeric"
      aria-label={`Page, of ${pages}`}
      data-testid="page-number"
      value={typed ?? `${page}`}
      onInput={({ currentTarget }) => setTyped(currentTarget.value)}
      onKeyDown={({ key }) => {
        if (key === "Enter") send();
        else if (key === "Escape") setTyped(undefined);
      }}
      onBlur={send}
    />
  );
}

function ZoomTools({ session, view }: ViewProps): JSX.Element {
  const { scale, pages } = view.state;
  return (
    <span class="tools-group">
      <ToolButton icon="minus" label="Zoom out" onClick={() => session.zoom(scale / zoomStep)} />
      <span class="zoom" data-testid="zoom">
        {Math.round(scale * 100)}%
      </span>
      <ToolButton icon="add" label="Zoom in" onClick={() => session.zoom(scale * zoomStep)} />
      <ToolButton
        icon="width"
        label={pages === undefined ? "Usual size" : "Fit width"}
        onClick={() => session.zoom("width")}
      />
    </span>
  );
}

interface FindProps {
  readonly session: ReaderSession;
  readonly input: { current: HTMLInputElement | null };
}

function FindTools({ session, input }: FindProps): JSX.Element {
  const text = (): string => input.current?.value ?? "";
  return (
    <search class="tools-group find">
      <input
        ref={input}
        type="text"
        placeholder="Find"
        aria-label="Find in this document"
        data-testid="find"
        onKeyDown={(event) => {
          if (event.key === "Enter") void session.find(text(), event.shiftKey);
          else if (event.key === "Escape") {
            event.currentTarget.value = "";
            session.stopFinding();
            document.querySelector<HTMLElement>(".document")?.focus();
          }
        }}
      />
      <ToolButton icon="up" label="Find previous" onClick={() => void session.find(text(), true)} />
      <ToolButton icon="down" label="Find next" onClick={() => void session.find(text(), false)} />
      <span class="found" aria-hidden="true">
        {/^(Found|Searching|“)/.test(session.said) ? session.said : ""}
      </span>
    </search>
  );
}

function Outline({ entries }: { readonly entries: readonly OutlineEntry[] }): JSX.Element {
  return (
    <nav class="outline" aria-label="Outline">
      <ul>
        {entries.map((entry) => (
          <li key={entry}>
            <button
              type="button"
              style={{ paddingLeft: `${8 + 12 * Math.min(entry.depth, 8)}px` }}
              onClick={() => entry.open()}
            >
              {entry.title}
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}

interface ToolProps {
  readonly icon: IconName;
  readonly label: string;
  readonly isDisabled?: boolean;
  readonly isPressed?: boolean;
  readonly onClick: () => void;
}

function ToolButton({ icon, label, isDisabled = false, isPressed, onClick }: ToolProps): JSX.Element {
  return (
    <button
      type="button"
      class="icon-button"
      title={label}
      aria-label={label}
      aria-pressed={isPressed}
      disabled={isDisabled}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}

/** Keys of the whole tab; what is typed into a field stays there. */
function press(event: KeyboardEvent, session: ReaderSession, finder: HTMLInputElement | null): void {
  const { view } = session;
  const isFind = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "f";
  const isTyping = event.target instanceof HTMLInputElement;
  if (!view || (isTyping && !isFind)) return;
  if (isFind || event.key === "/") {
    event.preventDefault();
    finder?.focus();
    finder?.select();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const { page, pages = 1, scale } = view.state;
  const zoomed: Readonly<Record<string, number | "width">> = {
    "+": scale * zoomStep,
    "=": scale * zoomStep,
    "-": scale / zoomStep,
    "0": "width",
  };
  const turned: Readonly<Record<string, number>> =
    page === undefined ? {} : { PageDown: page + 1, PageUp: page - 1, Home: 1, End: pages };
  const zoom = zoomed[event.key];
  const turn = turned[event.key];
  if (zoom === undefined && turn === undefined) return;
  event.preventDefault();
  if (zoom !== undefined) session.zoom(zoom);
  if (turn !== undefined) session.turnTo(turn);
}

/** The arrow keys go from tool to tool, as in every tool bar; in a field they stay with its text. */
function moveInTools(event: KeyboardEvent, bar: HTMLElement): void {
  const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
  if (step === 0 || event.target instanceof HTMLInputElement) return;
  const tools = [...bar.querySelectorAll("button:not(:disabled), input")];
  const at = document.activeElement ? tools.indexOf(document.activeElement) : -1;
  const next = tools.at((at + step) % tools.length);
  if (next instanceof HTMLElement) next.focus();
  event.preventDefault();
}
