import * as v from "valibot";
import type { Row, Upright } from "./pdfRows.ts";

/** What is filled in at a place of a page. */
export interface PlacedField {
  readonly text: string;
  /** What the form calls it, for people; may be empty. */
  readonly label: string;
  /** The corners: lower left and upper right. */
  readonly rect: readonly [number, number, number, number];
}

/** A file that is attached; `id` is pdf.js's name for it. */
interface Attached {
  readonly id: string;
  readonly name: string;
}

/** What stands on a page beside its text. */
export interface PageNotes {
  readonly fields: readonly PlacedField[];
  readonly comments: readonly string[];
  readonly attachments: readonly Attached[];
}

/** Bits of an annotation that is not shown. */
const hidden = 2 | 32;
/** What is said at a place of the page; links and pop-up windows say nothing of their own. */
const saying =
  /^(?:Text|FreeText|Highlight|Underline|StrikeOut|Squiggly|Stamp|Caret|Ink|Line|Square|Circle|Polygon|PolyLine|FileAttachment)$/;

const words = v.fallback(v.object({ str: v.fallback(v.string(), "") }), { str: "" });
const text = v.fallback(v.string(), "");
const flag = v.fallback(v.boolean(), false);
const annotation = v.object({
  subtype: v.string(),
  rect: v.tuple([v.number(), v.number(), v.number(), v.number()]),
  annotationFlags: v.fallback(v.number(), 0),
  contentsObj: words,
  titleObj: words,
  fieldType: text,
  fieldValue: v.optional(v.unknown()),
  alternativeText: text,
  exportValue: text,
  buttonValue: text,
  checkBox: flag,
  radioButton: flag,
  password: flag,
  hidden: flag,
  fileId: text,
  file: v.fallback(v.object({ filename: text }), { filename: "" }),
  options: v.fallback(v.array(v.object({ exportValue: text, displayValue: text })), []),
});
type Annotation = v.InferOutput<typeof annotation>;

/** @param annotations As pdf.js gives them for a page. */
export function notesOf(annotations: readonly unknown[]): PageNotes {
  const fields: PlacedField[] = [];
  const comments: string[] = [];
  const attachments: Attached[] = [];
  for (const one of annotations) {
    const parsed = v.safeParse(annotation, one);
    if (!parsed.success || parsed.output.hidden || (parsed.output.annotationFlags & hidden) !== 0) continue;
    const { output } = parsed;
    const value = output.subtype === "Widget" ? valueOfField(output) : "";
    if (value !== "") fields.push({ text: value, label: output.alternativeText, rect: output.rect });
    if (saying.test(output.subtype)) comments.push(...commentOf(output));
    const { fileId: id, file } = output;
    if (id !== "") attachments.push({ id, name: file.filename });
  }
  return { fields, comments, attachments };
}

function valueOfField(field: Annotation): string {
  const { fieldValue, options } = field;
  if (field.password) return "";
  if (field.checkBox || field.radioButton) {
    const own = field.checkBox ? field.exportValue : field.buttonValue;
    return own !== "" && fieldValue === own ? "[x]" : "[ ]";
  }
  if (!["Tx", "Ch"].includes(field.fieldType)) return "";
  const values = (Array.isArray(fieldValue) ? fieldValue : [fieldValue]).filter(
    (one) => typeof one === "string",
  );
  const shown = values.map(
    (one) => options.find(({ exportValue }) => exportValue === one)?.displayValue ?? one,
  );
  return shown.join(", ").replace(/\s+/g, " ").trim();
}

function commentOf({ subtype, titleObj, contentsObj }: Annotation): string[] {
  const said = contentsObj.str.replace(/\s+/g, " ").trim();
  if (said === "") return [];
  // Such text is meant as a part of the page.
  if (subtype === "FreeText") return [said];
  return [titleObj.str.trim() === "" ? `Comment: ${said}` : `Comment: ${titleObj.str.trim()}: ${said}`];
}

/** Puts what is filled in where the page has room for it: into the row of its label, or between two rows. */
export function placeFields(rows: readonly Row[], fields: readonly PlacedField[]): Row[] {
  const placed = [...rows];
  for (const field of fields) {
    const row = besideOf(placed, field);
    const [x1, y1, x2] = field.rect;
    const piece = (text: string, size: number, y: number): Upright => {
      return { text, isRightToLeft: false, isVertical: false, x: x1, y, width: x2 - x1, size, angle: 0 };
    };
    if (row) {
      const next = row.pieces.findIndex((one) => one.x > x1);
      row.pieces.splice(next < 0 ? row.pieces.length : next, 0, piece(` ${field.text} `, row.size, row.y));
      row.left = Math.min(row.left, x1);
      row.right = Math.max(row.right, x2);
    } else {
      const text =
        field.label === "" || /^\[.\]$/.test(field.text) ? field.text : `${field.label}: ${field.text}`;
      const next = placed.findIndex((one) => one.y < y1);
      const made = { pieces: [piece(text, 10, y1)], left: x1, right: x2, y: y1, size: 10 };
      placed.splice(next < 0 ? placed.length : next, 0, made);
    }
  }
  return placed;
}

/** The row that a field is filled in at; undefined for one that stands by itself. */
function besideOf(rows: readonly Row[], { rect: [x1, y1, x2, y2] }: PlacedField): Row | undefined {
  const farthest = 300;
  // A tall field has its label at its first line.
  const middle = y2 - Math.min(y2 - y1, 24) / 2;
  let nearest: Row | undefined;
  let least = farthest;
  for (const row of rows) {
    const off = Math.abs(row.y + row.size * 0.35 - middle);
    const aside = Math.max(0, x1 - row.right, row.left - x2);
    if (off > Math.max(row.size, 8) * 0.8 || aside + off * 3 >= least) continue;
    nearest = row;
    least = aside + off * 3;
  }
  return nearest;
}
