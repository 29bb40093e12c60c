import { type Extracted, UnreadableFile } from "./extracted.ts";
import { openParts, openRows, openText } from "./openDocument.ts";
import { relations } from "./openPackage.ts";
import { isShort, type SlideParagraph, writeNotes, writeParagraphs, writeTitle } from "./slideWriter.ts";
import { DocumentWriter } from "./writer.ts";
import { childrenOf, parseXml, textIn, within, type Xml } from "./xml.ts";
import { Zip } from "./zip.ts";

/**
 * The text of a presentation, slide by slide as they are shown: title, text, tables, what diagrams and charts say, and
 * the speaker's notes. Throws UnreadableFile.
 */
export async function read(bytes: Buffer): Promise<Extracted> {
  const writer = new DocumentWriter();
  const zip = bytes.toString("latin1", 0, 2) === "PK" ? new Zip(bytes) : undefined;
  if (zip?.names.includes("ppt/presentation.xml")) powerPoint(zip, writer);
  else {
    const open = openParts(bytes);
    if (!open) throw new UnreadableFile("The presentation is damaged: it holds no slides.");
    openDocument(open.content, writer);
  }
  return writer.extracted("The presentation");
}

// ---- PowerPoint

function powerPoint(zip: Zip, writer: DocumentWriter): void {
  const presentation = part(zip, "ppt/presentation.xml");
  const targets = relations(zip, "ppt/presentation.xml");
  within(presentation, "p:sldId").forEach(({ attributes }, index) => {
    const path = targets.get(attributes["r:id"] ?? "")?.path;
    const root = path === undefined ? undefined : part(zip, path);
    if (path === undefined || !root) return;
    const shapes = within(root, "p:sp", "p:graphicFrame").filter((shape) => !isFurniture(shape));
    const title = shapes.find(isTitle) ?? shapes.find(couldBeTitle);
    const isHidden = root.attributes["show"] === "0";
    writeTitle(writer, index + 1, title ? linesOf(title).join(" ") : "", isHidden);
    for (const shape of shapes) if (shape !== title) writeShape(shape, writer);
    const others = [...relations(zip, path).values()];
    for (const other of others) {
      if (/\/(?:diagramData|chart)$/.test(other.type)) writeLabels(part(zip, other.path), writer);
      if (other.type.endsWith("/comments")) writeComments(part(zip, other.path), writer);
    }
    const notes = others.find(({ type }) => type.endsWith("/notesSlide"));
    const shown = within(notes && part(zip, notes.path), "p:sp").filter((shape) => !isFurniture(shape));
    writeNotes(writer, index + 1, shown.flatMap(linesOf));
  });
}

function part(zip: Zip, name: string): Xml | undefined {
  const text = zip.text(name);
  return text === undefined ? undefined : parseXml(text);
}

function placeholder(shape: Xml): string {
  return within(shape, "p:ph")[0]?.attributes["type"] ?? "";
}

/** The number, date and footer of each slide say nothing of it. */
function isFurniture(shape: Xml): boolean {
  return ["sldNum", "dt", "ftr", "hdr", "sldImg"].includes(placeholder(shape));
}

function isTitle(shape: Xml): boolean {
  return ["title", "ctrTitle"].includes(placeholder(shape));
}

/** Programs that know no titles write a text of one short line first. */
function couldBeTitle(shape: Xml): boolean {
  return shape.name === "p:sp" && isShort(linesOf(shape));
}

function writeShape(shape: Xml, writer: DocumentWriter): void {
  for (const table of within(shape, "a:tbl")) {
    writer.table(
      childrenOf(table, "a:tr").map((row) => childrenOf(row, "a:tc").map((cell) => linesOf(cell).join(" "))),
    );
  }
  if (shape.name === "p:graphicFrame") return;
  writeParagraphs(writer, paragraphsOf(shape));
}

function linesOf(element: Xml): string[] {
  return paragraphsOf(element).map(({ text }) => text);
}

function paragraphsOf(element: Xml): SlideParagraph[] {
  return within(element, "a:p").map((paragraph) => ({
    text: within(paragraph, "a:t", "a:br")
      .map((piece) => (piece.name === "a:br" ? " " : textIn(piece)))
      .join(""),
    level: Number(childrenOf(paragraph, "a:pPr")[0]?.attributes["lvl"] ?? 0),
  }));
}

/** What a diagram or a chart shows as text: its labels, and its values. */
function writeLabels(root: Xml | undefined, writer: DocumentWriter): void {
  const texts = within(root, "a:p", "c:v").map((one) =>
    one.name === "c:v" ? textIn(one) : within(one, "a:t").map(textIn).join(""),
  );
  writer.paragraph([...new Set(texts)].join(" · "));
}

function writeComments(root: Xml | undefined, writer: DocumentWriter): void {
  for (const comment of within(root, "p:text", "p188:txBody"))
    writer.paragraph(`Comment: ${textIn(comment)}`);
}

// ---- OpenDocument

function openDocument(content: Xml, writer: DocumentWriter): void {
  const hiding = within(content, "style:style").filter((style) =>
    within(style, "style:drawing-page-properties").some(
      ({ attributes }) => attributes["presentation:visibility"] === "hidden",
    ),
  );
  const hidden = new Set(hiding.map(({ attributes }) => attributes["style:name"]));
  within(content, "draw:page").forEach((page, index) => {
    const frames = childrenOf(page).filter(({ name }) => name !== "presentation:notes");
    const title =
      frames.find(({ attributes }) => attributes["presentation:class"] === "title") ??
      frames.find((frame) => isShort(openTexts(frame)));
    const isHidden = hidden.has(page.attributes["draw:style-name"]);
    writeTitle(writer, index + 1, title ? openTexts(title).join(" ") : "", isHidden);
    for (const frame of frames) {
      if (frame === title) continue;
      for (const table of within(frame, "table:table")) {
        writer.table(openRows(table, (cell) => openTexts(cell).join(" ")));
      }
      if (within(frame, "table:table").length > 0) continue;
      writeParagraphs(
        writer,
        openTexts(frame).map((text) => ({ text, level: 0 })),
      );
    }
    writeNotes(writer, index + 1, childrenOf(page, "presentation:notes").flatMap(openTexts));
  });
}

function openTexts(element: Xml): string[] {
  return within(element, "text:p", "text:h").map((paragraph) => openText(paragraph));
}
