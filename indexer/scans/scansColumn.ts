import * as v from "valibot";

/** What of a file's row tells of its scans. */
const column = v.object({
  /** Its pages that are pictures of text, from the first to the last of each run of them. */
  runs: v.array(v.tuple([v.number(), v.number()])),
  /** How many of them were read, or can't be. */
  read: v.number(),
  /** The languages in which they were read. */
  key: v.string(),
});

/** What is known of a file's scans. */
export interface Scans {
  readonly pages: readonly number[];
  readonly read: number;
  readonly key: string;
}

/** The text of the column; "" for a file without scans. Pages come in their order. */
export function scansColumn({ pages, read, key }: Scans): string {
  const runs: [number, number][] = [];
  for (const page of pages) {
    const last = runs.at(-1);
    if (last && last[1] === page - 1) last[1] = page;
    else runs.push([page, page]);
  }
  return runs.length === 0 ? "" : JSON.stringify({ runs, read, key });
}

/** What a row tells; undefined for a file without scans. */
export function scansIn(text: string): Scans | undefined {
  if (text === "") return undefined;
  const { runs, read, key } = v.parse(column, JSON.parse(text));
  const pages = runs.flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, i) => first + i),
  );
  return { pages, read, key };
}

/** How many pages wait to be read in the languages that are wanted; in any where none is. */
export function waitingScans({ pages, read, key }: Scans, wanted: string | undefined): number {
  return wanted === undefined || key === wanted || read === 0 ? pages.length - read : pages.length;
}
