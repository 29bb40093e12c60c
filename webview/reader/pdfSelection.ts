import type { Selected } from "../../protocol/reader.ts";

/** What is selected on the pages of a PDF, as they are shown. */
export function selectedOnPages(): Selected | undefined {
  const selection = document.getSelection();
  const text = selection?.toString().trim() ?? "";
  if (text === "" || !selection?.rangeCount) return undefined;
  const range = selection.getRangeAt(0);
  const from = pageAround(range.startContainer);
  if (from === undefined) return undefined;
  const to = pageAround(range.endContainer) ?? from;
  const where = to > from ? `pages ${from}–${to}` : `page ${from}`;
  return { text, pages: [from, to], startLine: 1, endLine: 1, where };
}

/** Selects all from the first of these places to the last. */
export function selectAll(ranges: readonly Range[]): void {
  const [first] = ranges;
  const last = ranges.at(-1);
  if (!first || !last) return;
  const { startContainer, startOffset } = first;
  document.getSelection()?.setBaseAndExtent(startContainer, startOffset, last.endContainer, last.endOffset);
}

/** The number of the page that something stands on. */
function pageAround(node: Node): number | undefined {
  const element = node instanceof Element ? node : node.parentElement;
  const page = element?.closest<HTMLElement>(".page")?.dataset["page"];
  return page === undefined ? undefined : Number(page);
}
