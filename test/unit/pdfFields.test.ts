import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { notesOf, type PlacedField, placeFields } from "../../indexer/read/pdfFields.ts";
import { type Row, textOfRow } from "../../indexer/read/pdfRows.ts";

const rect = [100, 698, 200, 712] as const;
type Made = Readonly<Record<string, unknown>>;
const widget = (more: Made): Made => ({ subtype: "Widget", rect, fieldType: "Tx", ...more });
const valuesOf = (...all: readonly Made[]): string[] => notesOf(all).fields.map(({ text }) => text);
const said = (subtype: string, str: string, by?: string): Made => ({
  subtype,
  rect,
  contentsObj: { str },
  ...(by !== undefined && { titleObj: { str: by } }),
});

describe("what is filled in on a page", () => {
  it("has its text in one line, what it is called, and its place", () => {
    const { fields } = notesOf([
      widget({ fieldValue: " Jon \n Vik ", alternativeText: "Name" }),
      widget({ fieldValue: "" }),
      widget({ fieldValue: " " }),
    ]);
    assert.deepEqual(fields, [{ text: "Jon Vik", label: "Name", rect: [...rect] }]);
  });

  it("may be chosen, of which people see other words than the file holds", () => {
    const options = [{ exportValue: "a", displayValue: "Apple" }, { exportValue: "b" }];
    const chosen = (fieldValue: unknown): Made => widget({ fieldType: "Ch", fieldValue, options });
    assert.deepEqual(valuesOf(chosen(["a", "c", 7, null]), chosen("a"), chosen([])), ["Apple, c", "Apple"]);
  });

  it("may be crossed", () => {
    const box = (fieldValue: unknown, exportValue?: string): Made =>
      widget({ fieldType: "Btn", checkBox: true, fieldValue, exportValue });
    assert.deepEqual(valuesOf(box("On", "On"), box("Off", "On"), box("", "")), ["[x]", "[ ]", "[ ]"]);
    const radio = (fieldValue: unknown): Made =>
      widget({ fieldType: "Btn", radioButton: true, fieldValue, buttonValue: "2", exportValue: "1" });
    assert.deepEqual(valuesOf(radio("2"), radio("1")), ["[x]", "[ ]"]);
  });

  it("is no password, no button, nothing that is hidden, and no other thing that a page has", () => {
    const value = { fieldValue: "secret" };
    const hidden = [
      { hidden: true },
      { annotationFlags: 2 },
      { annotationFlags: 32 },
      { annotationFlags: 6 },
    ];
    const others = [{ password: true }, { fieldType: "Btn" }, { fieldType: "Sig" }, { subtype: "Link" }];
    const all = [...hidden, ...others].map((more) => widget({ ...value, ...more }));
    const damaged = [
      null,
      7,
      { subtype: 3, rect },
      { subtype: "Widget", rect: [1, 2, 3] },
    ] as unknown as Made[];
    assert.deepEqual(notesOf([...all, ...damaged]), { fields: [], comments: [], attachments: [] });
    assert.deepEqual(valuesOf(widget({ ...value, annotationFlags: 4 })), ["secret"]);
  });
});

describe("what is noted on a page", () => {
  it("is said with who said it, and by free text as if it were the page's", () => {
    const { comments } = notesOf([
      said("Text", " Is  that\nright? ", " Åse "),
      said("Highlight", "Yes.", " "),
      said("FileAttachment", "See there."),
      said("FreeText", "Paid.", "Åse"),
      said("Text", " ", "Åse"),
    ]);
    assert.deepEqual(comments, [
      "Comment: Åse: Is that right?",
      "Comment: Yes.",
      "Comment: See there.",
      "Paid.",
    ]);
  });

  it("is nothing that a link, a window or a kind that nobody knows says", () => {
    const kinds = ["Link", "Popup", "Widget", "TextBox", "RichText", "Inkwell"];
    assert.deepEqual(notesOf(kinds.map((kind) => said(kind, "Words."))).comments, []);
  });

  it("may be a file", () => {
    const { attachments, comments } = notesOf([
      { subtype: "FileAttachment", rect, fileId: "f1", file: { filename: "a.csv" } },
      { subtype: "FileAttachment", rect, fileId: "f2" },
      { subtype: "FileAttachment", rect, file: { filename: "b.csv" } },
    ]);
    assert.deepEqual(attachments, [
      { id: "f1", name: "a.csv" },
      { id: "f2", name: "" },
    ]);
    assert.deepEqual(comments, []);
  });
});

