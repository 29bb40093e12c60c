import * as v from "valibot";
import * as data from "../../protocol/data.ts";
import type { Exchange, PanelState } from "./state.ts";

/** What outlives the page: VS Code keeps it while the view is hidden and when the window is reloaded. */

const exchange = v.object({
  question: v.string(),
  selection: v.optional(data.selection),
  state: v.picklist(["asking", "done", "stopped", "failed"]),
  text: v.string(),
  thoughts: v.optional(v.string()),
  passages: v.array(data.hit),
  answer: v.optional(data.answer),
  failure: v.optional(
    v.object({ message: v.string(), remedy: v.string(), isUnindexed: v.optional(v.boolean()) }),
  ),
});

const saved = v.object({
  version: v.literal(1),
  draft: v.string(),
  selection: v.optional(data.selection),
  exchanges: v.array(exchange),
  isLanguageHintDismissed: v.optional(v.boolean(), false),
});

/** VS Code writes this state to its own database as one value: long conversations lose their beginning. */
const maxCharacters = 1_000_000;

/** Plain data for `setState`. Passages that are part of the answer are kept once. */
export function toSaved(state: PanelState): unknown {
  const exchanges: v.InferInput<typeof exchange>[] = [];
  let size = 0;
  for (const { id: _, stage: __, rereading: ___, ...rest } of state.exchanges.toReversed()) {
    const entry = { ...rest, passages: rest.answer ? [] : [...rest.passages] };
    size += JSON.stringify(entry).length;
    if (size > maxCharacters) break;
    exchanges.unshift(entry);
  }
  const { draft, selection, isLanguageHintDismissed } = state;
  return { version: 1, draft, selection, exchanges, isLanguageHintDismissed };
}

/**
 * The state with which a page begins: `initial` with what `toSaved` made, or alone if that cannot be read.
 * A question that was being answered when the page ended is stopped: nobody listens for its answer.
 */
export function fromSaved(initial: PanelState, value: unknown): PanelState {
  const parsed = v.safeParse(saved, value);
  if (!parsed.success) return initial;
  const { draft, selection, exchanges, isLanguageHintDismissed } = parsed.output;
  return {
    ...initial,
    draft,
    selection,
    isLanguageHintDismissed,
    exchanges: exchanges.map(
      (entry, index): Exchange => ({
        ...entry,
        id: index + 1,
        state: entry.state !== "asking" ? entry.state : entry.answer ? "done" : "stopped",
        passages: entry.answer ? entry.answer.passages : entry.passages,
      }),
    ),
  };
}
