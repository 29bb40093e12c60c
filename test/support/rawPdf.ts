/**
 * A PDF of these objects, which are numbered from 1 on; the first is the catalog. It has no table of places: readers
 * find the objects by themselves.
 * @param trailer What else the trailer says.
 */
export function rawPdf(objects: readonly string[], trailer = ""): Buffer {
  const bodies = objects.map((body, index) => `${index + 1} 0 obj\n${body}\nendobj\n`);
  const end = `trailer\n<< /Size ${objects.length + 1} /Root 1 0 R ${trailer} >>\n%%EOF\n`;
  return Buffer.from(`%PDF-1.5\n${bodies.join("")}${end}`, "latin1");
}
