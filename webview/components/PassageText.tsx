import type { JSX } from "preact";
import type { Hit, Range } from "../../protocol/data.ts";
import { passageRuns } from "../excerpt.ts";

interface Props {
  readonly passage: Hit;
  /** The part of the passage's text to show. */
  readonly range: Range;
}

/** A passage as it stands in its file: code in its colours, the sentences that match marked. */
export function PassageText({ passage, range }: Props): JSX.Element {
  const code = passage.kind === "code" || passage.kind === "data";
  const runs = passageRuns(passage.text, passage.marks, code ? passage.language : "", range);
  const [start, end] = range;
  return (
    <div class={code ? "passage-text code" : "passage-text"}>
      {start > 0 && <span class="cut">… </span>}
      {runs.map(({ text, scope, marked }, index) => {
        const shown = scope ? <span class={scope}>{text}</span> : text;
        return marked ? <mark key={index}>{shown}</mark> : <span key={index}>{shown}</span>;
      })}
      {end < passage.text.length && <span class="cut"> …</span>}
    </div>
  );
}
