import type { PDFDocumentProxy } from "pdfjs-dist/legacy/build/pdf.mjs";
import * as v from "valibot";
import type { Heading } from "../chunk/markdownOutline.ts";
import type { PageLine } from "./pdfLines.ts";
import { bodySize } from "./pdfText.ts";

const mostEntries = 5_000;
const deepest = 6;

/** The pages of a document as lines, and the row of each page's first line in the whole text. */
interface PagedLines {
  readonly pages: readonly (readonly PageLine[])[];
  readonly starts: readonly number[];
}

interface Entry {
  readonly title: string;
  readonly level: number;
  readonly dest: unknown;
}

/** The headings of a PDF: those of its outline where it has one, below the title that it mostly leaves out; or large lines. */
export async function headingsOf(document: PDFDocumentProxy, text: PagedLines): Promise<Heading[]> {
  const outlined = await headingsByOutline(document, text);
  const large = headingsBySize(text);
  const [first] = outlined;
  const [title] = large;
  if (!first) return large;
  const isTitle =
    title &&
    title.level === 1 &&
    title.row < first.row &&
    title.row < (text.starts[1] ?? Number.MAX_SAFE_INTEGER);
  return isTitle ? [title, ...outlined.map((one) => ({ ...one, level: one.level + 1 }))] : outlined;
}

/** The headings that the file's own outline names, at the lines that it leads to; none where that is not enough. */
async function headingsByOutline(document: PDFDocumentProxy, text: PagedLines): Promise<Heading[]> {
  const entries = entriesOf(await document.getOutline().catch(() => null), 1);
  const headings = new Map<number, Heading>();
  for (const { title, level, dest } of entries.slice(0, mostEntries)) {
    const page = await pageOf(document, dest).catch(() => undefined);
    const lines = page === undefined ? undefined : text.pages[page];
    if (page === undefined || !lines) continue;
    const at = lines.findIndex((line) => isTitled(line.text, title));
    const row = (text.starts[page] ?? 0) + Math.max(0, at);
    const line = at < 0 ? "" : (lines[at]?.text ?? "");
    // The line mostly has the number, which the entry may lack; the entry has the second line.
    const name = plain(line) === plain(title) ? line : title;
    // Of two entries at one line the outer one is the more telling.
    if (!headings.has(row)) headings.set(row, { name, level, row });
  }
  return headings.size < 2 ? [] : [...headings.values()].sort((a, b) => a.row - b.row);
}

const outlineItem = v.object({
  title: v.string(),
  dest: v.optional(v.unknown()),
  items: v.fallback(v.array(v.unknown()), []),
});

function entriesOf(items: readonly unknown[] | null, level: number): Entry[] {
  return (items ?? []).flatMap((item) => {
    const parsed = v.safeParse(outlineItem, item);
    if (!parsed.success) return [];
    const title = parsed.output.title.replace(/\s+/g, " ").trim();
    const below = level < deepest ? entriesOf(parsed.output.items, level + 1) : [];
    return title === "" ? below : [{ title, level, dest: parsed.output.dest }, ...below];
  });
}

/** The page, from 0, that a destination leads to. */
async function pageOf(document: PDFDocumentProxy, dest: unknown): Promise<number | undefined> {
  const explicit = typeof dest === "string" ? await document.getDestination(dest) : dest;
  const target: unknown = Array.isArray(explicit) ? explicit[0] : undefined;
  if (typeof target === "number") return target;
  const reference = v.safeParse(v.object({ num: v.number(), gen: v.number() }), target);
  return reference.success ? document.getPageIndex(reference.output) : undefined;
}

/** Its letters and digits, without a number at its beginning. */
function plain(text: string): string {
  return text.toLowerCase().replace(/^[\divx.\s()§]+(?=\p{L})|[^\p{L}\p{N}]/giu, "");
}

/** Whether a line is the title of an outline's entry, which may lack its number or its second line. */
function isTitled(line: string, title: string): boolean {
  const [one, other] = [plain(line), plain(title)];
  return one !== "" && (one === other || (one.length > 8 && other.startsWith(one)));
}

/** Short lines in a larger type than most of the text are headings; three sizes make three levels. */
function headingsBySize({ pages, starts }: PagedLines): Heading[] {
  const all = pages.flat();
  const body = bodySize(all);
  const larger = [...new Set(all.map(({ size }) => size))]
    .filter((size) => size >= body * 1.15)
    .sort((a, b) => b - a);
  const headings: Heading[] = [];
  pages.forEach((lines, page) => {
    lines.forEach(({ text, size }, at) => {
      const row = (starts[page] ?? 0) + at;
      if (size < body * 1.15 || text.length > 120 || !/\p{L}{2}/u.test(text)) return;
      const level = Math.min(3, 1 + larger.indexOf(size));
      const previous = headings.at(-1);
      // A heading on two lines.
      if (previous && previous.row === row - 1 && previous.level === level) {
        headings[headings.length - 1] = { ...previous, name: `${previous.name} ${text}` };
      } else headings.push({ name: text, level, row });
    });
  });
  return headings;
}
