import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { extract } from "../../indexer/read/extract.ts";
import type { Extracted } from "../../indexer/read/extracted.ts";
import { type DocxParts, docx, line, styled } from "../support/docxFile.ts";

const read = (body: string, parts: DocxParts = {}): Promise<Extracted> =>
  extract(docx(body, parts), "a.docx");
const linesOf = async (body: string, parts?: DocxParts): Promise<string[]> =>
  (await read(body, parts)).text.split("\n").filter((text) => text !== "");

describe("lists of a Word document", () => {
  const level = (at: number, text: string, more = ""): string =>
    `<w:lvl w:ilvl="${at}">${more}<w:lvlText w:val="${text}"/></w:lvl>`;
  const list = (id: number, inner: string): string =>
    `<w:abstractNum w:abstractNumId="${id}">${inner}</w:abstractNum>`;
  const number = (id: number, of: number, more = ""): string =>
    `<w:num w:numId="${id}"><w:abstractNumId w:val="${of}"/>${more}</w:num>`;
  const item = (id: number, at: number | undefined, text = "x"): string =>
    line(
      text,
      `<w:numPr>${at === undefined ? "" : `<w:ilvl w:val="${at}"/>`}<w:numId w:val="${id}"/></w:numPr>`,
    );
  const marks = async (body: string, numbering: string, styles = ""): Promise<string[]> =>
    linesOf(body, { numbering, styles });

  it("count as Word does, each level from its start, below the one above it", async () => {
    const numbering =
      list(
        1,
        level(0, "%1)", '<w:start w:val="3"/>') +
          level(1, "%1.%2", '<w:start w:val="0"/><w:numFmt w:val="lowerLetter"/>') +
          level(2, "%1-%2-%3.", '<w:isLgl/><w:numFmt w:val="lowerRoman"/>'),
      ) + number(5, 1);
    const body = [item(5, 0), item(5, 1), item(5, 1), item(5, 2), item(5, undefined), item(5, 2)].join("");
    assert.deepEqual(await marks(body, numbering), [
      "3) x",
      "  3.0 x",
      "  3.a x",
      "    3-1-1. x",
      "4) x",
      "    4-0-1. x",
    ]);
  });

  it("have the usual mark where a level says nothing, a bullet, or none", async () => {
    const numbering =
      list(
        1,
        `<w:lvl w:ilvl="0"/>${level(1, "o", '<w:numFmt w:val="bullet"/>')}${level(2, "")}<w:lvl w:ilvl="3"/>`,
      ) + number(1, 1);
    const body = [0, 1, 2, 3].map((at) => item(1, at)).join("");
    assert.deepEqual(await marks(body, numbering), ["1. x", "  • x", "x", "      1. x"]);
    const headings = [0, 1].map((at) =>
      line("y", `<w:pStyle w:val="Heading1"/><w:numPr><w:ilvl w:val="${at}"/><w:numId w:val="1"/></w:numPr>`),
    );
    assert.deepEqual(await marks(headings.join(""), numbering), ["1. y", "y"]);
    // Of lists that are not there.
    assert.deepEqual(await marks(item(9, 0) + item(2, 0), numbering + number(2, 77)), ["x", "1. x"]);
    assert.deepEqual(await marks(item(1, 99) + item(1, -1), numbering), [`${"  ".repeat(8)}1. x`, "2. x"]);
  });

  it("begin again where a number says so, once, and may have levels of that number's own", async () => {
    const start = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>';
    const own = `<w:lvlOverride w:ilvl="1">${level(1, "(%2)", '<w:start w:val="7"/>')}</w:lvlOverride>`;
    const numbering =
      list(1, level(0, "%1.", '<w:start w:val="4"/>') + level(1, "%1.%2.")) +
      number(1, 1) +
      number(2, 1, start + own);
    const body = [
      item(1, 0),
      item(1, 0),
      item(2, 0),
      item(2, 0),
      item(2, 1),
      item(1, 0),
      item(1, 1),
      item(2, 0),
    ];
    assert.deepEqual(await marks(body.join(""), numbering), [
      "4. x",
      "5. x",
      "1. x",
      "2. x",
      "  (7) x",
      "3. x",
      "  3.1. x",
      "4. x",
    ]);
  });

  it("may be those of a style, and styles may be in lists", async () => {
    const numbering =
      list(1, '<w:numStyleLink w:val="Own"/>') +
      list(2, `<w:styleLink w:val="Other"/>${level(0, "no")}`) +
      list(3, `<w:styleLink w:val="Own"/>${level(0, "§%1")}`) +
      list(4, `<w:numStyleLink w:val="Gone"/>${level(0, "%1:")}`) +
      list(5, level(0, "A%1") + level(1, "B%2", '<w:pStyle w:val="Sub"/>')) +
      [1, 2, 3, 4, 5].map((of) => number(of, of)).join("");
    assert.deepEqual(await marks(item(1, 0) + item(3, 0) + item(4, 0), numbering), ["§1 x", "§2 x", "1: x"]);
    const inList = (id: string, numPr: string, based = ""): string =>
      `<w:style w:styleId="${id}">${based}<w:pPr><w:numPr>${numPr}</w:numPr></w:pPr></w:style>`;
    const styles =
      inList("Top", '<w:numId w:val="5"/>') +
      inList("Sub", '<w:numId w:val="5"/>') +
      inList("Bare", '<w:ilvl w:val="0"/>');
    const deeper = line("z", '<w:pStyle w:val="Top"/><w:numPr><w:ilvl w:val="1"/></w:numPr>');
    const without = line("z", '<w:pStyle w:val="Top"/><w:numPr><w:numId w:val="0"/></w:numPr>');
    const body = [styled("Top", "x"), styled("Sub", "x"), styled("Bare", "x"), deeper, without];
    assert.deepEqual(await marks(body.join(""), numbering, styles), ["A1 x", "  B1 x", "x", "  B2 z", "z"]);
    const numberless = `<w:num><w:abstractNumId w:val="5"/></w:num>`;
    assert.deepEqual(await marks(line("z", "<w:numPr/>"), numbering + numberless), ["z"]);
  });
});

