import type { PDFDocumentProxy } from "pdfjs-dist";
import type { OutlineEntry } from "./view.ts";

/** What is kept of the outline: nobody reads more, and a hostile one may have no end. */
const maxOutline = 5_000;

interface Item {
  readonly title: string;
  readonly dest: string | unknown[] | null;
  readonly items: readonly Item[];
}

/** The outline of a PDF, in the order in which it is read. */
export async function pdfOutline(
  file: PDFDocumentProxy,
  openPlace: (destination: string | unknown[]) => void,
): Promise<readonly OutlineEntry[]> {
  const entries: OutlineEntry[] = [];
  const add = (items: readonly Item[], depth: number): void => {
    for (const { title, dest, items: inner } of items) {
      if (entries.length >= maxOutline) return;
      entries.push({ title, depth, open: () => dest && openPlace(dest) });
      add(inner, depth + 1);
    }
  };
  add(((await file.getOutline()) ?? []) as Item[], 0);
  return entries;
}
