/** Something with a name that stretches over rows (counted from 0, both included): a section, a definition. */
export interface Section {
  readonly name: string;
  readonly first: number;
  readonly last: number;
}

/** What a format's reader says about a text, so that it can be cut in good places. */
export interface Outline {
  /** For each row: what a cut before it costs. 0 is always cut, 1 and more as little as can be. */
  readonly cost: Uint16Array;
  /** 1 for rows where something with a name of its own begins. */
  readonly named: Uint8Array;
  /** A text that fits into one chunk is cut at named rows whose cost is below this. */
  readonly wholeFrom: number;
  /** Sorted by where they begin, outer ones first; any two are nested or apart. */
  readonly sections: readonly Section[];
}

/** A longer line heads nothing, whatever it begins with; to make a name of it could take for ever. */
export const longestTitle = 1_000;

/** A row that must stay with the one before: a cut there costs more than any other. */
export const stay = 60_000;

/** Sorts sections as an Outline has them. */
export function sortSections(sections: Section[]): Section[] {
  return sections.sort((a, b) => a.first - b.first || b.last - a.last);
}
