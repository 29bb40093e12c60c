import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import { counted } from "../../protocol/counted.ts";
import type { Hit } from "../../protocol/data.ts";
import { findCitations } from "../../text/citations.ts";
import { fullPath, hasOriginal, sourceLabels } from "../render/labels.ts";
import type { Session } from "../session/session.ts";
import type { Exchange } from "../session/state.ts";
import { Icon } from "./Icon.tsx";

interface Props {
  readonly session: Session;
  readonly exchange: Exchange;
}

/** The sources that the answer cites; those that were only read are one click away. */
export function Sources({ session, exchange }: Props): JSX.Element {
  const [all, setAll] = useState(false);
  const { passages, answer, text } = exchange;
  const cited = new Set([
    ...(answer?.sentences.flatMap(({ cites }) => cites) ?? []),
    ...findCitations(text).flatMap(({ numbers }) => numbers),
  ]);
  const numbered = passages.map((passage, index) => ({ passage, number: index + 1 }));
  const first = numbered.filter(({ number }) => cited.has(number));
  const rest = numbered.length - first.length;
  // Where nothing is cited there is nothing to choose by.
  const shown = all || first.length === 0 ? numbered : first;
  return (
    <section class="sources" aria-label="Sources" data-testid="sources">
      <h3>{first.length > 0 ? "Sources" : "Passages read"}</h3>
      <ol>
        {shown.map(({ passage, number }) => (
          <li key={number} class="source">
            <SourceHead session={session} passage={passage} number={number} />
          </li>
        ))}
      </ol>
      {first.length > 0 && rest > 0 && (
        <button type="button" class="quiet" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? "Show cited sources only" : `Show ${counted(rest, "passage")} read but not cited`}
        </button>
      )}
    </section>
  );
}

interface HeadProps {
  readonly session: Session;
  readonly passage: Hit;
  readonly number: number;
  /** More buttons at the end of the line. */
  readonly children?: ComponentChildren;
}

/** Number, file, place and heading of a source; opens it. */
export function SourceHead({ session, passage, number, children }: HeadProps): JSX.Element {
  const { name, where, line, title } = sourceLabels(passage);
  return (
    <div class="source-head">
      <button
        type="button"
        class="source-open"
        data-testid="source"
        data-path={passage.path}
        data-line={passage.startLine}
        title={title}
        onClick={() => session.openPassage(passage, false)}
      >
        <span class="number">{number}</span>
        <span class="source-text">
          <span class="source-line">
            <span class="file">{name}</span> <span class="place">{line}</span>
          </span>
          {where && <span class="where">{where}</span>}
        </span>
      </button>
      {session.state.opensOutside && hasOriginal(passage) && (
        <button
          type="button"
          class="icon-button"
          data-testid="open-original"
          aria-label={`Open original ${fullPath(passage)}`}
          title="Open original"
          onClick={() => session.openPassage(passage, true)}
        >
          <Icon name="external" />
        </button>
      )}
      {children}
    </div>
  );
}
