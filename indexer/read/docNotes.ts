import { u16, u32 } from "./compoundFile.ts";
import type { DocFile } from "./docFile.ts";

/** Foot- and endnotes and comments: what a mark in the text stands for. */
export interface Note {
  readonly kind: "footnote" | "endnote" | "comment";
  /** Where its text lies. */
  readonly start: number;
  readonly end: number;
  /** Of a comment. */
  readonly author: string;
}

/** How each kind is stored: its text, the marks in the main text with as many bytes to each, and the notes' ends. */
const kinds = [
  { kind: "footnote", text: "footnotes", marks: "footnoteMarks", size: 2, ends: "footnotes" },
  { kind: "endnote", text: "endnotes", marks: "endnoteMarks", size: 2, ends: "endnotes" },
  { kind: "comment", text: "comments", marks: "commentMarks", size: 30, ends: "comments" },
] as const;
/** Where a comment's entry has the number of its author. */
const authorAt = 20;

/** The notes of a Word 97 document, by the positions of their marks. */
export function notesOf(file: DocFile): Map<number, Note> {
  const authors = namesIn(file.part("authors"));
  const notes = new Map<number, Note>();
  for (const { kind, text, marks, size, ends } of kinds) {
    const [first, last] = file.rangeOf(text);
    const places = file.part(marks);
    const borders = file.part(ends);
    const count = Math.floor((places.length - 4) / (4 + size));
    for (let i = 0; i < count; i++) {
      const start = Math.min(first + u32(borders, 4 * i), last);
      const end = Math.min(first + u32(borders, 4 * (i + 1)), last);
      const author = kind === "comment" ? u16(places, 4 * (count + 1) + size * i + authorAt) : -1;
      if (start < end) notes.set(u32(places, 4 * i), { kind, start, end, author: authors[author] ?? "" });
    }
  }
  return notes;
}

/** Names one after the other, each behind its length. */
function namesIn(part: Buffer): string[] {
  const names: string[] = [];
  for (let at = 0; at + 2 <= part.length; ) {
    const end = at + 2 + 2 * u16(part, at);
    names.push(part.toString("utf16le", at + 2, end));
    at = end;
  }
  return names;
}
