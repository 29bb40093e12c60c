import type { PDFPageProxy } from "pdfjs-dist";
import {
  type ScannedLine,
  type ScannedPage,
  type ScannedWord,
  stampCharacters,
} from "../../protocol/scans.ts";
import type { TextContent } from "./pageText.ts";

type TextItem = Extract<TextContent["items"][number], { str: string }>;

/** Asks what was read in the picture of a page. */
export type ScanOf = (page: number) => Promise<ScannedPage | undefined>;

const font = "scan";
const scale = 10_000;
/** How much of a line's height lies below what its letters stand on. */
const below = 0.2;
/** Letters of a word that runs along the page are not this much higher than it is long. */
const upended = 1.5;
/** A line of so many times its height tells how askew it lies; of a shorter one its letters say more than its slope. */
const longLine = 10;

/** Whether a page with this text of its own may be a picture of text. */
export function mayBeScan({ items }: TextContent): boolean {
  let characters = 0;
  for (const item of items) if ("str" in item) characters += item.str.replace(/\s/g, "").length;
  return characters < stampCharacters;
}

/** The words that were read in the picture of a page, at their places. */
export function wordsOfScan({ lines }: ScannedPage, page: PDFPageProxy): TextContent {
  const style = { fontFamily: "sans-serif", ascent: 1 - below, descent: -below, vertical: false };
  return { items: lines.map((line) => itemOf(line, page)), styles: { [font]: style }, lang: null };
}

/** A line in the page's own coordinates; as one piece, so that it can be copied as a line. */
function itemOf({ words }: ScannedLine, page: PDFPageProxy): TextItem {
  const viewport = page.getViewport({ scale: 1 });
  const boxes = words.map((word) => boxOf(word, viewport.width, viewport.height));
  const { along, height, length, begin } = shapeOf(boxes);
  const up: Direction = [along[1], -along[0]];
  // Where the first word begins, on the line that its letters stand on.
  const [x, y] = [begin[0] + up[0] * height * below, begin[1] + up[1] * height * below];
  const place = (dx: number, dy: number): number[] => viewport.convertToPdfPoint(x + dx, y + dy) as number[];
  const [x0 = 0, y0 = 0] = place(0, 0);
  const [ax = 0, ay = 0] = place(along[0], along[1]);
  const [ux = 0, uy = 0] = place(up[0], up[1]);
  const unit = Math.hypot(ax - x0, ay - y0);
  return {
    str: words.map(([text]) => text).join(" "),
    dir: "ltr",
    width: length * unit,
    height: height * unit,
    transform: [(ax - x0) * height, (ay - y0) * height, (ux - x0) * height, (uy - y0) * height, x0, y0],
    fontName: font,
    hasEOL: true,
  };
}

type Box = readonly [left: number, top: number, right: number, bottom: number];
/** y goes down. */
type Direction = readonly [x: number, y: number];

function boxOf([, left, top, right, bottom]: ScannedWord, width: number, height: number): Box {
  return [(left / scale) * width, (top / scale) * height, (right / scale) * width, (bottom / scale) * height];
}

interface Shape {
  /** The way in which the line is read. */
  readonly along: Direction;
  readonly height: number;
  readonly length: number;
  /** The foot of the first letter. */
  readonly begin: Direction;
}

function shapeOf(boxes: readonly Box[]): Shape {
  const first = boxes[0] ?? [0, 0, 0, 0];
  const last = boxes.at(-1) ?? first;
  const axis = axisOf(first, last);
  const isUpended = axis[0] === 0;
  const height = Math.max(...boxes.map(([l, t, r, b]) => (isUpended ? r - l : b - t)));
  const [dx, dy] = between(first, last);
  const slope = Math.hypot(dx, dy);
  const along: Direction = slope > height * longLine ? [dx / slope, dy / slope] : axis;
  const begin: Direction = [
    axis[0] > 0 || axis[1] > 0 ? first[0] : first[2],
    axis[1] > 0 || axis[0] < 0 ? first[1] : first[3],
  ];
  const [left, top, right, bottom] = last;
  const ends: Direction = [axis[0] > 0 ? right : left, axis[1] > 0 ? bottom : top];
  const length = isUpended ? Math.abs(ends[1] - begin[1]) : Math.abs(ends[0] - begin[0]);
  return { along, height, length, begin };
}

/** Along which edge of the page a line runs, from its first word to its last. */
function axisOf(first: Box, last: Box): Direction {
  const [dx, dy] = between(first, last);
  const [left, top, right, bottom] = first;
  const isUpended = first === last ? bottom - top > (right - left) * upended : Math.abs(dy) > Math.abs(dx);
  if (isUpended) return dy > 0 ? [0, 1] : [0, -1];
  return dx < 0 ? [-1, 0] : [1, 0];
}

/** From the middle of one box to that of the other. */
function between(one: Box, other: Box): Direction {
  return [(other[0] + other[2] - one[0] - one[2]) / 2, (other[1] + other[3] - one[1] - one[3]) / 2];
}
