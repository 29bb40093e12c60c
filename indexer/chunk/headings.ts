import type { Section } from "./outline.ts";
import { maxNamesInHeading } from "./sizes.ts";

const separator = " › ";

/** Says under which heading or symbol a chunk stands. Chunks must be asked for in order. */
export class HeadingReader {
  private readonly sections: readonly Section[];
  private readonly longest: number;
  private next = 0;
  private open: Section[] = [];

  /** @param longest How many characters a heading may have. */
  constructor(sections: readonly Section[], longest: number) {
    this.sections = sections;
    this.longest = longest;
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
    let inside = outermost(this.open, path, first);
    // What holds all that is named in the chunk is part of the path, though an import stands above it.
    for (let [only] = inside; only && inside.length === 1 && only.first >= first; [only] = inside) {
      const inner = outermost(this.open, [...path, only], first);
      if (inner.length === 0) break;
      path.push(only);
      inside = inner;
    }
    const names = path.map((section) => section.name);
    if (inside.length > 0) names.push(this.list(inside, path, first));
    return names.length > 0 ? shorten(names, this.longest) : undefined;
  }

  /** The names of these sections and, while there is room, of what is inside of them, in the order of the text. */
  private list(sections: readonly Section[], path: readonly Section[], first: number): string {
    let shown = [...sections];
    for (let deeper = shown; deeper.length > 0; ) {
      deeper = outermost(this.open, [...path, ...shown], first);
      if (shown.length + deeper.length > maxNamesInHeading) break;
      shown = [...shown, ...deeper];
    }
    const names = this.open.filter((section) => shown.includes(section)).map((section) => section.name);
    const rest = names.length > maxNamesInHeading ? ", …" : "";
    return names.slice(0, maxNamesInHeading).join(", ") + rest;
  }
}

/** Sections that are not in the path nor in another one that begins in the chunk. */
function outermost(open: readonly Section[], path: readonly Section[], first: number): Section[] {
  const result: Section[] = [];
  let covered = -1;
  for (const section of open) {
    if (path.includes(section) || section.first <= covered) continue;
    result.push(section);
    if (section.first >= first) covered = section.last;
  }
  return result;
}

/** The innermost names say most: outer ones give way when there is no room. */
function shorten(names: readonly string[], longest: number): string {
  const kept = [...names];
  while (kept.length > 1 && kept.join(separator).length > longest) kept.shift();
  const heading = kept.join(separator);
  return heading.length > longest ? `${heading.slice(0, longest - 1)}…` : heading;
}