describe("tables of a Word document", () => {
  const cell = (...inner: readonly string[]): string => `<w:tc>${inner.join("")}</w:tc>`;
  const row = (cells: readonly string[], properties = ""): string =>
    `<w:tr>${properties && `<w:trPr>${properties}</w:trPr>`}${cells.join("")}</w:tr>`;
  const table = (...rows: readonly string[]): string => `<w:tbl>${rows.join("")}</w:tbl>`;
  const heading = styled("Heading1", "Head");
  const blank = line("  ");

  it("have a line for each row, several paragraphs in a cell as one text", async () => {
    const numbering =
      '<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"/><w:lvl w:ilvl="1"><w:numFmt w:val="bullet"/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="1"/></w:num>';
    const item = (at: number): string =>
      line("item", `<w:numPr><w:ilvl w:val="${at}"/><w:numId w:val="1"/></w:numPr>`);
    const body = table(
      row([cell(line(" a "), blank, line("b")), cell(item(0), item(1))]),
      row([cell(line("c")), cell("<w:p/>")]),
      `<w:sdt><w:sdtContent>${row([cell(line("d")), cell(line("e"))])}</w:sdtContent></w:sdt>`,
    );
    assert.deepEqual(await linesOf(body, { numbering }), ["a b | 1. item item", "c | ", "d | e"]);
  });

  it("are laid out row by row where a cell holds more than a text", async () => {
    const parted = (...cells: readonly string[]) =>
      linesOf(table(row([cell(line("1")), cell(line("2"))]), row(cells)));
    assert.deepEqual(await parted(cell(line("a"), line("b"))), ["1 | 2", "a", "b"]);
    assert.deepEqual(await parted(cell(line("a"), blank)), ["1 | 2", "a"]);
    assert.deepEqual(await parted(cell(line("a"), line("b")), cell(line("c"))), ["1 | 2", "a b | c"]);
    assert.deepEqual(await parted(cell(heading, line("b")), cell(line("c"))), ["1 | 2", "Head", "b", "c"]);
    assert.deepEqual(await parted(cell(line("b"), heading), cell(line("c"))), ["1 | 2", "b", "Head", "c"]);
    assert.deepEqual(await parted(cell(heading, blank), cell(line("c"))), ["1 | 2", "Head | c"]);
    const inner = table(row([cell(line("x")), cell(line("y"))]));
    assert.deepEqual(await parted(cell(line("a")), cell(inner, line("c"))), ["1 | 2", "a", "x | y", "c"]);
    const { headings } = await read(table(row([cell(line("a"), styled("Heading1", "Head"))])));
    assert.deepEqual(headings, [{ name: "Head", level: 2, row: 2 }]);
  });

  it("are followed by rows that were deleted, and what hangs on their cells", async () => {
    const noted = `<w:p><w:r><w:t>n</w:t><w:footnoteReference w:id="1"/></w:r></w:p>`;
    const body = table(
      row([cell(line(" old")), cell(line("row "))], "<w:del/>"),
      row([cell(blank), cell("<w:p/>")], "<w:del/>"),
      row([cell(line("kept")), cell(noted)], '<w:del w:val="0"/>'),
    );
    const footnotes = `<w:footnote w:id="1">${line("Seen.")}</w:footnote>`;
    assert.deepEqual(await linesOf(body, { footnotes }), ["kept | n[1]", "Deleted: old row", "[1] Seen."]);
  });
});

