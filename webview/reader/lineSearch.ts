import { findAll, loosen } from "../../text/looseText.ts";

/** So many lines are looked through at once; a text may go on for some more. */
const block = 2_000;
const beyond = 50;

/**
 * The line at which a text begins: the first from line `from` on (they count from 1), that one included, or with `back`
 * the first before it, and round about. Undefined where there is none, and when `signal` ends the search: a document may
 * have a million lines, and the page must stay awake meanwhile.
 */
export async function findLine(
  lines: readonly string[],
  wanted: string,
  from: number,
  back: boolean,
  signal: AbortSignal,
): Promise<number | undefined> {
  const blocks = Math.ceil(lines.length / block);
  // Before the first comes the last, and after the last the first.
  const begin = from < 1 ? lines.length : from > lines.length ? 1 : from;
  const start = Math.floor((begin - 1) / block);
  // The block in which it starts comes a second time, at the end, as a whole.
  for (let turn = 0; turn <= blocks; turn++) {
    const number = (start + blocks + (back ? -turn : turn)) % blocks;
    const all = linesIn(lines, number * block, wanted);
    const found = turn > 0 ? all : all.filter((line) => (back ? line <= begin : line >= begin));
    const line = back ? found.at(-1) : found[0];
    if (line !== undefined) return line;
    await new Promise((resolve) => setTimeout(resolve));
    if (signal.aborted) return undefined;
  }
  return undefined;
}

/** The lines of a block at which a text begins. */
function linesIn(lines: readonly string[], first: number, wanted: string): number[] {
  const own = lines.slice(first, first + block + beyond);
  const found: number[] = [];
  let row = 0;
  let end = own[0]?.length ?? 0;
  for (const [at] of findAll(loosen(own.join("\n")), wanted)) {
    while (at > end && row + 1 < own.length) end += 1 + (own[++row]?.length ?? 0);
    if (row < block) found.push(first + row + 1);
  }
  return found;
}
