import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { checkSummary, partlyReadText, weakText } from "../../protocol/answerLabels.ts";
import { counted } from "../../protocol/counted.ts";
import type { Hit, IndexStatus } from "../../protocol/data.ts";
import { selectionLabel } from "../../protocol/places.ts";
import { contextParts, readingText, searchedForLabel } from "../render/labels.ts";
import type { Session } from "../session/session.ts";
import { againText, type Exchange, stageLabels, understood } from "../session/state.ts";
import { AnswerText } from "./AnswerText.tsx";
import { FilterLabels } from "./FilterLabels.tsx";
import { Icon } from "./Icon.tsx";
import { Notice } from "./Notice.tsx";
import { Passages } from "./Passages.tsx";
import { SecondReading } from "./SecondReading.tsx";
import { Sources } from "./Sources.tsx";
import { CommandButton } from "./StatusBar.tsx";

interface Props {
  readonly session: Session;
  readonly exchange: Exchange;
  readonly isLast: boolean;
}

/** A question, and below it whatever there is of its answer. */
export function ExchangeView({ session, exchange, isLast }: Props): JSX.Element {
  const { id, question, selection, state, answer, text, passages } = exchange;
  const heading = `question-${id}`;
  const { text: words, labels } = understood(question);
  const retry = isLast && (
    <button type="button" class="secondary" data-testid="retry" onClick={() => session.retry(id)}>
      <Icon name="retry" />
      Retry
    </button>
  );
  const passagesAlone = answer !== undefined && !answer.written;
  return (
    <article class="exchange" aria-labelledby={heading} data-testid="exchange" data-state={state}>
      <div class="question">
        <h2 id={heading}>{words}</h2>
        <FilterLabels labels={labels} />
        {selection && <p class="question-selection">{selectionLabel(selection)}</p>}
      </div>
      {exchange.thoughts?.trim() && <Thoughts text={exchange.thoughts.trim()} />}
      {text !== "" && <AnswerText session={session} exchange={exchange} />}
      {state === "asking" && <StageLine exchange={exchange} />}
      {state === "stopped" && (
        <div class="answer-foot">
          <p class="quiet-text">Stopped{text ? " before the end" : ""}.</p>
          {retry}
        </div>
      )}
      {state === "failed" && exchange.failure?.isUnindexed && (
        <Unindexed session={session} exchange={exchange} isLast={isLast} />
      )}
      {state === "failed" && exchange.failure && !exchange.failure.isUnindexed && (
        <Notice kind="error" message={exchange.failure.message} remedy={exchange.failure.remedy}>
          {retry}
        </Notice>
      )}
      {answer?.written && answer.notice && (
        <Notice kind={answer.incomplete ? "warning" : "info"} message={answer.notice}>
          {answer.incomplete && retry}
        </Notice>
      )}
      {answer?.read && <PartlyRead session={session} exchange={exchange} isLast={isLast} />}
      {answer?.weak && <Notice kind="warning" message={weakText(answer.written)} />}
      {answer && <Support session={session} exchange={exchange} />}
      {answer?.written && state === "done" && <SecondReading session={session} exchange={exchange} />}
      {passagesAlone && <PassageAnswer session={session} exchange={exchange} retry={retry} />}
      {!passagesAlone && state !== "asking" && passages.length > 0 && (
        <Sources session={session} exchange={exchange} />
      )}
      {answer && <SearchedFor exchange={exchange} />}
      {answer && <Context exchange={exchange} />}
    </article>
  );
}

/** What has to be done before the question can be answered, and the button that does it. */
function Unindexed({ session, exchange, isLast }: Props): JSX.Element {
  const { id, failure } = exchange;
  return (
    <Notice
      kind="info"
      message={failure?.message ?? ""}
      remedy="To answer, Carrel reads the files of this workspace and keeps an index of them on this machine, outside of your folders."
    >
      {isLast && (
        <button
          type="button"
          class="primary"
          data-testid="read-and-ask"
          onClick={() => void session.readAndAsk(id)}
        >
          Read the files and answer
        </button>
      )}
    </Notice>
  );
}

