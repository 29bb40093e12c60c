import { u16 } from "./compoundFile.ts";
import { type Changes, changesIn, type ParagraphProperties } from "./docProperties.ts";

/** Styles are based on each other in few steps; more of them are a circle. */
const longestChain = 20;
/** What built-in styles are, whatever their name in a language: headings from 1 to 9, lines of contents, the title. */
const builtIn = {
  firstHeading: 1,
  lastHeading: 9,
  firstOfContents: 19,
  lastOfContents: 27,
  title: 62,
} as const;
const noBase = 0xfff;
const outlineLevel = 0x2640;

interface Style {
  readonly builtIn: number;
  readonly base: number;
  readonly changes: Changes;
}

/** The styles of a Word 97 document's paragraphs. */
export class DocStyles {
  private readonly styles: (Style | undefined)[] = [];

  /** @param sheet The style sheet as the file has it. */
  constructor(sheet: Buffer) {
    const count = u16(sheet, 2);
    const baseSize = u16(sheet, 4);
    let at = 2 + u16(sheet, 0);
    for (let i = 0; i < count && at + 2 <= sheet.length; i++) {
      const size = u16(sheet, at);
      this.styles.push(size === 0 ? undefined : styleIn(sheet.subarray(at + 2, at + 2 + size), baseSize));
      at += 2 + size;
    }
  }

  /** How high a heading with these properties stands, 1 being the document's title; undefined for other text. */
  headingLevel(paragraph: ParagraphProperties): number | undefined {
    const chain = this.chain(paragraph.style);
    if (chain.slice(0, 2).some((style) => style.builtIn === builtIn.title)) return 1;
    const level = this.change(paragraph, outlineLevel);
    if (level !== undefined) return level < 9 ? level + 2 : undefined;
    const heading = chain.find((one) => isBetween(one.builtIn, builtIn.firstHeading, builtIn.lastHeading));
    return heading && heading.builtIn + 1;
  }

  /** A line of a table of contents, which repeats a heading. */
  isOfContents({ style }: ParagraphProperties): boolean {
    return this.chain(style).some((one) =>
      isBetween(one.builtIn, builtIn.firstOfContents, builtIn.lastOfContents),
    );
  }

  /** What a paragraph or the next of its styles says to be changed. */
  change(paragraph: ParagraphProperties, what: number): number | undefined {
    const all = [paragraph.changes, ...this.chain(paragraph.style).map(({ changes }) => changes)];
    return all.find((changes) => changes.has(what))?.get(what);
  }

  /** A style and those that it is based on, nearest first. */
  private chain(number: number): Style[] {
    const chain: Style[] = [];
    let style = this.styles[number];
    while (style && chain.length < longestChain) {
      chain.push(style);
      style = style.base === noBase ? undefined : this.styles[style.base];
    }
    return chain;
  }
}

function isBetween(number: number, first: number, last: number): boolean {
  return number >= first && number <= last;
}

/** The changes of a paragraph's style follow its name, after a number of their own. */
function styleIn(bytes: Buffer, baseSize: number): Style {
  const kind = u16(bytes, 2) & 0xf;
  const nameEnd = baseSize + 2 + 2 * u16(bytes, baseSize) + 2;
  const size = u16(bytes, nameEnd);
  const isOfParagraphs = kind === 1;
  return {
    builtIn: u16(bytes, 0) & 0xfff,
    base: u16(bytes, 2) >> 4,
    changes: isOfParagraphs ? changesIn(bytes.subarray(nameEnd + 4, nameEnd + 2 + size)) : new Map(),
  };
}
