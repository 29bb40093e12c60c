import { counted } from "../../protocol/counted.ts";
import type { ScannedLine } from "../../protocol/scans.ts";
import { pageLabel } from "../read/attachedPages.ts";
import type { KnownScans, ReadScan } from "../read/contract.ts";
import type { ParseResult } from "../read/parseFile.ts";
import { textOfLine } from "../read/scanLines.ts";

const scale = 10_000;
/** Pages that a reason names. */
const mostNamed = 5;

/** What the parser is told of the pages that were read. */
export function knownScans(hash: string, scans: Iterable<ReadScan>): KnownScans {
  const pages: KnownScans["pages"][number][] = [];
  for (const scan of scans) {
    if ("failed" in scan) continue;
    const { page, lines, secrets } = scan;
    pages.push({ page, lines: lines.map(shownLine), ...(secrets && { secrets }) });
  }
  return { hash, pages };
}

function shownLine(line: ScannedLine): KnownScans["pages"][number]["lines"][number] {
  const { size, isFirst } = line;
  const down = downOf(line);
  return { text: textOfLine(line), size, ...(down !== undefined && { down }), ...(isFirst && { isFirst }) };
}

/** How far down the page it stands; undefined for a line that runs up or down the page. */
function downOf({ words }: ScannedLine): number | undefined {
  const [first] = words;
  const last = words.at(-1);
  if (!first || !last || (words.length > 1 && last[1] <= first[1])) return undefined;
  return (first[2] + first[4]) / 2 / scale;
}

/** The result of reading a file, with those of its scans that can't be read named in it. */
export function withFailures(result: ParseResult, scans: Iterable<ReadScan>): ParseResult {
  const failed = [...scans].filter((scan) => "failed" in scan).sort((a, b) => a.page - b.page);
  if (failed.length === 0) return result;
  const named = failed
    .slice(0, mostNamed)
    .map(({ page, failed: why }) => `${pageLabel(page)} is a scan that can't be read. ${why}`);
  const more = failed.length - named.length;
  const text = [...named, ...(more > 0 ? [`And ${counted(more, "more such page")}.`] : [])].join(" ");
  if (!result.ok) return { ...result, reason: text };
  const { parsed } = result;
  return { ...result, parsed: { ...parsed, partly: [parsed.partly, text].filter(Boolean).join(" ") } };
}
