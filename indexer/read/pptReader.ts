import { openCompoundFile } from "./compoundFile.ts";
import { type Extracted, UnreadableFile } from "./extracted.ts";
import { PptFile, type PptSlide } from "./pptFile.ts";
import { type PptRecord, type PptRecords, recordType } from "./pptRecords.ts";
import { type PptText, textsIn } from "./pptText.ts";
import { isShort, type SlideParagraph, writeNotes, writeParagraphs, writeTitle } from "./slideWriter.ts";
import { DocumentWriter } from "./writer.ts";

const hiddenFlag = 0x0004;
const deepest = 200;
/** Date, number, footer and header of each slide say nothing of it; nor does the picture of the slide in its notes. */
const furniture: readonly number[] = [5, 7, 8, 9, 10, 11];
const titlePlaceholders: readonly number[] = [1, 3, 13, 15, 17];
/** The property of a group that says that it is a table, which is the lowest bit of what follows it. */
const tableProperty = 0x039f;
/** The kind of shape that is a line: the borders of a table. */
const lineKind = 20;

interface Shape {
  readonly paragraphs: readonly SlideParagraph[];
  readonly isTitle: boolean;
  /** Where it stands in its group. */
  readonly left: number;
  readonly top: number;
  /** The cells of a table. */
  readonly cells?: readonly Shape[];
}

/**
 * The text of a presentation of PowerPoint 97 to 2003, slide by slide as they are shown: title, text, tables and the
 * speaker's notes. Macros are never looked at. Throws UnreadableFile.
 */
export async function read(bytes: Buffer): Promise<Extracted> {
  const file = new PptFile(await openCompoundFile(bytes));
  const writer = new DocumentWriter();
  for (const slide of file.slides) writeSlide(file.records, slide, writer);
  if (file.hasMore) writer.leaveOut(`the slides from ${(file.slides.length + 1).toLocaleString("en")} on`);
  return writer.extracted("The presentation");
}

function writeSlide(records: PptRecords, slide: PptSlide, writer: DocumentWriter): void {
  const { number, record, outline, notes } = slide;
  if (!record) writer.leaveOut(`slide ${number}, which is damaged`);
  // Of a slide that is lost its outline may be left.
  const shapes: readonly Shape[] = record
    ? shapesOf(records, record, outline)
    : outline.map((text) => ({ ...text, left: 0, top: 0 }));
  const title =
    shapes.find(({ isTitle }) => isTitle) ??
    shapes.find(({ cells, paragraphs }) => !cells && isShort(linesOf(paragraphs)));
  const info = records.first(record, recordType.slideShowInfo);
  const isHidden = (records.u16(info, 10) & hiddenFlag) !== 0;
  writeTitle(writer, number, title ? linesOf(title.paragraphs).join(" ") : "", isHidden);
  for (const shape of shapes) {
    if (shape === title) continue;
    if (shape.cells) writer.table(rowsOf(shape.cells));
    else writeParagraphs(writer, shape.paragraphs);
  }
  const noted = shapesOf(records, notes, []).flatMap(({ paragraphs }) => linesOf(paragraphs));
  writeNotes(writer, number, noted);
}

function linesOf(paragraphs: readonly SlideParagraph[]): string[] {
  return paragraphs.map(({ text }) => text);
}

/** The shapes that show text, in the order in which they are drawn; a table as a single one. */
function shapesOf(
  records: PptRecords,
  page: PptRecord | undefined,
  outline: readonly PptText[],
): readonly Shape[] {
  const drawing = records.first(page, recordType.drawing);
  const container = records.first(drawing, recordType.drawingContainer);
  return records
    .in(container)
    .filter(({ type }) => type === recordType.group)
    .flatMap((group) => shapesIn(records, group, outline, 0));
}

function shapesIn(
  records: PptRecords,
  group: PptRecord,
  outline: readonly PptText[],
  depth: number,
): Shape[] {
  if (depth > deepest)
    throw new UnreadableFile("The presentation is nested far deeper than any program writes.");
  const parts = records.in(group);
  // The first shape stands for the group itself.
  const [own, ...members] = parts;
  const shapes = members.flatMap((part) => {
    if (part.type === recordType.group) return shapesIn(records, part, outline, depth + 1);
    return part.type === recordType.shape ? shapeOf(records, part, outline) : [];
  });
  if (!own || !isTable(records, own))
    return shapes.filter(({ paragraphs, cells }) => cells || paragraphs.length > 0);
  return [{ paragraphs: [], isTitle: false, left: 0, top: 0, cells: shapes }];
}

function isTable(records: PptRecords, group: PptRecord): boolean {
  const properties = records.first(group, recordType.moreProperties);
  if (!properties) return false;
  const count = Math.min(properties.instance, (properties.end - properties.start) / 6);
  for (let i = 0; i < count; i++) {
    const isIt = (records.u16(properties, 6 * i) & 0x3fff) === tableProperty;
    if (isIt) return (records.u32(properties, 6 * i + 2) & 1) === 1;
  }
  return false;
}

/** What a shape says, if only that it is an empty cell; the lines of a table are none. */
function shapeOf(records: PptRecords, shape: PptRecord, outline: readonly PptText[]): Shape[] {
  const parts = records.in(shape);
  const kind = parts.find(({ type }) => type === recordType.shapeKind);
  if (kind?.instance === lineKind) return [];
  const box = parts.find(({ type }) => type === recordType.textBox);
  const data = parts.find(({ type }) => type === recordType.clientData);
  const placeholder = records.first(data, recordType.placeholder);
  const placement = placeholder ? records.u16(placeholder, 4) & 0xff : 0;
  if (furniture.includes(placement)) return [];
  const texts = box ? textsOfBox(records, box, outline) : [];
  const paragraphs = texts.flatMap((text) => text.paragraphs);
  const anchor = parts.find(({ type }) => type === recordType.childAnchor);
  const isTitle = titlePlaceholders.includes(placement) || texts.some((text) => text.isTitle);
  return [{ paragraphs, isTitle, left: records.u32(anchor, 0) | 0, top: records.u32(anchor, 4) | 0 }];
}

/** The text of a placeholder may stand in the outline. */
function textsOfBox(records: PptRecords, box: PptRecord, outline: readonly PptText[]): readonly PptText[] {
  const parts = records.in(box);
  const reference = parts.find(({ type }) => type === recordType.outlineTextRef);
  if (!reference) return textsIn(records, parts);
  const text = outline[records.u32(reference, 0)];
  return text ? [text] : [];
}

/** Cells that begin at the same height are a row. */
function rowsOf(cells: readonly Shape[]): string[][] {
  const rows = Map.groupBy(cells, ({ top }) => top);
  return [...rows]
    .sort(([one], [other]) => one - other)
    .map(([, row]) =>
      row.sort((one, other) => one.left - other.left).map(({ paragraphs }) => linesOf(paragraphs).join(" ")),
    );
}
