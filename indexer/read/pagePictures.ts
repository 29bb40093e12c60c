import type { PDFPageProxy } from "pdfjs-dist/legacy/build/pdf.mjs";
import { UnreadableFile } from "./extracted.ts";
import { combined, GreyPage, type Matrix, type Picture } from "./greyPage.ts";
import { loadPdfJs } from "./pdfDocument.ts";

/** Scanners give 200 to 600 dots an inch; text is read best at 200 to 300. */
const resolution = { least: 200, most: 300 } as const;
const pointsPerInch = 72;
/** A page of A3 at 300 dots an inch has 17 million. */
const maxPixels = 20_000_000;
/** What painting all pictures of a page may cost: a page is painted some twenty times. */
const maxPainted = 400_000_000;
const maxPictures = 5_000;
/** Kinds of image data, as pdf.js numbers them. */
const kinds = { bits: 1, rgb: 2, rgba: 3 } as const;

/** An image as pdf.js gives it. */
interface ImageData {
  readonly width: number;
  readonly height: number;
  readonly kind?: number;
  readonly data?: Uint8Array | Uint8ClampedArray;
}

interface Painted {
  /** An image, or the name under which pdf.js has it. */
  readonly image: ImageData | string;
  /** Of a mask, which is painted in one colour. */
  readonly ink?: number;
  readonly place: Matrix;
}

/**
 * The pictures of a page as they lie on it, in grey. There is no canvas in this process: what is drawn by lines and
 * letters is not there. Throws UnreadableFile when the page has no picture that can be read.
 */
export async function paintPictures(page: PDFPageProxy): Promise<GreyPage> {
  const { fnArray, argsArray } = await page.getOperatorList({ annotationMode: 0 });
  const { OPS } = (await loadPdfJs()).library;
  const painted = picturesIn(OPS, fnArray, argsArray);
  const images = new Map<string, ImageData | undefined>();
  for (const { image } of painted) {
    if (typeof image === "string" && !images.has(image)) images.set(image, await objectOf(page, image));
  }
  const upright = page.getViewport({ scale: 1 });
  const scale = scaleFor(upright, painted, images);
  const view = page.getViewport({ scale }).transform as unknown as Matrix;
  const width = Math.ceil(upright.width * scale);
  const height = Math.ceil(upright.height * scale);
  // Rounding up makes much of a page that is as narrow as a hair and miles long.
  if (width * height > 2 * maxPixels) throw new UnreadableFile("No page has such a form.");
  const sheet = new GreyPage(width, height);
  let [cost, covered] = [0, 0];
  for (const { image, ink, place } of painted) {
    const data = typeof image === "string" ? images.get(image) : image;
    const picture = data && pictureOf(data, ink);
    if (!picture) continue;
    const pixels = sheet.paint(picture, combined(place, view));
    covered += pixels;
    cost += pixels + picture.grey.length;
    if (cost > maxPainted) throw new UnreadableFile("Its pictures cover it more often than can be painted.");
  }
  if (covered === 0) throw new UnreadableFile("It has no picture that can be read: damaged, or too large.");
  return sheet;
}

/** What is painted, in order. Clipping is left out: what lies outside the page is cut off by its edges. */
function picturesIn(
  OPS: Readonly<Record<string, number>>,
  names: readonly number[],
  all: readonly unknown[],
): Painted[] {
  const painted: Painted[] = [];
  const saved: { place: Matrix; ink: number }[] = [];
  let now = { place: [1, 0, 0, 1, 0, 0] as Matrix, ink: 0 };
  names.forEach((name, index) => {
    const args = (all[index] ?? []) as unknown[];
    if (name === OPS["save"]) saved.push(now);
    else if (name === OPS["restore"] || name === OPS["paintFormXObjectEnd"]) now = saved.pop() ?? now;
    else if (name === OPS["transform"]) now = { ...now, place: combined(matrixOf(args), now.place) };
    else if (name === OPS["paintFormXObjectBegin"]) {
      saved.push(now);
      now = { ...now, place: combined(matrixOf(args[0]), now.place) };
    } else if (name === OPS["setFillRGBColor"]) now = { ...now, ink: greyOf(args) };
    else if (name === OPS["paintImageXObject"]) painted.push({ image: `${args[0]}`, place: now.place });
    else if (name === OPS["paintInlineImageXObject"]) {
      painted.push({ image: args[0] as ImageData, place: now.place });
    } else if (name === OPS["paintImageMaskXObject"]) {
      const { data, ...mask } = args[0] as { data: unknown; width: number; height: number };
      const image = typeof data === "string" ? data : ({ ...mask, data } as ImageData);
      painted.push({ image, ink: now.ink, place: now.place });
    }
    if (painted.length > maxPictures) throw new UnreadableFile("It is made of too many pictures.");
  });
  return painted;
}

