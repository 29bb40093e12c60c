import * as v from "valibot";
import type { DocumentText } from "../../protocol/data.ts";
import type { Place } from "../../protocol/places.ts";
import type { Judged } from "./metrics.ts";

/**
 * Where in a document an answer stands, as its format counts: a range of cells, a slide, a page. A mail's own text has
 * neither `message` nor `part`. Of texts with headings it is the section of that heading, without its number.
 */
export const documentTarget = v.variant("in", [
  v.strictObject({ in: v.literal("page"), page: v.number() }),
  v.strictObject({ in: v.literal("lines"), first: v.number(), last: v.number() }),
  v.strictObject({ in: v.literal("heading"), heading: v.string() }),
  v.strictObject({ in: v.literal("sheet"), sheet: v.string(), cells: v.string() }),
  v.strictObject({ in: v.literal("slide"), slide: v.number() }),
  v.strictObject({ in: v.literal("chapter"), chapter: v.string() }),
  v.strictObject({
    in: v.literal("mail"),
    message: v.optional(v.number()),
    part: v.optional(v.string()),
  }),
  v.strictObject({ in: v.literal("notebook"), cell: v.number() }),
  /** A time at which it is said, as "00:01:12". */
  v.strictObject({ in: v.literal("time"), at: v.string() }),
]);
export type DocumentTarget = v.InferOutput<typeof documentTarget>;

/** Whether a passage says of itself that it stands at this place. Blind cuts are taken to say so of each place they touch. */
export function isAtPlace(hit: Judged, target: DocumentTarget): boolean {
  switch (target.in) {
    case "page":
      return hit.page === target.page;
    case "lines":
      return hit.startLine <= target.last && hit.endLine >= target.first;
    case "heading":
      return isUnder(hit, target.heading);
    default:
      return (hit.places ?? (hit.place ? [hit.place] : [])).some((place) => meetsPlace(place, target));
  }
}

/** Whether a document's place is the one asked for, or overlaps it. */
export function meetsPlace(place: Place, target: DocumentTarget): boolean {
  switch (target.in) {
    case "sheet":
      return place.in === "sheet" && place.sheet === target.sheet && overlap(place.cells, target.cells);
    case "slide":
      return place.in === "slide" && place.slide === target.slide;
    case "chapter":
      return place.in === "chapter" && place.chapter === target.chapter;
    case "mail":
      // Where a document is attached the part also says where in it ("offer.pdf, page 1").
      return (
        place.in === "mail" &&
        place.message === target.message &&
        place.part?.split(", ")[0] === target.part?.split(", ")[0]
      );
    case "notebook":
      return place.in === "notebook" && place.cell <= target.cell && place.lastCell >= target.cell;
    case "time":
      return place.in === "time" && place.from <= target.at && place.to >= target.at;
    default:
      return false;
  }
}

/** A chunk tells its headings; one of many short sections also shows them. */
function isUnder({ heading = "", text }: Judged, name: string): boolean {
  const names = [...heading.split(/ › |, /), ...text.split("\n")].map(plainHeading);
  return names.includes(name);
}

/** A heading without the mark-up and the number that some formats give it. */
export function plainHeading(line: string): string {
  return line
    .replace(/<[^>]*>/g, "")
    .trim()
    .replace(/^(?:#+|\d+(?:\.\d+)*\.?)\s+/, "");
}

interface Range {
  readonly columns: readonly [number, number];
  readonly rows: readonly [number, number];
}

function overlap(one: string, other: string): boolean {
  const [a, b] = [rangeOf(one), rangeOf(other)];
  const meet = (x: readonly [number, number], y: readonly [number, number]): boolean =>
    x[0] <= y[1] && y[0] <= x[1];
  return meet(a.columns, b.columns) && meet(a.rows, b.rows);
}

function rangeOf(cells: string): Range {
  const [from = "", to = from] = cells.split(":");
  const column = (cell: string): number =>
    [...cell.replace(/\d/g, "")].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0);
  const row = (cell: string): number => Number(cell.replace(/\D/g, ""));
  return { columns: [column(from), column(to)], rows: [row(from), row(to)] };
}

/** What stands in some lines of a document (from 1, both included): its places, and the headings over them. */
export function placesWithin(
  { places = [], headings = [] }: DocumentText,
  first: number,
  last: number,
): { places: Place[]; heading: string } {
  const held = places.filter(
    ({ startLine }, i) => startLine <= last && (places[i + 1]?.startLine ?? Number.MAX_SAFE_INTEGER) > first,
  );
  const over = headings.filter(({ row }, i) => {
    const next = headings[i + 1]?.row ?? Number.MAX_SAFE_INTEGER;
    return row < last && next >= first;
  });
  return { places: held.map(({ place }) => place), heading: over.map(({ name }) => name).join(" › ") };
}
