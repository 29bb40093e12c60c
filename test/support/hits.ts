import type { Hit } from "../../protocol/data.ts";

/** A passage of a file as a search gives it; a test names what matters to it. */
export function hitOf(text: string, rest: Partial<Hit> = {}): Hit {
  return {
    folder: "/w",
    path: "a.md",
    kind: "prose",
    language: "markdown",
    startLine: 1,
    endLine: 1,
    score: 1,
    text,
    marks: [],
    ...rest,
  };
}
