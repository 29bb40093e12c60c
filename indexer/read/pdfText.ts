import type { PageLine } from "./pdfLines.ts";

/** Headers and footers stand in the outer parts of a page. */
const outer = 0.1;
/** On fewer pages it is chance. */
const fewestPages = 3;
/** Of the numbers in a line, so many may be the page's. */
const mostNumbers = 6;

/**
 * The lines of all pages without what programs repeat on them: a line at the same place of most pages stays on the
 * first of them only, and lines that differ by the page's number are the same line.
 */
export function withoutRepeats(pages: readonly (readonly PageLine[])[]): PageLine[][] {
  const body = bodySize(pages.flat());
  const counts = new Map<string, number>();
  pages.forEach((lines, page) => {
    for (const key of new Set(lines.flatMap((line) => keysOf(line, page, body)))) {
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  });
  // Left and right pages may differ, and the first one.
  const most = Math.max(fewestPages, pages.length * 0.4);
  const seen = new Set<string>();
  return pages.map((lines, page) =>
    withoutEmptyEnds(
      lines.filter((line) => {
        const key = keysOf(line, page, body).find((one) => (counts.get(one) ?? 0) >= most);
        if (key === undefined) return true;
        const isFirst = !seen.has(key);
        seen.add(key);
        return isFirst;
      }),
    ),
  );
}

/** What a line in the outer part of a page is known by: its text, or that with any one number as a page's number. */
function keysOf({ down, text, size }: PageLine, page: number, body: number): string[] {
  if (down === undefined || (down > outer && down < 1 - outer)) return [];
  const place = Math.round(down * 100);
  // A title with a number ("Chapter 3") is no page's.
  const numbers = size > body * 1.15 ? [] : [...text.matchAll(/\d{1,5}/g)].slice(0, mostNumbers);
  const counted = numbers.map(
    ({ 0: number, index }) =>
      `${place} ${text.slice(0, index)}#${Number(number) - page}#${text.slice(index + number.length)}`,
  );
  return [`${place} ${text}`, ...counted];
}

function withoutEmptyEnds(lines: PageLine[]): PageLine[] {
  const isFull = ({ text }: PageLine): boolean => text !== "";
  return lines.slice(Math.max(0, lines.findIndex(isFull)), lines.findLastIndex(isFull) + 1);
}

/** The size in which most of the text is set. */
export function bodySize(lines: readonly PageLine[]): number {
  const weights = new Map<number, number>();
  for (const { size, text } of lines) if (size > 0) weights.set(size, (weights.get(size) ?? 0) + text.length);
  return [...weights].reduce((a, b) => (b[1] > a[1] ? b : a), [0, 0])[0];
}

/**
 * "exam-" and "ple of" become "example" and "of", so that the word can be found, also where a column or a page ends in
 * between. Headers and footers in between are passed by.
 */
export function joinHyphens(pages: readonly (readonly PageLine[])[]): PageLine[][] {
  const joined = pages.map((lines) => [...lines]);
  const body = bodySize(joined.flat());
  let open: { lines: PageLine[]; at: number; page: number } | undefined;
  joined.forEach((lines, page) => {
    for (let at = 0; at < lines.length; at++) {
      const line = lines[at];
      if (!line || line.text === "") continue;
      const start = /^(\p{Ll}+\S*)\s*(.*)$/u.exec(line.text);
      const cut = open?.lines[open.at];
      if (open && cut && start && open.page >= page - 1) {
        open.lines[open.at] = { ...cut, text: cut.text.slice(0, -1) + start[1] };
        lines[at] = { ...line, text: start[2] ?? "" };
        open = undefined;
      } else if (open && !(isOuter(line) && open.page >= page - 1)) open = undefined;
      const { text = "", size = 0 } = lines[at] ?? {};
      if (size <= body * 1.15 && /\p{Ll}{2}[-\u00ad\u2010]$/u.test(text)) open = { lines, at, page };
    }
  });
  // A line that gave its only word away must not look like the gap between two paragraphs.
  return joined.map((lines) => lines.filter((line) => line.text !== "" || line.size === 0));
}

function isOuter({ down }: PageLine): boolean {
  return down !== undefined && (down < outer || down > 1 - outer);
}