/** An answer out of half an index may be wrong however well its sources support it. */
function PartlyRead({ session, exchange, isLast }: Props): JSX.Element | null {
  const { id, answer, isAgainWanted } = exchange;
  if (!answer?.read) return null;
  const state = session.state.index?.state;
  const isWaiting = isLast && isAgainWanted === true;
  return (
    <Notice
      kind="warning"
      message={partlyReadText(answer.read, state)}
      {...(isWaiting ? { remedy: againText } : {})}
    >
      {isWaiting && (
        <button type="button" class="secondary" onClick={() => session.dontAskAgain(id)}>
          Don’t ask again
        </button>
      )}
      {isLast && !isWaiting && (
        <button type="button" class="secondary" data-testid="ask-again" onClick={() => session.askAgain(id)}>
          {askAgainLabel(state)}
        </button>
      )}
    </Notice>
  );
}

function askAgainLabel(state: IndexStatus["state"] | undefined): string {
  if (state === undefined || state === "ready") return "Ask again";
  return state === "indexing" ? "Ask again when all are read" : "Read them and ask again";
}

/** What the model thought, folded: it was not checked, and is no answer. */
function Thoughts({ text }: { readonly text: string }): JSX.Element {
  return (
    <details class="thoughts" data-testid="thoughts">
      <summary>Thoughts of the model, which were not checked</summary>
      <p>{text}</p>
    </details>
  );
}

function StageLine({ exchange }: { readonly exchange: Exchange }): JSX.Element {
  const { stage, reading, passages, text } = exchange;
  const found = passages.length > 0 && text === "" ? ` ${counted(passages.length, "passage")} found` : "";
  return (
    <p class="stage" data-testid="stage">
      <span class="pulse" aria-hidden="true" />
      {reading ? readingText(reading) : stageLabels[stage ?? "searching"]}
      <span class="quiet-text">{found}</span>
    </p>
  );
}

/** What the check of the answer came to, and the button that copies it. */
function Support({ session, exchange }: Omit<Props, "isLast">): JSX.Element | null {
  const { answer } = exchange;
  if (!answer?.written) return null;
  const summary = checkSummary(answer);
  return (
    <div class="answer-foot">
      {summary && (
        <span class={`support ${summary.tone}`} data-testid="support">
          {summary.tone !== "plain" && <Icon name={summary.tone === "good" ? "check" : "error"} />}
          {summary.text}
        </span>
      )}
      <button
        type="button"
        class="icon-button"
        aria-label="Copy answer"
        title="Copy answer"
        data-testid="copy-answer"
        onClick={() => void session.copy(answer.text)}
      >
        <Icon name="copy" />
      </button>
    </div>
  );
}

/** With no written answer the passages are the answer, and the notice says why there is no other. */
function PassageAnswer({
  session,
  exchange,
  retry,
}: Omit<Props, "isLast"> & { readonly retry: ComponentChildren }): JSX.Element {
  const { answer, passages } = exchange;
  const noModel = answer?.model === undefined;
  const notice = answer?.notice ?? "No chat model is there to write an answer.";
  // Where nothing was found, a model would have nothing to write from.
  if (passages.length === 0) {
    return (
      <>
        <p data-testid="not-found">{notice}</p>
        {answer?.nearest && <Nearest session={session} passages={answer.nearest} />}
      </>
    );
  }
  return (
    <>
      <Notice kind="info" message={notice}>
        {noModel ? (
          <CommandButton session={session} name="setUpOllama" label="Set up Ollama" primary />
        ) : (
          retry
        )}
        <CommandButton session={session} name="chooseModel" label="Choose model" />
      </Notice>
      <Passages session={session} passages={passages} />
    </>
  );
}

/** What does not match well is out of sight until it is asked for. */
function Nearest({
  session,
  passages,
}: {
  readonly session: Session;
  readonly passages: readonly Hit[];
}): JSX.Element {
  const [open, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        class="quiet"
        aria-expanded={open}
        data-testid="nearest"
        onClick={() => setOpen(!open)}
      >
        {open ? "Hide" : "Show"} what comes nearest
      </button>
      {open && <Passages session={session} passages={passages} />}
    </>
  );
}

/** What a question that goes on with the one before was completed to; a selection stands under the question already. */
function SearchedFor({ exchange }: { readonly exchange: Exchange }): JSX.Element | null {
  const { question, selection, answer } = exchange;
  const label = answer && selection === undefined ? searchedForLabel(question, answer) : undefined;
  if (label === undefined) return null;
  return (
    <p class="context" data-testid="searched-for">
      {label}
    </p>
  );
}

function Context({ exchange }: { readonly exchange: Exchange }): JSX.Element | null {
  const { answer } = exchange;
  if (!answer) return null;
  return (
    <p class="context" data-testid="context">
      {contextParts(answer).join(" · ")}
    </p>
  );
}
