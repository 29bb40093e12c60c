import type { JSX, RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Selection } from "../../protocol/data.ts";
import { selectionLabel } from "../../protocol/places.ts";
import type { Session } from "../session/session.ts";
import { current, understood } from "../session/state.ts";
import { FilterLabels } from "./FilterLabels.tsx";
import { Icon } from "./Icon.tsx";

export function AskBox({ session }: { readonly session: Session }): JSX.Element {
  const box = useRef<HTMLTextAreaElement>(null);
  const { draft, selection, focusRequests, hasFolder } = session.state;
  const { labels, failure } = understood(draft);
  useCursorOnRequest(box, focusRequests);
  useHeightOfText(box, draft);

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      // Not the drawn draft: whoever types fast is ahead of the screen.
      session.ask(session.state.draft);
    }
  };

  return (
    <form
      class="ask"
      aria-label="Ask"
      onSubmit={(event) => {
        event.preventDefault();
        session.ask(session.state.draft);
      }}
    >
      <div class="ask-box">
        {selection && <SelectionChip session={session} selection={selection} />}
        <textarea
          ref={box}
          rows={1}
          value={draft}
          data-testid="ask-box"
          aria-label="Question"
          disabled={!hasFolder}
          placeholder={placeholder(hasFolder, selection !== undefined)}
          onInput={(event) => session.draft(event.currentTarget.value)}
          onKeyDown={onKeyDown}
        />
        <FilterLabels labels={labels} />
        {failure && (
          <p class="filter-problem" data-testid="filter-problem">
            {failure.message}
          </p>
        )}
        <div class="ask-foot">
          <ModelButton session={session} />
          <SendOrStop session={session} />
        </div>
      </div>
    </form>
  );
}

/** Puts the cursor behind the text whenever that is asked for. */
function useCursorOnRequest(box: RefObject<HTMLTextAreaElement | null>, requests: number): void {
  // With the drawing, not after it: who types at once must not type into nothing.
  useLayoutEffect(() => {
    if (requests === 0) return;
    const area = box.current;
    area?.focus();
    area?.setSelectionRange(area.value.length, area.value.length);
  }, [requests]);
}

/** Makes the box as high as its text; the style sheet sets the limit. */
function useHeightOfText(box: RefObject<HTMLTextAreaElement | null>, text: string): void {
  useLayoutEffect(() => {
    const area = box.current;
    if (!area) return;
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight}px`;
  }, [text]);
}

function placeholder(hasFolder: boolean, hasSelection: boolean): string {
  if (!hasFolder) return "Open a folder first";
  return hasSelection ? "Ask about the selection" : "Ask about this workspace";
}

/** Which model writes the answers; a click chooses another. */
function ModelButton({ session }: { readonly session: Session }): JSX.Element {
  const { chat } = session.state;
  const place = chat?.away === undefined ? "" : ` on ${chat.away}, not this machine`;
  const label = chat?.chosen ? chat.chosen + place : chat ? "No model: passages only" : "Model";
  return (
    <button
      type="button"
      class="quiet model"
      data-testid="model"
      title={[chat?.detail, chat?.remedy].filter(Boolean).join(" ") || "Choose the model that writes answers"}
      onClick={() => void session.command("chooseModel")}
    >
      <span class="sr">Choose model: </span>
      <span class="model-name">{label}</span>
      <Icon name="down" />
    </button>
  );
}

/** The selection that goes with the question, and a button to ask without it. */
function SelectionChip({
  session,
  selection,
}: {
  readonly session: Session;
  readonly selection: Selection;
}): JSX.Element {
  return (
    <div class="chip" data-testid="selection-chip" title={selection.text.slice(0, 500)}>
      <Icon name="selection" />
      <span class="chip-label">{selectionLabel(selection)}</span>
      <button
        type="button"
        class="icon-button"
        aria-label={`Ask without the selection ${selectionLabel(selection)}`}
        onClick={() => session.dropSelection()}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}

/** While an answer is being written the button stops it. */
function SendOrStop({ session }: { readonly session: Session }): JSX.Element {
  if (current(session.state)) {
    return (
      <button
        type="button"
        class="icon-button"
        data-testid="stop"
        aria-label="Stop"
        title="Stop (Escape)"
        onClick={() => session.stop()}
      >
        <Icon name="stop" />
      </button>
    );
  }
  return (
    <button
      type="submit"
      class="icon-button send"
      data-testid="send"
      aria-label="Send"
      title="Send (Enter)"
      disabled={!session.state.hasFolder || session.state.draft.trim() === ""}
    >
      <Icon name="send" />
    </button>
  );
}
