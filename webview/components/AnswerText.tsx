import { Fragment, type JSX } from "preact";
import { useCallback, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Hit } from "../../protocol/data.ts";
import { renderBlocks } from "../render/renderMarkdown.ts";
import { sanitize } from "../render/sanitize.ts";
import type { Session } from "../session/session.ts";
import type { Exchange } from "../session/state.ts";
import { type Compared, Comparison } from "./Comparison.tsx";
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
  const { opened, toggle, close } = useComparison();
  // What is open says more than the popover; and who closes it, so that the focus returns, wants to see neither.
  const popover = usePopover((button) => button === opened?.button);

  const onClick = (event: MouseEvent): void => {
    const button = buttonOf(event.target);
    if (!button) return;
    const compared = comparedOf(button);
    if (compared) {
      popover.close();
      toggle(button, compared);
    } else press(button, passages, session);
  };

  return (
    // biome-ignore lint/a11y: the events are those of the buttons within, which keys press too
    <div
      class="answer"
      data-testid="answer"
      aria-busy={state === "asking"}
      onClick={onClick}
      onMouseOver={popover.show}
      onMouseOut={popover.hide}
      onFocusIn={popover.show}
      onFocusOut={popover.hide}
    >
      {blocks.map((html, index) => (
        <Fragment key={index}>
          <Block html={html} />
          {answer && opened?.block === index && (
            <Comparison
              key={JSON.stringify(opened.compared)}
              session={session}
              answer={answer}
              compared={opened.compared}
              onClose={close}
            />
          )}
        </Fragment>
      ))}
      {popover.target && (
        <Popover
          target={popover.target}
          passages={passages}
          sentences={sentences ?? []}
          onClose={popover.close}
        />
      )}
    </div>
  );
}

/** What the pointer rests on, or the keyboard has come to, shown at a glance, unless `isUnwanted`. */
function usePopover(isUnwanted: (button: HTMLButtonElement) => boolean) {
  const [target, setTarget] = useState<PopoverTarget>();
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined);
  const close = useCallback((): void => {
    clearTimeout(waiting.current);
    setTarget(undefined);
  }, []);
  const show = (event: MouseEvent | FocusEvent): void => {
    const button = buttonOf(event.target);
    if (!button || !(button.dataset["cite"] || button.dataset["sentence"]) || isUnwanted(button)) return;
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
  return { target, show, hide, close };
}

interface Opened {
  readonly button: HTMLButtonElement;
  /** The block of the answer that the button stands in. */
  readonly block: number;
  readonly compared: Compared;
}

/** Which comparison is open; the one whose button is pressed again, or another's, is closed. */
function useComparison() {
  const [opened, setOpened] = useState<Opened>();
  const button = opened?.button;
  useLayoutEffect(() => {
    button?.setAttribute("aria-expanded", "true");
    return () => button?.setAttribute("aria-expanded", "false");
  }, [button]);

  const toggle = (pressed: HTMLButtonElement, compared: Compared): void => {
    const own = pressed.closest(".block");
    const all = [...(own?.parentElement?.querySelectorAll(":scope > .block") ?? [])];
    const block = own ? all.indexOf(own) : -1;
    setOpened(block < 0 || pressed === button ? undefined : { button: pressed, block, compared });
  };
  const close = useCallback((): void => {
    setOpened(undefined);
    button?.focus();
  }, [button]);
  return { opened, toggle, close };
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

/** What a mark or the citation of a checked sentence opens. */
function comparedOf(button: HTMLButtonElement): Compared | undefined {
  const { cite, sentence, uncited } = button.dataset as Record<string, string | undefined>;
  if (uncited !== undefined) return { kind: "uncited", sentences: uncited.split(" ").map(Number) };
  if (sentence === undefined) return undefined;
  return {
    kind: "sentence",
    sentence: Number(sentence),
    passage: cite === undefined ? undefined : Number(cite),
  };
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
