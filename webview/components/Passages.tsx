import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Hit } from "../../protocol/data.ts";
import { excerptRange } from "../render/excerpt.ts";
import type { Session } from "../session/session.ts";
import { Icon } from "./Icon.tsx";
import { PassageText } from "./PassageText.tsx";
import { SourceHead } from "./Sources.tsx";

const excerptCharacters = 700;
/** Of a page that is the answer itself more is to be seen at once. */
const overviewCharacters = 1_500;
const atFirst = 5;

/** Passages that are the answer: each with its place, its text, and the sentences that match marked. */
export function Passages({
  session,
  passages,
}: {
  readonly session: Session;
  readonly passages: readonly Hit[];
}): JSX.Element {
  const [all, setAll] = useState(false);
  const shown = all ? passages : passages.slice(0, atFirst);
  return (
    <section aria-label="Passages">
      <h3 class="sr">Passages</h3>
      <ol class="passages">
        {shown.map((passage, index) => (
          <li key={index} class="passage" data-testid="passage">
            <SourceHead session={session} passage={passage} number={index + 1}>
              <button
                type="button"
                class="icon-button"
                aria-label={`Copy passage ${index + 1}`}
                title="Copy passage"
                onClick={() => void session.copy(passage.text)}
              >
                <Icon name="copy" />
              </button>
            </SourceHead>
            <PassageBody passage={passage} />
          </li>
        ))}
      </ol>
      {passages.length > shown.length && (
        <button type="button" class="quiet" onClick={() => setAll(true)}>
          Show {passages.length - shown.length} more
        </button>
      )}
    </section>
  );
}

function PassageBody({ passage }: { readonly passage: Hit }): JSX.Element {
  const [whole, setWhole] = useState(false);
  const size = passage.overview ? overviewCharacters : excerptCharacters;
  const excerpt = excerptRange(passage.text, passage.marks, size);
  const cut = excerpt[0] > 0 || excerpt[1] < passage.text.length;
  return (
    <>
      <PassageText passage={passage} range={whole ? [0, passage.text.length] : excerpt} />
      {cut && (
        <button type="button" class="quiet whole" aria-expanded={whole} onClick={() => setWhole(!whole)}>
          {whole ? "Show less" : "Show whole passage"}
        </button>
      )}
    </>
  );
}
