import type { Section } from "./outline.ts";
import { maxHeadingCharacters, maxNamesInHeading } from "./sizes.ts";

const separator = " › ";

/** Says under which heading or symbol a chunk stands. Chunks must be asked for in order. */
export class HeadingReader {
  private readonly sections: readonly Section[];
  private next = 0;
  private open: Section[] = [];

  constructor(sections: readonly Section[]) {
    this.sections = sections;
  }

  /**
   * The names of what holds the whole chunk, outer ones first, then of what begins or ends in it:
   * "Parser › parseLine, parseWord". Undefined where nothing has a name.
   */
  read(first: number, last: number): string | undefined {
    this.open = this.open.filter((section) => section.last >= first);
    for (let section = this.sections[this.next]; section && section.first <= last; ) {
      if (section.last >= first) this.open.push(section);
      this.next += 1;
      section = this.sections[this.next];
    }
    const path = this.open.filter((section) => section.first <= first && section.last >= last);
    const inside: Section[] = [];
    for (const section of this.open) {
      const outer = inside.at(-1);
      if (path.includes(section) || (outer && section.first <= outer.last)) continue;
      inside.push(section);
    }
    const names = path.map((section) => section.name);
    if (inside.length > 0) {
      const shown = inside.slice(0, maxNamesInHeading).map((section) => section.name);
      names.push(shown.join(", ") + (inside.length > shown.length ? ", …" : ""));
    }
    return names.length > 0 ? shorten(names) : undefined;
  }
}

/** The innermost names say most: outer ones give way when there is no room. */
function shorten(names: string[]): string {
  const kept = [...names];
  while (kept.length > 1 && kept.join(separator).length > maxHeadingCharacters) kept.shift();
  const heading = kept.join(separator);
  return heading.length > maxHeadingCharacters ? `${heading.slice(0, maxHeadingCharacters - 1)}…` : heading;
}