describe("what hangs on the text of a Word document", () => {
  const mark = (kind: string, id: string): string => `<w:r><w:${kind}Reference w:id="${id}"/></w:r>`;
  const paragraph = (...inner: readonly string[]): string =>
    `<w:p><w:r><w:t>Text</w:t></w:r>${inner.join("")}</w:p>`;

  it("follows its paragraph, endnotes the text, each once", async () => {
    const note = (kind: string, id: string, inner: string, more = ""): string =>
      `<w:${kind} w:id="${id}"${more}>${inner}</w:${kind}>`;
    const parts = {
      footnotes: note("footnote", "1", line("Foot.") + line("More.")) + note("footnote", "2", "<w:p/>"),
      endnotes: note("endnote", "1", paragraph(mark("comment", "9"))) + note("endnote", "2", "<w:p/>"),
      comments:
        note("comment", "1", line("Why?"), ' w:author="Bo"') +
        note("comment", "2", line("Nobody's."), ' w:author=""') +
        note("comment", "3", line("Unsigned.")) +
        note("comment", "9", line("Of a note.")),
      header: line("Kestrel Lane"),
      footer: line("Kestrel Lane"),
    };
    const body =
      paragraph(mark("endnote", "1"), mark("footnote", "1"), mark("comment", "1"), mark("endnote", "2")) +
      paragraph(mark("footnote", "2"), mark("footnote", "1"), mark("comment", "2"), mark("comment", "3")) +
      paragraph(mark("footnote", "gone"), "<w:r><w:footnoteReference/><w:commentReference/></w:r>");
    assert.deepEqual(await linesOf(body, parts), [
      "Text[1][2][3]",
      "Comment: Of a note.",
      "[2] Foot. More.",
      "Comment: Bo: Why?",
      "Text[4][5]",
      "Comment: Nobody's.",
      "Comment: Unsigned.",
      "Text[6][7]",
      "[1] Text",
      "Kestrel Lane",
    ]);
  });

  it("may be a drawing, by its relation's whole type, and files that were inserted are named", async () => {
    const drawing =
      '<w:r><w:drawing><c:chart c:id="chart"/><c:chart c:id="charts"/><c:chart/></w:drawing></w:r>';
    const cache = (text: string): string => `<c:strCache><c:pt><c:v>${text}</c:v></c:pt></c:strCache>`;
    const read1 = await read(paragraph(drawing), {
      chart: cache("Oil") + cache("Oil") + cache("Gas"),
      charts: cache("never"),
      oleObject: "",
      aFChunk: "",
      packages: "",
    });
    assert.equal(read1.text, "Text\n\nOil\nGas");
    assert.equal(read1.partly, "Not read: the inserted file oleObject.xml; the inserted file aFChunk.xml.");
  });
});
