/** A picture on a page of its own. */
export interface PicturePage {
  readonly width: number;
  readonly height: number;
  /** Of its grey pixels, or of whatever `filter` says; white where it is missing. */
  readonly data?: Uint8Array;
  /** "FlateDecode" where it is missing and there is data. */
  readonly filter?: string;
  /** The matrix that it is painted by; the whole page where it is missing. */
  readonly place?: string;
  /** The page's corners; those of a small page where they are missing. */
  readonly box?: string;
  /** How often it is painted. */
  readonly times?: number;
  /** Lines that are written over it. */
  readonly text?: string;
}

/** A PDF of pictures, which may lie about themselves. */
export function pdfOf(pages: readonly PicturePage[]): Uint8Array {
  const font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>";
  const objects: (string | Uint8Array)[] = ["<< /Type /Catalog /Pages 2 0 R >>", "", font];
  const add = (content: string | Uint8Array): number => objects.push(content);
  const stream = (entries: string, data: Uint8Array): number =>
    add(
      Buffer.concat([
        Buffer.from(`<< ${entries} /Length ${data.length} >>\nstream\n`, "latin1"),
        data,
        Buffer.from("\nendstream", "latin1"),
      ]),
    );
  const kids = pages.map(({ width, height, data, filter, place, box = "0 0 300 400", times = 1, text }) => {
    const kind = filter ?? (data && data.length > 1 ? "FlateDecode" : undefined);
    const colours = kind === "JBIG2Decode" ? 1 : 8;
    const head = `/Type /XObject /Subtype /Image /Width ${width} /Height ${height} /ColorSpace /DeviceGray`;
    const picture = stream(
      `${head} /BitsPerComponent ${colours}${kind ? ` /Filter /${kind}` : ""}`,
      data ?? new Uint8Array(width * height).fill(255),
    );
    const painted = `q ${place ?? "300 0 0 400 0 0"} cm /P Do Q\n`.repeat(times);
    const lines = (text ?? "").split("\n").map((line) => `(${line}) Tj 0 -12 Td`);
    const said = text === undefined ? "" : `BT /F 9 Tf 10 200 Td ${lines.join(" ")} ET`;
    const content = stream("", Buffer.from(painted + said, "latin1"));
    const resources = `/Resources << /Font << /F 3 0 R >> /XObject << /P ${picture} 0 R >> >>`;
    return add(`<< /Type /Page /Parent 2 0 R /MediaBox [${box}] ${resources} /Contents ${content} 0 R >>`);
  });
  objects[1] = `<< /Type /Pages /Kids [${kids.map((kid) => `${kid} 0 R`).join(" ")}] /Count ${kids.length} >>`;
  const parts: Buffer[] = [Buffer.from("%PDF-1.5\n", "latin1")];
  objects.forEach((content, index) => {
    parts.push(
      Buffer.from(`${index + 1} 0 obj\n`),
      Buffer.from(content as string, "latin1"),
      Buffer.from("\nendobj\n"),
    );
  });
  // Without a table of places: readers find the objects by themselves.
  parts.push(Buffer.from(`trailer\n<< /Size ${objects.length + 1} /Root 1 0 R >>\n%%EOF\n`));
  return Buffer.concat(parts);
}
