import type { JSX } from "preact";
import type { Hit, Range } from "../../protocol/data.ts";
import { flowingText, type PassageRun, passageRuns } from "../render/excerpt.ts";

interface Props {
  readonly passage: Hit;
  /** The part of the passage's text to show. */
  readonly range: Range;
}

/** A passage as it stands in its file: code in its colours, the sentences that match marked. */
export function PassageText({ passage, range }: Props): JSX.Element {
  const code = passage.kind === "code" || passage.kind === "data";
  const text = code ? passage.text : flowingText(passage.text);
  const runs = passageRuns(text, passage.marks, code ? passage.language : "", range);
  const groups: PassageRun[][] = [];
  for (const run of runs) {
    const group = groups.at(-1);
    if (group?.[0]?.marked === run.marked) group.push(run);
    else groups.push([run]);
  }
  const [start, end] = range;
  return (
    <div class={code ? "passage-text code" : "passage-text"}>
      {start > 0 && <span class="cut">… </span>}
      {groups.map((group, index) => {
        const shown = group.map(({ text, scope }, run) => (
          <span key={run} class={scope || undefined}>
            {text}
          </span>
        ));
        return group[0]?.marked ? <mark key={index}>{shown}</mark> : <span key={index}>{shown}</span>;
      })}
      {end < passage.text.length && <span class="cut"> …</span>}
    </div>
  );
}
