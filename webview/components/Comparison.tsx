import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { confirmedBy, findings, verdictTitles } from "../../protocol/answerLabels.ts";
import type { Answer, CheckedSentence, Hit } from "../../protocol/data.ts";
import { compare, type LookRun, tellingPassage } from "../render/compare.ts";
import { place, splitPath } from "../render/labels.ts";
import { plainText } from "../render/renderMarkdown.ts";
import type { Session } from "../session/session.ts";
import { Icon } from "./Icon.tsx";

/** What to show the check of: a sentence, beside the passage that was asked for, or sentences that name no source. */
export type Compared =
  | { readonly kind: "sentence"; readonly sentence: number; readonly passage?: number | undefined }
  | { readonly kind: "uncited"; readonly sentences: readonly number[] };

interface Props {
  readonly session: Session;
  readonly answer: Answer;
  readonly compared: Compared;
  readonly onClose: () => void;
}

/** The check of a sentence, opened below its block of the answer: what it says, and what its source says. */
export function Comparison({ session, answer, compared, onClose }: Props): JSX.Element | null {
  const element = useRef<HTMLElement>(null);
  useLayoutEffect(() => {
    element.current?.focus({ preventScroll: true });
    element.current?.scrollIntoView({ block: "nearest" });
  }, [compared]);
  // With the focus: an Escape that comes between the two would stop an answer.
  useLayoutEffect(() => {
    const close = (event: KeyboardEvent): void => {
      // A popover over it goes first; an answer that is being written is not meant.
      if (event.key !== "Escape" || event.defaultPrevented) return;
      event.preventDefault();
      onClose();
    };
    document.addEventListener("keydown", close);
    return () => document.removeEventListener("keydown", close);
  }, [onClose]);

  const sentence = compared.kind === "sentence" ? answer.sentences[compared.sentence] : undefined;
  const title = sentence ? titleOf(sentence, answer) : verdictTitles.uncited;
  return (
    <section
      class={`comparison ${sentence?.verdict ?? "uncited"}`}
      aria-label={title}
      data-testid="comparison"
      tabIndex={-1}
      ref={element}
    >
      <div class="comparison-head">
        <h3>
          {sentence?.verdict === "contradicted" && <Icon name="error" />}
          {title}
        </h3>
        <button type="button" class="icon-button" aria-label="Close" title="Close" onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      {compared.kind === "sentence" && sentence && (
        <Sides session={session} answer={answer} sentence={sentence} asked={compared.passage} />
      )}
      {compared.kind === "uncited" && <Uncited answer={answer} sentences={compared.sentences} />}
    </section>
  );
}

function titleOf(sentence: CheckedSentence, { reader }: Answer): string {
  const { verdict, confirmed } = sentence;
  return verdict === "supported" && confirmed ? confirmedBy(reader) : verdictTitles[verdict];
}

function textOf(answer: Answer, { range: [start, end] }: CheckedSentence): string {
  return plainText(answer.text.slice(start, end));
}

interface SidesProps {
  readonly session: Session;
  readonly answer: Answer;
  readonly sentence: CheckedSentence;
  /** The number of the passage whose citation was pressed. */
  readonly asked: number | undefined;
}

function Sides({ session, answer, sentence, asked }: SidesProps): JSX.Element {
  const [number, setNumber] = useState(asked ?? tellingPassage(sentence));
  const said = textOf(answer, sentence);
  const passage = answer.passages[(number ?? 0) - 1];
  const sides = passage && number !== undefined ? compare(sentence, said, passage, number) : undefined;
  const mentioned = [...sentence.cites, sentence.nearest?.passage, sentence.confirmed?.passage];
  const others = [...new Set(mentioned)].filter((other) => other !== number);
  const told = findings(sentence);
  return (
    <>
      {told.length > 0 && (
        <ul class="findings">
          {told.map((finding) => (
            <li key={finding}>{finding}</li>
          ))}
        </ul>
      )}
      <div class="sides">
        <div class="side">
          <h4>The answer</h4>
          <p class="side-text">{sides ? <Runs runs={sides.said} /> : said}</p>
        </div>
        {passage && number !== undefined && sides && (
          <div class="side">
            <h4>
              <SourceLink session={session} passage={passage} number={number} at={sides.at} />
            </h4>
            <p class={passage.kind === "code" || passage.kind === "data" ? "side-text code" : "side-text"}>
              {sides.isCut[0] && <span class="cut">… </span>}
              <Runs runs={sides.source} />
              {sides.isCut[1] && <span class="cut"> …</span>}
            </p>
            {sentence.confirmed?.passage === number && (
              <p class="quiet-text">Framed: the words that {answer.reader ?? "the model"} gave for it</p>
            )}
          </div>
        )}
      </div>
      {others.map((other) => {
        const one = answer.passages[(other ?? 0) - 1];
        return (
          one &&
          other !== undefined && (
            <button key={other} type="button" class="quiet" onClick={() => setNumber(other)}>
              Compare with source {other}: {splitPath(one.path).name}, {place(one)}
            </button>
          )
        );
      })}
    </>
  );
}

/** The place of the source; opens it there. */
function SourceLink({
  session,
  passage,
  number,
  at,
}: {
  readonly session: Session;
  readonly passage: Hit;
  readonly number: number;
  readonly at: readonly [number, number];
}): JSX.Element {
  return (
    <button
      type="button"
      class="source-link"
      data-testid="open-compared"
      title={`Open ${passage.path}`}
      onClick={() => session.openPassage({ ...passage, marks: [[at[0], at[1]]] }, false)}
    >
      <span class="sr">Open source </span>
      <span class="number">{number}</span> <span class="file">{splitPath(passage.path).name}</span>{" "}
      <span class="place">{place(passage)}</span>
    </button>
  );
}

function Runs({ runs }: { readonly runs: readonly LookRun[] }): JSX.Element {
  return (
    <>
      {runs.map(({ text, look }, index) =>
        look === "plain" || look === "around" ? (
          <span key={index} class={look === "around" ? look : undefined}>
            {text}
          </span>
        ) : (
          <mark key={index} class={look}>
            {text}
          </mark>
        ),
      )}
    </>
  );
}

function Uncited({
  answer,
  sentences,
}: {
  readonly answer: Answer;
  readonly sentences: readonly number[];
}): JSX.Element {
  const found = sentences.flatMap((index) => answer.sentences[index] ?? []);
  return (
    <>
      <p class="quiet-text">The answer names no source for this, so it was held against none:</p>
      <ul class="findings">
        {found.map((sentence, index) => (
          <li key={index}>{textOf(answer, sentence)}</li>
        ))}
      </ul>
    </>
  );
}
