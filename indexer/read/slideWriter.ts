import type { DocumentWriter } from "./writer.ts";

export interface SlideParagraph {
  readonly text: string;
  /** How deep it stands in a list, from 0. */
  readonly level: number;
}

/** Begins a slide under its title, or under its number where it has none. */
export function writeTitle(writer: DocumentWriter, slide: number, title: string, isHidden: boolean): void {
  writer.at({ in: "slide", slide });
  const name = title.trim() || `Slide ${slide}`;
  writer.heading(isHidden ? `${name} (hidden slide)` : name, 1);
}

/** Several paragraphs of one shape are a list. */
export function writeParagraphs(writer: DocumentWriter, paragraphs: readonly SlideParagraph[]): void {
  for (const { text, level } of paragraphs) {
    if (paragraphs.length > 1) writer.item(text, "•", level);
    else writer.paragraph(text);
  }
}

/** The speaker's notes for a slide. */
export function writeNotes(writer: DocumentWriter, slide: number, lines: readonly string[]): void {
  if (lines.every((line) => line.trim() === "")) return;
  writer.at({ in: "slide", slide, notes: true });
  writer.paragraph(`Notes: ${lines.join("\n")}`);
}

/** Whether a shape may be the title where no shape says so: programs that know no titles write a short line first. */
export function isShort([line = "", ...others]: readonly string[]): boolean {
  return others.length === 0 && line.trim() !== "" && line.length < 100;
}
