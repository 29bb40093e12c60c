import type { JSX } from "preact";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Hit } from "../../protocol/data.ts";
import { renderBlocks } from "../render/renderMarkdown.ts";
import { sanitize } from "../render/sanitize.ts";
import type { Session } from "../session/session.ts";
import type { Exchange } from "../session/state.ts";
import { Popover, type PopoverTarget } from "./Popover.tsx";

interface Props {
  readonly session: Session;
  readonly exchange: Exchange;
}

const hoverDelayMs = 200;

/** The written answer: Markdown, citations that open their source, and marks where the check found fault. */
export function AnswerText({ session, exchange }: Props): JSX.Element {
  const { text, passages, answer, state } = exchange;
  const sentences = answer?.sentences;
  const blocks = useMemo(
    () => renderBlocks(text, { passages, sentences: sentences ?? [] }),
    [text, passages, sentences],
  );
  const [target, setTarget] = useState<PopoverTarget>();

  const onClick = (event: MouseEvent): void => {
    const button = buttonOf(event.target);
    if (button) press(button, passages, session);
  };
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined);
  const show = (event: MouseEvent | FocusEvent): void => {
    const button = buttonOf(event.target);
    if (!button || !(button.dataset["cite"] || button.dataset["sentence"])) return;
    clearTimeout(waiting.current);
    // A pointer on its way to somewhere else opens nothing.
    const delay = event.type === "mouseover" ? hoverDelayMs : 0;
    waiting.current = setTimeout(() => setTarget(targetOf(button)), delay);
  };
  const hide = (event: MouseEvent | FocusEvent): void => {
    const next = event.relatedTarget;
    clearTimeout(waiting.current);
    // The pointer may move into the popover, to read or to select there.
    if (!(next instanceof Element && next.closest(".popover"))) setTarget(undefined);
  };

  return (
    // biome-ignore lint/a11y: the events are those of the buttons within, which keys press too
    <div
      class="answer"
      data-testid="answer"
      aria-busy={state === "asking"}
      onClick={onClick}
      onMouseOver={show}
      onMouseOut={hide}
      onFocusIn={show}
      onFocusOut={hide}
    >
      {blocks.map((html, index) => (
        <Block key={index} html={html} />
      ))}
      {target && (
        <Popover
          target={target}
          passages={passages}
          sentences={sentences ?? []}
          onClose={() => setTarget(undefined)}
        />
      )}
    </div>
  );
}

/** One block. Its nodes stay while its HTML does, so that a selection in it survives the stream. */
function Block({ html }: { readonly html: string }): JSX.Element {
  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => element.current?.replaceChildren(sanitize(html)), [html]);
  return <div class="block" ref={element} />;
}

function buttonOf(target: EventTarget | null): HTMLButtonElement | null {
  return target instanceof Element ? target.closest("button") : null;
}

function press(button: HTMLButtonElement, passages: readonly Hit[], session: Session): void {
  const { cite, copy, copyCode } = button.dataset as Record<string, string | undefined>;
  const passage = passages[Number(cite) - 1];
  if (passage) session.openPassage(passage, false);
  else if (copy !== undefined) void session.copy(copy);
  else if (copyCode !== undefined) {
    void session.copy(button.closest(".code-block")?.querySelector("pre")?.textContent ?? "");
  }
}

function targetOf(button: HTMLButtonElement): PopoverTarget {
  const { cite, sentence } = button.dataset as Record<string, string | undefined>;
  return cite !== undefined
    ? { kind: "passage", number: Number(cite), anchor: button }
    : { kind: "sentence", index: Number(sentence), anchor: button };
}
