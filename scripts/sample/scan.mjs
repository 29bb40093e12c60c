/**
 * Pages as a scanner makes them: a letter's pages, drawn by poppler, laid a little askew, with specks and uneven ink,
 * in black and white. No text is in the PDF, only pictures.
 */
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { deflateSync } from "node:zlib";

const resolution = 200;
/** Degrees by which each page lies askew. */
const skews = [0.7, -0.5];

/** Reads a greyscale picture as poppler writes it (PGM). */
function readGrey(file) {
  const bytes = readFileSync(file);
  const [header, width, height] = /^P5\s+(\d+)\s+(\d+)\s+255\s/.exec(bytes.toString("latin1", 0, 40));
  return { width: Number(width), height: Number(height), grey: bytes.subarray(header.length) };
}

/** A number from 0 to 1 for each call, the same ones on every run. */
function generator(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

/** Turns the picture by some degrees and makes each point black or white; packed, eight points to a byte. */
function scanned({ width, height, grey }, degrees, seed) {
  const random = generator(seed);
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  const rowBytes = Math.ceil(width / 8);
  const bits = Buffer.alloc(rowBytes * height, 0xff);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const fromX = cos * (x - width / 2) + sin * (y - height / 2) + width / 2;
      const fromY = -sin * (x - width / 2) + cos * (y - height / 2) + height / 2;
      const [left, top] = [Math.floor(fromX), Math.floor(fromY)];
      const at = (dx, dy) => {
        const [px, py] = [left + dx, top + dy];
        return px < 0 || py < 0 || px >= width || py >= height ? 255 : grey[py * width + px];
      };
      const [fx, fy] = [fromX - left, fromY - top];
      const level =
        (at(0, 0) * (1 - fx) + at(1, 0) * fx) * (1 - fy) + (at(0, 1) * (1 - fx) + at(1, 1) * fx) * fy;
      const noise = (random() - 0.5) * 50;
      if (level + noise < 140 || random() < 0.00003) bits[y * rowBytes + (x >> 3)] &= ~(0x80 >> (x & 7));
    }
  }
  return bits;
}

/** The bytes of a PDF whose pages are scans of `pdf`'s. */
export function scanOf(pdf, work) {
  execFileSync("pdftoppm", ["-r", String(resolution), "-gray", pdf, join(work, "scanned")]);
  const pages = readdirSync(work)
    .filter((name) => /^scanned-\d+\.pgm$/.test(name))
    .sort()
    .map((name) => readGrey(join(work, name)));
  const points = (pixels) => ((pixels * 72) / resolution).toFixed(2);
  const objects = ["<< /Type /Catalog /Pages 2 0 R >>"];
  const kids = pages.map((_, i) => `${3 + 3 * i} 0 R`).join(" ");
  objects.push(`<< /Type /Pages /Count ${pages.length} /Kids [${kids}] >>`);
  for (const [i, page] of pages.entries()) {
    const [w, h] = [points(page.width), points(page.height)];
    const data = deflateSync(scanned(page, skews[i % skews.length], 20260429 + i), { level: 9 });
    const draw = `q ${w} 0 0 ${h} 0 0 cm /Scan Do Q`;
    objects.push(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${w} ${h}] /Resources << /XObject << /Scan ${4 + 3 * i} 0 R >> >> /Contents ${5 + 3 * i} 0 R >>`,
      `<< /Type /XObject /Subtype /Image /Width ${page.width} /Height ${page.height} /BitsPerComponent 1 ` +
        `/ColorSpace /DeviceGray /Filter /FlateDecode /Length ${data.length} >>\nstream\n${data.toString("latin1")}\nendstream`,
      `<< /Length ${draw.length} >>\nstream\n${draw}\nendstream`,
    );
  }
  return pdfOf(objects);
}

function pdfOf(objects) {
  let out = "%PDF-1.4\n%\u00e2\u00e3\u00cf\u00d3\n";
  const starts = objects.map((object, i) => {
    const start = out.length;
    out += `${i + 1} 0 obj\n${object}\nendobj\n`;
    return String(start).padStart(10, "0");
  });
  const table = starts.map((start) => `${start} 00000 n \n`).join("");
  const size = objects.length + 1;
  out += `xref\n0 ${size}\n0000000000 65535 f \n${table}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${out.length}\n%%EOF\n`;
  return Buffer.from(out, "latin1");
}
