/** An affine map as PDF writes it: (x, y) goes to (a·x + c·y + e, b·x + d·y + f). */
export type Matrix = readonly [number, number, number, number, number, number];

/** Degrees, clockwise. */
export type Turn = 0 | 90 | 180 | 270;

/** A picture as it is painted: grey, with what of it is transparent. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** A byte for each pixel, from 0 (black) to 255, row by row from the top. */
  readonly grey: Uint8Array;
  /** A byte for each pixel, from 0 (not there) to 255; absent where all of it is there. */
  readonly opacity?: Uint8Array;
}

const white = 255;

/** The first map, then the second. */
export function combined(first: Matrix, second: Matrix): Matrix {
  const [a, b, c, d, e, f] = first;
  const [a2, b2, c2, d2, e2, f2] = second;
  return [
    a * a2 + b * c2,
    a * b2 + b * d2,
    c * a2 + d * c2,
    c * b2 + d * d2,
    e * a2 + f * c2 + e2,
    e * b2 + f * d2 + f2,
  ];
}

/** A white page of grey pixels, on which pictures are painted. */
export class GreyPage {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;

  constructor(width: number, height: number, pixels?: Uint8Array) {
    this.width = width;
    this.height = height;
    this.pixels = pixels ?? new Uint8Array(width * height).fill(white);
  }

  /**
   * Paints a picture over what is there.
   * @param place Takes the unit square, on which PDF paints pictures (its upper edge at y = 1), to pixels of the page.
   * @returns How many pixels were painted.
   */
  paint(picture: Picture, place: Matrix): number {
    const [a, b, c, d, e, f] = place;
    const area = a * d - b * c;
    if (!Number.isFinite(area) || Math.abs(area) < 1e-9) return 0;
    const box = this.boxOf(place);
    // The way back, in pixels of the picture for each pixel of the page.
    const { width, height } = picture;
    const [xx, xy] = [(d / area) * width, (-c / area) * width];
    const [yx, yy] = [(b / area) * height, (-a / area) * height];
    const sample = sampler(picture, Math.abs(xx) + Math.abs(xy), Math.abs(yx) + Math.abs(yy));
    for (let y = box.top; y < box.bottom; y++) {
      let at = y * this.width + box.left;
      for (let x = box.left; x < box.right; x++, at++) {
        const [dx, dy] = [x + 0.5 - e, y + 0.5 - f];
        const found = sample(xx * dx + xy * dy, height + yx * dx + yy * dy);
        if (found < 0) continue;
        // Grey and opacity in one number: no object is made for each of millions of pixels.
        const opacity = found >> 8;
        const under = this.pixels[at] ?? white;
        this.pixels[at] = under + (((found & 255) - under) * opacity) / 255;
      }
    }
    return Math.max(0, box.right - box.left) * Math.max(0, box.bottom - box.top);
  }

  /** The page turned clockwise. */
  turned(by: Turn): GreyPage {
    if (by === 0) return this;
    const { width, height, pixels } = this;
    if (by === 180) return new GreyPage(width, height, pixels.slice().reverse());
    const result = new GreyPage(height, width);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const at = by === 90 ? x * height + (height - 1 - y) : (width - 1 - x) * height + y;
        result.pixels[at] = pixels[y * width + x] ?? white;
      }
    }
    return result;
  }

  private boxOf([a, b, c, d, e, f]: Matrix): { left: number; top: number; right: number; bottom: number } {
    const xs = [e, e + a, e + c, e + a + c];
    const ys = [f, f + b, f + d, f + b + d];
    const within = (value: number, most: number): number => Math.min(Math.max(value, 0), most);
    return {
      left: within(Math.floor(Math.min(...xs)), this.width),
      right: within(Math.ceil(Math.max(...xs)), this.width),
      top: within(Math.floor(Math.min(...ys)), this.height),
      bottom: within(Math.ceil(Math.max(...ys)), this.height),
    };
  }
}

/**
 * Finds what a picture shows around a point: opacity · 256 + grey, or -1 outside of it. Where a pixel of the page
 * covers several of the picture, it is their mean, so that thin strokes stay.
 */
function sampler(
  { width, height, grey, opacity }: Picture,
  acrossPixels: number,
  downPixels: number,
): (x: number, y: number) => number {
  const across = Math.max(1, Math.round(acrossPixels));
  const down = Math.max(1, Math.round(downPixels));
  return (x, y) => {
    if (x < 0 || y < 0 || x >= width || y >= height) return -1;
    const left = Math.max(0, Math.round(x - across / 2));
    const top = Math.max(0, Math.round(y - down / 2));
    const right = Math.min(width, left + across);
    const bottom = Math.min(height, top + down);
    let [sum, seen, count] = [0, 0, 0];
    for (let row = top; row < bottom; row++) {
      for (let at = row * width + left; at < row * width + right; at++) {
        const there = opacity ? (opacity[at] ?? 0) : 255;
        sum += (grey[at] ?? white) * there;
        seen += there;
        count += 1;
      }
    }
    if (seen === 0) return -1;
    return (Math.round(seen / count) << 8) | Math.round(sum / seen);
  };
}