function matrixOf(value: unknown): Matrix {
  const list = Array.isArray(value) || ArrayBuffer.isView(value) ? [...(value as number[])] : [];
  const isMatrix = list.length === 6 && list.every((one) => typeof one === "number");
  return isMatrix ? (list as unknown as Matrix) : [1, 0, 0, 1, 0, 0];
}

/** The grey of a colour, which pdf.js gives as "#rrggbb" or as three numbers. */
function greyOf(args: readonly unknown[]): number {
  const hex = /^#(..)(..)(..)$/.exec(`${args[0]}`);
  const [red = 0, green = 0, blue = 0] = hex
    ? hex.slice(1).map((part) => Number.parseInt(part, 16))
    : args.map((part) => Number(part) || 0);
  return luminance(red, green, blue);
}

function luminance(red: number, green: number, blue: number): number {
  return (red * 77 + green * 151 + blue * 28) >> 8;
}

/** pdf.js sends each image apart, and null for one that it can't decode. */
function objectOf(page: PDFPageProxy, name: string): Promise<ImageData | undefined> {
  const objects = name.startsWith("g_") ? page.commonObjs : page.objs;
  return new Promise((resolve) => {
    objects.get(name, (value: unknown) => resolve((value as ImageData | null) ?? undefined));
  });
}

/** Pixels for each point: as fine as the finest large picture, within what is of use, and no more than there is room for. */
function scaleFor(
  { width, height }: { readonly width: number; readonly height: number },
  painted: readonly Painted[],
  images: ReadonlyMap<string, ImageData | undefined>,
): number {
  let finest = 0;
  for (const { image, place } of painted) {
    const data = typeof image === "string" ? images.get(image) : image;
    const [a, b, c, d] = place;
    const isLarge = Math.abs(a * d - b * c) > 0.05 * width * height;
    if (data && isLarge) finest = Math.max(finest, data.width / Math.max(1e-6, Math.hypot(a, b)));
  }
  const dots = Math.min(Math.max(finest * pointsPerInch, resolution.least), resolution.most);
  return Math.min(dots / pointsPerInch, Math.sqrt(maxPixels / Math.max(1, width * height)));
}

function pictureOf({ width, height, kind, data }: ImageData, ink: number | undefined): Picture | undefined {
  const count = width * height;
  if (!data || !(count > 0)) return undefined;
  if (ink !== undefined) {
    // A mask paints where its bits are 0.
    const opacity = fromBits(data, width, height).map((value) => 255 - value);
    return { width, height, grey: new Uint8Array(count).fill(ink), opacity };
  }
  if (kind === kinds.bits) return { width, height, grey: fromBits(data, width, height) };
  const step = kind === kinds.rgb ? 3 : 4;
  if (data.length < count * step) return undefined;
  const grey = new Uint8Array(count);
  const opacity = step === 4 ? new Uint8Array(count) : undefined;
  for (let i = 0, at = 0; i < count; i++, at += step) {
    grey[i] = luminance(data[at] ?? 255, data[at + 1] ?? 255, data[at + 2] ?? 255);
    if (opacity) opacity[i] = data[at + 3] ?? 255;
  }
  return { width, height, grey, ...(opacity && { opacity }) };
}

/** A byte, 0 or 255, for each bit; rows begin with a new byte, and what is missing at the end is white. */
function fromBits(data: Uint8Array | Uint8ClampedArray, width: number, height: number): Uint8Array {
  const result = new Uint8Array(width * height);
  const rowBytes = (width + 7) >> 3;
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++, at++) {
      const byte = data[y * rowBytes + (x >> 3)] ?? 255;
      result[at] = (byte >> (7 - (x & 7))) & 1 ? 255 : 0;
    }
  }
  return result;
}
