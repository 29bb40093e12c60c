import * as v from "valibot";

/** Where in a document a passage stands, as its format counts: what a person looks for when the file is open elsewhere. */
export const place = v.variant("in", [
  v.object({ in: v.literal("slide"), slide: v.number(), notes: v.exactOptional(v.literal(true)) }),
  /** `cells` as spreadsheets write it: "B4:F19". */
  v.object({
    in: v.literal("sheet"),
    sheet: v.string(),
    cells: v.string(),
    hidden: v.exactOptional(v.literal(true)),
  }),
  v.object({ in: v.literal("chapter"), chapter: v.string() }),
  /** Of a mail or an archive of mails: `message` counts from 1, `part` is an attachment's name. */
  v.object({
    in: v.literal("mail"),
    message: v.exactOptional(v.number()),
    part: v.exactOptional(v.string()),
  }),
  /** Of a notebook: the cells from `cell` to `lastCell`, counted from 1. */
  v.object({ in: v.literal("notebook"), cell: v.number(), lastCell: v.number() }),
  /** On a page of a PDF that is a picture: the text was read in it, and may be misread. */
  v.object({ in: v.literal("scan") }),
  /** Of subtitles: when it is said, as "00:01:12". */
  v.object({ in: v.literal("time"), from: v.string(), to: v.string() }),
]);
export type Place = v.InferOutput<typeof place>;

/** From this line on (they count from 1), up to the next entry, a document's text stands at this place. */
export const placeFrom = v.object({ startLine: v.number(), place });
export type PlaceFrom = v.InferOutput<typeof placeFrom>;

/** What a passage of a document says of its place; undefined where its lines are what there is to say. */
export function documentPlace(of: { page?: number | undefined; place?: Place }): string | undefined {
  if (of.page !== undefined) return of.place?.in === "scan" ? `page ${of.page} (scan)` : `page ${of.page}`;
  return (of.place && placeLabel(of.place)) || undefined;
}

/**
 * The place of a hit, for people; "" where its heading is the place: the lines of the text that was taken from a
 * document are nobody's. Undefined where its lines are what there is to say.
 */
export function hitPlace(
  hit: Parameters<typeof documentPlace>[0] & { kind: string; heading?: string | undefined },
): string | undefined {
  const isUnderHeading = hit.kind === "document" && (hit.heading ?? "") !== "";
  return documentPlace(hit) ?? (isUnderHeading ? "" : undefined);
}

/** What is selected, by its file and place: "src/app.ts:10-20", as programmers write it, or a document and "page 4". */
export function selectionLabel({
  path,
  startLine,
  endLine,
  where,
}: {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly where?: string;
}): string {
  if (where !== undefined) return [path, where].filter(Boolean).join(", ");
  return endLine > startLine ? `${path}:${startLine}-${endLine}` : `${path}:${startLine}`;
}

/** "slide 7", "sheet Costs, B4:F19", "chapter The Whale"; "" for a mail's own text. */
function placeLabel(at: Place): string {
  switch (at.in) {
    case "slide":
      return `slide ${at.slide}${at.notes ? ", notes" : ""}`;
    case "sheet":
      return `sheet ${at.sheet}${at.hidden ? " (hidden)" : ""}, ${at.cells}`;
    case "chapter":
      return `chapter ${at.chapter}`;
    case "mail": {
      const message = at.message === undefined ? [] : [`message ${at.message}`];
      return [...message, ...(at.part === undefined ? [] : [`attachment ${at.part}`])].join(", ");
    }
    case "notebook":
      return at.cell === at.lastCell ? `cell ${at.cell}` : `cells ${at.cell}–${at.lastCell}`;
    case "time":
      return `${at.from}–${at.to}`;
    case "scan":
      return "scan";
  }
}

/** Whether no passage may hold both places, since it could not say where it stands. */
export function areApart(one: Place, other: Place): boolean {
  return unitOf(one) !== unitOf(other);
}

function unitOf(at: Place): string {
  switch (at.in) {
    case "slide":
      return `slide ${at.slide}`;
    case "sheet":
      return `sheet ${at.sheet}`;
    case "chapter":
      return `chapter ${at.chapter}`;
    case "mail":
      return `mail ${at.message ?? ""} ${at.part ?? ""}`;
    default:
      return at.in;
  }
}

/** The place of a passage that goes from one place to another that is not apart from it. */
export function spanning(first: Place, last: Place): Place {
  if (first.in === "sheet" && last.in === "sheet")
    return { ...first, cells: spannedCells(first.cells, last.cells) };
  if (first.in === "notebook" && last.in === "notebook") return { ...first, lastCell: last.lastCell };
  if (first.in === "time" && last.in === "time") return { ...first, to: last.to };
  return first;
}

/** The smallest range that holds both: "B4:F4" and "A9:C9" give "A4:F9". One that is none is left as it is. */
function spannedCells(one: string, other: string): string {
  const corners = [one, other]
    .flatMap((cells) => cells.split(":"))
    .map((cell) => /^([A-Z]{1,3})(\d+)$/.exec(cell));
  const columns = corners.map((corner) => corner?.[1] ?? "").filter((name) => name !== "");
  const rows = corners.map((corner) => Number(corner?.[2] ?? 0)).filter((row) => row > 0);
  if (columns.length < corners.length) return one;
  columns.sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  const from = `${columns[0]}${Math.min(...rows)}`;
  const to = `${columns.at(-1)}${Math.max(...rows)}`;
  return from === to ? from : `${from}:${to}`;
}
