const openTag = /^\s*<(think|thinking|thought|reasoning)>/i;
const couldBecomeTag = /^\s*(<[a-z]{0,9})?$/i;

interface ThoughtFilter {
  /** The next piece of the stream; gives what of it is answer, and whether the model is thinking. */
  push(piece: string): { readonly text: string; readonly thinking: boolean };
  /** What was held back until the end. */
  end(): string;
}

/**
 * Takes the thoughts out of a stream whose model writes them into the text: <think>…</think> at its beginning.
 * Later tags are left alone, for an answer may be about them.
 */
export function thoughtFilter(): ThoughtFilter {
  let state: "start" | "thinking" | "after" | "text" = "start";
  let held = "";
  let closing = "";

  const text = (piece: string): string => {
    if (state !== "after") return piece;
    const trimmed = piece.trimStart();
    if (trimmed !== "") state = "text";
    return trimmed;
  };

  return {
    push(piece) {
      if (state === "text" || state === "after") return { text: text(piece), thinking: false };
      held += piece;
      if (state === "start") {
        const tag = openTag.exec(held);
        if (!tag) {
          if (couldBecomeTag.test(held)) return { text: "", thinking: false };
          state = "text";
          const whole = held;
          held = "";
          return { text: whole, thinking: false };
        }
        state = "thinking";
        closing = `</${tag[1] ?? "think"}>`.toLowerCase();
        held = held.slice(tag[0].length);
      }
      const end = held.toLowerCase().indexOf(closing);
      if (end < 0) {
        // Only the last characters can be the beginning of the closing tag.
        held = held.slice(-closing.length);
        return { text: "", thinking: true };
      }
      const rest = held.slice(end + closing.length);
      held = "";
      state = "after";
      return { text: text(rest), thinking: true };
    },
    end() {
      const rest = state === "start" ? held : "";
      held = "";
      return rest;
    },
  };
}