describe("the place of what is filled in", () => {
  const row = (text: string, x: number, y = 700, size = 10): Row => {
    const width = text.length * 5;
    const common = { y, size };
    const piece = { text, x, width, angle: 0, isRightToLeft: false, isVertical: false, ...common };
    return { pieces: [piece], left: x, right: x + width, ...common };
  };
  const field = (text: string, at: PlacedField["rect"], label = ""): PlacedField => ({
    text,
    label,
    rect: at,
  });
  const placed = (rows: readonly Row[], ...fields: readonly PlacedField[]): string[] =>
    placeFields(rows, fields).map(textOfRow);
  /** At this distance to the right of "Name:" at 50, or so far below its middle, which is at 703.5. */
  const at = (aside: number, off = 0): PlacedField["rect"] => [
    75 + aside,
    698.5 - off,
    75 + aside + 40,
    708.5 - off,
  ];

  it("is in the row of its label, after it or before it, up to 300 points away", () => {
    assert.deepEqual(placed([row("Name:", 50)], field("Jon", at(299))), ["Name: Jon"]);
    assert.deepEqual(placed([row("Name:", 50)], field("Jon", at(300))), ["Name:", "Jon"]);
    const left = (x: number): PlacedField => field("[x]", [x, 698.5, x + 10, 708.5]);
    assert.deepEqual(placed([row("Water", 500)], left(191)), ["[x] Water"]);
    assert.deepEqual(placed([row("Water", 500)], left(190)), ["Water", "[x]"]);
  });

  it("is at the first line of a tall field, as high as a line or nearly so", () => {
    const tall = field("Jon", [80, 600, 200, 715.5]);
    assert.deepEqual(placed([row("Name:", 50), row("Next", 50, 650)], tall), ["Name: Jon", "Next"]);
    for (const side of [1, -1]) {
      const near = placed([row("Name:", 50)], field("Jon", at(5, side * 8)));
      assert.deepEqual(near, ["Name: Jon"]);
      const far = placed([row("Name:", 50)], field("Jon", at(5, side * 8.1)));
      assert.equal(far.length, 2);
    }
    // Of small type a line is taken to be eight points high.
    const small = (off: number): number =>
      placed([row("Name:", 50, 701.75, 5)], field("Jon", at(5, off))).length;
    assert.deepEqual([small(6.3), small(6.5)], [1, 2]);
  });

  it("is in the nearest row, where the height counts for more", () => {
    const rows = (): Row[] => [row("Name:", 50), row("Place:", 50 - 5, 700 - 8), row("Yes", 380)];
    assert.equal(placed(rows(), field("Jon", at(20)))[0], "Name: Jon");
    assert.equal(placed(rows(), field("Jon", at(250)))[2], "Jon Yes");
    assert.equal(placed(rows(), field("Jon", at(20, 7)))[1], "Place: Jon");
    // As near to both as can be: the first one has it.
    assert.equal(placed([row("Name:", 50), row("Yes", 215)], field("Jon", at(50)))[0], "Name: Jon");
  });

  it("is between the words of its row, which goes as far as what is filled in", () => {
    const words = row("Name:", 50);
    words.pieces.push(...row("Boat:", 150).pieces);
    words.right = 175;
    const [filled] = placeFields(
      [words],
      [field("Jon", [80, 698.5, 140, 708.5]), field("Perdita", [180, 698.5, 240, 708.5])],
    );
    assert.ok(filled);
    assert.equal(textOfRow(filled), "Name: Jon Boat: Perdita");
    assert.deepEqual([filled.left, filled.right], [50, 240]);
    // What begins where a word does stands after it.
    assert.deepEqual(placed([row("Name:", 80)], field("Jon", [80, 698.5, 140, 708.5])), ["Name: Jon"]);
    const [before] = placeFields([row("Water", 100)], [field("[x]", [80, 698.5, 90, 708.5])]);
    assert.deepEqual([before?.left, before?.right], [80, 125]);
  });

  it("is a row of its own, with its label, where no row is near", () => {
    const rows = [row("Top", 50, 800), row("Bottom", 50, 400)];
    const alone: PlacedField["rect"] = [60, 600, 160, 612];
    assert.deepEqual(placed(rows, field("Jon", alone, "Name")), ["Top", "Name: Jon", "Bottom"]);
    assert.deepEqual(placed(rows, field("[x]", alone, "Name")), ["Top", "[x]", "Bottom"]);
    assert.deepEqual(placed(rows, field("[x] and more", alone, "Name"))[1], "Name: [x] and more");
    assert.deepEqual(placed(rows, field("Jon", [60, 100, 160, 112])), ["Top", "Bottom", "Jon"]);
    const level = [row("At once", 600, 600), row("Bottom", 50, 400)];
    assert.deepEqual(placed(level, field("Jon", alone)), ["At once", "Jon", "Bottom"]);
    const [, made] = placeFields(rows, [field("Jon", alone)]);
    assert.deepEqual([made?.left, made?.right, made?.y, made?.size], [60, 160, 600, 10]);
  });
});
