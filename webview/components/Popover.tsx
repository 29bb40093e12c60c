import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { findings, verdictTitles } from "../../protocol/answerLabels.ts";
import type { CheckedSentence, Hit } from "../../protocol/data.ts";
import { excerptRange } from "../render/excerpt.ts";
import { place, splitPath } from "../render/labels.ts";
import { PassageText } from "./PassageText.tsx";

/** What to show, and the button that it belongs to. */
export type PopoverTarget = { readonly anchor: HTMLElement } & (
  | { readonly kind: "passage"; readonly number: number }
  | { readonly kind: "sentence"; readonly index: number }
);

interface Props {
  readonly target: PopoverTarget;
  readonly passages: readonly Hit[];
  readonly sentences: readonly CheckedSentence[];
  readonly onClose: () => void;
}

/** How much of a passage is shown at a glance. */
const excerptCharacters = 420;

/**
 * The passage behind a citation, or what the check found about a sentence. What it says a screen reader hears from
 * the button's label; here it is for eyes.
 */
export function Popover({ target, passages, sentences, onClose }: Props): JSX.Element | null {
  useEffect(() => {
    const close = (event: KeyboardEvent): void => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      onClose();
    };
    window.addEventListener("keydown", close, true);
    return () => window.removeEventListener("keydown", close, true);
  }, [onClose]);

  const element = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const place = (): void => {
      const popover = element.current;
      if (!popover) return;
      const { top, bottom } = target.anchor.getBoundingClientRect();
      const below = bottom < window.innerHeight / 2;
      popover.style.top = below ? `${bottom}px` : "auto";
      popover.style.bottom = below ? "auto" : `${window.innerHeight - top}px`;
    };
    place();
    // Going to a citation by keyboard may scroll it into view: the popover stays with it.
    window.addEventListener("scroll", place, true);
    return () => window.removeEventListener("scroll", place, true);
  }, [target]);

  const content =
    target.kind === "passage"
      ? passageContent(passages, target.number)
      : checkedContent(sentences[target.index]);
  if (!content) return null;
  return (
    <div class="popover" role="tooltip" data-testid="popover" ref={element}>
      <div class="popover-box">{content}</div>
    </div>
  );
}

function passageContent(passages: readonly Hit[], number: number): JSX.Element | undefined {
  const passage = passages[number - 1];
  if (!passage) return undefined;
  return (
    <>
      <p class="popover-head">
        <strong>{splitPath(passage.path).name}</strong> {place(passage)}
        {passage.folderName !== undefined && ` in ${passage.folderName}`}
      </p>
      <PassageText passage={passage} range={excerptRange(passage.text, passage.marks, excerptCharacters)} />
    </>
  );
}

function checkedContent(sentence: CheckedSentence | undefined): JSX.Element | undefined {
  if (!sentence) return undefined;
  return (
    <>
      <p class="popover-head">
        <strong>{verdictTitles[sentence.verdict]}</strong>
      </p>
      <ul>
        {findings(sentence).map((finding) => (
          <li key={finding}>{finding}</li>
        ))}
      </ul>
    </>
  );
}
